"""One questionnaire in one cycle as at a day: every State, how it stands, and what it has submitted.

All analysis reads this one structure. It is built from the database by ``reports.queries.dataset`` or from the frozen
copy behind a document, and analysis cannot tell the two apart. A State is there whether it was asked or not, so that
silence, *no answer* and *not a party* are three different things.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.responses.logic.standing import REPORTED, Standing

# The number of the shape in which a dataset is written to a file.
SCHEMA: Final = 1
# The words of treaties.logic.status.Standing.word: by these a State counts among the parties (by deposit).
DEPOSITED: Final = frozenset({"party", "deposited"})


@dataclass(frozen=True)
class State:
    """A State or regional organisation on the day, with its digest if it had submitted by then."""

    code: str
    """The code of the party in lower case, as addresses have it."""
    name: str
    sort: str
    group: str
    """The code of its regional group; empty if it is in none."""
    subregion: str
    lists: frozenset[str]
    """The development lists on which it stands: ``ldc``, ``lldc``, ``sids``."""
    legal: str
    """``party``, ``deposited`` (not yet in force for it), ``left``, ``signatory`` or ``none``."""
    standing: Standing
    number: int | None = None
    """The number of the submission that counted on the day."""
    receipt: str = ""
    first_at: datetime.datetime | None = None
    """When it reported first in this cycle."""
    due_on: datetime.date | None = None
    """Its own due date, extensions counted."""
    late: bool = False
    digest: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def is_party(self) -> bool:
        """Whether it counts among the parties, by deposit."""
        return self.legal in DEPOSITED

    @property
    def was_asked(self) -> bool:
        """Whether it had been invited and not released from answering."""
        return self.standing not in (Standing.NOT_INVITED, Standing.NO_OBLIGATION)

    @property
    def has_reported(self) -> bool:
        """Whether it had submitted by the day."""
        return self.standing in REPORTED

    @property
    def is_silent(self) -> bool:
        """Whether it was asked and has not reported: a signal, not *no need* (para. 29)."""
        return self.was_asked and not self.has_reported


@dataclass(frozen=True)
class Dataset:
    """The whole, with the two dates that make it reproducible."""

    cycle: str
    questionnaire: str
    treaty: str
    as_at: datetime.date
    known_at: datetime.datetime
    states: tuple[State, ...]
    """In the order of their names in the reader's language."""
    spec: VersionSpec = field(repr=False)
    years: tuple[int, ...] = ()

    @property
    def parties(self) -> tuple[State, ...]:
        """The parties by deposit."""
        return self.where(lambda state: state.is_party)

    @property
    def asked(self) -> tuple[State, ...]:
        """Who was asked."""
        return self.where(lambda state: state.was_asked)

    @property
    def reported(self) -> tuple[State, ...]:
        """Who has reported."""
        return self.where(lambda state: state.has_reported)

    @property
    def silent(self) -> tuple[State, ...]:
        """Who was asked and has not reported."""
        return self.where(lambda state: state.is_silent)

    def where(self, test: Callable[[State], bool]) -> tuple[State, ...]:
        """The States that pass a test, in order."""
        return tuple(state for state in self.states if test(state))

    def only(self, states: Iterable[State]) -> "Dataset":
        """The same with some of the States."""
        kept = {state.code for state in states}
        return replace(self, states=tuple(state for state in self.states if state.code in kept))


def exported(dataset: Dataset) -> dict[str, Any]:
    """The whole as plain data for a file: what was asked, and every State with its digest.

    Dates are ISO texts, moments ISO texts with their offset, sets are sorted lists.
    """
    return {
        "schema": SCHEMA,
        "cycle": dataset.cycle,
        "questionnaire": dataset.questionnaire,
        "treaty": dataset.treaty,
        "as_at": dataset.as_at.isoformat(),
        "known_at": dataset.known_at.isoformat(),
        "years": list(dataset.years),
        "version": {"number": dataset.spec.number, "sha256": dataset.spec.sha256},
        "questions": [_question(question) for question in dataset.spec],
        "provisions": {code: rule.not_asked for code, rule in dataset.spec.rules.items()},
        "states": [_plain(state) for state in dataset.states],
    }


def _question(question: QuestionSpec) -> dict[str, Any]:
    return {
        "code": question.code,
        "section": question.section,
        "provision": question.provision,
        "also": list(question.also),
        "asks": question.asks.value,
        "kind": question.kind.value,
        "obligation": question.obligation.value,
        "required": question.required,
        "values": list(question.values),
        "rows": [row.code for row in question.rows],
        "types": list(question.types),
        "topics": list(question.topics),
    }


def _plain(state: State) -> dict[str, Any]:
    plain = {item.name: getattr(state, item.name) for item in fields(state)}
    return plain | {
        "lists": sorted(state.lists),
        "standing": state.standing.value,
        "first_at": state.first_at.isoformat() if state.first_at else None,
        "due_on": state.due_on.isoformat() if state.due_on else None,
    }


def restored(data: Mapping[str, Any], spec: VersionSpec) -> Dataset:
    """The dataset that was exported, with what its version asks (the file names number and SHA-256 of the version)."""
    if data["schema"] != SCHEMA:
        raise ValueError(f"This file has the shape {data['schema']}; this program reads {SCHEMA}.")
    return Dataset(
        cycle=data["cycle"],
        questionnaire=data["questionnaire"],
        treaty=data["treaty"],
        as_at=datetime.date.fromisoformat(data["as_at"]),
        known_at=datetime.datetime.fromisoformat(data["known_at"]),
        states=tuple(_state(record) for record in data["states"]),
        spec=spec,
        years=tuple(data["years"]),
    )


def _state(record: Mapping[str, Any]) -> State:
    return State(
        **{
            **record,
            "lists": frozenset(record["lists"]),
            "standing": Standing(record["standing"]),
            "first_at": datetime.datetime.fromisoformat(record["first_at"]) if record["first_at"] else None,
            "due_on": datetime.date.fromisoformat(record["due_on"]) if record["due_on"] else None,
        }
    )
