"""What is published: read by a role of the database that can see nothing else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from palermo.parties.access import can, open_grants
from palermo.parties.logic.kinds import TREATY_PARTIES
from palermo.parties.logic.roles import Permission, allows
from palermo.parties.models import Party, User
from palermo.parties.queries import Name, parties, parties_sorted
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec
from palermo.responses.logic.consent import Level, excerpt, levels, open_to
from palermo.responses.models import Submission
from palermo.responses.queries.consent import given_for
from palermo.site.models import PUBLIC_ROLE, Published, Reporting
from palermo.treaties.models import Instrument
from palermo.treaties.queries import deposited_as_at


@contextmanager
def as_public() -> Iterator[None]:
    """Inside, the database knows us as the public: it shows what is published and refuses everything else."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {PUBLIC_ROLE}")
        yield
        # Not after an exception: the transaction is rolled back then, and the role with it.
        cursor.execute("SET LOCAL ROLE NONE")


def named_parties(language: str) -> list[tuple[Party, Name]]:
    """Everybody who can answer, with the name of today. Two queries."""
    return parties_sorted(language, parties(*TREATY_PARTIES))


def reporting_of(cycle: str) -> tuple[frozenset[str], frozenset[str]]:
    """Who was asked in a cycle and who has reported, by the codes of the parties in lower case. One query."""
    with as_public():
        rows = list(Reporting.objects.filter(cycle=cycle).values_list("party", "reported_at"))
    return frozenset(party for party, _at in rows), frozenset(party for party, at in rows if at is not None)


def published_of(party: str) -> list[Published]:
    """What a State has opened to the public, the latest first, without the texts. One query."""
    with as_public():
        return list(Published.objects.filter(party=party.lower()).defer("excerpt"))


def all_published() -> list[Published]:
    """Everything that is published, the latest first, without the texts. One query."""
    with as_public():
        return list(Published.objects.defer("excerpt"))


def published_response(*, cycle: str, questionnaire: str, party: str) -> Published | None:
    """One published response. One query."""
    with as_public():
        return Published.objects.filter(cycle=cycle, questionnaire=questionnaire, party=party).first()


def shared_response(user: User, *, cycle: str, questionnaire: str, party: str) -> Published | None:
    """What a State has opened to the States parties, for a person of one of them or of the Secretariat; else none.

    It is no copy: it is taken from the latest submission of which anything has been opened, and kept nowhere.
    """
    submission = (
        Submission.objects.filter(
            response__cycle__code=cycle,
            response__questionnaire__code=questionnaire,
            response__party__code=party.upper(),
            consents__isnull=False,
        )
        .select_related("response__questionnaire__instrument", "response__cycle")
        .order_by("-number")
        .first()
    )
    if submission is None or not _reads_as_party(user, submission.response.questionnaire.instrument):
        return None
    snapshot = json.loads(submission.snapshot)
    opened = open_to(
        levels([section["code"] for section in snapshot["sections"]], given_for(submission)),
        Level.PARTIES,
        Level.PUBLIC,
    )
    if not opened:
        return None
    version = Version.objects.get(
        questionnaire=submission.response.questionnaire_id, number=int(snapshot["questionnaire"]["version"])
    )
    return Published(
        receipt=submission.receipt,
        cycle=cycle,
        questionnaire=questionnaire,
        treaty=snapshot["treaty"]["code"],
        party=party,
        submitted_at=submission.at,
        published_at=timezone.now(),
        sections=len(opened),
        generated=snapshot["generated"],
        excerpt=excerpt(snapshot, opened, version_spec(version.pk)),
    )


def _reads_as_party(user: User, instrument: Instrument) -> bool:
    """Whether the person works for a State that is a party to the treaty today, or reads all submissions anyway."""
    if can(user, Permission.READ_SUBMISSION, "/cycles"):
        return True
    works = any(allows(grant.role, Permission.READ_RESPONSE) for grant in open_grants(user))
    return works and any(party.pk == user.party_id for party in deposited_as_at(instrument, timezone.localdate()))


def published_excerpts() -> Iterator[Published]:
    """Everything that is published with its texts, a few at a time, for open data."""
    with as_public():
        yield from Published.objects.order_by("party", "cycle", "questionnaire").iterator(chunk_size=20)
