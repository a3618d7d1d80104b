"""The two-way channel: messages on the record, clarifications with a date and an end, and e-mail that only points.

Whoever has not been told of a thread since last reading it gets an e-mail at once; what follows waits for the daily
digest. No e-mail says what was written. The row of the thread is locked while a message is added, so that messages
have an order and a person is told once.
"""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base import mail
from palermo.base.errors import Refusal
from palermo.base.multilingual import LANGUAGES, best
from palermo.base.templatetags.base_text import date_words
from palermo.parties.access import can
from palermo.parties.actions import record
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.parties.queries import names, party_name
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.models import Clarification, Message, Response, ResponseState, Submission, Thread, ThreadReading
from palermo.responses.queries.archive import today
from palermo.responses.queries.messages import (
    SECRETARIAT,
    STATE,
    concerned_officers,
    conversation,
    digest_moment,
    people_to_tell,
    side_of,
    unheard_by,
)
from palermo.responses.queries.state import scope_of
from palermo.responses.queries.team import heads_of

LONGEST = 20_000
LONGEST_SUBJECT = 200


def _locked_response(response: Response) -> Response:
    return (
        Response.objects.select_for_update(of=("self",))
        .select_related("cycle", "questionnaire", "party")
        .get(pk=response.pk)
    )


def _locked_thread(thread: Thread) -> Thread:
    return (
        Thread.objects.select_for_update(of=("self",))
        .select_related("response__cycle", "response__questionnaire", "response__party")
        .get(pk=thread.pk)
    )


def _locked_clarification(thread: Thread) -> Clarification | None:
    return Clarification.objects.select_for_update().filter(thread=thread).first()


def _side(by: User, response: Response) -> str:
    side = side_of(by, scope_of(response), Permission.WRITE_MESSAGES)
    if not side:
        raise Refusal(_("You may read these messages, but not write any."), "may_not_write")
    return side


def _said(text: str, language: str) -> str:
    """The text as it is kept; refuses what says nothing, what is too long, and a language that is none of ours."""
    said = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not said:
        raise Refusal(_("Write something before you send the message."), "empty")
    if len(said) > LONGEST:
        raise Refusal(
            _("A message has %(most)s characters at most, and this one has %(count)s. Send it in parts.")
            % {"most": LONGEST, "count": len(said)},
            "too_long",
        )
    if language not in LANGUAGES:
        raise Refusal(_("Choose the language of the message from the list."), "language")
    return said


def _question(spec: VersionSpec, code: str) -> None:
    if code and not (code in spec.questions and spec.questions[code].is_answered):
        raise Refusal(_("This question is not part of the questionnaire; choose one from the list."), "question")


@transaction.atomic
def write_about(
    *, by: User, response: Response, spec: VersionSpec, text: str, language: str, code: str = ""
) -> Message:
    """Writes about the response, or about its answer to one question, in the one exchange that there is about it.

    The exchange is opened with its first message.
    """
    _question(spec, code)
    said = _said(text, language)
    locked = _locked_response(response)
    _side(by, locked)
    thread = conversation(locked, code)
    if thread is None:
        thread = Thread.objects.create(response=locked, code=code)
        record(by=by, action="open_thread", scope=scope_of(locked), subject=str(thread.uuid), detail={"code": code})
    return post_message(by=by, thread=thread, text=said, language=language)


@transaction.atomic
def post_message(*, by: User, thread: Thread, text: str, language: str) -> Message:
    """Adds a message to the record; a closed exchange is open again by it, a clarification is answered by the State.

    The other side is told by e-mail, once until it has read.
    """
    said = _said(text, language)
    locked = _locked_thread(thread)
    side = _side(by, locked.response)
    now = timezone.now()
    if locked.messages.exists():
        # Two messages never share a moment, so that "read up to" leaves none out.
        now = max(now, locked.last_at + datetime.timedelta(microseconds=1))
    message = Message.objects.create(
        thread=locked, author=by, author_name=str(by), side=side, text=said, language=language, at=now
    )
    was_closed = locked.closed_at is not None
    locked.last_at, locked.closed_at = now, None
    locked.save(update_fields=["last_at", "closed_at"])
    asked = _locked_clarification(locked)
    if asked is not None and side == STATE and asked.settled_at is None and asked.answered_at is None:
        asked.answered_at = now
        asked.save(update_fields=["answered_at"])
    record(
        by=by,
        action="post_message",
        scope=scope_of(locked.response),
        subject=str(locked.uuid),
        detail={"message": str(message.uuid), "side": side, "code": locked.code, "opened_again": was_closed},
    )
    mark_read(by=by, thread=locked, upto=now)
    others = heads_of(locked.response) if side == SECRETARIAT else concerned_officers(locked)
    _tell(locked, [user for user in others if user.pk != by.pk], now, template="message_pointer")
    return message


