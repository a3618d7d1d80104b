"""What waits for a person in this app; ``site`` gathers it on the desk."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palermo.base.templatetags.base_text import date_words
from palermo.parties.access import can, can_below
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.responses.logic.scopes import CYCLES
from palermo.responses.models import (
    Assignment,
    Conflict,
    HelpRequest,
    PaperEntry,
    ReopeningRequest,
    ResponseState,
    SupplementOffer,
    Thread,
)
from palermo.responses.queries.archive import today
from palermo.responses.queries.messages import (
    SECRETARIAT,
    WAITING,
    arguments_of,
    clarification_of,
    is_overdue,
    related,
    threads_for,
)
from palermo.responses.queries.state import response_arguments, scope_of


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what it is, whose response it is about, and where it is settled."""

    text: str | Promise
    party_id: int
    url: str
    at: datetime.datetime


def waiting_for(user: User) -> list[Waiting]:
    """What waits for the person, oldest first: three queries, one for those who write to the other
    side, and three more for the Secretariat.
    """
    found = [*_conflicts(user), *_sections(user), *_supplements(user), *_exchanges(user)]
    if can_below(user, Permission.MANAGE_CYCLES, CYCLES):
        found += [*_help(), *_reopenings(), *_entries(user)]
    return sorted(found, key=lambda item: item.at)


def _conflicts(user: User) -> list[Waiting]:
    """Responses in which the person's text and another's stand side by side."""
    first: dict[int, list[Conflict]] = {}
    for conflict in Conflict.objects.filter(user=user, settled_at=None).select_related(
        "response__cycle", "response__questionnaire", "response__party"
    ):
        first.setdefault(conflict.response_id, []).append(conflict)
    return [
        Waiting(
            text=ngettext(
                "One answer has two texts: decide which one stands",
                "%(count)s answers have two texts: decide which one stands",
                len(items),
            )
            % {"count": len(items)},
            party_id=items[0].response.party_id,
            url=reverse("responses:hub", kwargs=response_arguments(items[0].response)),
            at=items[0].at,
        )
        for items in first.values()
    ]


def _sections(user: User) -> list[Waiting]:
    """Sections handed to the person whose part is not done."""
    handed: dict[int, list[Assignment]] = {}
    for assignment in Assignment.objects.filter(
        user=user, ended_at=None, done_at=None, response__state=ResponseState.OPEN
    ).select_related("response__cycle", "response__questionnaire", "response__party"):
        handed.setdefault(assignment.response_id, []).append(assignment)
    return [
        Waiting(
            text=ngettext(
                "One article has been handed to you",
                "%(count)s articles have been handed to you",
                len(items),
            )
            % {"count": len(items)},
            party_id=items[0].response.party_id,
            url=reverse("responses:hub", kwargs=response_arguments(items[0].response)),
            at=items[0].assigned_at,
        )
        for items in handed.values()
    ]


def _supplements(user: User) -> list[Waiting]:
    """Added questions that the person may take up for a response that was complete."""
    return [
        Waiting(
            text=_("Questions have been added: decide whether your State takes them up"),
            party_id=offer.response.party_id,
            url=reverse("responses:supplement_offer", kwargs=response_arguments(offer.response)),
            at=offer.offered_at,
        )
        for offer in SupplementOffer.objects.filter(decided_at=None, response__party=user.party_id).select_related(
            "response__cycle", "response__questionnaire", "response__party"
        )
        if can(user, Permission.CLEAR_RESPONSE, scope_of(offer.response))
    ]


def _help() -> list[Waiting]:
    """States that asked for help to answer and have not been told that it is taken up."""
    return [
        Waiting(
            text=_("A State asks for help to answer"),
            party_id=request.response.party_id,
            url=reverse("responses:desk", kwargs=response_arguments(request.response)),
            at=request.at,
        )
        for request in HelpRequest.objects.filter(answered_at=None).select_related(
            "response__cycle", "response__questionnaire", "response__party"
        )
    ]


def _entries(user: User) -> list[Waiting]:
    """What the officer is entering from paper and has not ended."""
    return [
        Waiting(
            text=_("You are entering what a State sent on paper: submit it, or end the entry"),
            party_id=entry.response.party_id,
            url=reverse("responses:desk", kwargs=response_arguments(entry.response)),
            at=entry.begun_at,
        )
        for entry in PaperEntry.objects.filter(ended_at=None, begun_by=user).select_related(
            "response__cycle", "response__questionnaire", "response__party"
        )
    ]


def _reopenings() -> list[Waiting]:
    """States that asked for their submitted response to be reopened."""
    return [
        Waiting(
            text=_("A State asks for its response to be reopened"),
            party_id=request.submission.response.party_id,
            url=reverse("responses:desk", kwargs=response_arguments(request.submission.response)),
            at=request.asked_at,
        )
        for request in ReopeningRequest.objects.filter(decided_at=None)
        .select_related(
            "submission__response__cycle",
            "submission__response__questionnaire",
            "submission__response__party",
        )
        .defer("submission__snapshot")
    ]


def _exchanges(user: User) -> list[Waiting]:
    """Exchanges in which the other side wrote last, for whoever may answer."""
    threads = related(threads_for(user, Permission.WRITE_MESSAGES).filter(WAITING))
    return [
        Waiting(
            text=_exchange_words(thread),
            party_id=thread.response.party_id,
            url=reverse("responses:thread", kwargs=arguments_of(thread)),
            at=thread.last_at,
        )
        for thread in threads.order_by("last_at", "pk")
    ]


def _exchange_words(thread: Thread) -> str:
    """What waits in an exchange, as the person's side sees it."""
    asked = clarification_of(thread)
    pending = asked is not None and asked.settled_at is None
    if thread.my_side == SECRETARIAT:  # type: ignore[attr-defined]
        return _("A State has answered a clarification") if pending else _("A State has written to the Secretariat")
    if not pending:
        return _("The Secretariat has written")
    assert asked is not None
    if is_overdue(asked, today()):
        return _("The Secretariat asks for a clarification, and the date has passed")
    return _("The Secretariat asks for a clarification until %(date)s") % {"date": date_words(asked.due_on)}
