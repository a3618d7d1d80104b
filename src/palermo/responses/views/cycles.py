"""The Secretariat's pages: cycles, who has begun and who has submitted, invitations, nominations, decisions."""

import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import text_of
from palermo.parties import actions as parties
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission, Role
from palermo.parties.models import Grant, Party
from palermo.responses.actions import cycles as actions
from palermo.responses.actions import deadlines
from palermo.responses.forms.cycles import (
    CycleForm,
    DeadlinesForm,
    InviteForm,
    ReopeningDecisionForm,
    questionnaire_label,
)
from palermo.responses.forms.people import NominationForm
from palermo.responses.labels import Label
from palermo.responses.logic.scopes import cycle_scope, cycles_scope, response_scope
from palermo.responses.logic.standing import REPORTED, Standing
from palermo.responses.models import Cycle, CycleQuestionnaire, HelpRequest, ReopeningRequest
from palermo.responses.queries import archive
from palermo.responses.queries import cycles as queries
from palermo.responses.queries.deadlines import days_left
from palermo.responses.queries.places import Place
from palermo.responses.queries.team import Member, invitation_subject, team, team_grant
from palermo.responses.queries.wording import STANDING_KINDS, STANDING_LABELS
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    came_from,
    do_and_return,
    page_language,
    party_of,
    person,
    place_at,
    posted,
    title_of,
)

FILTER_LABELS: dict[str, Label] = {
    "": gettext_lazy("All"),
    **{str(state): label for state, label in STANDING_LABELS.items()},
    queries.LATE: gettext_lazy("submitted late"),
    queries.OVERDUE: gettext_lazy("overdue"),
    queries.WITHOUT: gettext_lazy("without a focal point"),
}
PAGE = ["GET", "HEAD", "POST"]
READ = ["GET", "HEAD"]
# Somebody of the national team who comes to a page of the Secretariat is told so; others learn nothing.
INSIDE = (Permission.READ_RESPONSE, Permission.SEE_REPORTING)


