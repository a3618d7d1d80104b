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
from palermo.questionnaires.logic.syntax import references
from palermo.reports.logic import needs as logic
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.needs import NONE, By, Count, scheme, stated
from palermo.reports.logic.picture import OFFENCES
from palermo.reports.logic.practice import CASE_FIELDS, SHARED, Practice, Told
from palermo.reports.logic.provisions import behind
from palermo.reports.logic.rates import MEASURES, WHOLE, Cut, Measure, Slice, members, slices
from palermo.reports.logic.readers import Everybody
from palermo.responses.logic.consent import Level

Figure = dict[str, Any]
URGENT: Final = ("critical", "high")
VERDICTS: Final = ("met", "in_part", "not_met", "unanswered")
OBLIGATIONS: Final = ("mandatory", "considered", "optional")
MATRIX_KINDS: Final = frozenset({Kind.IMPLEMENTATION, Kind.YES_NO})
MATRIX_COLUMNS: Final = 9


class Addresses(Protocol):
    """Where the States behind a figure are shown, as at the same day and as known at the same moment."""

    def rates(self, measure: str, slice: str) -> str:
        """The States of a group in a relation."""

    def question(self, code: str, value: str) -> str:
        """The States that gave an answer to a question."""

    def needs(self, **chosen: str | tuple[str, ...]) -> str:
        """The requests that are counted under these codes, or under one of several."""

    def practices(self, level: str = "") -> str:
        """What States agreed to share of their practice: all, or what is open so far."""

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
    told: Sequence[Told] = ()
    """Every answer about practice with who may read it."""
    practices: Sequence[Practice] = ()
    """What States told of their practice and opened to everybody, in their own words."""
    everybody: Everybody | None = None
    """Given if everybody will read the document: then nothing is in it that a State has not opened to everybody."""


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
    in_answers = Count([request for request in stated(given.dataset, scheme()) if request.is_help_to_report]).who
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
    return {
        "all": figure((state for state in given.dataset.states if state.code in either), ""),
        "asked": figure(asking, "", len(given.dataset.asked)),
        "open": figure([state for state in asking if first[state.code].answered_at is None], ""),
        "in_answers": figure(in_answers, given.addresses.needs(apart="help-to-report"), len(given.dataset.reported)),
        "still_silent": figure(silent, ""),
        "rows": rows,
    }


# ── Technical assistance needs ───────────────────────────────────────────────────────────────────────────────────────


