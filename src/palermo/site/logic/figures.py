"""Figures for the public: who said what, counted by regional group, with what would tell on a State left out.

Tables that hang together (a question and those that depend on it; all tables of needs) are hidden together by
``reports.logic.suppression``. What a State has opened is known to everybody; only the rest of the States must not be
told by a number, also not by subtracting those that are known.
"""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from palermo.questionnaires.logic.spec import ASSISTANCE_TYPES, Kind, QuestionSpec, VersionSpec
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.needs import NONE, Request, Scheme, stated
from palermo.reports.logic.replies import Relation, offered, relation, values
from palermo.reports.logic.suppression import ALL, Cell, Earlier, Row, Sheet, crowded, hidden

SCHEMA: Final = 1
SINGLE: Final = frozenset({Kind.IMPLEMENTATION, Kind.YES_NO, Kind.CHOICE})
CLOSED: Final = SINGLE | {Kind.CHOICES}
IN_WORDS: Final = "in_words"
"""Answered, and none of the offered answers was chosen."""
SILENT_ROWS: Final = (Relation.CANNOT_ANSWER.value, Relation.UNANSWERED.value, Relation.NOT_APPLICABLE.value)
CHOSEN: Final = "="
"""Stands before a value, so that it cannot be taken for another row."""
ASKS: Final = "asks"
ANY, TYPE, ARTICLE, AREA = "any", "type", "article", "area"
NEEDS: Final = (ANY, TYPE, ARTICLE, AREA)


@dataclass(frozen=True)
class Opened:
    """What a State has ever opened to everybody of the submission that counts; what was read once stays known."""

    sections: frozenset[str]
    digest: Mapping[str, Any] = field(repr=False)
    """Of the excerpt with these sections (``responses.logic.digest``)."""


@dataclass(frozen=True)
class Before:
    """An earlier edition: from which submissions, and what was hidden when it was published."""

    number: int
    receipts: Mapping[str, str]
    hidden: frozenset[Cell] = field(repr=False)


@dataclass(frozen=True)
class Figures:
    """The tables of an edition as the public may see them; None where a number is hidden."""

    columns: tuple[str, ...]
    """The codes of the groups that hold a State that counts, and ``ALL``."""
    denominators: Mapping[str, tuple[int, ...]]
    """``parties``, ``asked`` and ``reported`` by column; these are public anyway."""
    questions: Mapping[str, Mapping[str, tuple[int | None, ...]]] = field(repr=False)
    """By the code of the question: its rows with a number for each column."""
    needs: Mapping[str, Mapping[str, tuple[int | None, ...]]] = field(repr=False)
    """By what is counted (``NEEDS``): States that ask, with a number for each column."""
    version: int = 0

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """Every number of every table."""
        tables = [*self.questions.values(), *self.needs.values()]
        return tuple(number for rows in tables for row in rows.values() for number in row)

    @property
    def cells(self) -> Mapping[Cell, int | None]:
        """Every number by its place."""
        named = [(f"question:{code}", rows) for code, rows in self.questions.items()]
        found: dict[Cell, int | None] = {
            (table, row, column): number
            for table, rows in named
            for row, line in rows.items()
            for column, number in zip(self.columns, line, strict=True)
        }
        for what, rows in self.needs.items():
            for code, line in rows.items():
                for column, number in zip(self.columns, line, strict=True):
                    found[f"{what}:{code}", ASKS, column] = number
        return found

    def answered(self, question: QuestionSpec) -> tuple[int | None, ...]:
        """How many answered, as far as it follows from what is shown."""
        rows = self.questions[question.code]
        if question.kind not in SINGLE:
            return rows["answered"]
        told = [numbers for row, numbers in rows.items() if row.startswith(CHOSEN) or row == IN_WORDS]
        rest = [rows[row] for row in SILENT_ROWS]
        whole = self.denominators["reported"]
        found: list[int | None] = []
        for place, reported in enumerate(whole):
            said, left = [numbers[place] for numbers in told], [numbers[place] for numbers in rest]
            if None not in said:
                found.append(sum(n for n in said if n is not None))
            elif None not in left:
                found.append(reported - sum(n for n in left if n is not None))
            else:
                found.append(None)
        return tuple(found)

    @property
    def hidden(self) -> frozenset[Cell]:
        """The places of what is hidden."""
        return frozenset(cell for cell, number in self.cells.items() if number is None)


