"""Invents a believable status for a demonstration: who signs and deposits when. It says nothing about any State.

The number of parties follows the published totals, so that charts have a true shape; which State comes when is drawn by
lot, but for three things: the States parties represented at the meeting of October 2009 are parties by then, those
represented as signatories have signed and no more, and nobody acts before being there.
"""

import random
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from palermo.parties.logic.kinds import TREATY_PARTIES, PartyKind
from palermo.treaties.logic.kinds import ActKind

MEETING = date(2009, 10, 1)
# Paragraph 12 of the meeting's report: States parties to the Convention that were represented.
PARTIES_AT_THE_MEETING = frozenset(
    """
    AFG DZA ARG AUT BLR BEL BGR BFA CAN CHL CHN COL CRI HRV DOM ECU EGY SLV EST FIN FRA DEU GTM HUN IDN IRQ ITA JOR KAZ
    KEN KWT LBN MEX MNE MAR NAM NLD NOR OMN PAN PRY PER PHL POL PRT QAT ROU RUS SAU SVK ZAF ESP SDN SWE CHE SYR TUN TUR
    GBR TZA USA VEN ZWE
    """.split()  # noqa: SIM905 - a list of codes reads better so
)
# Paragraph 14: signatories that were represented as observers.
SIGNATORIES_AT_THE_MEETING = frozenset(("AGO", "CZE", "IRN", "IRL", "JPN", "PAK", "KOR", "YEM"))
# Paragraph 15: represented as an observer, and neither.
LATER = {"PSE": date(2014, 4, 2)}


@dataclass(frozen=True)
class Course:
    """How an instrument fared: when it could be signed, and how many parties it had on some days."""

    convention: str
    opened: date
    closed: date
    totals: tuple[tuple[date, int], ...]


COURSES = {
    "untoc": Course(
        "",
        date(2000, 12, 12),
        date(2002, 12, 12),
        (
            (date(2001, 6, 1), 0),
            (date(2003, 7, 1), 40),
            (date(2004, 3, 25), 65),
            (date(2005, 7, 29), 107),
            (date(2008, 9, 26), 147),
            (date(2009, 10, 1), 151),
            (date(2014, 4, 2), 179),
            (date(2022, 6, 30), 191),
        ),
    ),
    "tip": Course(
        "untoc",
        date(2000, 12, 12),
        date(2002, 12, 12),
        (
            (date(2001, 9, 1), 0),
            (date(2003, 9, 26), 40),
            (date(2004, 3, 25), 50),
            (date(2005, 7, 29), 87),
            (date(2008, 9, 26), 124),
            (date(2009, 10, 1), 134),
            (date(2014, 4, 2), 159),
            (date(2024, 6, 28), 182),
        ),
    ),
    "som": Course(
        "untoc",
        date(2000, 12, 12),
        date(2002, 12, 12),
        (
            (date(2001, 9, 1), 0),
            (date(2003, 10, 30), 40),
            (date(2004, 3, 25), 44),
            (date(2005, 7, 29), 78),
            (date(2008, 9, 26), 116),
            (date(2009, 10, 1), 121),
            (date(2014, 4, 2), 138),
            (date(2024, 6, 28), 152),
        ),
    ),
    "fa": Course(
        "untoc",
        date(2001, 7, 2),
        date(2002, 12, 12),
        (
            (date(2001, 12, 1), 0),
            (date(2004, 3, 25), 14),
            (date(2005, 4, 4), 40),
            (date(2005, 7, 29), 43),
            (date(2008, 9, 26), 77),
            (date(2009, 10, 1), 79),
            (date(2014, 4, 2), 109),
            (date(2024, 6, 28), 124),
        ),
    ),
    "uncac": Course(
        "",
        date(2003, 12, 9),
        date(2005, 12, 9),
        (
            (date(2003, 12, 9), 0),
            (date(2005, 9, 15), 30),
            (date(2008, 9, 26), 126),
            (date(2009, 10, 1), 140),
            (date(2014, 4, 2), 170),
            (date(2023, 12, 15), 190),
        ),
    ),
}
REGIONAL_FROM = date(2004, 5, 21)


@dataclass(frozen=True)
class Roll:
    """One who can become a party."""

    KINDS: ClassVar[tuple[str, ...]] = tuple(kind.value for kind in TREATY_PARTIES)

    code: str
    iso3: str
    kind: str
    member_since: date | None


