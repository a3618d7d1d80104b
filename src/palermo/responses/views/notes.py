"""Notes verbales: of one State, of a cycle, putting one on record, and their files."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.attachments import serve
from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.responses.actions import notes as actions
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.forms.notes import NoteForm
from palermo.responses.logic.scopes import cycle_scope, response_scope
from palermo.responses.models import NoteFile
from palermo.responses.queries import notes as queries
from palermo.responses.views.cycles import INSIDE, PAGE, READ, crumbs_of, cycle_at, secretariat_page
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    page_language,
    person,
    place_at,
    posted,
    response_page,
)


@requires(Permission.READ_MESSAGES, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(READ)
def notes(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """The notes verbales between the Secretariat and a State; both sides read them."""
    place = place_at(cycle, questionnaire, party)
    may_record = can(request.user, Permission.MANAGE_CYCLES, place.scope)
    context: dict[str, object] = {"notes": queries.notes_of(place.response), "may_record": may_record}
    if can(request.user, Permission.SEE_REPORTING, place.scope):
        return secretariat_page(request, "responses/notes.html", place, context, _("Notes verbales"))
    return response_page(request, "responses/notes.html", place, context, crumbs=[(_("Notes verbales"), "")])


@requires(Permission.MANAGE_CYCLES, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def record_note(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Puts a note verbale on record, with its files."""
    place = place_at(cycle, questionnaire, party)
    first = "received" if request.GET.get("direction") == "received" else "sent"
    form = NoteForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial={"direction": first, "language": page_language()},
    )
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            note = actions.record_note(
                by=person(request),
                response=place.response,
                direction=data["direction"],
                reference=data["reference"],
                dated_on=data["dated_on"],
                language=data["language"],
                summary=data["summary"],
                uploads=data["uploads"],
            )
        except Refusal as refusal:
            errors, status = [("", refusal.message)], REFUSED
        else:
            messages.success(request, _("The note verbale %(reference)s is on record.") % {"reference": note.reference})
            return redirect(address(place, "desk"))
    return secretariat_page(
        request,
        "responses/record_note.html",
        place,
        {"form": form, "errors": errors},
        _("Put a note verbale on record"),
        status=status,
    )


@requires(Permission.READ_MESSAGES, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(READ)
def note_file(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, note: str, uuid: str
) -> HttpResponseBase:
    """Downloads a file of a note verbale; it never opens in the page."""
    place = place_at(cycle, questionnaire, party)
    return serve(
        get_object_or_404(NoteFile, uuid=uuid, note__uuid=note, note__response=place.response, removed_at=None)
    )


DIRECTIONS = ("", "received", "sent")


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_http_methods(READ)
def cycle_notes(request: HttpRequest, cycle: str) -> HttpResponse:
    """The notes verbales of a cycle, the latest first."""
    found = cycle_at(cycle)
    chosen = request.GET.get("direction", "")
    unknown = chosen not in DIRECTIONS
    chosen = "" if unknown else chosen
    lines = queries.notes_in(found, page_language(), chosen)
    here = reverse("responses:cycle_notes", kwargs={"cycle": found.code})
    titles = {"": _("All"), "received": _("received"), "sent": _("sent")}
    context = {
        "cycle": found,
        "unknown": unknown,
        "lines": [(line, questionnaire_label(line.note.response.questionnaire, page_language())) for line in lines],
        "chips": [
            {"label": titles[code], "url": here + (f"?direction={code}" if code else ""), "current": code == chosen,
             "count": None}
            for code in DIRECTIONS
        ],
        "crumbs": crumbs_of(found, (_("Notes verbales"), "")),
        "cycle_title": text_of(found.texts, "title"),
    }  # fmt: skip
    return render(request, "responses/cycle_notes.html", context)