def written(figures: Figures) -> dict[str, Any]:
    """The tables as plain data, in lists because the database does not keep the order of names; no State is named."""
    return {
        "schema": SCHEMA,
        "version": figures.version,
        "columns": list(figures.columns),
        "denominators": {name: list(line) for name, line in figures.denominators.items()},
        "questions": [[code, _lines(rows)] for code, rows in figures.questions.items()],
        "needs": [[what, _lines(rows)] for what, rows in figures.needs.items()],
    }


def _lines(rows: Mapping[str, tuple[int | None, ...]]) -> list[list[Any]]:
    return [[row, list(line)] for row, line in rows.items()]


def read(data: Mapping[str, Any]) -> Figures:
    """The tables that were written."""
    return Figures(
        columns=tuple(data["columns"]),
        denominators={name: tuple(line) for name, line in data["denominators"].items()},
        questions={code: {row: tuple(line) for row, line in rows} for code, rows in data["questions"]},
        needs={what: {code: tuple(line) for code, line in rows} for what, rows in data["needs"]},
        version=data["version"],
    )


def packed(cells: Iterable[Cell]) -> dict[str, dict[str, list[str]]]:
    """Cells as plain data."""
    found: dict[str, dict[str, list[str]]] = {}
    for table, row, column in sorted(cells):
        found.setdefault(table, {}).setdefault(row, []).append(column)
    return found


def unpacked(data: Mapping[str, Mapping[str, Iterable[str]]]) -> frozenset[Cell]:
    """The cells that were packed."""
    return frozenset((table, row, column) for table, rows in data.items() for row, cs in rows.items() for column in cs)


# ── Against earlier editions ─────────────────────────────────────────────────────────────────────────────────────────


def receipts_of(found: Dataset) -> dict[str, str]:
    """The submissions that count, by the State's code."""
    return {state.code: state.receipt for state in found.reported}


def changes_since(found: Dataset, before: Before) -> dict[str, int]:
    """How many States of each group have reported, reported anew or no longer count since an earlier edition."""
    now = receipts_of(found)
    changes: dict[str, int] = {}
    for state in found.states:
        if now.get(state.code) != before.receipts.get(state.code):
            changes[state.group] = changes.get(state.group, 0) + 1
    return changes


def missing(found: Dataset, earlier: Iterable[Before], threshold: int) -> int:
    """How many more States must have submitted before there can be another edition; nought if it can be now."""
    sizes = [sum(changes_since(found, before).values()) for before in earlier]
    return max((threshold - size for size in sizes if 0 < size < threshold), default=0)


# ── The tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def rows_of(question: QuestionSpec) -> tuple[str, ...]:
    """The rows of a question's table, in order; with several answers to choose, those that answered are one more."""
    chosen = tuple(f"{CHOSEN}{value}" for value in offered(question))
    return (*chosen, IN_WORDS if question.kind in SINGLE else Relation.ANSWERED.value, *SILENT_ROWS)


def counted_in(state: State, question: QuestionSpec) -> frozenset[str]:
    """The rows in which a State that has reported is counted."""
    said = relation(state, question.code)
    if said is not Relation.ANSWERED:
        return frozenset({said.value})
    known = offered(question)
    chosen = frozenset(f"{CHOSEN}{value}" for value in values(state, question.code) if value in known)
    if question.kind in SINGLE:
        return chosen or frozenset({IN_WORDS})
    return chosen | {Relation.ANSWERED.value}