def needs(given: Given) -> dict[str, Any]:
    """What those that have reported ask for, counted as the pages of needs count it. Nothing is inferred.

    A need that does not lend itself to a regional approach is in no regional group; it is counted apart (para. 20).
    """
    dataset = given.dataset
    rules = scheme()
    reported = dataset.reported
    requests = stated(dataset, rules)
    public = given.everybody
    closed = {
        (request.state.code, request.uuid)
        for request in requests
        if public and not public.may_read(request.state, (request.code,))
    }
    listed = [request for request in requests if (request.state.code, request.uuid) not in closed]

    def counted(of: int = len(reported), **chosen: str | tuple[str, ...]) -> Figure:
        wanted = {By(name): (codes,) if isinstance(codes, str) else codes for name, codes in chosen.items()}
        count = Count(logic.chosen(requests, wanted))
        made = {**figure(count.who, given.addresses.needs(**chosen), of), "requests": count.number}
        if public is None:
            return made
        return public.naming(made, (request.state.code for request in logic.chosen(listed, wanted)))

    def codes(by: By, order: Sequence[str] = ()) -> list[str]:
        return list(logic.counted(requests, by, order))

    groups = slices(reported, Cut.REGION, given.regions)
    by_type = [
        {
            "type": _said(code),
            "all": counted(type=code),
            "urgent": counted(type=code, urgency=URGENT),
            "regions": [
                counted(len(members(reported, slice)), type=code, region=slice.code or NONE) for slice in groups
            ],
        }
        for code in codes(By.TYPE, ASSISTANCE_TYPES)
    ]
    most = [code for place in logic.top(requests, By.TYPE, 4) for code in place.codes]
    letters = {area.code: area.letter for area in rules.areas}
    sections = logic.articles(dataset)
    asking = counted()
    codes_asking = {request.state.code for request in requests}
    not_asking = figure([state for state in reported if state.code not in codes_asking], "", len(reported))
    made = {
        "reported": figure(reported, given.addresses.rates("reported", "whole"), len(dataset.asked)),
        "silent": figure(dataset.silent, given.addresses.rates("silent", "whole"), len(dataset.asked)),
        "asking": asking,
        "not_asking": public.naming(not_asking, ()) if public else not_asking,
        "requests": len(requests),
        "groups": [slice.code for slice in groups],
        "by_type": by_type,
        "most": [row for code in most for row in by_type if row["type"] == code],
        "by_urgency": [
            {"urgency": _said(urgency), "all": counted(urgency=urgency)} for urgency in (*logic.URGENCIES, NONE)
        ],
        "by_area": [
            {"area": _said(area), "letter": letters.get(area, ""), "all": counted(area=area)}
            for area in (*letters, NONE)
        ],
        "by_section": [
            {
                "section": sections.get(article, ""),
                "article": "" if article == NONE else article,
                "all": counted(article=article),
            }
            for article in codes(By.ARTICLE, tuple(sections))
        ],
        "by_region": [
            {
                "group": slice.code,
                "reported": figure(
                    members(reported, slice), given.addresses.rates("reported", slice.key),
                    len(members(dataset.asked, slice)),
                ),
                "asking": counted(len(members(reported, slice)), region=slice.code or NONE),
            }
            for slice in slices(dataset.asked, Cut.REGION, given.regions)
        ],
        "apart": {
            "not_regional": counted(apart=logic.NOT_REGIONAL),
            "types": [
                {"type": kind, "all": counted(type=kind)}
                for kind in codes(By.TYPE, ASSISTANCE_TYPES)
                if kind in rules.not_regional_types
            ],
            "topics": [
                {"topic": topic, "all": counted(topic=topic)}
                for topic in codes(By.TOPIC)
                if topic in rules.not_regional_topics
            ],
            "help_to_report": counted(apart="help-to-report"),
        },
        "register": [
            {
                "state": state.code,
                "url": given.addresses.submission(state),
                "needs": [
                    {
                        "type": _said(request.type or NONE),
                        "urgency": _said(request.urgency or NONE),
                        "provision": request.provision,
                        "section": sections.get(request.article, ""),
                    }
                    for request in listed
                    if request.state.code == state.code
                ],
            }
            for state in Count(listed).who
        ],
    }  # fmt: skip
    if public is None:
        return made
    left_out = {state for state, _uuid in closed}
    cut: dict[str, Any] = public.cut({**made, "unlisted": public.number(len(left_out), requests=len(closed))})
    return {**cut, "requests": cut["asking"]["requests"]}


def _said(code: str) -> str:
    """The word of documents for a code: what was not said has one of its own."""
    return "unsaid" if code == NONE else code


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


