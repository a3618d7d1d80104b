"""The pages of the national team: who works on what, handing over, inviting, taking back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.parties import actions as parties
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission, Role
from palermo.parties.models import Grant
from palermo.responses.actions import people as actions
from palermo.responses.forms.people import HandOverForm, TeamForm
from palermo.responses.labels import ASPECTS
from palermo.responses.logic.scopes import response_scope
from palermo.responses.models import Assignment
from palermo.responses.queries.places import Place
from palermo.responses.queries.team import Team, invitation_subject, team, team_grant
from palermo.responses.queries.wording import ROLE_LABELS
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    came_from,
    confirmed,
    do_and_return,
    page_language,
    person,
    place_at,
    response_page,
)

PAGE = ["GET", "HEAD", "POST"]


@requires(Permission.READ_RESPONSE, scope=response_scope, below=True)
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Everybody who works on the response; a contributor sees those of the own sections."""
    place = place_at(cycle, questionnaire, party)
    found = team(place.response, place.spec, page_language())
    visible = _visible(request, place, found)
    context = {
        "team": found,
        "held": [section for section in visible if section.parts],
        "free": [section for section in visible if not section.parts],
        "whole": can(request.user, Permission.READ_RESPONSE, place.scope),
        "may_hand_over": can(request.user, Permission.HAND_OVER, place.scope),
        "may_appoint": can(request.user, Permission.APPOINT_DEPUTY, place.scope),
        "aspect_labels": ASPECTS,
    }
    return response_page(request, "responses/people.html", place, context, crumbs=[(_("People"), "")])


def _visible(request: HttpRequest, place: Place, found: Team) -> list:  # type: ignore[type-arg]
    return [
        section
        for section in found.sections
        if can(request.user, Permission.READ_RESPONSE, f"{place.scope}/{section.code}")
    ]


def _people_crumb(place: Place) -> tuple[str, str]:
    return _("People"), address(place, "people")


