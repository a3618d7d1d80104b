"""When a section is complete, and what stands in the way of clearing a response. Computed on read, never stored."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from palermo.questionnaires.logic.fulfilment import fits, relevant_codes
from palermo.questionnaires.logic.spec import Kind, QuestionSpec, SectionSpec, VersionSpec
from palermo.responses.logic.content import Content, condition_value, condition_values, is_unanswered


class SectionState(StrEnum):
    """What a task list says of a section."""

    NOT_BEGUN = "not_begun"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Progress:
    """How far a section is. ``parked`` counts answers to questions that do not apply now."""

    section: str
    total: int
    answered: int
    missing: tuple[str, ...]
    parked: tuple[str, ...] = ()
    declared: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every relevant required question is answered or says why it cannot be (decisions, 12)."""
        return not self.missing

    @property
    def state(self) -> SectionState:
        """The state in one word; *complete* only once it has been declared."""
        if self.declared:
            return SectionState.COMPLETE
        if not self.answered:
            return SectionState.NOT_BEGUN
        return SectionState.READY if self.is_complete else SectionState.IN_PROGRESS


@dataclass(frozen=True)
class Sketch:
    """As much of an answer as progress needs: whether it is answered, and what conditions see of it."""

    answered: bool
    value: str | tuple[str, ...] | None = None


def sketch(content: Content, kind: str) -> Sketch:
    """The sketch of a whole content."""
    return Sketch(answered=not is_unanswered(content, kind), value=condition_value(content, kind))


def progress(
    spec: VersionSpec,
    sketches: Mapping[str, Sketch],
    *,
    today: datetime.date,
    declared: Iterable[str] = (),
    relevant: set[str] | None = None,
) -> dict[str, Progress]:
    """The progress of every section, by its code, in the order of the questionnaire.

    ``relevant`` are the codes of all questions that apply, if the caller knows them already.
    """
    if relevant is None:
        relevant = relevant_codes(spec, {code: item.value for code, item in sketches.items()}, today=today)
    answered = {code for code, item in sketches.items() if item.answered}
    complete = set(declared)
    return {section.code: _progress(section, answered, relevant, section.code in complete) for section in spec.sections}


def _progress(section: SectionSpec, answered: set[str], relevant: set[str], declared: bool) -> Progress:
    asked = [question for question in section.questions if question.kind is not Kind.NOTE]
    applying = [question for question in asked if question.code in relevant]
    return Progress(
        section=section.code,
        total=len(applying),
        answered=sum(question.code in answered for question in applying),
        missing=tuple(question.code for question in applying if question.required and question.code not in answered),
        parked=tuple(
            question.code for question in asked if question.code in answered and question.code not in relevant
        ),
        declared=declared,
    )


class Obstacle(StrEnum):
    """What blocks clearing, or only warns."""

    MISSING = "missing"
    NOT_DECLARED = "not_declared"
    CONFLICT = "conflict"
    RAW = "raw"
    CONSTRAINT = "constraint"
    REASON_MISSING = "reason_missing"
    # Warnings
    IN_PART_UNEXPLAINED = "in_part_unexplained"
    URGENCY_MISSING = "urgency_missing"
    NOT_RANKED = "not_ranked"
    COMMENT_OPEN = "comment_open"
    FLAGGED = "flagged"


BLOCKING = frozenset(
    {
        Obstacle.MISSING,
        Obstacle.NOT_DECLARED,
        Obstacle.CONFLICT,
        Obstacle.RAW,
        Obstacle.CONSTRAINT,
        Obstacle.REASON_MISSING,
    }
)


@dataclass(frozen=True)
class Finding:
    """One obstacle, with its place: a section, and a question if it is about one."""

    obstacle: Obstacle
    section: str
    code: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the response cannot be cleared before this is settled."""
        return self.obstacle in BLOCKING


def findings(
    spec: VersionSpec,
    contents: Mapping[str, Content],
    *,
    today: datetime.date,
    declared: Iterable[str] = (),
    conflicts: Iterable[str] = (),
    flagged: Iterable[str] = (),
    commented: Iterable[tuple[str, str]] = (),
    ranked: Iterable[str] = (),
) -> list[Finding]:
    """Everything that blocks or warns, in the order of the questionnaire. ``ranked`` are uuids of requests."""
    values = condition_values(spec.questions, contents)
    relevant = relevant_codes(spec, values, today=today)
    complete, open_conflicts, marked, in_order = set(declared), set(conflicts), set(flagged), set(ranked)
    talked: dict[str, set[str]] = {}
    for section_code, code in commented:
        talked.setdefault(section_code, set()).add(code)
    found: list[Finding] = []
    for section in spec.sections:
        for question in section.questions:
            if question.kind is Kind.NOTE:
                continue
            content = contents.get(question.code)
            if question.code in open_conflicts:
                found.append(Finding(Obstacle.CONFLICT, section.code, question.code))
            if question.code not in relevant:
                continue
            found += [
                Finding(obstacle, section.code, question.code) for obstacle in _obstacles(question, content, in_order)
            ]
            if not fits(question, values.get(question.code), values, today=today):
                found.append(Finding(Obstacle.CONSTRAINT, section.code, question.code))
            if question.code in marked:
                found.append(Finding(Obstacle.FLAGGED, section.code, question.code))
        if section.code not in complete:
            found.append(Finding(Obstacle.NOT_DECLARED, section.code))
        found += [Finding(Obstacle.COMMENT_OPEN, section.code, code) for code in sorted(talked.get(section.code, ()))]
    return found


def _obstacles(question: QuestionSpec, content: Content | None, ranked: set[str]) -> Iterable[Obstacle]:
    if content is None or is_unanswered(content, str(question.kind)):
        if content is not None and content.raw:
            yield Obstacle.RAW
        elif content is not None and content.cannot_answer and not content.reason:
            yield Obstacle.REASON_MISSING
        elif question.required:
            yield Obstacle.MISSING
        return
    if content.raw:
        yield Obstacle.RAW
    if question.kind is Kind.IMPLEMENTATION and content.value == "in_part" and not content.text:
        yield Obstacle.IN_PART_UNEXPLAINED
    if question.kind is Kind.ASSISTANCE and content.value == "yes":
        if any(not row.fields.get("urgency") for row in content.rows):
            yield Obstacle.URGENCY_MISSING
        if any(row.uuid not in ranked for row in content.rows):
            yield Obstacle.NOT_RANKED