def analysis(given: Given) -> dict[str, Any]:
    """How many of those that have reported meet each provision, by level of obligation and article."""
    dataset = given.dataset
    reported = dataset.reported
    obligations = _obligations(dataset)
    asking = _asking(dataset)
    public = given.everybody
    provisions: list[dict[str, Any]] = []
    for code in sorted((code for code, rule in dataset.spec.rules.items() if rule.met_when), key=logic.place_of):
        by_verdict = {verdict: behind(reported, code, verdict) for verdict in VERDICTS}
        asked = sum(map(len, by_verdict.values()))
        whole = None if public and asked < public.threshold else asked

        def judged(verdict: str, states: Sequence[State], code: str = code, whole: int | None = whole) -> Figure:
            made = figure(states, given.addresses.provision(code, verdict), whole)
            if public is None:
                return made
            rule = dataset.spec.rules[code].met_when
            needed = references(rule) if rule is not None else frozenset()
            return public.naming(made, (state.code for state in states if public.may_read(state, needed)))

        provisions.append(
            {
                "provision": code,
                "question": asking.get(code, ""),
                "article": ".".join(code.split(".")[:2]),
                "obligation": obligations.get(code, "mandatory"),
                "asked": asked,
                **{verdict: judged(verdict, states) for verdict, states in by_verdict.items()},
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
    made = {
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
    return made if public is None else public.cut(_counts_as_figures(made, public))


def _counts_as_figures(made: Mapping[str, Any], public: Everybody) -> dict[str, Any]:
    """The analysis in which plain numbers of answers can be cut as those of States are, each sum beside its parts."""

    def rows(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "asked": public.number(row["asked"])} for row in found]

    return {
        **made,
        "levels": [
            {**level, **{name: public.number(level[name]) for name in ("answers", *VERDICTS)}}
            for level in made["levels"]
        ],
        "articles": [
            {
                **article,
                "rows": rows(article["rows"]),
                "mandatory": rows(article["mandatory"]),
                "cases": public.number(sum(article["answers"].values())),
                "answers": {name: public.number(number) for name, number in article["answers"].items()},
            }
            for article in made["articles"]
        ],
        "offences": [{**offence, "rows": rows(offence["rows"])} for offence in made["offences"]],
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


# ── Good practices that States agreed to share ───────────────────────────────────────────────────────────────────────


def practices(given: Given) -> dict[str, Any]:
    """What States told of their practice and agreed to share, by article.

    Only what is open to everybody is quoted. Of what is open to the States parties a document for delegations says that
    it is there, and no word of it is in the copy; a document for everybody only counts it.
    """
    dataset = given.dataset
    shared = [one for one in given.told if one.level in SHARED]
    words = {(one.told.state.code, one.told.question.code): one for one in given.practices}
    sections = logic.articles(dataset)
    found: dict[str, dict[str, Any]] = {}
    public = given.everybody
    for one in shared if public is None else (one for one in shared if one.level is Level.PUBLIC):
        question = one.question
        article = logic.article_of(question.provision)
        row: dict[str, Any] = {
            "state": one.state.code,
            "url": given.addresses.submission(one.state),
            "level": one.level.value,
            "text": "", "language": "", "values": [], "cases": [],
        }  # fmt: skip
        said = words.get((one.state.code, question.code))
        if said and one.level is Level.PUBLIC:
            row |= {
                "text": said.text,
                "language": said.language,
                "values": list(said.values),
                "cases": [{name: case.get(name, "") for name in CASE_FIELDS} for case in said.rows],
            }
        place = found.setdefault(
            question.code,
            {
                "question": question.code,
                "provision": question.provision,
                "article": article,
                "section": sections.get(article, ""),
                "told": [],
            },
        )
        place["told"].append(row)
    if public:
        for code, place in found.items():
            closed = sum(one.question.code == code and one.level is Level.PARTIES for one in shared)
            place["others"] = public.number(closed)

    def counted(level: Level | None = None) -> Figure:
        codes = {one.state.code for one in shared if level in (None, one.level)}
        states = [state for state in dataset.reported if state.code in codes]
        return named(figure(states, given.addresses.practices(level.value if level else ""), len(dataset.reported)))

    def named(made: Figure) -> Figure:
        """For everybody, with the names of none but those that are quoted."""
        return made if public is None else public.naming(made, quoted)

    quoted = {one.state.code for one in shared if one.level is Level.PUBLIC}
    telling = {one.state.code for one in given.told}
    known = [state for state in dataset.reported if state.code in telling]
    made = {
        "telling": named(figure(known, "", len(dataset.reported))),
        "shared": counted(),
        "public": counted(Level.PUBLIC),
        "parties": counted(Level.PARTIES),
        "questions": list(found.values()),
    }
    return made if public is None else public.cut(made)


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
        for code in sorted(verdicts, key=logic.place_of)
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
                "ranked": request.rank is not None,
                "type": _said(request.type or NONE),
                "urgency": _said(request.urgency or NONE),
                "provision": request.provision,
                "institution": request.institution,
                "by_date": request.by_date,
                "received_from": request.received_from,
            }
            for place, request in enumerate(stated(dataset.only([state]), scheme()), start=1)
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
    "practices": practices,
}
"""What a description may name under ``data``."""
