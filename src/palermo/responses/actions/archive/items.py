"""What comes in, what is there already, what is ready to be written, and how it went."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from palermo.parties.models import Party
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.logic.completeness import Progress
from palermo.responses.logic.content import Content, Given, Remark


@dataclass(frozen=True)
class Item:
    """One State's response. Without ``submitted_at`` it was begun and not sent; without answers it was only invited."""

    party: Party
    invited_at: datetime.datetime
    given: Sequence[Given] = ()
    answered_at: datetime.datetime | None = None
    """When the answers were given; by default when they were submitted."""
    submitted_at: datetime.datetime | None = None
    final_at: datetime.datetime | None = None
    """When the Secretariat closed what was submitted, if it did."""
    order: Sequence[str] = ()
    """The requests for assistance by their uuid, in the State's own order; empty if it gave none."""
    signed_by: str = ""
    """Who is on record as having answered and submitted; by default whoever carries it over."""
    basis: str = ""
    basis_on: datetime.date | None = None


@dataclass(frozen=True)
class Looked:
    """What the validation found in one response; nothing of it keeps a response out, as on the pages."""

    remarks: Mapping[str, tuple[Remark, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    """Answered, although the question does not apply: kept, and no part of the submission."""
    unfit: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.remarks or self.missing or self.parked or self.unfit)


@dataclass
class Archived:
    """How an import went, by the codes of the parties."""

    imported: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    looked: dict[str, Looked] = field(default_factory=dict)


@dataclass(frozen=True)
class Stored:
    """A response that is in the database already."""

    key: int
    version: int
    begun: bool
    submitted_at: datetime.datetime | None
    final: bool
    contents: Mapping[str, Any]
    order: tuple[str, ...]


@dataclass
class Ready:
    """A response that has been validated."""

    item: Item
    spec: VersionSpec
    version: int
    contents: dict[str, Content]
    forms: dict[str, dict[str, Any]]
    key: int = 0
    is_new: bool = True
    sections: dict[str, Progress] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The party's code."""
        return str(self.item.party.code)

    @property
    def answered_at(self) -> datetime.datetime:
        """When the answers were given; only for a response that has some."""
        at = self.item.answered_at or self.item.submitted_at
        assert at is not None
        return at

    def is_equal(self, there: Stored) -> bool:
        """Whether the same is on record already."""
        return (
            there.contents == self.forms
            and there.order == tuple(self.item.order)
            and there.submitted_at == self.item.submitted_at
            and there.final == (self.item.final_at is not None)
        )
