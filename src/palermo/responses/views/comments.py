"""Remarks inside the national team, on a question or on a section; the Secretariat never sees them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.logic.spec import QuestionSpec, SectionSpec
from palermo.responses.actions import evidence as actions
from palermo.responses.forms.submitting import CommentForm
from palermo.responses.logic.scopes import section_scope
from palermo.responses.models import Comment
from palermo.responses.queries.places import Place, question_in
from palermo.responses.queries.wording import section_title
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    came_from,
    do_and_return,
    page_language,
    person,
    place_at,
    response_page,
    section_address,
    section_at,
    section_crumb,
)

PAGE = ["GET", "HEAD", "POST"]


@requires(Permission.COMMENT, scope=section_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def section_comments(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str) -> HttpResponse:
    """All comments of a section: those on it, and those on its questions."""
    place = place_at(cycle, questionnaire, party)
    return _comments(request, place, section_at(place, section), None)


@requires(Permission.COMMENT, scope=section_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def comments(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """The comments on one question."""
    place = place_at(cycle, questionnaire, party)
    found = section_at(place, section)
    return _comments(request, place, found, question_in(found, code))


def _comments(request: HttpRequest, place: Place, section: SectionSpec, question: QuestionSpec | None) -> HttpResponse:
    user = person(request)
    form = CommentForm(request.POST or None, initial={"language": user.language})
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.comment(
                by=user,
                response=place.response,
                spec=place.spec,
                section=section.code,
                code=question.code if question else "",
                text=form.cleaned_data["text"],
                language=form.cleaned_data["language"],
            )
        except Refusal as refusal:
            errors, status = [("#id_text", refusal.message)], REFUSED
        else:
            messages.success(request, _("Your comment stands; the team sees it."))
            return redirect(came_from(request, request.path))
    listed = Comment.objects.filter(response=place.response, section=section.code).select_related(
        "author", "settled_by"
    )
    if question is not None:
        listed = listed.filter(code=question.code)
    language = page_language()
    items = [
        {
            "comment": item,
            "mine": item.author_id == user.pk,
            "wording": place.spec.questions[item.code].wording(language)[0].text
            if question is None and item.code in place.spec.questions
            else "",
            "url": section_address(place, section.code, item.code) if item.code else "",
            "settle_url": address(place, "settle_comment", section=section.code, uuid=item.uuid),
        }
        for item in listed
    ]
    wording, wording_language = question.wording(language) if question else (None, "")
    context = {
        "form": form,
        "errors": errors,
        "open": [item for item in items if item["comment"].settled_at is None],  # type: ignore[attr-defined]
        "settled": [item for item in items if item["comment"].settled_at is not None],  # type: ignore[attr-defined]
        "question": question,
        "wording": wording.text if wording else "",
        "wording_language": wording_language,
        "section_title": section_title(section, language),
        "back": section_address(place, section.code, question.code if question else ""),
    }
    return response_page(
        request,
        "responses/comments.html",
        place,
        context,
        crumbs=[section_crumb(place, section), (_("Comments"), "")],
        status=status,
    )


@requires(Permission.COMMENT, scope=section_scope, read=Permission.READ_RESPONSE)
@require_http_methods(["POST"])
def settle_comment(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, uuid: str
) -> HttpResponse:
    """Marks a comment as settled."""
    place = place_at(cycle, questionnaire, party)
    found = get_object_or_404(Comment, uuid=uuid, response=place.response, section=section_at(place, section).code)
    more = {"code": found.code} if found.code else {}
    return do_and_return(
        request,
        lambda: actions.settle_comment(by=person(request), comment=found),
        done=_("The comment is settled."),
        back=came_from(request, address(place, "comments" if more else "section_comments", section=section, **more)),
    )
