"""What a national response says as a whole: the criminalization picture, gaps, requests, figures, counts.

Everything follows from the provisions' own rules (``met_when``); nothing here judges an answer a second time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from palermo.questionnaires.logic.fulfilment import Fulfilment
from palermo.responses.logic.snapshot import (
    AnsweredQuestion,
    AnsweredSection,
    AssistanceRequest,
    JudgedProvision,
    NationalResponse,
)

# The articles by which a treaty has certain acts made offences; the four basic offences of the Convention.
OFFENCES: Final[Mapping[str, tuple[str, ...]]] = {"untoc": ("untoc.5", "untoc.6", "untoc.8", "untoc.23")}
LEVELS: Final = ("mandatory", "considered", "optional")
STATUSES: Final = (Fulfilment.MET, Fulfilment.IN_PART, Fulfilment.NOT_MET, Fulfilment.UNANSWERED)


def article_of(code: str) -> str:
    """The article in which a provision stands: ``untoc.6.1.a`` is in ``untoc.6``."""
    return ".".join(code.split(".")[:2])


@dataclass(frozen=True)
class Finding:
    """A provision that is asked about, what the answers say of it, and the questions behind it."""

    provision: str
    article: str
    obligation: str
    status: Fulfilment
    texts: Mapping[str, Mapping[str, str]]
    section: str
    questions: tuple[AnsweredQuestion, ...]
    asked_for_help: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether this is a gap: only what the treaty demands without condition can be one."""
        return self.obligation == "mandatory" and self.status in (Fulfilment.IN_PART, Fulfilment.NOT_MET)

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody knows yet; never the same as no gap."""
        return self.status is Fulfilment.UNANSWERED


@dataclass(frozen=True)
class Tally:
    """How many provisions there are in each state; the four add up to the total."""

    met: int = 0
    in_part: int = 0
    not_met: int = 0
    unanswered: int = 0

    @property
    def total(self) -> int:
        """The denominator."""
        return self.met + self.in_part + self.not_met + self.unanswered


def tally(found: Iterable[Finding]) -> Tally:
    """Counts findings by state."""
    counts = dict.fromkeys(STATUSES, 0)
    for finding in found:
        counts[finding.status] += 1
    return Tally(*(counts[status] for status in STATUSES))


@dataclass(frozen=True)
class Offence:
    """An article on criminalization with its elements."""

    article: str
    section: AnsweredSection | None
    elements: tuple[Finding, ...]

    @property
    def tally(self) -> Tally:
        """The elements by state."""
        return tally(self.elements)


def findings(response: NationalResponse) -> tuple[Finding, ...]:
    """Every provision that is asked about, in the order of the questionnaire."""
    behind: dict[str, list[AnsweredQuestion]] = {}
    order: dict[str, int] = {}
    for place, question in enumerate(response.questions):
        behind.setdefault(question.provision, []).append(question)
        order.setdefault(question.provision, place)
    sections = {section.article: section.code for section in response.sections if section.article}
    helped = {request.section for request in response.requests}

    def finding(provision: JudgedProvision) -> Finding:
        questions = tuple(behind.get(provision.code, ()))
        article = provision.article or article_of(provision.code)
        section = questions[0].section if questions else sections.get(article, "")
        obligation = provision.obligation
        if obligation == "none" and questions:
            obligation = questions[0].obligation
        return Finding(
            provision=provision.code,
            article=article,
            obligation=obligation,
            status=provision.status,
            texts=provision.texts,
            section=section,
            questions=questions,
            asked_for_help=section in helped,
        )

    last = len(response.questions)
    places = {section.code: place for place, section in enumerate(response.sections)}
    return tuple(
        sorted(
            (finding(provision) for provision in response.provisions),
            key=lambda item: (places.get(item.section, len(places)), order.get(item.provision, last)),
        )
    )


def criminalization(response: NationalResponse) -> tuple[Offence, ...]:
    """The criminalization picture: for each basic offence its elements and whether they are met."""
    articles = OFFENCES.get(response.treaty["code"], ())
    found: dict[str, list[Finding]] = {article: [] for article in articles}
    for item in findings(response):
        if item.article in found and item.obligation != "none":
            found[item.article].append(item)
    sections = {section.article: section for section in response.sections}
    return tuple(
        Offence(article=article, section=sections.get(article), elements=tuple(elements))
        for article, elements in found.items()
        if elements
    )


@dataclass(frozen=True)
class Level:
    """The provisions of one level of obligation.

    ``shown`` are those not met or met in part: gaps if the level is *mandatory*, otherwise possibilities that the
    State has not considered or not used. ``unanswered`` stand apart.
    """

    obligation: str
    tally: Tally
    shown: tuple[Finding, ...]
    unanswered: tuple[Finding, ...]


def gaps(response: NationalResponse) -> tuple[Level, ...]:
    """The gaps by level of obligation, strictest first."""
    found = findings(response)
    levels = []
    for obligation in LEVELS:
        here = [item for item in found if item.obligation == obligation]
        levels.append(
            Level(
                obligation=obligation,
                tally=tally(here),
                shown=tuple(item for item in here if item.status in (Fulfilment.IN_PART, Fulfilment.NOT_MET)),
                unanswered=tuple(item for item in here if item.is_unanswered),
            )
        )
    return tuple(levels)


def requests(response: NationalResponse) -> tuple[AssistanceRequest, ...]:
    """The requests for assistance in the State's own order; what is not ranked yet comes last."""
    return response.requests


