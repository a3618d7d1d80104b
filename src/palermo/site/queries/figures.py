"""Figures for the public: what an edition would hold, what it is compared with, and what is published."""

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import ngettext

from palermo.parties.logic.kinds import GroupKind
from palermo.parties.queries import groups_of
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.questionnaires.models import Version
from palermo.questionnaires.queries import version_spec
from palermo.reports.logic.dataset import Dataset
from palermo.reports.logic.needs import scheme
from palermo.reports.queries.dataset import dataset
from palermo.responses.logic.consent import Level, excerpt
from palermo.responses.logic.digest import digest
from palermo.responses.models import Consent, CycleQuestionnaire, Submission
from palermo.site.logic import figures as logic
from palermo.site.logic.figures import Before, Figures, Opened
from palermo.site.models import FiguresEdition, PublishedFigures, Reporting
from palermo.site.queries.published import as_public, named_parties

# ── Before it is published ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Draft:
    """What an edition would hold now, and why it cannot be published, if it cannot."""

    found: Dataset
    figures: Figures
    number: int
    refusal: str

    @property
    def reported(self) -> int:
        """From how many States."""
        return len(self.found.reported)

    @property
    def hidden(self) -> int:
        """How many of its numbers are hidden."""
        return self.figures.numbers.count(None)


def editions(cycle: str, questionnaire: str) -> list[FiguresEdition]:
    """All editions that were ever published of a questionnaire in a cycle, in their order. One query."""
    return list(FiguresEdition.objects.filter(cycle=cycle, questionnaire=questionnaire).order_by("number"))


def before(found: Iterable[FiguresEdition]) -> list[Before]:
    """Editions as the logic compares with them."""
    return [
        Before(edition.number, edition.receipts["states"], logic.unpacked(edition.receipts["hidden"]))
        for edition in found
    ]


def ever_opened(found: Dataset) -> dict[str, Opened]:
    """What States have ever opened to everybody of the submissions that count, by their codes.

    Two queries, and one more for each version of the questionnaire.
    """
    receipts = {state.receipt: state.code for state in found.reported}
    sections: dict[int, set[str]] = {}
    for submission, section in Consent.objects.filter(
        submission__receipt__in=receipts, level=Level.PUBLIC.value
    ).values_list("submission", "section"):
        sections.setdefault(submission, set()).add(section)
    specs: dict[int, VersionSpec] = {}
    opened = {}
    for sent in Submission.objects.filter(pk__in=sections).select_related("response").iterator(chunk_size=20):
        snapshot = json.loads(sent.snapshot)
        number = int(snapshot["questionnaire"]["version"])
        if number not in specs:
            version = Version.objects.get(questionnaire=sent.response.questionnaire_id, number=number)
            specs[number] = version_spec(version.pk)
        told = frozenset(sections[sent.pk])
        opened[receipts[sent.receipt]] = Opened(told, digest(excerpt(snapshot, told, specs[number])))
    return opened


def draft(
    asked: CycleQuestionnaire, *, as_at: datetime.date | None = None, known_at: datetime.datetime | None = None
) -> Draft:
    """What the next edition would hold."""
    earlier = editions(asked.cycle.code, asked.questionnaire.code)
    found = dataset(asked.cycle, asked.questionnaire, "en", as_at=as_at, known_at=known_at)
    compared = before(earlier)
    threshold: int = settings.FIGURES_THRESHOLD
    missing = logic.missing(found, compared, threshold)
    refusal = ""
    if missing:
        refusal = ngettext(
            "Since an earlier edition so few States have submitted that the difference would tell what they said. "
            "%(missing)s more State must submit, or submit anew, before there can be another edition.",
            "Since an earlier edition so few States have submitted that the difference would tell what they said. "
            "%(missing)s more States must submit, or submit anew, before there can be another edition.",
            missing,
        ) % {"missing": missing}
    made = logic.figures(found, ever_opened(found), scheme(), threshold=threshold, earlier=compared)
    return Draft(found, made, earlier[-1].number + 1 if earlier else 1, refusal)


# ── What is published ────────────────────────────────────────────────────────────────────────────────────────────────


def all_figures() -> list[PublishedFigures]:
    """The editions that the public reads, without their numbers. One query."""
    with as_public():
        return list(PublishedFigures.objects.defer("data"))


def published_figures(cycle: str, questionnaire: str) -> PublishedFigures | None:
    """One of them with its numbers. One query."""
    with as_public():
        return PublishedFigures.objects.filter(cycle=cycle, questionnaire=questionnaire).first()