@requires(Permission.HAND_OVER, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def hand_over(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Hands sections to somebody by e-mail; ``?section=art-16`` comes with that section ticked."""
    place = place_at(cycle, questionnaire, party)
    found = team(place.response, place.spec, page_language())
    asked = dict.fromkeys(question.asks.value for question in place.spec if question.is_answered)
    form = HandOverForm(
        request.POST or None,
        sections=[(section.code, section.title) for section in found.sections],
        aspects=asked,
        initial={"lead": "lead", "language": page_language(), "sections": request.GET.getlist("section")},
    )
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        lead = data["lead"] == "lead"
        try:
            handed = actions.hand_over(
                by=person(request),
                response=place.response,
                sections=data["sections"],
                email=data["email"],
                name=data["name"],
                institution=data["institution"],
                language=data["language"],
                aspects=data["aspects"],
                lead=lead,
                message=data["message"],
                subject=invitation_subject(
                    response=place.response,
                    spec=place.spec,
                    role=Role.LEAD if lead else Role.CONTRIBUTOR,
                    language=data["language"],
                    sections=data["sections"],
                ),
            )
        except Refusal as refusal:
            errors = [("", refusal.message)]
        else:
            count = len(data["sections"])
            words = ngettext(
                "One section has been handed to %(name)s.", "%(count)s sections have been handed to %(name)s.", count
            )
            messages.success(request, words % {"count": count, "name": handed.name})
            return redirect(address(place, "people"))
    context = {"form": form, "team": found, "errors": errors}
    return response_page(
        request,
        "responses/hand_over.html",
        place,
        context,
        crumbs=[_people_crumb(place), (_("Hand over"), "")],
        status=_status(request, form.is_bound and bool(form.errors), errors),
    )


def _status(request: HttpRequest, invalid: bool, errors: list[tuple[str, str]]) -> int:
    if errors:
        return REFUSED
    return INVALID if invalid or request.method == "POST" else 200


@requires(Permission.HAND_OVER, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def invite_person(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Invites a deputy or a reader; only the focal point appoints deputies."""
    place = place_at(cycle, questionnaire, party)
    roles = [Role.READER]
    if can(request.user, Permission.APPOINT_DEPUTY, place.scope):
        roles.insert(0, Role.DEPUTY)
    wanted = request.GET.get("role", "")
    form = TeamForm(
        request.POST or None,
        roles=roles,
        initial={"language": page_language(), "role": wanted if wanted in roles else Role.READER.value},
    )
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        role = Role(data["role"])
        try:
            grant = actions.invite_to_team(
                by=person(request),
                response=place.response,
                role=role,
                email=data["email"],
                name=data["name"],
                institution=data["institution"],
                language=data["language"],
                message=data["message"],
                subject=invitation_subject(
                    response=place.response, spec=place.spec, role=role, language=data["language"]
                ),
            )
        except Refusal as refusal:
            errors = [("", refusal.message)]
        else:
            messages.success(request, _("%(name)s has been invited.") % {"name": grant.user.name})
            return redirect(address(place, "people"))
    return response_page(
        request,
        "responses/invite_person.html",
        place,
        {"form": form, "errors": errors},
        crumbs=[_people_crumb(place), (_("Invite"), "")],
        status=_status(request, form.is_bound and bool(form.errors), errors),
    )


def _grant_at(place: Place, grant: int) -> Grant:
    found = team_grant(place.response, grant)
    if found is None:
        raise Http404
    return found


def _refuse_unless_may_end(request: HttpRequest, place: Place, grant: Grant) -> None:
    """A deputy is the focal point's to appoint and to end; the focal point is the Secretariat's to record."""
    if grant.role == Role.FOCAL_POINT:
        raise PermissionDenied
    if grant.role == Role.DEPUTY and not can(request.user, Permission.APPOINT_DEPUTY, place.scope):
        raise PermissionDenied


@requires(Permission.HAND_OVER, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(["POST"])
def send_again(request: HttpRequest, cycle: str, questionnaire: str, party: str, grant: int) -> HttpResponse:
    """Sends a new link for an invitation that nobody has accepted."""
    place = place_at(cycle, questionnaire, party)
    found = _grant_at(place, grant)
    _refuse_unless_may_end(request, place, found)
    role = Role(found.role)
    section = found.scope.removeprefix(f"{place.scope}/")
    subject = invitation_subject(
        response=place.response, spec=place.spec, role=role, language=found.user.language, sections=[section]
    )
    return do_and_return(
        request,
        lambda: parties.invite_again(by=person(request), grant=found, subject=subject),
        done=_("A new invitation has been sent to %(email)s; the earlier link no longer works.")
        % {"email": found.user.email},
        back=came_from(request, address(place, "people")),
    )


@requires(Permission.HAND_OVER, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def end_grant(request: HttpRequest, cycle: str, questionnaire: str, party: str, grant: int) -> HttpResponse:
    """Ends the part of a deputy or a reader, after asking."""
    place = place_at(cycle, questionnaire, party)
    found = _grant_at(place, grant)
    _refuse_unless_may_end(request, place, found)
    values = {"name": found.user.name, "role": ROLE_LABELS[Role(found.role)]}
    return confirmed(
        request,
        place,
        lambda: actions.end_team_grant(by=person(request), response=place.response, grant=found),
        title=_("Take %(name)s from the team?") % values,
        text=_("%(name)s (%(role)s) will no longer see this response. What was written stays.") % values,
        button=_("Take from the team"),
        done=_("%(name)s is no longer in the team.") % values,
        back=address(place, "people"),
        crumbs=[_people_crumb(place)],
    )


@requires(Permission.HAND_OVER, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def take_back_section(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, assignment: int
) -> HttpResponse:
    """Takes a section back from a person, after asking."""
    place = place_at(cycle, questionnaire, party)
    found = get_object_or_404(
        Assignment.objects.select_related("user"), pk=assignment, response=place.response, ended_at=None
    )
    titles = {section.code: section.heading(page_language())[0].title for section in place.spec.sections}
    values = {"name": found.user.name, "section": titles.get(found.section, found.section)}
    return confirmed(
        request,
        place,
        lambda: actions.take_back(by=person(request), assignment=found),
        title=_("Take “%(section)s” back from %(name)s?") % values,
        text=_("%(name)s will no longer see or change this section. What was written stays.") % values,
        button=_("Take the section back"),
        done=_("“%(section)s” has been taken back from %(name)s.") % values,
        back=came_from(request, address(place, "people")),
        crumbs=[_people_crumb(place)],
    )