def _tell(
    thread: Thread,
    people: Iterable[User],
    now: datetime.datetime,
    *,
    template: str,
    due_on: datetime.date | None = None,
) -> None:
    """Points those to the thread who have read it since they were last told, or were never told."""
    wanted = {user.pk: user for user in people}
    ThreadReading.objects.bulk_create(
        [ThreadReading(thread=thread, user=user) for user in wanted.values()], ignore_conflicts=True
    )
    readings = ThreadReading.objects.select_for_update().filter(thread=thread, user__in=wanted).order_by("pk")
    told = [
        reading
        for reading in readings
        if reading.told_at is None or (reading.read_at is not None and reading.read_at >= reading.told_at)
    ]
    ThreadReading.objects.filter(pk__in=[reading.pk for reading in told]).update(told_at=now)
    spoken = {wanted[reading.user_id].language for reading in told}
    words = {language: _words(thread, language, due_on) for language in spoken}
    for reading in told:
        user = wanted[reading.user_id]
        mail.send(
            template=template, to=user, language=user.language, context={"name": user.name, **words[user.language]}
        )


def _words(thread: Thread, language: str, due_on: datetime.date | None) -> dict[str, object]:
    response = thread.response
    return {
        "party": party_name(response.party, language),
        "questionnaire": str(best(response.questionnaire.texts, language)[0]["title"]),
        "cycle": str(best(response.cycle.texts, language)[0]["title"]),
        "due": date_words(due_on, "long", language) if due_on else "",
        "path": f"{language}{scope_of(response)}/messages/{thread.uuid}/",
    }


@transaction.atomic
def mark_read(*, by: User, thread: Thread, upto: datetime.datetime) -> None:
    """Notes up to which message the person has read; it never goes back."""
    mine = ThreadReading.objects.filter(thread=thread, user=by)
    if not mine.update(read_at=Greatest("read_at", Value(upto))):
        ThreadReading.objects.bulk_create([ThreadReading(thread=thread, user=by)], ignore_conflicts=True)
        mine.update(read_at=Greatest("read_at", Value(upto)))


@transaction.atomic
def close_thread(*, by: User, thread: Thread) -> None:
    """Closes an exchange, so that it waits for nobody; a new message opens it again."""
    locked = _locked_thread(thread)
    side = _side(by, locked.response)
    asked = _locked_clarification(locked)
    if asked is not None and asked.settled_at is None:
        raise Refusal(
            _("The clarification is open: the Secretariat settles it or withdraws it first."), "clarification"
        )
    if locked.closed_at is not None:
        raise Refusal(_("The exchange is closed already."), "closed")
    locked.closed_at = timezone.now()
    locked.save(update_fields=["closed_at"])
    record(
        by=by,
        action="close_thread",
        scope=scope_of(locked.response),
        subject=str(locked.uuid),
        detail={"side": side},
    )


@transaction.atomic
def reopen_thread(*, by: User, thread: Thread) -> None:
    """Opens a closed exchange again."""
    locked = _locked_thread(thread)
    side = _side(by, locked.response)
    if locked.closed_at is None:
        raise Refusal(_("The exchange is open already."), "open")
    locked.closed_at = None
    locked.save(update_fields=["closed_at"])
    record(
        by=by,
        action="reopen_thread",
        scope=scope_of(locked.response),
        subject=str(locked.uuid),
        detail={"side": side},
    )


