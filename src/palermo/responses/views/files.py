"""Files of evidence: handing in on an answer, downloading, removing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.attachments import ACCEPT_ATTRIBUTE, TAKEN, serve
from palermo.base.errors import Refusal
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import QuestionSpec
from palermo.responses.actions import evidence as actions
from palermo.responses.forms.submitting import FileForm
from palermo.responses.logic.parts import may_edit
from palermo.responses.logic.scopes import response_scope, section_scope
from palermo.responses.models import Assignment, Evidence
from palermo.responses.queries.places import Place, part_in, question_in
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    came_from,
    confirmed,
    page_language,
    person,
    place_at,
    response_page,
    section_address,
    section_at,
    section_crumb,
)

PAGE = ["GET", "HEAD", "POST"]


def may_change(user: User, place: Place, question: QuestionSpec) -> bool:
    """Whether the question is in the person's part of the section (decisions of the first day, 12)."""
    mine = Assignment.objects.filter(response=place.response, section=question.section, user=user, ended_at=None)
    aspects = mine.values_list("aspects", flat=True).first()
    return may_edit(part_in(user, place.scope, question.section, aspects), question)


@requires(Permission.READ_RESPONSE, scope=section_scope)
@require_http_methods(PAGE)
def files(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """The files of one answer, and a form to hand in another; the article page posts here too."""
    place = place_at(cycle, questionnaire, party)
    found = section_at(place, section)
    question = question_in(found, code)
    user = person(request)
    may_answer = may_change(user, place, question)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    form.fields["file"].widget.attrs["accept"] = ACCEPT_ATTRIBUTE
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        if form.is_valid():
            try:
                kept = actions.attach_file(
                    by=user,
                    response=place.response,
                    spec=place.spec,
                    code=question.code,
                    upload=form.cleaned_data["file"],
                )
            except Refusal as refusal:
                errors, status = [("#id_file", refusal.message)], REFUSED
            else:
                messages.success(request, _("“%(name)s” has been attached.") % {"name": kept.name})
                return redirect(came_from(request, request.path))
    wording, wording_language = question.wording(page_language())
    listed = Evidence.objects.filter(response=place.response, code=question.code, removed_at=None)
    context = {
        "form": form,
        "errors": errors,
        "question": question,
        "wording": wording.text,
        "wording_language": wording_language,
        "back": section_address(place, found.code, question.code),
        "may_answer": may_answer,
        "taken": TAKEN,
        "files": [
            (item, address(place, "file", uuid=item.uuid), address(place, "remove_file", uuid=item.uuid))
            for item in listed.order_by("uploaded_at", "pk")
        ],
    }
    return response_page(
        request,
        "responses/files.html",
        place,
        context,
        crumbs=[section_crumb(place, found), (_("Files"), "")],
        status=status,
    )


def _file_at(request: HttpRequest, place: Place, uuid: str) -> Evidence:
    """The file if the person may read its section; otherwise there is none."""
    found = Evidence.objects.filter(uuid=uuid, response=place.response, removed_at=None).first()
    if found is None or not can(request.user, Permission.READ_RESPONSE, f"{place.scope}/{found.section}"):
        raise Http404
    return found


@requires(Permission.READ_RESPONSE, scope=response_scope, below=True)
@require_http_methods(["GET", "HEAD"])
def file(request: HttpRequest, cycle: str, questionnaire: str, party: str, uuid: str) -> HttpResponseBase:
    """Downloads a file; it never opens in the page."""
    return serve(_file_at(request, place_at(cycle, questionnaire, party), uuid))


@requires(Permission.READ_RESPONSE, scope=response_scope, below=True)
@require_http_methods(PAGE)
def remove_file(request: HttpRequest, cycle: str, questionnaire: str, party: str, uuid: str) -> HttpResponse:
    """Takes a file from its answer, after asking."""
    place = place_at(cycle, questionnaire, party)
    found = _file_at(request, place, uuid)
    question = place.spec.questions.get(found.code)
    if question is None or not may_change(person(request), place, question):
        raise PermissionDenied
    section = section_at(place, found.section)
    return confirmed(
        request,
        place,
        lambda: actions.remove_file(by=person(request), evidence=found),
        title=_("Remove “%(name)s”?") % {"name": found.name},
        text=_("It is taken from the answer. A submission that names it keeps it."),
        button=_("Remove the file"),
        done=_("“%(name)s” has been removed.") % {"name": found.name},
        back=came_from(request, address(place, "files", section=found.section, code=found.code)),
        crumbs=[section_crumb(place, section)],
    )
