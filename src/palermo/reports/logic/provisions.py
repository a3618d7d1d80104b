"""How all States fulfil the provisions, by the provisions' own rules; gaps by article and obligation; the offences.

Nothing is judged here: the verdicts stand in the digest of each submission. A gap is a mandatory provision that is not
met or met in part; what is unanswered is never a gap, and neither is silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from palermo.questionnaires.logic.spec import VersionSpec
from palermo.reports.logic.dataset import State
from palermo.reports.logic.picture import OFFENCES, article_of
from palermo.reports.logic.rates import WHOLE, Of, Rate, Slice
from palermo.reports.logic.replies import Relation, outside

# The verdicts of questionnaires.logic.fulfilment, and that a provision was not judged in a submission.
MET, IN_PART, NOT_MET, UNANSWERED, NOT_JUDGED = "met", "in_part", "not_met", "unanswered", "not_judged"
VERDICTS: Final = (MET, IN_PART, NOT_MET, UNANSWERED, NOT_JUDGED)
OUTSIDE: Final = (Relation.SILENT, Relation.RELEASED, Relation.NOT_ASKED, Relation.NOT_PARTY)
WORDS: Final = (*VERDICTS, *(word.value for word in OUTSIDE))
LEVELS: Final = ("mandatory", "considered", "optional")


def verdict(state: State, provision: str) -> str:
    """What a State's submission says of a provision, or why there is none: one of ``WORDS``."""
    away = outside(state)
    if away is not None:
        return away.value
    found: Mapping[str, str] = (state.digest or {}).get("provisions", {})
    return str(found.get(provision, NOT_JUDGED))


@dataclass(frozen=True)
class Judged:
    """A provision over a group of States."""

    provision: str
    slice: Slice
    words: Mapping[str, int]

    @property
    def reported(self) -> int:
        """How many submissions there are behind it."""
        return sum(self.words[word] for word in VERDICTS)

    @property
    def answered(self) -> int:
        """In how many it was answered: the denominator of *met*."""
        return self.words[MET] + self.words[IN_PART] + self.words[NOT_MET]

    def rate(self, word: str) -> Rate:
        """How many of those that answered stand so."""
        return Rate(self.words[word], self.answered, Of.ANSWERED)


def judged(states: Iterable[State], provision: str, slice: Slice = WHOLE) -> Judged:
    """The count of one provision over a group."""
    words = dict.fromkeys(WORDS, 0)
    for state in states:
        if slice.holds(state):
            words[verdict(state, provision)] += 1
    return Judged(provision, slice, words)


def behind(states: Iterable[State], provision: str, word: str, slice: Slice = WHOLE) -> tuple[State, ...]:
    """The States behind one number of a provision."""
    return tuple(state for state in states if slice.holds(state) and verdict(state, provision) == word)


def asked_provisions(spec: VersionSpec) -> tuple[str, ...]:
    """The provisions that are judged, in the order in which the questionnaire comes to them."""
    ruled = [code for code, rule in spec.rules.items() if rule.met_when is not None]
    place: dict[str, int] = {}
    for number, question in enumerate(spec):
        for provision in question.provisions:
            place.setdefault(provision, number)
    articles = {section.article: section.order for section in spec.sections if section.article}
    return tuple(
        sorted(ruled, key=lambda code: (articles.get(article_of(code), 10_000), place.get(code, 10_000), code))
    )


def obligation_of(spec: VersionSpec, provision: str) -> str:
    """The strongest obligation of the questions about a provision; ``none`` where nothing asks."""
    found = {question.obligation.value for question in spec if provision in question.provisions}
    return next((level for level in LEVELS if level in found), "none")


def levels(spec: VersionSpec, obligations: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The judged provisions by level of obligation, the strictest first, each in order.

    ``obligations`` are those of the treaty; where the treaty has none, that of the questions counts.
    """
    found: dict[str, list[str]] = {level: [] for level in LEVELS}
    for provision in asked_provisions(spec):
        level = obligations.get(provision, "none")
        level = level if level in LEVELS else obligation_of(spec, provision)
        if level in found:
            found[level].append(provision)
    return {level: tuple(codes) for level, codes in found.items()}


@dataclass(frozen=True)
class Cell:
    """What a State's submission says of one offence: how many of its elements stand in each word."""

    state: State
    word: str
    """``met`` if every element is met, ``not_met`` if none is at all, ``in_part`` between; else one of ``WORDS``."""
    words: Mapping[str, int]


@dataclass(frozen=True)
class Offence:
    """One offence over all States."""

    article: str
    elements: tuple[str, ...]
    cells: tuple[Cell, ...]

    def states(self, word: str, slice: Slice = WHOLE) -> tuple[State, ...]:
        """The States of a group at which the offence stands so."""
        return tuple(cell.state for cell in self.cells if cell.word == word and slice.holds(cell.state))


def offence_word(words: Sequence[str]) -> str:
    """One word for an offence from those of its elements.

    An element that nobody answered leaves the offence *unanswered*, unless another is not met already: then it cannot
    be met, whatever the answer would be.
    """
    known = [word for word in words if word in (MET, IN_PART, NOT_MET)]
    if not known:
        return words[0] if words and len(set(words)) == 1 else UNANSWERED
    open_ones = len(known) < len([word for word in words if word != NOT_JUDGED])
    if all(word == MET for word in known):
        return UNANSWERED if open_ones else MET
    if all(word == NOT_MET for word in known):
        return IN_PART if open_ones else NOT_MET
    return IN_PART


def criminalization(states: Sequence[State], spec: VersionSpec) -> tuple[Offence, ...]:
    """The basic offences of the treaty, each with its elements and every State."""
    asked = asked_provisions(spec)
    found = []
    for article in OFFENCES.get(spec.treaty, ()):
        elements = tuple(code for code in asked if article_of(code) == article)
        if not elements:
            continue
        cells = []
        for state in states:
            words = [verdict(state, element) for element in elements]
            cells.append(Cell(state, offence_word(words), {word: words.count(word) for word in set(words)}))
        found.append(Offence(article, elements, tuple(cells)))
    return tuple(found)
