"""A response at its address: as its pages know it, and as much of it as saving one answer needs. One query each."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404
from django.utils import timezone

from palermo.parties.access import can, open_grants
from palermo.parties.logic.roles import Permission, allows, covers
from palermo.parties.models import PartyName, User
from palermo.questionnaires.logic.spec import QuestionSpec, SectionSpec, VersionSpec
from palermo.responses.logic.parts import Part, part_of
from palermo.responses.logic.standing import last_day
from palermo.responses.models import (
    Assignment,
    Declaration,
    PaperEntry,
    Response,
    ResponseState,
)
from palermo.responses.queries.archive import today
from palermo.responses.queries.deadlines import last_extension
from palermo.responses.queries.state import response_arguments, scope_of, spec_of


@dataclass(frozen=True)
class Place:
    """A response as a page of it knows it: with its questionnaire, the State's names and what the person may do."""

    response: Response
    spec: VersionSpec
    scope: str
    party_names: Mapping[str, Mapping[str, str]]
    is_open: bool
    extended_to: datetime.date | None = None
    # The last day for answers if it has passed, so that nothing is taken any more.
    closed_on: datetime.date | None = None

    @property
    def due_on(self) -> datetime.date:
        """The day on which the State's answers are due, its extension counted."""
        return max(filter(None, (self.response.cycle.due_on, self.extended_to)))

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which the State's answers are taken, if there is one."""
        return last_day(self.response.cycle.closes_on, self.extended_to)

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of the response's addresses."""
        return response_arguments(self.response)


def find_place(*, cycle: str, questionnaire: str, party: str) -> Place:
    """The response at this address with the State's names of today; 404 if there is none. One query."""
    names = PartyName.objects.filter(
        party=OuterRef("party"), validity__contains=timezone.localdate(), withdrawn_at=None
    )
    entries = PaperEntry.objects.filter(response=OuterRef("pk"), ended_at=None)
    found, more = _find(
        cycle, questionnaire, party,
        party_texts=Subquery(names.values("texts")[:1]),
        extended_to=last_extension(), entering=Exists(entries),
    )  # fmt: skip
    extended_to: datetime.date | None = more["extended_to"]
    last = last_day(found.cycle.closes_on, extended_to)
    # What came on paper is entered after the last day too.
    passed = last is not None and last < today() and not more["entering"]
    return Place(
        response=found,
        spec=spec_of(found),
        scope=scope_of(found),
        party_names=more["party_texts"] or {"en": {"short": found.party.code}},
        is_open=found.state == ResponseState.OPEN and not passed,
        extended_to=extended_to,
        closed_on=last if passed else None,
    )


def _find(cycle: str, questionnaire: str, party: str, **more: object) -> tuple[Response, dict[str, Any]]:
    """The response at an address, and what was asked of the database beside it, by its name; 404 if there is none."""
    try:
        found = (
            Response.objects.select_related("cycle", "questionnaire", "party")
            .annotate(**more)
            .get(cycle__code=cycle, questionnaire__code=questionnaire, party__code=party.upper())
        )
    except Response.DoesNotExist as error:
        raise Http404 from error
    return found, {name: getattr(found, name) for name in more}


def section_of(spec: VersionSpec, code: str) -> SectionSpec:
    """The section of a questionnaire; 404 if there is none."""
    try:
        return spec.section(code)
    except KeyError as error:
        raise Http404 from error


def question_in(section: SectionSpec, code: str) -> QuestionSpec:
    """The question of a section that has an answer; 404 if there is none."""
    for question in section.questions:
        if question.code == code and question.is_answered:
            return question
    raise Http404


def answers_for_all(user: User, scope: str) -> bool:
    """Whether the person answers for the whole response at ``scope``: the focal point, a deputy."""
    return any(allows(grant.role, Permission.ANSWER) and covers(grant.scope, scope) for grant in open_grants(user))


def part_in(user: User, scope: str, section: str, aspects: Collection[str] | None) -> Part:
    """The part of a section that the person may change; ``aspects`` are those of the person's assignment."""
    return part_of(
        may_answer=can(user, Permission.ANSWER, f"{scope}/{section}"),
        assigned=aspects,
        above=answers_for_all(user, scope),
    )


@dataclass(frozen=True)
class SavePlace:
    """As much of a response as saving one answer needs."""

    response: Response
    spec: VersionSpec
    scope: str
    part: Part
    declared: bool


def find_save_place(*, user: User, cycle: str, questionnaire: str, party: str, section: str) -> SavePlace:
    """The response at this address, the person's part of the section, and whether it stands declared. One query."""
    mine = Assignment.objects.filter(response=OuterRef("pk"), section=section, user=user, ended_at=None)
    open_declaration = Declaration.objects.filter(response=OuterRef("pk"), section=section, undone_at=None)
    found, more = _find(
        cycle, questionnaire, party,
        declared_now=Exists(open_declaration), aspects_now=Subquery(mine.values("aspects")[:1]),
    )  # fmt: skip
    scope = scope_of(found)
    return SavePlace(
        response=found,
        spec=spec_of(found),
        scope=scope,
        part=part_in(user, scope, section, more["aspects_now"]),
        declared=more["declared_now"],
    )