def counted_of(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The rows in which an answer that a State has opened is counted, from its place in the excerpt."""
    if answer.get("cannot_answer"):
        return (Relation.CANNOT_ANSWER.value,)
    if value := answer.get("value"):
        chosen = (value,) if isinstance(value, str) else tuple(value)
        return (*(f"{CHOSEN}{one}" for one in chosen), Relation.ANSWERED.value)
    return (IN_WORDS, Relation.ANSWERED.value) if answer else (Relation.UNANSWERED.value,)


def figures(
    found: Dataset,
    opened: Mapping[str, Opened],
    rules: Scheme,
    *,
    threshold: int,
    earlier: Sequence[Before] = (),
    stored: Figures | None = None,
) -> Figures:
    """The tables of all that was reported, with what would tell on a State left out.

    ``earlier`` are all editions that were published before. ``stored`` are the figures that are checked again since
    States have opened more: what is hidden in them stays so, and what nobody has opened a part of stays as it is.
    """
    reported = found.reported
    groups = tuple(sorted({state.group for state in found.states if state.is_party or state.was_asked}))
    kept = crowded([changes_since(found, before) for before in earlier], threshold)
    frame = _Frame(
        groups=groups,
        threshold=threshold,
        already=(stored.hidden if stored else frozenset()).union(*(_same(found, before) for before in earlier)),
        kept=kept,
        earlier=tuple(_earlier(found, before) for before in earlier),
        group_of={state.code: state.group for state in reported},
    )
    questions: dict[str, Mapping[str, tuple[int | None, ...]]] = {}
    told: frozenset[str] = frozenset().union(*(one.sections for one in opened.values()))

    def is_settled(asked: Iterable[QuestionSpec]) -> bool:
        return stored is not None and not any(question.section in told for question in asked)

    for family in families(found.spec):
        if stored and is_settled(family):
            questions.update({question.code: stored.questions[question.code] for question in family})
            continue
        questions.update(_question_tables(frame, reported, opened, family, found.spec))
    return Figures(
        columns=(*groups, ALL),
        denominators={
            name: frame.line([state.group for state in states])
            for name, states in (("parties", found.parties), ("asked", found.asked), ("reported", reported))
        },
        questions={q.code: questions[q.code] for q in found.spec if q.code in questions},
        needs=(
            stored.needs
            if stored and is_settled(question for question in found.spec if question.kind is Kind.ASSISTANCE)
            else _needs_tables(frame, found, opened, rules)
        ),
        version=found.spec.number,
    )


@dataclass(frozen=True)
class _Frame:
    groups: tuple[str, ...]
    threshold: int
    already: frozenset[Cell]
    kept: frozenset[str]
    earlier: tuple[Earlier, ...]
    group_of: Mapping[str, str]

    def line(self, groups: Sequence[str]) -> tuple[int, ...]:
        return (*(groups.count(group) for group in self.groups), len(groups))

    def shown(
        self,
        sheets: Sequence[Sheet],
        rows: Sequence[Row],
        states: Mapping[Row, Sequence[str]],
        statements: Collection[Row],
    ) -> dict[Row, tuple[int | None, ...]]:
        """Each row of tables that hang together; ``states`` names those that are counted, known or not."""
        own = set(rows)
        away = {cell for cell in self.already if cell[:2] in own}
        away |= {(*row, group) for row in rows for group in self.kept}
        gone = hidden(
            sheets,
            rows,
            self.groups,
            threshold=self.threshold,
            statements=statements,
            already=away,
            earlier=self.earlier,
        )
        lines = {row: self.line([self.group_of[state] for state in states.get(row, ())]) for row in rows}
        columns = (*self.groups, ALL)
        return {
            row: tuple(None if (*row, column) in gone else n for column, n in zip(columns, line, strict=True))
            for row, line in lines.items()
        }


def _earlier(found: Dataset, before: Before) -> Earlier:
    now = receipts_of(found)
    same = frozenset(code for code, receipt in before.receipts.items() if now.get(code) == receipt)
    return Earlier(same, before.hidden)


def _same(found: Dataset, before: Before) -> frozenset[Cell]:
    """What an edition of the very same submissions had hidden stays hidden."""
    return frozenset() if changes_since(found, before) else before.hidden


def families(spec: VersionSpec) -> list[tuple[QuestionSpec, ...]]:
    """The questions with answers to choose, those that depend on each other together."""
    root = {code: code for code in spec.questions}

    def top(code: str) -> str:
        while root[code] != code:
            code = root[code]
        return code

    for question in spec:
        for other in question.depends_on:
            if other in root:
                root[top(question.code)] = top(other)
    found: dict[str, list[QuestionSpec]] = {}
    for question in spec:
        if question.kind in CLOSED:
            found.setdefault(top(question.code), []).append(question)
    return [tuple(family) for family in found.values()]


def is_known(opened: Opened | None, code: str, spec: VersionSpec) -> bool:
    """Whether everybody knows what the State said to a question, if it did not apply or its section was opened.

    Known is what stands in an opened section; and whether a question applied, if all that decides it is known.
    """
    question = spec.questions.get(code)
    if opened is None or question is None:
        return False
    if code in opened.digest["answers"]:
        return True
    return bool(question.depends_on) and all(is_known(opened, other, spec) for other in question.depends_on)


def _knows(state: State, opened: Opened | None, code: str, spec: VersionSpec) -> bool:
    """Whether everybody knows what the State said to a question: what applied and was not opened is not known."""
    if opened is None or not is_known(opened, code, spec):
        return False
    own = (state.digest or {}).get("answers", {})
    return (code in opened.digest["answers"]) == (code in own)


def _question_tables(
    frame: _Frame,
    reported: Sequence[State],
    opened: Mapping[str, Opened],
    family: Sequence[QuestionSpec],
    spec: VersionSpec,
) -> dict[str, Mapping[str, tuple[int | None, ...]]]:
    tables = {question.code: f"question:{question.code}" for question in family}
    rows = [(tables[question.code], row) for question in family for row in rows_of(question)]
    leaves = [question for question in family if not _decides(question.code, spec)]

    @functools.cache
    def variants(own: frozenset[Row], unknown: frozenset[str]) -> tuple[frozenset[Row], ...]:
        return tuple(
            variant
            for question in leaves
            if tables[question.code] in unknown
            for variant in _said_otherwise(own, question, tables[question.code])
        )

    states: dict[Row, list[str]] = {}
    sheets = []
    for state in reported:
        own: set[Row] = set()
        unknown = set()
        for question in family:
            table = tables[question.code]
            inside = [(table, row) for row in counted_in(state, question)]
            for row in inside:
                states.setdefault(row, []).append(state.code)
            if not _knows(state, opened.get(state.code), question.code, spec):
                unknown.add(table)
                own.update(inside)
        sheets.append(
            Sheet(
                state.code,
                state.group,
                frozenset(own),
                frozenset(unknown),
                is_free=len(unknown) == len(family),
                variants=variants(frozenset(own), frozenset(unknown)),
            )
        )
    statements = {row for row in rows if row[1].startswith(CHOSEN)}
    lines = frame.shown(sheets, rows, states, statements)
    return {question.code: {row: lines[tables[question.code], row] for row in rows_of(question)} for question in family}


def _decides(code: str, spec: VersionSpec) -> bool:
    """Whether the answer decides if a question with answers to choose is put at all."""
    return any(
        (other in spec.questions and code in spec.questions[other].depends_on)
        and (spec.questions[other].kind in CLOSED or _decides(other, spec))
        for other in spec.dependents.get(code, ())
    )


def _said_otherwise(own: frozenset[Row], question: QuestionSpec, table: str) -> Iterator[frozenset[Row]]:
    """What a State could have said to a question on whose answer nothing else hangs."""
    said = {row for row in own if row[0] == table}
    if (table, Relation.NOT_APPLICABLE.value) in said:
        return
    rest = own - said
    chosen = {(table, f"{CHOSEN}{value}") for value in question.values}
    if question.kind in SINGLE:
        words = [Relation.CANNOT_ANSWER.value, *([] if question.required else [Relation.UNANSWERED.value])]
        for row in (*sorted(chosen), *((table, word) for word in words)):
            if row not in said:
                yield rest | {row}
    elif (table, Relation.ANSWERED.value) in said and said & chosen:
        for row in sorted(chosen):
            if row not in said:
                yield own | {row}
            elif len(said & chosen) > 1:
                yield own - {row}


# ── Needs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def needs_rows(spec: VersionSpec, rules: Scheme) -> dict[str, tuple[str, ...]]:
    """The codes by which States that ask are counted, each in its order."""
    asked = [question for question in spec if question.kind is Kind.ASSISTANCE]
    return {
        ANY: (ANY,),
        TYPE: (*ASSISTANCE_TYPES, NONE),
        ARTICLE: tuple(dict.fromkeys(_article(question.provision) for question in asked)),
        AREA: (*(area.code for area in rules.areas), NONE),
    }


def _article(provision: str) -> str:
    return ".".join(provision.split(".")[:2]) or NONE


def asked_for(request: Request) -> frozenset[str]:
    """The tables of needs in which the State of a request counts."""
    return frozenset(
        {
            f"{ANY}:{ANY}",
            f"{TYPE}:{request.type or NONE}",
            f"{ARTICLE}:{request.article or NONE}",
            *(f"{AREA}:{area}" for area in request.areas or (NONE,)),
        }
    )


Under = Callable[[str, str], frozenset[Row]]
"""The rows in which a State is counted that asks at a question for a type of assistance."""


def _counted_under(found: Dataset, rules: Scheme) -> Under:
    @functools.cache
    def under(code: str, kind: str) -> frozenset[Row]:
        question = found.spec.questions[code]
        areas = [
            area.code
            for area in rules.areas
            if kind in area.types or found.treaty in area.treaties or not set(question.topics).isdisjoint(area.topics)
        ]
        places = (f"{ANY}:{ANY}", f"{TYPE}:{kind}", f"{ARTICLE}:{_article(question.provision)}")
        return frozenset((table, ASKS) for table in (*places, *(f"{AREA}:{area}" for area in areas or [NONE])))

    return under


def _asked_otherwise(
    asked: Sequence[tuple[str, str]], questions: Mapping[str, QuestionSpec], under: Under
) -> Iterator[frozenset[Row]]:
    """What a State that asks could have asked for: one thing more, or something else that it asks for anyway.

    ``asked`` are the question and the type of each of its requests.
    """
    types = list(dict.fromkeys(kind for _code, kind in asked))
    codes = list(dict.fromkeys(code for code, _kind in asked))

    def may(code: str, kind: str) -> bool:
        return not questions[code].types or kind in questions[code].types

    def rows(pairs: Iterable[tuple[str, str]]) -> frozenset[Row]:
        return frozenset[Row]().union(*(under(code, kind) for code, kind in pairs))

    for kind in ASSISTANCE_TYPES:
        if kind not in types:
            yield from (rows([*asked, (code, kind)]) for code in codes[:1] if may(code, kind))
            continue
        for other in types:
            if other != kind and all(may(code, other) for code, one in asked if one == kind):
                yield rows((code, other if one == kind else one) for code, one in asked)
                break
    for code in questions:
        if code not in codes:
            yield from (rows([*asked, (code, kind)]) for kind in types[:1] if may(code, kind))
            continue
        for other_code in codes:
            if other_code != code and all(may(other_code, kind) for one, kind in asked if one == code):
                yield rows((other_code if one == code else one, kind) for one, kind in asked)
                break


def _needs_tables(
    frame: _Frame, found: Dataset, opened: Mapping[str, Opened], rules: Scheme
) -> dict[str, Mapping[str, tuple[int | None, ...]]]:
    codes = needs_rows(found.spec, rules)
    tables = {f"{what}:{code}": (what, code) for what, listed in codes.items() for code in listed}
    asking: dict[str, set[str]] = {state.code: set() for state in found.reported}
    told: dict[str, set[str]] = {code: set() for code in opened}
    requests: dict[str, list[Request]] = {}
    for request in stated(found, rules):
        requests.setdefault(request.state.code, []).append(request)
        own = asked_for(request) & tables.keys()
        asking[request.state.code] |= own
        seen = opened.get(request.state.code)
        if seen and request.uuid in {item["uuid"] for item in seen.digest["requests"]}:
            told[request.state.code] |= own
    questions = [question for question in found.spec if question.kind is Kind.ASSISTANCE]
    by_code, under = {question.code: question for question in questions}, _counted_under(found, rules)
    states: dict[Row, list[str]] = {}
    sheets = []
    for state in found.reported:
        seen = opened.get(state.code)
        for table in asking[state.code]:
            states.setdefault((table, ASKS), []).append(state.code)
        known = {question.code for question in questions if _knows(state, seen, question.code, found.spec)}
        if len(known) == len(questions) and questions:
            sheets.append(Sheet(state.code, state.group, frozenset(), frozenset(), is_free=False))
            continue
        unknown = set(tables) - told.get(state.code, set())
        unknown -= {
            f"{ARTICLE}:{article}"
            for article in codes[ARTICLE]
            if all(question.code in known for question in questions if _article(question.provision) == article)
        }
        own_rows = frozenset((table, ASKS) for table in asking[state.code] & unknown)
        asked = [(request.code, request.type) for request in requests.get(state.code, ())]
        # Only of whose requests nothing is known, and all can be read, another world can be thought of.
        variants = (
            tuple(_asked_otherwise(asked, by_code, under))
            if not known and all(code in by_code and kind for code, kind in asked)
            else ()
        )
        sheets.append(
            Sheet(state.code, state.group, own_rows, frozenset(unknown), is_free=not known, variants=variants)
        )
    every = [(table, ASKS) for table in tables]
    # That everybody asks for something, or for what falls into an area, does not say for what.
    statements = {(table, ASKS) for table, (what, _code) in tables.items() if what in (TYPE, ARTICLE)}
    lines = frame.shown(sheets, every, states, statements)
    return {what: {code: lines[f"{what}:{code}", ASKS] for code in listed} for what, listed in codes.items()}
