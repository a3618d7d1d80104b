"""How a generated State goes through a cycle: whether and when it answers, how much, in which language.

Rates differ by region and development as they did in the first cycles of reporting: where capacity is short, fewer
reply, and later. The same seed gives the same course. Nothing here says anything about any State.
"""

import random
from dataclasses import dataclass

from palermo.site.logic.generated import Manner

REPLIES = {
    "african": 0.5,
    "asia-pacific": 0.52,
    "eastern-european": 0.78,
    "grulac": 0.6,
    "weog": 0.85,
}
FULFILLED = {
    "african": 0.5,
    "asia-pacific": 0.58,
    "eastern-european": 0.74,
    "grulac": 0.62,
    "weog": 0.84,
}
LANGUAGES = {
    "fr": "BEN BFA BDI CMR CAF TCD COG COD CIV DJI GAB GIN MDG MLI MCO NER SEN TGO FRA BEL LUX COM HTI CHE",
    "es": "ARG BOL CHL COL CRI CUB DOM ECU SLV GTM HND MEX NIC PAN PRY PER ESP URY VEN GNQ",
    "ar": "DZA BHR EGY IRQ JOR KWT LBN LBY MAR OMN QAT SAU SDN SYR TUN ARE YEM MRT PSE",
    "ru": "RUS BLR KAZ KGZ TJK UZB ARM AZE TKM",
    "zh": "CHN",
}
_LANGUAGE_OF = {code: language for language, codes in LANGUAGES.items() for code in codes.split()}


@dataclass(frozen=True)
class Traits:
    """What decides how a State fares: its code, its regional group, the development lists on which it stands."""

    code: str
    group: str = ""
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Course:
    """How one State answers one questionnaire in one cycle; days are counted from the opening of the cycle."""

    manner: Manner
    answered_day: int | None = None
    """When it gave its answers; none if it did not begin."""
    submitted_day: int | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it did not even begin."""
        return self.answered_day is None


def course(
    traits: Traits, *, cycle: str, questionnaire: str, seed: int, due_day: int, closing_day: int, progress: int = 0
) -> Course:
    """The course of a State; ``progress`` counts the cycles before, with which laws and replies grow."""
    # A State that answers one questionnaire is likely to answer the others.
    own = random.Random(f"{seed}:{traits.code}")  # noqa: S311 - believable, not secret
    eager, able = own.gauss(0, 0.22), own.gauss(0, 0.1)
    chance = random.Random(f"{seed}:{traits.code}:{cycle}:{questionnaire}")  # noqa: S311
    poor = len(traits.lists & {"ldc", "lldc", "sids"})
    reply = REPLIES.get(traits.group, 0.6) - 0.07 * poor + 0.04 * progress + eager
    fulfilled = min(0.97, max(0.15, FULFILLED.get(traits.group, 0.65) - 0.07 * poor + 0.05 * progress + able))
    draw, thorough, when = chance.random(), chance.random(), chance.random()
    manner = Manner(
        language=_LANGUAGE_OF.get(traits.code, "en"),
        fulfilled=round(fulfilled, 3),
        answered=1.0 if thorough < 0.5 else round(0.75 + thorough / 4, 3),
    )
    if draw >= reply:
        if draw >= reply + 0.2:
            return Course(manner)
        # Begun, and never sent.
        return Course(
            Manner(manner.language, manner.fulfilled, round(0.1 + 0.5 * thorough, 3)), int(due_day * (0.3 + when / 2))
        )
    if when < 0.45:
        submitted = int(due_day * (0.2 + when * 1.4))
    elif when < 0.75:
        # Many arrive in the last days.
        submitted = due_day - int(due_day * 0.1 * (when - 0.45) / 0.3)
    else:
        late = closing_day - due_day
        submitted = due_day + 1 + int((late - 2) * ((when - 0.75) * 4) ** 2)
    return Course(manner, submitted, submitted)