@dataclass(frozen=True)
class GeneratedAct:
    """One invented act."""

    instrument: str
    party: str
    kind: ActKind
    on: date
    effective_on: date | None = None


def generate(rolls: Iterable[Roll], *, seed: int, instruments: Collection[str]) -> list[GeneratedAct]:
    """Invents the acts of all towards the instruments whose course is known; the same seed gives the same acts."""
    everyone = sorted(rolls, key=lambda roll: roll.code)
    acts: list[GeneratedAct] = []
    deposits: dict[str, dict[str, date]] = {}
    for code in [code for code in COURSES if code in instruments]:
        lot = random.Random(f"{seed}/{code}")  # noqa: S311 - a lot, not a secret
        course = COURSES[code]
        deposits[code] = _deposits(everyone, course, lot, deposits.get(course.convention), convention=code == "untoc")
        for roll in everyone:
            acts.extend(_acts_of(roll, code, course, deposits[code].get(roll.code), lot))
    return acts


def _days(course: Course, lot: random.Random) -> list[date]:
    """The days of deposit, one for each party: so many by each day of the course, never on a weekend."""
    days: list[date] = []
    for (start, before), (end, after) in zip(course.totals, course.totals[1:], strict=False):
        span = (end - start).days
        some = sorted(_weekday(start + timedelta(days=lot.randint(1, span))) for _ in range(after - before))
        if some:
            some[-1] = end  # the total is reached on the day itself
        days.extend(min(day, end) for day in some)
    return days


def _weekday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def _there(roll: Roll) -> date:
    """From when a State can act: those who joined after 2000 became States, or members, then."""
    if roll.kind == PartyKind.REGIONAL_ORGANISATION:
        return REGIONAL_FROM
    return max(LATER.get(roll.iso3, date.min), roll.member_since or date.min)


def _deposits(
    everyone: Sequence[Roll], course: Course, lot: random.Random, above: dict[str, date] | None, *, convention: bool
) -> dict[str, date]:
    """Draws who deposits on each day; parties to a protocol come from the parties to its convention."""
    days = _days(course, lot)
    waiting = {roll.code: roll for roll in everyone}
    drawn: dict[str, date] = {}
    by_the_meeting = bisect_right(days, MEETING)
    owed = 0
    for rank, day in enumerate(days):
        owed += 1
        while owed:
            pool = [
                roll
                for roll in waiting.values()
                if _there(roll) <= day and (above is None or above.get(roll.code, date.max) <= day)
            ]
            if convention and day <= MEETING:
                pool = [roll for roll in pool if roll.iso3 not in SIGNATORIES_AT_THE_MEETING]
                urgent = [roll for roll in pool if roll.iso3 in PARTIES_AT_THE_MEETING]
                if len(urgent) >= by_the_meeting - rank:
                    pool = urgent
            if not pool:
                break  # nobody can act yet: one more does on the next day
            # The European Community came early; it is not left to the lot.
            regional = [roll for roll in pool if roll.kind == PartyKind.REGIONAL_ORGANISATION]
            roll = regional[0] if regional else lot.choice(pool)
            drawn[roll.code] = day
            del waiting[roll.code]
            owed -= 1
    return drawn


def _acts_of(roll: Roll, code: str, course: Course, deposit: date | None, lot: random.Random) -> list[GeneratedAct]:
    acts: list[GeneratedAct] = []
    chance, when, how = lot.random(), lot.random(), lot.random()
    last = min(course.closed, deposit - timedelta(days=30)) if deposit else course.closed
    must = code == "untoc" and roll.iso3 in SIGNATORIES_AT_THE_MEETING or roll.kind == PartyKind.REGIONAL_ORGANISATION
    may = (roll.member_since is None or roll.member_since <= course.opened) and roll.iso3 not in LATER
    if must or may and last > course.opened and chance < (0.8 if deposit else 0.4):
        # Most sign in the first days.
        days = int(when * 6) if when < 0.6 else int(when * max(0, (last - course.opened).days))
        acts.append(GeneratedAct(code, roll.code, ActKind.SIGNATURE, min(course.opened + timedelta(days=days), last)))
    if deposit:
        if not acts:
            kind = ActKind.ACCESSION
        elif roll.kind == PartyKind.REGIONAL_ORGANISATION or how < 0.04:
            kind = ActKind.APPROVAL
        else:
            kind = ActKind.ACCEPTANCE if how < 0.08 else ActKind.RATIFICATION
        acts.append(GeneratedAct(code, roll.code, kind, deposit))
    return acts