def crumbs_of(cycle: Cycle | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way through the Secretariat's pages."""
    way = [(_("Cycles"), reverse("responses:cycles"))]
    if cycle is not None:
        way.append((text_of(cycle.texts, "title"), reverse("responses:cycle", kwargs={"cycle": cycle.code})))
    return [*way, *more]


def cycle_at(code: str) -> Cycle:
    """The cycle with this code; 404 if there is none."""
    found = queries.find_cycle(code)
    if found is None:
        raise Http404
    return found


@requires(Permission.SEE_REPORTING, Permission.MANAGE_CYCLES, scope=cycles_scope)
@require_http_methods(READ)
def cycles(request: HttpRequest) -> HttpResponse:
    """All cycles, the newest first."""
    context = {
        "lines": queries.cycle_lines(),
        "may_open": can(request.user, Permission.MANAGE_CYCLES, cycles_scope()),
        "today": timezone.localdate(),
    }
    return render(request, "responses/cycles.html", context)


@requires(Permission.MANAGE_CYCLES, scope=cycles_scope, read=Permission.SEE_REPORTING)
@require_http_methods(PAGE)
def open_cycle(request: HttpRequest) -> HttpResponse:
    """Opens a cycle."""
    year = timezone.localdate().year
    form = CycleForm(
        request.POST or None,
        language=page_language(),
        initial={"code": str(year), "first_year": year - 3, "last_year": year - 1},
    )
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            cycle = actions.open_cycle(
                by=person(request),
                code=data["code"],
                texts=form.texts,
                due_on=data["due_on"],
                closes_on=data["closes_on"],
                first_year=data["first_year"],
                last_year=data["last_year"],
                questionnaires=data["questionnaires"],
            )
        except Refusal as refusal:
            errors, status = [("#id_code", refusal.message)], REFUSED
        else:
            messages.success(request, _("The cycle has been opened. Now invite the States."))
            return redirect("responses:cycle", cycle=cycle.code)
    context = {
        "form": form,
        "errors": errors,
        "has_questionnaires": queries.questionnaires_to_open().exists(),
        "crumbs": crumbs_of(None, (_("Open a cycle"), "")),
    }
    return render(request, "responses/open_cycle.html", context, status=status)


def _asked(cycle: Cycle, chosen: str) -> tuple[list[CycleQuestionnaire], CycleQuestionnaire]:
    """What the cycle asks, and the questionnaire that is looked at: the one chosen, or the first."""
    asked = queries.questionnaires_of(cycle)
    if not asked:
        raise Http404
    if not chosen:
        return asked, asked[0]
    for item in asked:
        if item.questionnaire.code == chosen:
            return asked, item
    raise Http404


@requires(Permission.SEE_REPORTING, scope=cycle_scope)
@require_http_methods(READ)
def cycle(request: HttpRequest, cycle: str) -> HttpResponse:
    """Who was invited, who has begun, who has submitted; requests that wait. Nothing of any draft."""
    found = cycle_at(cycle)
    asked, one = _asked(found, request.GET.get("questionnaire", ""))
    overview = queries.overview(found, one.questionnaire, page_language())
    counts = overview.counts
    invited = len(overview.invited)
    here = reverse("responses:cycle", kwargs={"cycle": found.code})
    chosen, region, unknown = _filters(request, overview)
    shown = overview.narrowed(chosen, region)
    scope = cycle_scope(cycle=found.code)
    reported = sum(counts[state] for state in REPORTED)
    context = {
        "cycle": found,
        "asked": one,
        "chips": [
            {
                "label": questionnaire_label(item.questionnaire, page_language()),
                "url": f"{here}?questionnaire={item.questionnaire.code}",
                "current": item.pk == one.pk,
                "count": None,
            }
            for item in asked
        ]
        if len(asked) > 1
        else [],
        "questionnaire_title": questionnaire_label(one.questionnaire, page_language()),
        "overview": overview,
        "shown": [
            (item, [(state, STANDING_LABELS[state.state], STANDING_KINDS[state.state]) for state in item.invited])
            for item in shown
        ],
        "shown_count": sum(len(item.invited) for item in shown),
        "invited": invited,
        "counts": counts,
        "state_chips": [
            {
                "label": FILTER_LABELS[code],
                "url": _narrowed_url(here, one, code, region),
                "current": code == chosen,
                "count": counts[code] if code else invited,
            }
            for code in ("", *queries.FILTERS)
            if not code or counts[code] or code == chosen
        ],
        "regions": [(item.code, item.name or _("Outside the regional groups")) for item in overview.regions],
        "chosen": chosen,
        "region": region,
        "unknown": unknown,
        "figures": [
            {"value": invited, "label": _("invited")},
            {"value": counts[Standing.NOT_BEGUN], "label": _("not begun")},
            {"value": counts[Standing.BEGUN], "label": _("begun")},
            {
                "value": reported,
                "label": _("submitted"),
                "done": reported,
                "begun": counts[Standing.BEGUN],
                "total": invited - counts[Standing.NO_OBLIGATION],
                "bar_label": _("%(submitted)s of %(invited)s States that are asked have submitted")
                % {"submitted": reported, "invited": invited - counts[Standing.NO_OBLIGATION]},
            },
            {"value": counts[queries.WITHOUT], "label": _("without a focal point")},
        ],
        "help": [(item, _party_name(overview, item.response.party)) for item in overview.help_requests],
        "reopening": [
            (item, _party_name(overview, item.submission.response.party)) for item in overview.reopening_requests
        ],
        "may_manage": can(request.user, Permission.MANAGE_CYCLES, scope),
        "may_nominate": can(request.user, Permission.NOMINATE, scope),
        "may_decide": can(request.user, Permission.GRANT_REOPENING, scope),
        "may_supplement": can(request.user, Permission.SUPPLEMENT, scope),
        "may_read": can(request.user, Permission.READ_SUBMISSION, scope),
        "days_left": days_left(found.due_on),
        "closed": found.closes_on is not None and found.closes_on < archive.today(),
        "crumbs": crumbs_of(None, (text_of(found.texts, "title"), "")),
    }
    return render(request, "responses/cycle.html", context)


def _filters(request: HttpRequest, overview: queries.Overview) -> tuple[str, str, bool]:
    """What the list is narrowed to; what is not known is left out, and said."""
    chosen, region = request.GET.get("state", ""), request.GET.get("region", "")
    known = {item.code for item in overview.regions}
    unknown = chosen not in ("", *queries.FILTERS) or region not in ("", *known)
    return (
        chosen if chosen in queries.FILTERS else "",
        region if region in known else "",
        unknown,
    )


def _narrowed_url(here: str, one: CycleQuestionnaire, state: str, region: str) -> str:
    query = {"questionnaire": one.questionnaire.code, "state": state, "region": region}
    return f"{here}?{urlencode({key: value for key, value in query.items() if value})}"


def _party_name(overview: queries.Overview, party: Party) -> str:
    name = overview.names.get(party.pk)
    return name.short if name else party.code


@requires(Permission.MANAGE_CYCLES, scope=cycle_scope, read=Permission.SEE_REPORTING)
@require_http_methods(PAGE)
def change_deadlines(request: HttpRequest, cycle: str) -> HttpResponse:
    """Changes the day on which responses are due and the last day for answers."""
    found = cycle_at(cycle)
    form = DeadlinesForm(posted(request), initial={"due_on": found.due_on, "closes_on": found.closes_on})
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = deadlines.change_deadlines(
                by=person(request),
                cycle=found,
                due_on=data["due_on"],
                closes_on=data["closes_on"],
                reason=data["reason"],
            )
        except Refusal as refusal:
            errors, status = [("#id_due_on", refusal.message)], REFUSED
        else:
            messages.success(
                request,
                _("The deadlines have been changed. What States were given as an extension stays.")
                if changed
                else _("Nothing has changed."),
            )
            return redirect("responses:cycle", cycle=found.code)
    context = {"cycle": found, "form": form, "errors": errors, "crumbs": crumbs_of(found, (_("Deadlines"), ""))}
    return render(request, "responses/deadlines.html", context, status=status)


@requires(Permission.MANAGE_CYCLES, scope=cycle_scope, read=Permission.SEE_REPORTING)
@require_http_methods(PAGE)
def invite_states(request: HttpRequest, cycle: str) -> HttpResponse:
    """Invites States to answer: by their status under each treaty, or by hand; first it shows who they are."""
    found = cycle_at(cycle)
    all_asked, one = _asked(found, request.GET.get("questionnaire", ""))
    listed = queries.candidates(found, all_asked, page_language())
    sets = queries.basis_sets(one.questionnaire.instrument, timezone.localdate())
    form = InviteForm(
        posted(request),
        candidates=listed,
        counts={basis: len(meant) for basis, meant in sets.items() if basis != actions.BY_HAND},
        asked=all_asked,
        language=page_language(),
        initial={"basis": "bound", "on": timezone.localdate(), "asked": [one.pk]},
    )
    chosen: list[queries.ToInvite] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = queries.to_invite(
            found,
            [item for item in all_asked if item.pk in data["asked"]] if "asked" in data else [one],
            listed,
            basis=data["basis"],
            on=data["on"],
            by_hand=set(data["parties"]),
        )
        if request.POST.get("step") == "send":
            return _send_invitations(request, found, chosen, data["basis"], data["on"])
    context = {
        "cycle": found,
        "asked": one,
        "questionnaire_title": questionnaire_label(one.questionnaire, page_language()),
        "form": form,
        "chosen": [(item, questionnaire_label(item.asked.questionnaire, page_language())) for item in chosen],
        "chosen_count": sum(len(item.new) for item in chosen),
        "chosen_parties": {str(key) for key in form["parties"].value() or ()},
        "free": [item for item in listed if not item.invited],
        "invited_count": sum(item.invited for item in listed),
        "crumbs": crumbs_of(found, (_("Invite States"), "")),
    }
    wrong = request.method == "POST" and not chosen
    return render(request, "responses/invite_states.html", context, status=INVALID if wrong else 200)


def _send_invitations(
    request: HttpRequest, cycle: Cycle, chosen: list[queries.ToInvite], basis: str, on: datetime.date
) -> HttpResponse:
    """Invites whoever was shown, to each questionnaire."""
    count = sum(
        actions.invite_states(
            by=person(request),
            cycle=cycle,
            questionnaire=item.asked.questionnaire,
            parties_invited=[party for party, _name in item.by_status],
            basis=basis,
            basis_on=on,
            chosen_besides=[party for party, _name in item.by_hand],
        )
        for item in chosen
    )
    if count:
        messages.success(
            request,
            ngettext("One invitation has been sent.", "%(count)s invitations have been sent.", count)
            % {"count": count},
        )
    else:
        messages.info(request, _("Nobody new was invited: all of these States have been invited already."))
    back = reverse("responses:cycle", kwargs={"cycle": cycle.code})
    return redirect(f"{back}?questionnaire={chosen[0].asked.questionnaire.code}")


@requires(Permission.SEE_REPORTING, scope=cycles_scope)
@require_http_methods(READ)
def help_queue(request: HttpRequest) -> HttpResponse:
    """The States that asked for help to answer, over all cycles: open ones first, then what was done."""
    everything = request.GET.get("all") == "1"
    lines = queries.help_queue(page_language(), everything=everything)
    waiting = [line for line in lines if line.request.answered_at is None]
    context = {
        "waiting": waiting,
        "done": [line for line in lines if line.request.answered_at is not None],
        "more": not everything and len(lines) - len(waiting) == queries.MOST_DONE,
        "may_manage": can(request.user, Permission.MANAGE_CYCLES, cycles_scope()),
        "crumbs": crumbs_of(None, (_("Help to report"), "")),
    }
    return render(request, "responses/help_queue.html", context)


def secretariat_page(
    request: HttpRequest,
    template: str,
    place: Place,
    context: dict[str, object],
    crumb: str,
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of the Secretariat about one State, with the way to it; without ``crumb`` the State's own page."""
    names = {
        "place": place,
        "arguments": place.arguments,
        "party_name": party_of(place),
        "questionnaire_title": title_of(place),
        "cycle_title": text_of(place.response.cycle.texts, "title"),
        "back": _back(place),
        "crumbs": crumbs_of(
            place.response.cycle,
            (party_of(place), address(place, "desk") if crumb else ""),
            *([(crumb, "")] if crumb else []),
        ),
    }
    return render(request, template, {**names, **context}, status=status)


def _back(place: Place) -> str:
    return address(place, "desk")


def _focal_point(place: Place) -> Member | None:
    return team(place.response, place.spec, page_language()).focal_point


@requires(Permission.NOMINATE, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def nominate(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Records the focal point that a State has named, and invites the person; one at a time."""
    place = place_at(cycle, questionnaire, party)
    form = NominationForm(request.POST or None, initial={"language": page_language()})
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            grant = actions.nominate_focal_point(
                by=person(request),
                response=place.response,
                email=data["email"],
                name=data["name"],
                institution=data["institution"],
                language=data["language"],
                message=data["message"],
                subject=invitation_subject(
                    response=place.response, spec=place.spec, role=Role.FOCAL_POINT, language=data["language"]
                ),
            )
        except Refusal as refusal:
            errors, status = [("", refusal.message)], REFUSED
        else:
            messages.success(
                request,
                _("%(name)s has been invited as the focal point of %(party)s.")
                % {"name": grant.user.name, "party": party_of(place)},
            )
            return redirect(address(place, "nominate"))
    context: dict[str, object] = {"form": form, "errors": errors, "focal_point": _focal_point(place)}
    return secretariat_page(request, "responses/nominate.html", place, context, _("Focal point"), status=status)


def _nomination_at(place: Place, grant: int) -> Grant:
    found = team_grant(place.response, grant)
    if found is None or found.role != Role.FOCAL_POINT:
        raise Http404
    return found


@requires(Permission.NOMINATE, scope=response_scope, read=INSIDE)
@require_http_methods(["POST"])
def send_nomination_again(request: HttpRequest, cycle: str, questionnaire: str, party: str, grant: int) -> HttpResponse:
    """Sends the invitation of a focal point again."""
    place = place_at(cycle, questionnaire, party)
    found = _nomination_at(place, grant)
    subject = invitation_subject(
        response=place.response, spec=place.spec, role=Role.FOCAL_POINT, language=found.user.language
    )
    return do_and_return(
        request,
        lambda: parties.invite_again(by=person(request), grant=found, subject=subject),
        done=_("A new invitation has been sent to %(email)s; the earlier link no longer works.")
        % {"email": found.user.email},
        back=address(place, "nominate"),
    )


@requires(Permission.NOMINATE, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def end_nomination(request: HttpRequest, cycle: str, questionnaire: str, party: str, grant: int) -> HttpResponse:
    """Ends a nomination, after asking, so that the State can name somebody else."""
    place = place_at(cycle, questionnaire, party)
    found = _nomination_at(place, grant)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            actions.end_nomination(by=person(request), response=place.response, grant=found)
        except Refusal as refusal:
            errors = [("", refusal.message)]
        else:
            messages.success(request, _("The nomination of %(name)s has been ended.") % {"name": found.user.name})
            return redirect(address(place, "nominate"))
    values = {"name": found.user.name, "party": party_of(place)}
    context: dict[str, object] = {
        "title": _("End the nomination of %(name)s?") % values,
        "text": _(
            "%(name)s will no longer see the response of %(party)s. What was written stays, and so does the team."
        )
        % values,
        "button": _("End the nomination"),
        "danger": True,
        "back": address(place, "nominate"),
        "errors": errors,
    }
    return secretariat_page(
        request, "responses/confirm.html", place, context, _("End the nomination"), status=REFUSED if errors else 200
    )


@requires(Permission.GRANT_REOPENING, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def decide_reopening(request: HttpRequest, cycle: str, questionnaire: str, party: str, reopening: int) -> HttpResponse:
    """Grants or refuses a State's request to reopen what it has submitted."""
    place = place_at(cycle, questionnaire, party)
    found = get_object_or_404(
        ReopeningRequest.objects.select_related("submission", "asked_by", "decided_by").defer("submission__snapshot"),
        pk=reopening,
        submission__response=place.response,
    )
    form = ReopeningDecisionForm(request.POST or None)
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        granted = form.cleaned_data["granted"]
        try:
            actions.decide_reopening(
                by=person(request), request=found, granted=granted, decision=form.cleaned_data["decision"]
            )
        except Refusal as refusal:
            errors, status = [("", refusal.message)], REFUSED
        else:
            done = _("The response has been reopened.") if granted else _("The response stays as it was submitted.")
            messages.success(request, done)
            return redirect(_back(place))
    context: dict[str, object] = {"form": form, "errors": errors, "reopening": found}
    return secretariat_page(
        request, "responses/decide_reopening.html", place, context, _("Request to reopen"), status=status
    )


@requires(Permission.MANAGE_CYCLES, scope=response_scope, read=INSIDE)
@require_http_methods(["POST"])
def take_up_help(request: HttpRequest, cycle: str, questionnaire: str, party: str, asked: int) -> HttpResponse:
    """Takes a State's request for help up; the person who asked is told."""
    place = place_at(cycle, questionnaire, party)
    found = get_object_or_404(
        HelpRequest.objects.select_related("by", "response__cycle", "response__questionnaire", "response__party"),
        pk=asked,
        response=place.response,
    )
    return do_and_return(
        request,
        lambda: actions.answer_help_request(by=person(request), request=found),
        done=_("The request of %(party)s is yours; %(name)s has been told.")
        % {"party": party_of(place), "name": found.by.name},
        back=came_from(request, _back(place)),
    )
