"""The Secretariat's page of one State: where its response stands, and everything that can be done about it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.parties.access import can, enters_paper, requires
from palermo.parties.logic.roles import Permission
from palermo.responses.actions import deadlines, paper, workflow
from palermo.responses.forms.cycles import ExtensionForm, ReasonForm
from palermo.responses.forms.notes import PaperForm
from palermo.responses.logic.scopes import response_scope
from palermo.responses.logic.standing import REPORTED, Standing
from palermo.responses.models import ResponseState
from palermo.responses.queries.cycles import desk as desk_of
from palermo.responses.queries.deadlines import days_left
from palermo.responses.queries.notes import received_notes
from palermo.responses.queries.places import Place
from palermo.responses.queries.team import team
from palermo.responses.queries.wording import BASIS_NAMES, STANDING_KINDS, STANDING_LABELS
from palermo.responses.views.cycles import INSIDE, PAGE, READ, secretariat_page
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    confirmed,
    do_and_return,
    page_language,
    person,
    place_at,
    posted,
)


@requires(Permission.SEE_REPORTING, scope=response_scope, read=INSIDE)
@require_http_methods(READ)
def desk(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """One State: its standing and dates, its focal point, notes verbales, paper, help, receipts. Nothing of a draft."""
    place = place_at(cycle, questionnaire, party)
    found = desk_of(place.response)
    user = person(request)
    may = {
        "manage": can(user, Permission.MANAGE_CYCLES, place.scope),
        "nominate": can(user, Permission.NOMINATE, place.scope),
        "decide": can(user, Permission.GRANT_REOPENING, place.scope),
        "enter": can(user, Permission.ANSWER_ON_BEHALF, place.scope),
        "read": can(user, Permission.READ_SUBMISSION, place.scope),
    }
    context: dict[str, object] = {
        "desk": found,
        "state": STANDING_LABELS[found.state],
        "state_kind": STANDING_KINDS[found.state],
        "days_left": days_left(place.due_on),
        "basis": BASIS_NAMES.get(place.response.basis, ""),
        "focal_point": team(place.response, place.spec, page_language()).focal_point,
        "may": may,
        "waits": found.state in (Standing.NOT_BEGUN, Standing.BEGUN, Standing.REOPENED),
        "is_submitted": place.response.state == ResponseState.SUBMITTED,
        "can_release": found.state in (Standing.NOT_BEGUN, Standing.BEGUN),
        "is_released": found.state is Standing.NO_OBLIGATION,
        "has_reported": found.state in REPORTED,
        "can_enter": place.response.state in (ResponseState.OPEN, ResponseState.CLEARED),
        "takes_part": enters_paper(user, place.scope),
    }
    return secretariat_page(request, "responses/desk.html", place, context, "")


def _with_form(
    request: HttpRequest,
    place: Place,
    form: ExtensionForm | ReasonForm | PaperForm,
    action: Callable[[], object],
    *,
    template: str,
    context: dict[str, object],
    crumb: str,
    done: str,
    field: str,
) -> HttpResponse:
    """A page with one form: what is wrong stands in it, what was done is said on the State's page."""
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            action()
        except Refusal as refusal:
            errors, status = [(f"#id_{field}", refusal.message)], REFUSED
        else:
            messages.success(request, done)
            return redirect(address(place, "desk"))
    return secretariat_page(request, template, place, {"form": form, "errors": errors, **context}, crumb, status=status)


@requires(Permission.MANAGE_CYCLES, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def extension(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Gives one State more time."""
    place = place_at(cycle, questionnaire, party)
    form = ExtensionForm(posted(request))
    return _with_form(
        request,
        place,
        form,
        lambda: deadlines.grant_extension(
            by=person(request),
            response=place.response,
            due_on=form.cleaned_data["due_on"],
            reason=form.cleaned_data["reason"],
        ),
        template="responses/extension.html",
        context={"title": _("More time")},
        crumb=_("More time"),
        done=_("The State has been given more time; its focal point and deputies have been told."),
        field="due_on",
    )


@requires(Permission.MANAGE_CYCLES, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def obligation(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Records that a State need not answer, or takes that back."""
    place = place_at(cycle, questionnaire, party)
    released = place.response.released_at is not None
    form = ReasonForm(posted(request))
    action = workflow.oblige_response if released else workflow.release_response
    return _with_form(
        request,
        place,
        form,
        lambda: action(by=person(request), response=place.response, reason=form.cleaned_data["reason"]),
        template="responses/obligation.html",
        context={"released": released},
        crumb=_("Obligation to answer"),
        done=_("The State is asked again.") if released else _("The State has no obligation to answer now."),
        field="reason",
    )


@requires(Permission.MANAGE_CYCLES, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def finalise(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Asks first, and then makes a submitted response final."""
    place = place_at(cycle, questionnaire, party)
    return confirmed(
        request,
        place,
        lambda: workflow.finalise_response(by=person(request), response=place.response),
        title=_("Make the response final"),
        text=_(
            "Final means that the Secretariat asks nothing more about what the State has submitted: no clarification "
            "can be asked any more, and the figures of the cycle count the response as final. What the State has said "
            "stays as it is, and the State can still ask to reopen it."
        ),
        button=_("Make it final"),
        done=_("The response is final. The State can still ask to reopen it."),
        back=address(place, "desk"),
        danger=False,
    )


@requires(Permission.ANSWER_ON_BEHALF, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def enter_paper(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Begins to enter what came on paper, on a received note verbale; or takes part in what is being entered."""
    place = place_at(cycle, questionnaire, party)
    if request.method == "POST" and request.POST.get("do") == "join":
        return do_and_return(
            request,
            lambda: paper.join_entry(by=person(request), response=place.response),
            done=_("You take part in entering the response."),
            back=address(place, "desk"),
        )
    notes = received_notes(place.response)
    form = PaperForm(posted(request), notes=notes)
    by_key = {note.pk: note for note in notes}
    return _with_form(
        request,
        place,
        form,
        lambda: paper.begin_entry(
            by=person(request),
            response=place.response,
            note=by_key[form.cleaned_data["note"]],
            state_asked=form.cleaned_data["state_asked"],
        ),
        template="responses/enter_paper.html",
        context={"notes": notes},
        crumb=_("Answers on paper"),
        done=_("You can enter the response now. Everything is recorded as entered on behalf of the State."),
        field="note",
    )


@requires(Permission.ANSWER_ON_BEHALF, scope=response_scope, read=INSIDE)
@require_http_methods(["POST"])
def end_paper(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Ends the entry from paper, and with it the access of officers to the draft."""
    place = place_at(cycle, questionnaire, party)
    return do_and_return(
        request,
        lambda: paper.end_entry(by=person(request), response=place.response),
        done=_("The entry has ended. Nobody at the Secretariat sees the draft any more."),
        back=address(place, "desk"),
    )
