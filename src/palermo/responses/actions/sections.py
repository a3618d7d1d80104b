"""Saving the form of a whole section at once, for browsers without scripts: only what the person changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.responses.actions.answers import contents_now, question_of, save_answer
from palermo.responses.logic.content import EMPTY, Content, Given, settle
from palermo.responses.logic.parts import Part, may_edit
from palermo.responses.models import Channel, Response
from palermo.responses.queries.history import base_contents


def refuse_unless_in_part(part: Part, question: QuestionSpec) -> None:
    """Raises a ``Refusal`` if the question belongs to the part of somebody else."""
    if not may_edit(part, question):
        raise Refusal(
            _("This question has not been handed to you. Ask the lead of the section or the focal point to change it."),
            "not_your_part",
        )


@dataclass(frozen=True)
class SectionSaved:
    """How the saving of a section went: what was saved, where two texts stand, and what could not be saved and why."""

    saved: tuple[str, ...]
    conflicts: tuple[str, ...]
    refused: Mapping[str, str]
    undone: bool


def save_section(
    *,
    by: User,
    response: Response,
    spec: VersionSpec,
    part: Part,
    given: Sequence[Given],
    channel: Channel = Channel.PAGE,
    on_behalf_of: str = "",
) -> SectionSaved:
    """Saves the answers of a form that the person changed, each on its own, so that one cannot hold up the others.

    An answer is changed if it differs both from what the person saw (its base) and from what is stored: one that
    somebody else changed meanwhile, and that was only carried along in the form, is left alone.
    """
    stored = contents_now(response, [item.code for item in given])
    contents = {item.code: _settled(spec, item) for item in given}
    stale = {
        item.code: item.base
        for item in given
        if item.base
        and item.code in stored
        and stored[item.code][0] != item.base
        and stored[item.code][1].canonical() != contents[item.code].canonical()
    }
    bases = base_contents(response, stale)
    saved: list[str] = []
    conflicts: list[str] = []
    refused: dict[str, str] = {}
    undone = False
    for item in given:
        content = contents[item.code].canonical()
        seen = bases.get(item.code, EMPTY) if item.base else EMPTY
        standing = stored[item.code][1] if item.code in stored else EMPTY
        # With base 0 the person saw an empty question; an untouched one comes back empty.
        if content in (standing.canonical(), seen.canonical() if item.code in stale or not item.base else None):
            continue
        try:
            refuse_unless_in_part(part, question_of(spec, item.code))
            done = save_answer(
                by=by, response=response, spec=spec, given=item, channel=channel, on_behalf_of=on_behalf_of
            )
        except Refusal as refusal:
            refused[item.code] = refusal.message
            continue
        (conflicts if done.conflict else saved).append(item.code)
        undone = undone or done.undone
    return SectionSaved(tuple(saved), tuple(conflicts), refused, undone)


def _settled(spec: VersionSpec, given: Given) -> Content:
    return settle(question_of(spec, given.code), given.content, values=given.values)[0]
