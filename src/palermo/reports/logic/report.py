"""The national report as plain data: built alike from the live response and from a snapshot (decisions, 8).

Everything that needs a choice of language is chosen here; the sources of the documents only set it out.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from palermo.base.citation import cite
from palermo.base.multilingual import best
from palermo.responses.logic.content import NONE_OF_THESE, Content, Row
from palermo.responses.logic.snapshot import AnsweredQuestion, AnsweredSection, AssistanceRequest, NationalResponse

from .picture import (
    NOT_COLLECTED,
    Count,
    FigureTable,
    Finding,
    Tally,
    article_of,
    counts,
    criminalization,
    figure_table,
    figures,
    gaps,
    laws,
    notifications,
)


@dataclass(frozen=True)
class Words:
    """The words of one language that a report needs; ``reports.words`` fills them from the translations."""

    language: str
    value: Callable[[str, str, Mapping[str, str]], str]
    """kind, code, labels of the choices → words"""
    verdict: Callable[[str, str], str]
    """obligation, status → words"""
    field: Callable[[str, str], str]
    """kind, field of a row → its label"""
    coded: Callable[[str, str, str], str | None]
    """kind, field of a row, code → words; none if the field holds no codes"""
    row: Callable[[str, int], str]
    """kind, number → the title of a row"""
    date: Callable[[str], str]
    """ISO date → words; anything else stays"""


@dataclass(frozen=True)
class Said:
    """A text with the language it is in; empty if nobody knows."""

    text: str = ""
    language: str = ""


@dataclass(frozen=True)
class Line:
    """A provision in a table: what it demands and what the answers say of it."""

    provision: str
    citation: str
    demand: Said
    status: str
    verdict: str
    asked_for_help: bool


@dataclass(frozen=True)
class SectionLine:
    """How far a section is."""

    title: Said
    citation: str
    asked: int
    answered: int
    cannot_answer: int
    unanswered: int
    not_applicable: int
    declared_by: str
    declared_at: str


@dataclass(frozen=True)
class OffencePart:
    """One basic offence with its elements and the laws cited."""

    title: Said
    citation: str
    tally: Mapping[str, int]
    elements: tuple[Line, ...]
    laws: tuple[str, ...]


@dataclass(frozen=True)
class LevelPart:
    """The provisions of one level of obligation."""

    obligation: str
    tally: Mapping[str, int]
    shown: tuple[Line, ...]
    unanswered: tuple[Line, ...]


@dataclass(frozen=True)
class RequestPart:
    """One request for assistance."""

    rank: int | None
    citation: str
    title: Said
    type: str
    urgency: str
    by_date: str
    reason: Said
    institution: Said
    expected: Said


@dataclass(frozen=True)
class FigureLine:
    """A row of figures; a cell is a number as text, ``not collected`` or empty."""

    label: Said
    unit: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class FigurePart:
    """A table of figures with its denominators."""

    citation: str
    wording: Said
    years: tuple[str, ...]
    rows: tuple[FigureLine, ...]
    asked: int
    given: int
    not_collected: int
    note: Said


@dataclass(frozen=True)
class Item:
    """A law, a case, an authority or a request of an answer, with labelled fields."""

    title: str
    fields: tuple[tuple[str, Said], ...]


@dataclass(frozen=True)
class AnswerPart:
    """A question with its answer in words. ``state`` is *answered*, *cannot answer* or *unanswered*."""

    code: str
    citation: str
    wording: Said
    kind: str
    state: str
    values: tuple[str, ...] = ()
    raw: str = ""
    text: Said = field(default_factory=Said)
    gloss: Said = field(default_factory=Said)
    reason: Said = field(default_factory=Said)
    items: tuple[Item, ...] = ()
    figures: FigurePart | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnnexPart:
    """All answers of one section."""

    title: Said
    citation: str
    answers: tuple[AnswerPart, ...]


@dataclass(frozen=True)
class Receipt:
    """What a submission adds: number, hash, moment, person."""

    number: str
    sha256: str
    at: str
    by: str


@dataclass(frozen=True)
class Report:
    """The national report, ready to be set out."""

    language: str
    generated: bool
    receipt: Receipt | None
    date: str
    party: Said
    treaty: str
    treaty_title: Said
    treaty_short: Said
    questionnaire: Said
    cycle: Said
    first_year: str
    last_year: str
    version: str
    version_sha256: str
    languages: tuple[str, ...]
    count: Mapping[str, int]
    sections: tuple[SectionLine, ...]
    offences: tuple[OffencePart, ...]
    offence_tally: Mapping[str, int]
    levels: tuple[LevelPart, ...]
    requests: tuple[RequestPart, ...]
    figures: tuple[FigurePart, ...]
    notifications: tuple[AnswerPart, ...]
    annex: tuple[AnnexPart, ...]


def report(response: NationalResponse, words: Words, *, today: datetime.date, receipt: Receipt | None = None) -> Report:
    """The report in the language of ``words``; a draft if there is no receipt."""
    language = words.language
    number_of = counts(response)
    files: dict[str, list[str]] = {}
    for file in response.files:
        files.setdefault(file.code, []).append(file.name)
    setter = _Setter(words, response, files)
    offences = criminalization(response)
    total = sum(number_of.values(), Count())
    return Report(
        language=language,
        generated=response.generated,
        receipt=receipt,
        date=receipt.at[:10] if receipt else today.isoformat(),
        party=_best(response.party_names, language) or Said(response.party),
        treaty=response.treaty["code"],
        treaty_title=_titled(response.treaty["texts"], "title", language),
        treaty_short=_titled(response.treaty["texts"], "short", language),
        questionnaire=_titled(response.questionnaire["texts"], "title", language),
        cycle=_titled(response.cycle["texts"], "title", language) or Said(response.cycle["code"]),
        first_year=response.cycle["first_year"],
        last_year=response.cycle["last_year"],
        version=response.questionnaire["version"],
        version_sha256=response.questionnaire["sha256"],
        languages=tuple(
            dict.fromkeys(q.content.language for q in response.questions if q.content.text and q.content.language)
        ),
        count=_counted(total),
        sections=tuple(setter.section_line(section, number_of[section.code]) for section in response.sections),
        offences=tuple(
            OffencePart(
                title=setter.title(offence.section),
                citation=cite(offence.article, language),
                tally=_tallied(offence.tally),
                elements=tuple(setter.line(element) for element in offence.elements),
                laws=tuple(setter.law(fields) for fields in laws(offence.section)) if offence.section else (),
            )
            for offence in offences
        ),
        offence_tally=_tallied(
            Tally(
                sum(o.tally.met for o in offences),
                sum(o.tally.in_part for o in offences),
                sum(o.tally.not_met for o in offences),
                sum(o.tally.unanswered for o in offences),
            )
        ),
        levels=tuple(
            LevelPart(
                obligation=level.obligation,
                tally=_tallied(level.tally),
                shown=tuple(setter.line(item) for item in level.shown),
                unanswered=tuple(setter.line(item) for item in level.unanswered),
            )
            for level in gaps(response)
        ),
        requests=tuple(setter.request(request) for request in response.requests),
        figures=tuple(setter.figures(table) for table in figures(response)),
        notifications=tuple(setter.answer(question) for question in notifications(response)),
        annex=tuple(
            AnnexPart(
                title=setter.title(section),
                citation=cite(section.article, language) if section.article else "",
                answers=tuple(setter.answer(question) for question in section.questions),
            )
            for section in response.sections
        ),
    )


def _counted(count: Count) -> dict[str, int]:
    return {
        "total": count.total,
        "asked": count.asked,
        "answered": count.answered,
        "cannot_answer": count.cannot_answer,
        "unanswered": count.unanswered,
        "not_applicable": count.not_applicable,
    }


def _tallied(tally: Tally) -> dict[str, int]:
    return {
        "total": tally.total,
        "met": tally.met,
        "in_part": tally.in_part,
        "not_met": tally.not_met,
        "unanswered": tally.unanswered,
    }


def _best(texts: Mapping[str, str], language: str) -> Said | None:
    try:
        text, found = best(texts, language)
    except LookupError:
        return None
    return Said(str(text), found)


def _titled(texts: Mapping[str, Mapping[str, Any]], name: str, language: str) -> Said:
    return _best({code: parts.get(name, "") for code, parts in texts.items()}, language) or Said()


class _Setter:
    """Chooses words and languages for the parts of one report."""

    def __init__(self, words: Words, response: NationalResponse, files: Mapping[str, list[str]]) -> None:
        self.words = words
        self.language = words.language
        self.sections = {section.code: section for section in response.sections}
        self.years = response.years
        self.files = files

    def title(self, section: AnsweredSection | None) -> Said:
        if section is None:
            return Said()
        return _titled(section.texts, "title", self.language)

    def section_line(self, section: AnsweredSection, count: Count) -> SectionLine:
        return SectionLine(
            title=self.title(section),
            citation=cite(section.article, self.language) if section.article else "",
            asked=count.asked,
            answered=count.answered,
            cannot_answer=count.cannot_answer,
            unanswered=count.unanswered,
            not_applicable=count.not_applicable,
            declared_by=section.declared_by,
            declared_at=section.declared_at,
        )

    def line(self, item: Finding) -> Line:
        demand = _titled(item.texts, "demand", self.language)
        if not demand.text and item.questions:
            demand = self.wording(item.questions[0])
        return Line(
            provision=item.provision,
            citation=cite(item.provision, self.language),
            demand=demand,
            status=item.status.value,
            verdict=self.words.verdict(item.obligation, item.status.value),
            asked_for_help=item.asked_for_help,
        )

    def wording(self, question: AnsweredQuestion) -> Said:
        return _titled(question.wording, "text", self.language)

    def request(self, request: AssistanceRequest) -> RequestPart:
        fields, language = request.fields, request.language
        section = self.sections[request.section]
        return RequestPart(
            rank=request.rank,
            citation=cite(section.article or request.provision, self.language),
            title=self.title(section),
            type=self.coded("assistance", "type", fields),
            urgency=self.coded("assistance", "urgency", fields),
            by_date=fields.get("by_date", ""),
            reason=Said(fields.get("reason", ""), language),
            institution=Said(fields.get("institution", ""), language),
            expected=Said(fields.get("expected_result", ""), language),
        )

    def law(self, fields: Mapping[str, str]) -> str:
        """A law as a footnote cites it: title, number, date, articles."""
        named = (fields.get("title"), fields.get("number"), self.date(fields.get("date", "")), fields.get("articles"))
        return ", ".join(part for part in named if part)

    def date(self, text: str) -> str:
        """A date in words; what does not fit a date stays as it was typed."""
        return self.words.date(text)

    def coded(self, kind: str, name: str, fields: Mapping[str, str]) -> str:
        code = fields.get(name, "")
        return (self.words.coded(kind, name, code) or code) if code else ""

    def figures(self, table: FigureTable) -> FigurePart:
        question = table.question
        return FigurePart(
            citation=cite(question.provision, self.language),
            wording=self.wording(question),
            years=table.years,
            rows=tuple(
                FigureLine(
                    _best(
                        {code: text.get("rows", {}).get(row.code, "") for code, text in question.wording.items()},
                        self.language,
                    )
                    or Said(row.code),
                    row.unit,
                    row.cells,
                )
                for row in table.rows
            ),
            asked=table.asked,
            given=table.given,
            not_collected=table.not_collected,
            note=Said(question.content.text, question.content.language),
        )

    def answer(self, question: AnsweredQuestion) -> AnswerPart:
        content = question.content
        state = "answered" if question.is_answered else "unanswered"
        if question.is_answered and content.cannot_answer:
            state = "cannot answer"
        has_figures = question.kind == "figures" and bool(content.rows)
        return AnswerPart(
            code=question.code,
            citation=cite(question.provision or question.code, self.language),
            wording=self.wording(question),
            kind=question.kind,
            state=state,
            values=tuple(self.values(question)),
            raw=content.raw,
            text=Said(content.text, content.language),
            gloss=Said(content.gloss, content.gloss_language),
            reason=Said(content.reason, content.language) if content.cannot_answer else Said(),
            items=() if question.kind == "figures" else tuple(self.items(question.kind, content)),
            figures=self.figures(figure_table(question, self.years)) if has_figures else None,
            files=tuple(self.files.get(question.code, ())),
        )

    def values(self, question: AnsweredQuestion) -> Iterable[str]:
        value = question.content.value
        codes = value if isinstance(value, tuple) else (value,) if value else ()
        if question.kind in {"number", "date"}:
            return codes
        labels = _best_choices(question, self.language)
        return (self.words.value(question.kind, code, labels) for code in codes)

    def items(self, kind: str, content: Content) -> Iterable[Item]:
        if kind == "assistance" and content.value != "yes":
            return
        for number, row in enumerate(content.rows, start=1):
            yield Item(title=self.words.row(kind, number), fields=tuple(self.fields(kind, row, content.language)))

    def fields(self, kind: str, row: Row, language: str) -> Iterable[tuple[str, Said]]:
        for name, text in row.fields.items():
            if name in {"date", "by_date"} and self.date(text) != text:
                yield self.words.field(kind, name), Said(self.date(text), self.language)
                continue
            words = self.words.coded(kind, name, text)
            yield self.words.field(kind, name), Said(text, language) if words is None else Said(words, self.language)


def _best_choices(question: AnsweredQuestion, language: str) -> Mapping[str, str]:
    """The labels of the choices, each in the nearest language that has one."""
    labels = {}
    for code in question.choices:
        said = _best(
            {tongue: text.get("choices", {}).get(code, "") for tongue, text in question.wording.items()}, language
        )
        labels[code] = said.text if said else code
    return labels


__all__ = ["NONE_OF_THESE", "NOT_COLLECTED", "Report", "Receipt", "Said", "Words", "article_of", "report"]