# ── Clarifications ───────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def ask_clarification(
    *,
    by: User,
    submission: Submission,
    spec: VersionSpec,
    subject: str,
    text: str,
    language: str,
    due_on: datetime.date,
    code: str = "",
) -> Clarification:
    """Asks a State what its submission, or one of its answers, means, and until when; it is told at once.

    Refuses a date that has passed, a submission that another has followed, and a response that is not submitted now.
    """
    title = " ".join(subject.split())
    if not title:
        raise Refusal(_("Say in a few words what the clarification is about."), "no_subject")
    if len(title) > LONGEST_SUBJECT:
        raise Refusal(_("The subject is too long; say it in a few words."), "subject_too_long")
    said = _said(text, language)
    _question(spec, code)
    locked = _locked_response(submission.response)
    if locked.state == ResponseState.FINAL:
        raise Refusal(_("The response is final: nothing is asked about it any more."), "final")
    if locked.state != ResponseState.SUBMITTED:
        raise Refusal(
            _("The response is not submitted now. Write a message, or wait for its next submission."), "not_submitted"
        )
    if Submission.objects.filter(response=locked).aggregate(last=Max("number"))["last"] != submission.number:
        raise Refusal(_("A later submission has followed this one; ask about that one."), "not_latest")
    if due_on < today():
        raise Refusal(_("The date has passed already; choose today or a day to come."), "past")
    now = timezone.now()
    thread = Thread.objects.create(response=locked, code=code, subject=title, opened_at=now, last_at=now)
    Message.objects.create(
        thread=thread, author=by, author_name=str(by), side=SECRETARIAT, text=said, language=language, at=now
    )
    asked = Clarification.objects.create(thread=thread, submission=submission, due_on=due_on, asked_at=now, asked_by=by)
    record(
        by=by,
        action="ask_clarification",
        scope=scope_of(locked),
        subject=str(thread.uuid),
        detail={"submission": submission.receipt, "code": code, "due_on": due_on.isoformat()},
    )
    mark_read(by=by, thread=thread, upto=now)
    _tell(thread, heads_of(locked), now, template="clarification_asked", due_on=due_on)
    return asked


@transaction.atomic
def settle_clarification(*, by: User, thread: Thread, withdraw: bool = False) -> None:
    """Ends a clarification: settled, if the State has answered, or withdrawn; its exchange is closed by it."""
    locked = _locked_thread(thread)
    asked = _locked_clarification(locked)
    if asked is None:
        raise Refusal(_("This exchange is no clarification."), "no_clarification")
    if asked.settled_at is not None:
        raise Refusal(_("The clarification has been ended already."), "settled")
    if not withdraw and asked.answered_at is None:
        raise Refusal(_("The State has not answered yet; what is no longer needed can be withdrawn."), "not_answered")
    now = timezone.now()
    asked.settled_at, asked.settled_by, asked.withdrawn = now, by, withdraw
    asked.save(update_fields=["settled_at", "settled_by", "withdrawn"])
    locked.closed_at = now
    locked.save(update_fields=["closed_at"])
    record(
        by=by,
        action="withdraw_clarification" if withdraw else "settle_clarification",
        scope=scope_of(locked.response),
        subject=str(locked.uuid),
    )


# ── The digest ───────────────────────────────────────────────────────────────────────────────────────────────────────


def send_digests(*, by: User | None = None, at: datetime.datetime | None = None) -> int:
    """Tells everybody, in one e-mail each, of unread messages that came until the last moment for digests.

    Done again, it sends nothing twice: who has been told of what is kept with the e-mail in one transaction.
    """
    moment = digest_moment(at)
    return sum(_send_digest(by=by, user_id=key, moment=moment) for key in people_to_tell(moment))


@transaction.atomic
def _send_digest(*, by: User | None, user_id: int, moment: datetime.datetime) -> bool:
    user = User.objects.get(pk=user_id)
    readings = list(
        unheard_by(user, moment)
        .select_for_update(of=("self",))
        .select_related("thread__response__cycle", "thread__response__questionnaire", "thread__response__party")
    )
    if not readings:
        return False
    for reading in readings:
        reading.told_at = reading.latest  # type: ignore[attr-defined]
    ThreadReading.objects.bulk_update(readings, ["told_at"])
    threads = [reading.thread for reading in readings]
    # Whoever no longer takes part is told nothing.
    mine = [thread for thread in threads if can(user, Permission.READ_MESSAGES, scope_of(thread.response))]
    if not mine:
        return False
    called = names({thread.response.party_id for thread in mine}, user.language)
    mail.send(
        template="message_digest",
        to=user,
        language=user.language,
        context={
            "name": user.name,
            "count": len(mine),
            "threads": [
                {
                    **_place_words(thread, user.language),
                    "party": called[thread.response.party_id].short
                    if thread.response.party_id in called
                    else thread.response.party.code,
                }
                for thread in mine
            ],
        },
    )
    record(by=by, action="send_digest", scope="/", subject=user.email, detail={"threads": len(mine)})
    return True


def _place_words(thread: Thread, language: str) -> dict[str, object]:
    response = thread.response
    return {
        "questionnaire": str(best(response.questionnaire.texts, language)[0]["title"]),
        "path": f"{language}{scope_of(response)}/messages/{thread.uuid}/",
    }
