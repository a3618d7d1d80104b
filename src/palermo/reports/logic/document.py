"""What documents say: pure functions from a dataset to figures, each with its States and the address behind it.

A figure is ``{"n": 12, "of": 30, "states": […], "url": "…"}``; everything is plain data for a frozen copy. States stand
by their codes: each language has its own order of names. Silence, an unanswered question, *cannot answer* and *did not
apply* are four things and are never added together.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from palermo.questionnaires.logic.spec import ASSISTANCE_TYPES, Aspect, Kind, QuestionSpec
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.needs import scheme
from palermo.reports.logic.picture import OFFENCES
from palermo.reports.logic.provisions import behind
from palermo.reports.logic.rates import MEASURES, WHOLE, Cut, Measure, Slice, members, slices

Figure = dict[str, Any]
URGENCIES: Final = ("critical", "high", "medium", "low", "unsaid")
VERDICTS: Final = ("met", "in_part", "not_met", "unanswered")
OBLIGATIONS: Final = ("mandatory", "considered", "optional")
# What is asked for in order to report at all (para. 29).
REPORTING_HELP: Final = "reporting-assistance"
MATRIX_KINDS: Final = frozenset({Kind.IMPLEMENTATION, Kind.YES_NO})
MATRIX_COLUMNS: Final = 9


class Addresses(Protocol):
    """Where the States behind a figure are shown, as at the same day and as known at the same moment."""

    def rates(self, measure: str, slice: str) -> str:
        """The States of a group in a relation."""

    def question(self, code: str, value: str) -> str:
        """The States that gave an answer to a question."""

    def needs(self, **chosen: str) -> str:
        """The requests of a kind."""

    def provision(self, code: str, verdict: str) -> str:
        """The States of whose submission a verdict on a provision follows."""

    def submission(self, state: State) -> str:
        """What a State has submitted."""


@dataclass(frozen=True)
class Asked:
    """That a State asked the Secretariat for help to answer at all."""

    state: str
    at: datetime.datetime
    answered_at: datetime.datetime | None


@dataclass(frozen=True)
class Given:
    """Everything that a document is computed from."""

    dataset: Dataset
    regions: Sequence[str]
    """The regional groups in their own order."""
    help: Sequence[Asked]
    addresses: Addresses
    party: str = ""


def figure(states: Iterable[State], url: str, of: int | None = None) -> Figure:
    """A number with the States behind it and the address at which they are shown."""
    codes = [state.code for state in states]
    made: Figure = {"n": len(codes), "states": codes, "url": url}
    if of is not None:
        made["of"] = of
    return made


# ── Status of reporting ──────────────────────────────────────────────────────────────────────────────────────────────


def _line(given: Given, slice: Slice) -> dict[str, Any]:
    """The counts of one group: by relation, and the two rates with their denominators."""
    everyone = given.dataset.states
    found = {measure: members(everyone, slice, measure) for measure in MEASURES}

    def counted(measure: Measure, of: Measure | None = None) -> Figure:
        whole = len(found[of]) if of else None
        return figure(found[measure], given.addresses.rates(measure.value, slice.key), whole)

    return {
        "group": slice.code,
        **{measure.value: counted(measure) for measure in MEASURES},
        "of_parties": counted(Measure.PARTIES_REPORTED, Measure.PARTIES),
        "of_asked": counted(Measure.REPORTED, Measure.ASKED),
    }


def reporting(given: Given) -> dict[str, Any]:
    """Who was asked and who has reported: the whole, by regional group, by development list, and each State."""
    everyone = given.dataset.states
    shown = [state for state in everyone if state.is_party or state.was_asked or state.has_reported]
    return {
        "whole": _line(given, WHOLE),
        "regions": [_line(given, slice) for slice in slices(everyone, Cut.REGION, given.regions)],
        "lists": [_line(given, slice) for slice in slices(everyone, Cut.LIST) if slice.code],
        "register": [
            {
                "state": state.code,
                "group": state.group,
                "legal": state.legal,
                "standing": state.standing.value,
                "first_at": state.first_at.date().isoformat() if state.first_at else "",
                "due_on": state.due_on.isoformat() if state.due_on else "",
                "late": state.late,
                "url": given.addresses.submission(state),
            }
            for state in shown
        ],
    }


# ── Help to report ───────────────────────────────────────────────────────────────────────────────────────────────────


def help_to_report(given: Given) -> dict[str, Any]:
    """Who asked for help to answer, by a request to the Secretariat or in an answer."""
    known = {state.code: state for state in given.dataset.states}
    first: dict[str, Asked] = {}
    for asked in sorted(given.help, key=lambda item: item.at):
        first.setdefault(asked.state, asked)
    asking = [known[code] for code in first if code in known]
    in_answers = [
        state for state in given.dataset.states if any(need["type"] == REPORTING_HELP for need in _requests(state))
    ]
    silent = [state for state in asking if state.is_silent]
    either = {state.code for state in (*asking, *in_answers)}
    rows = [
        {
            "state": state.code,
            "group": state.group,
            "asked_on": first[state.code].at.date().isoformat() if state.code in first else "",
            "open": state.code in first and first[state.code].answered_at is None,
            "in_answers": state in in_answers,
            "standing": state.standing.value,
            "lists": sorted(state.lists),
            "due_on": state.due_on.isoformat() if state.due_on else "",
            "url": given.addresses.submission(state),
        }
        for state in given.dataset.states
        if state.code in either
    ]
    needs = given.addresses.needs(type=REPORTING_HELP)
    return {
        "all": figure((state for state in given.dataset.states if state.code in either), needs),
        "asked": figure(asking, given.addresses.rates("asked", "whole"), len(given.dataset.asked)),
        "open": figure([state for state in asking if first[state.code].answered_at is None], ""),
        "in_answers": figure(in_answers, needs, len(given.dataset.reported)),
        "still_silent": figure(silent, given.addresses.rates("silent", "whole")),
        "rows": rows,
    }


def _requests(state: State) -> list[Mapping[str, Any]]:
    """The requests of what a State has submitted; a type nobody named is *other*."""
    return [{**need, "type": need.get("type") or "other"} for need in (state.digest or {}).get("requests", ())]


# ── Technical assistance needs ───────────────────────────────────────────────────────────────────────────────────────


Test = Callable[[State, Mapping[str, Any]], bool]


def _is_type(code: str, slice: Slice = WHOLE) -> Test:
    return lambda state, need: need["type"] == code and slice.holds(state)


def _is_urgent(code: str) -> Test:
    return lambda _state, need: need["type"] == code and need.get("urgency") in {"critical", "high"}


def _has_urgency(urgency: str) -> Test:
    return lambda _state, need: (need.get("urgency") or "unsaid") == urgency


def _is_in(section: str, sections: Mapping[str, str]) -> Test:
    return lambda _state, need: sections.get(need["code"], need.get("section")) == section


def _holds(slice: Slice) -> Test:
    return lambda state, _need: slice.holds(state)


def needs(given: Given) -> dict[str, Any]:
    """What those that have reported ask for: by type, urgency, regional group and article. Nothing is inferred."""
    dataset = given.dataset
    reported = dataset.reported
    total = len(reported)
    wanted = [(state, need) for state in reported for need in _requests(state)]

    def asking(test: Test) -> list[State]:
        codes = {state.code for state, need in wanted if test(state, need)}
        return [state for state in reported if state.code in codes]

    def counted(url: str, test: Test, of: int = total) -> Figure:
        return {
            **figure(asking(test), url, of),
            "requests": sum(test(state, need) for state, need in wanted),
        }

    types = Counter(need["type"] for _state, need in wanted)
    # What does not lend itself to a regional approach is counted apart (para. 20).
    apart = scheme().not_regional_types
    groups = slices(reported, Cut.REGION, given.regions)
    sections = {question.code: question.section for question in dataset.spec}
    in_section = Counter(sections.get(need["code"], need.get("section", "")) for _state, need in wanted)
    by_type = []
    for code in _in_own_order(types):
        row: dict[str, Any] = {
            "type": code,
            "apart": code in apart,
            "all": counted(given.addresses.needs(type=code), _is_type(code)),
            "urgent": counted(
                given.addresses.needs(type=code),
                _is_urgent(code),
            ),
            "regions": [
                counted(
                    given.addresses.needs(type=code, group=slice.code),
                    _is_type(code, slice),
                    len(members(reported, slice)),
                )
                for slice in groups
            ],
        }
        by_type.append(row)
    most = sorted(by_type, key=lambda row: (-row["all"]["n"], -row["all"]["requests"], row["type"]))
    return {
        "reported": figure(reported, given.addresses.rates("reported", "whole"), len(dataset.asked)),
        "silent": figure(dataset.silent, given.addresses.rates("silent", "whole"), len(dataset.asked)),
        "asking": counted(given.addresses.needs(), lambda _s, _n: True),
        "not_asking": figure(
            [state for state in reported if not _requests(state)], given.addresses.rates("reported", "whole"), total
        ),
        "requests": len(wanted),
        "groups": [slice.code for slice in groups],
        "by_type": by_type,
        "most": most[:4],
        "by_urgency": [
            {
                "urgency": urgency,
                "all": counted(
                    given.addresses.needs(urgency=urgency),
                    _has_urgency(urgency),
                ),
            }
            for urgency in URGENCIES
        ],
        "by_section": [
            {
                "section": section.code,
                "article": section.article,
                "all": counted(
                    given.addresses.needs(section=section.code),
                    _is_in(section.code, sections),
                ),
            }
            for section in dataset.spec.sections
            if in_section[section.code]
        ],
        "by_region": [
            {
                "group": slice.code,
                "reported": figure(
                    members(reported, slice), given.addresses.rates("reported", slice.key),
                    len(members(dataset.asked, slice)),
                ),
                "asking": counted(
                    given.addresses.needs(group=slice.code), _holds(slice),
                    len(members(reported, slice)),
                ),
            }
            for slice in slices(dataset.asked, Cut.REGION, given.regions)
        ],
        "register": [
            {
                "state": state.code,
                "url": given.addresses.submission(state),
                "needs": [
                    {
                        "type": need["type"],
                        "urgency": need.get("urgency") or "unsaid",
                        "provision": need.get("provision") or "",
                        "section": sections.get(need["code"], need.get("section", "")),
                    }
                    for need in _requests(state)
                ],
            }
            for state in reported
            if _requests(state)
        ],
    }  # fmt: skip


def _in_own_order(types: Mapping[str, int]) -> list[str]:
    return [code for code in ASSISTANCE_TYPES if types.get(code)] + sorted(set(types) - set(ASSISTANCE_TYPES))


# ── Implementation ───────────────────────────────────────────────────────────────────────────────────────────────────


def _obligations(dataset: Dataset) -> dict[str, str]:
    """The obligation of each provision that has a rule, as its questions name it."""
    found: dict[str, str] = {}
    for question in dataset.spec:
        if question.provision and question.asks is Aspect.IMPLEMENTATION:
            found.setdefault(question.provision, question.obligation.value)
    for question in dataset.spec:
        for provision in question.provisions:
            found.setdefault(provision, question.obligation.value)
    return found


def _order(code: str) -> tuple[Any, ...]:
    """Provisions in the order of the treaty: 5 before 16, (a) before (b)."""
    parts = code.split(".")
    return (parts[0], *((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts[1:]))


def analysis(given: Given) -> dict[str, Any]:
    """How many of those that have reported meet each provision, by level of obligation and article."""
    dataset = given.dataset
    reported = dataset.reported
    obligations = _obligations(dataset)
    asking = _asking(dataset)
    provisions: list[dict[str, Any]] = []
    for code in sorted((code for code, rule in dataset.spec.rules.items() if rule.met_when), key=_order):
        by_verdict = {verdict: behind(reported, code, verdict) for verdict in VERDICTS}
        asked = sum(map(len, by_verdict.values()))
        provisions.append(
            {
                "provision": code,
                "question": asking.get(code, ""),
                "article": ".".join(code.split(".")[:2]),
                "obligation": obligations.get(code, "mandatory"),
                "asked": asked,
                **{
                    verdict: figure(states, given.addresses.provision(code, verdict), asked)
                    for verdict, states in by_verdict.items()
                },
            }
        )
    articles: dict[str, list[dict[str, Any]]] = {}
    for row in provisions:
        articles.setdefault(row["article"], []).append(row)
    sections = {section.article: section.code for section in dataset.spec.sections if section.article}
    levels = []
    for level in OBLIGATIONS:
        rows = [row for row in provisions if row["obligation"] == level]
        answers = {verdict: sum(row[verdict]["n"] for row in rows) for verdict in VERDICTS}
        if rows:
            levels.append({"obligation": level, "provisions": len(rows), "answers": sum(answers.values()), **answers})
    return {
        "reported": figure(reported, given.addresses.rates("reported", "whole"), len(dataset.asked)),
        "silent": figure(dataset.silent, given.addresses.rates("silent", "whole"), len(dataset.asked)),
        "levels": levels,
        "articles": [
            {
                "article": article,
                "section": sections.get(article, ""),
                "rows": rows,
                "mandatory": [row for row in rows if row["obligation"] == "mandatory"],
                "answers": {
                    verdict: sum(row[verdict]["n"] for row in rows if row["obligation"] == "mandatory")
                    for verdict in VERDICTS
                },
            }
            for article, rows in articles.items()
        ],
        "offences": [
            {"article": article, "section": sections.get(article, ""), "rows": articles[article]}
            for article in OFFENCES.get(dataset.treaty, ())
            if article in articles
        ],
    }


def _asking(dataset: Dataset) -> dict[str, str]:
    """The question that asks about each provision first: about its implementation, if there is one."""
    found: dict[str, str] = {}
    for wanted in (True, False):
        for question in dataset.spec:
            if (question.asks is Aspect.IMPLEMENTATION) is wanted:
                for provision in question.provisions:
                    found.setdefault(provision, question.code)
    return found


# ── One State ────────────────────────────────────────────────────────────────────────────────────────────────────────


def country(given: Given) -> dict[str, Any]:
    """Everything about one State: status, reporting, provisions by article, requests, figures."""
    dataset = given.dataset
    state = next(state for state in dataset.states if state.code == given.party)
    digest: Mapping[str, Any] = state.digest or {}
    obligations = _obligations(dataset)
    verdicts: Mapping[str, str] = digest.get("provisions", {})
    url = given.addresses.submission(state)
    levels = []
    for level in OBLIGATIONS:
        codes = [code for code in verdicts if obligations.get(code, "mandatory") == level]
        if codes:
            counts = Counter(verdicts[code] for code in codes)
            levels.append(
                {"obligation": level, "provisions": len(codes), **{verdict: counts[verdict] for verdict in VERDICTS}}
            )
    asking = _asking(dataset)
    gaps = [
        {
            "provision": code,
            "question": asking.get(code, ""),
            "verdict": verdicts[code],
        }
        for code in sorted(verdicts, key=_order)
        if obligations.get(code, "mandatory") == "mandatory" and verdicts[code] in {"not_met", "in_part"}
    ]
    answers: Mapping[str, Any] = digest.get("answers", {})
    said = Counter(_kind_of(value) for value in answers.values())
    return {
        "state": state.code,
        "group": state.group,
        "subregion": state.subregion,
        "lists": sorted(state.lists),
        "legal": state.legal,
        "standing": state.standing.value,
        "has_reported": state.has_reported,
        "was_asked": state.was_asked,
        "first_at": state.first_at.date().isoformat() if state.first_at else "",
        "due_on": state.due_on.isoformat() if state.due_on else "",
        "late": state.late,
        "receipt": state.receipt,
        "number": state.number or 0,
        "url": url,
        "questions": len(answers),
        "answered": len(answers) - said["unanswered"] - said["cannot"],
        "cannot": said["cannot"],
        "unanswered": said["unanswered"],
        "levels": levels,
        "gaps": gaps,
        "requests": [
            {
                "place": place,
                "ranked": need.get("rank") is not None,
                "type": need["type"],
                "urgency": need.get("urgency") or "unsaid",
                "provision": need.get("provision") or "",
                "institution": need.get("institution") or "",
                "by_date": need.get("by_date") or "",
                "received_from": need.get("received_from") or "",
            }
            for place, need in enumerate(_requests(state), start=1)
        ],
        "years": list(dataset.years),
        "figures": _figures(dataset, digest),
    }


def _figures(dataset: Dataset, digest: Mapping[str, Any]) -> list[dict[str, Any]]:
    given: Mapping[str, Any] = digest.get("figures", {})
    return [
        {
            "question": question.code,
            "provision": question.provision,
            "rows": [
                {
                    "row": row.code,
                    "cells": [given[question.code].get(row.code, {}).get(str(year), "") for year in dataset.years],
                }
                for row in question.rows
            ],
        }
        for question in dataset.spec
        if question.kind is Kind.FIGURES and question.code in given
    ]


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _kind_of(value: Any) -> str:
    """In which of the words of a matrix an answer falls."""
    if value is None:
        return "unanswered"
    if isinstance(value, Mapping) and "cannot" in value:
        return "cannot"
    return value if value in ("yes", "in_part", "no") else "other"


def matrix(given: Given) -> dict[str, Any]:
    """The answers of those that have reported to what is answered by yes or no, in tables of a few columns each."""
    dataset = given.dataset
    reported = dataset.reported
    tables: list[dict[str, Any]] = []
    for section in dataset.spec.sections:
        questions = [question for question in section.questions if question.kind in MATRIX_KINDS]
        for start in range(0, len(questions), MATRIX_COLUMNS):
            chosen = questions[start : start + MATRIX_COLUMNS]
            tables.append(
                {
                    "section": section.code,
                    "part": start // MATRIX_COLUMNS + 1,
                    "parts": -(-len(questions) // MATRIX_COLUMNS),
                    "columns": [_column(given, question, reported) for question in chosen],
                    "rows": [
                        {
                            "state": state.code,
                            "url": given.addresses.submission(state),
                            "answers": [_answer(state, question) for question in chosen],
                        }
                        for state in reported
                    ],
                }
            )
    return {
        "reported": figure(reported, given.addresses.rates("reported", "whole"), len(dataset.asked)),
        "silent": figure(dataset.silent, given.addresses.rates("silent", "whole"), len(dataset.asked)),
        "questions": sum(len(table["columns"]) for table in tables),
        "tables": tables,
    }


def _answer(state: State, question: QuestionSpec) -> str:
    answers: Mapping[str, Any] = (state.digest or {}).get("answers", {})
    return _kind_of(answers[question.code]) if question.code in answers else "apart"


def _column(given: Given, question: QuestionSpec, reported: Sequence[State]) -> dict[str, Any]:
    counts = Counter(_answer(state, question) for state in reported)
    asked = len(reported) - counts["apart"]
    return {
        "question": question.code,
        "provision": question.provision,
        "url": given.addresses.question(question.code, "yes"),
        "asked": asked,
        "yes": counts["yes"],
        "answered": counts["yes"] + counts["in_part"] + counts["no"] + counts["other"],
    }


PARTS: Final[Mapping[str, Callable[[Given], dict[str, Any]]]] = {
    "reporting": reporting,
    "help": help_to_report,
    "country": country,
    "needs": needs,
    "analysis": analysis,
    "matrix": matrix,
}
"""What a description may name under ``data``."""
