"""Answering on behalf of a State that sent paper: an officer enters it, on a note verbale, while an entry is open.

Before submission the Secretariat sees *begun* or *not begun*, nothing else (decisions of the first day, 13). An open
entry is the one exception. It gives its officers the role of a scribe in this one response, and takes it back.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties import actions as parties
from palermo.parties.actions import record
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, User
from palermo.responses.actions.notes import RECEIVED
from palermo.responses.models import AnswerRevision, Channel, NoteVerbale, PaperEntry, Response, ResponseState
from palermo.responses.queries.deadlines import open_entry
from palermo.responses.queries.state import scope_of
from palermo.responses.queries.team import heads_of


def _locked(response: Response) -> Response:
    return (
        Response.objects.select_for_update(of=("self",))
        .select_related("cycle", "questionnaire", "party")
        .get(pk=response.pk)
    )


def answers_itself(response: Response) -> bool:
    """Whether the State has begun by itself, or has somebody who answers for it. Two queries."""
    own = AnswerRevision.objects.filter(response=response).exclude(channel=Channel.PAPER).exists()
    return own or bool(heads_of(response))


@transaction.atomic
def begin_entry(*, by: User, response: Response, note: NoteVerbale, state_asked: bool = False) -> PaperEntry:
    """Opens the entry of what came with a received note verbale, and gives the officer access to this response.

    Refuses what has been submitted, a second entry, and a State that answers by itself, unless the note verbale asks
    for the entry (``state_asked``).
    """
    locked = _locked(response)
    if locked.state in (ResponseState.SUBMITTED, ResponseState.FINAL):
        raise Refusal(
            _("The response has been submitted. It has to be reopened before something else is entered."), "submitted"
        )
    if note.response_id != locked.pk or note.direction != RECEIVED:
        raise Refusal(_("Choose a note verbale that was received from this State."), "not_received")
    if not state_asked and answers_itself(locked):
        raise Refusal(
            _(
                "The State has begun by itself or has a focal point. Enter something in its place only if the note "
                "verbale asks for it, and say so below."
            ),
            "answers_itself",
        )
    try:
        with transaction.atomic():
            entry = PaperEntry.objects.create(response=locked, note=note, begun_by=by)
    except IntegrityError as error:
        raise Refusal(
            _("Something is being entered for this State already; take part in it."), "open_already"
        ) from error
    record(
        by=by,
        action="begin_paper_entry",
        scope=scope_of(locked),
        subject=note.reference,
        detail={"state_asked": state_asked},
    )
    parties.grant_role(by=by, user=by, role=Role.SCRIBE, scope=scope_of(locked))
    return entry


@transaction.atomic
def join_entry(*, by: User, response: Response) -> PaperEntry:
    """Lets another officer take part in the entry that is open."""
    locked = _locked(response)
    entry = open_entry(locked)
    if entry is None:
        raise Refusal(_("Nothing is being entered for this State any more."), "ended")
    record(by=by, action="join_paper_entry", scope=scope_of(locked), subject=entry.note.reference)
    parties.grant_role(by=by, user=by, role=Role.SCRIBE, scope=scope_of(locked))
    return entry


@transaction.atomic
def end_entry(*, by: User, response: Response) -> bool:
    """Ends the open entry and with it all access of officers to the draft; says whether there was one."""
    locked = _locked(response)
    scope = scope_of(locked)
    ended = PaperEntry.objects.filter(response=locked, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    for grant in Grant.objects.filter(role=Role.SCRIBE, scope=scope, ended_at=None).select_related("user"):
        parties.end_grant(by=by, grant=grant)
    if ended:
        record(by=by, action="end_paper_entry", scope=scope, subject=locked.party.code)
    return bool(ended)