def spec_of(found: PublishedFigures) -> VersionSpec:
    """What was asked, for the words of questions and answers. One query, and those of the version if it is not kept."""
    version = Version.objects.get(questionnaire__code=found.questionnaire, number=found.data["version"])
    return version_spec(version.pk)


@dataclass(frozen=True)
class PublicAnswer:
    """What one State has opened: the answer to a question."""

    party: str
    name: str
    section: str
    question: Mapping[str, Any]


# One question out of many excerpts, cut out by the database.
_ANSWERS = """
SELECT party, section->>'code', question
FROM published.response,
    jsonb_array_elements(excerpt->'sections') AS section,
    jsonb_array_elements(section->'questions') AS question
WHERE cycle = %s AND questionnaire = %s AND question->>%s = %s
"""


def _answers(cycle: str, questionnaire: str, key: str, value: str, language: str) -> list[PublicAnswer]:
    with as_public(), connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [cycle, questionnaire, key, value])
        rows = cursor.fetchall()
    if not rows:
        return []
    called = {party.code.lower(): name for party, name in named_parties(language)}
    answers = []
    for party, section, question in rows:
        name = called.get(party)
        asked = json.loads(question) if isinstance(question, str) else question
        answer = PublicAnswer(party, name.short if name else party.upper(), section, asked)
        answers.append(((name.sort if name else party, party), answer))
    return [answer for _order, answer in sorted(answers, key=lambda item: item[0])]


def published_answers(cycle: str, questionnaire: str, code: str, language: str) -> list[PublicAnswer]:
    """What States have opened of their answers to a question, by their names. One query, and two if there are any."""
    return _answers(cycle, questionnaire, "code", code, language)


def published_requests(cycle: str, questionnaire: str, language: str) -> list[PublicAnswer]:
    """The requests for assistance that States have opened. One query, and two if there are any."""
    found = _answers(cycle, questionnaire, "kind", "assistance", language)
    return [one for one in found if one.question["answer"].get("value") == "yes" and one.question["answer"].get("rows")]


_REQUESTS = """
SELECT cycle, questionnaire, section->>'code', question
FROM published.response,
    jsonb_array_elements(excerpt->'sections') WITH ORDINALITY AS sections(section, place),
    jsonb_array_elements(section->'questions') AS question
WHERE party = %s AND question->>'kind' = 'assistance' AND question->'answer'->>'value' = 'yes'
ORDER BY submitted_at DESC, place
"""


def requests_of(party: str) -> list[tuple[str, str, str, Mapping[str, Any]]]:
    """The requests that one State has opened: cycle, questionnaire, section and question. One query."""
    with as_public(), connection.cursor() as cursor:
        cursor.execute(_REQUESTS, [party.lower()])
        rows = cursor.fetchall()
    return [(c, q, s, json.loads(asked) if isinstance(asked, str) else asked) for c, q, s, asked in rows]


# ── Who has reported ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Reporter:
    """A State that was asked, on the public record."""

    code: str
    name: str
    group: str
    """The code of its regional group today; empty if it is in none."""
    subregion: str
    reported_at: datetime.datetime | None


def reporting_record(language: str, cycle: str, questionnaire: str, on: datetime.date) -> list[Reporter]:
    """Who was asked and who has reported, by name. Five queries."""
    with as_public():
        rows = dict(
            Reporting.objects.filter(cycle=cycle, questionnaire=questionnaire).values_list("party", "reported_at")
        )
    named = [(party, name) for party, name in named_parties(language) if party.code.lower() in rows]
    own: dict[int, dict[str, str]] = {
        key: {str(group.kind): str(group.code) for group in groups}
        for key, groups in groups_of([party for party, _name in named], on=on).items()
    }
    return [
        Reporter(
            code=party.code.lower(),
            name=name.short,
            group=own.get(party.pk, {}).get(GroupKind.UN_GROUP.value, ""),
            subregion=own.get(party.pk, {}).get(GroupKind.SUBREGION.value, ""),
            reported_at=rows[party.code.lower()],
        )
        for party, name in named
    ]


def all_asked() -> dict[tuple[str, str], CycleQuestionnaire]:
    """Every questionnaire of every cycle, by both codes. One query."""
    found = CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument")
    return {(one.cycle.code, one.questionnaire.code): one for one in found}


def reporting_rounds() -> list[tuple[str, str, int, int]]:
    """Every questionnaire of every cycle on the public record: its codes, how many were asked, how many reported."""
    with as_public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT cycle, questionnaire, count(*), count(reported_at) FROM published.reporting "
            "GROUP BY cycle, questionnaire ORDER BY cycle DESC, questionnaire"
        )
        return [(cycle, questionnaire, asked, said) for cycle, questionnaire, asked, said in cursor.fetchall()]