NOT_COLLECTED: Final = "not collected"


@dataclass(frozen=True)
class FigureRow:
    """One row of figures over the years: a number as text, ``NOT_COLLECTED``, or empty where nothing was said."""

    code: str
    unit: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class FigureTable:
    """The figures of one question by year."""

    question: AnsweredQuestion
    years: tuple[str, ...]
    rows: tuple[FigureRow, ...]

    @property
    def asked(self) -> int:
        """The denominator: the numbers that were asked for."""
        return sum(len(row.cells) for row in self.rows)

    @property
    def given(self) -> int:
        """The numbers that were given."""
        return sum(bool(cell) and cell != NOT_COLLECTED for row in self.rows for cell in row.cells)

    @property
    def not_collected(self) -> int:
        """The numbers of which the State says that nobody collects them."""
        return sum(cell == NOT_COLLECTED for row in self.rows for cell in row.cells)


def figures(response: NationalResponse) -> tuple[FigureTable, ...]:
    """The tables of figures, in the order of the questionnaire; those without any figure too."""
    return tuple(
        figure_table(question, response.years) for question in response.questions if question.kind == "figures"
    )


def figure_table(question: AnsweredQuestion, years: tuple[str, ...]) -> FigureTable:
    """The figures of one question by row and year."""
    said: dict[tuple[str, str], str] = {}
    for row in question.content.rows:
        number = row.fields.get("number", "")
        if number or row.fields.get("not_collected"):
            said[row.fields.get("row", ""), row.fields.get("year", "")] = number or NOT_COLLECTED
    return FigureTable(
        question=question,
        years=years,
        rows=tuple(
            FigureRow(code, unit, tuple(said.get((code, year), "") for year in years)) for code, unit in question.rows
        ),
    )


@dataclass(frozen=True)
class Count:
    """Questions and what became of them; ``asked`` are those that apply, and the denominator of the rest."""

    asked: int = 0
    answered: int = 0
    cannot_answer: int = 0
    not_applicable: int = 0

    @property
    def unanswered(self) -> int:
        """Questions that apply and have neither an answer nor a reason why there is none."""
        return self.asked - self.answered - self.cannot_answer

    @property
    def total(self) -> int:
        """All questions of the version."""
        return self.asked + self.not_applicable

    def __add__(self, other: "Count") -> "Count":
        """The sum of two counts."""
        return Count(
            self.asked + other.asked,
            self.answered + other.answered,
            self.cannot_answer + other.cannot_answer,
            self.not_applicable + other.not_applicable,
        )


def count(section: AnsweredSection) -> Count:
    """Counts the questions of a section."""
    settled = [question for question in section.questions if question.is_answered]
    cannot = sum(question.content.cannot_answer for question in settled)
    return Count(len(section.questions), len(settled) - cannot, cannot, section.not_applicable)


def counts(response: NationalResponse) -> dict[str, Count]:
    """The counts of every section by its code."""
    return {section.code: count(section) for section in response.sections}


def notifications(response: NationalResponse) -> tuple[AnsweredQuestion, ...]:
    """The questions on what a State must tell the Secretary-General or declare."""
    return tuple(question for question in response.questions if question.asks == "notification")


def laws(section: AnsweredSection) -> Iterator[Mapping[str, str]]:
    """The laws cited in a section, each once."""
    seen = set()
    for question in section.questions:
        if question.kind != "legislation":
            continue
        for row in question.content.rows:
            key = (row.fields.get("title"), row.fields.get("number"), row.fields.get("articles"))
            if key not in seen:
                seen.add(key)
                yield row.fields
