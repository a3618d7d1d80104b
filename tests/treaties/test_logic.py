"""The rules of status, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palermo.treaties.logic.generated import (
    COURSES,
    MEETING,
    PARTIES_AT_THE_MEETING,
    SIGNATORIES_AT_THE_MEETING,
    Roll,
    generate,
)
from palermo.treaties.logic.kinds import ActKind
from palermo.treaties.logic.status import (
    Act,
    EntryRules,
    doubts_of,
    entry_into_force,
    months_later,
    problems_of,
    standing,
)

UNTOC = EntryRules(40, 90, 30, 12, date(2003, 9, 29))
SIGNED = Act(ActKind.SIGNATURE, date(2000, 12, 12))


@pytest.mark.parametrize(
    ("deposit", "bound"),
    [
        (date(2001, 6, 5), date(2003, 9, 29)),  # among the first forty
        (date(2003, 8, 30), date(2003, 9, 29)),  # thirty days end on the day of entry into force
        (date(2003, 8, 31), date(2003, 9, 30)),
        (date(2009, 9, 28), date(2009, 10, 28)),
    ],
)
def test_state_is_bound_after_thirty_days_or_at_entry_into_force(deposit: date, bound: date) -> None:
    found = standing([Act(ActKind.RATIFICATION, deposit)], UNTOC)
    assert (found.deposited_on, found.bound_on) == (deposit, bound)
    assert found.has_deposited(deposit)
    assert found.is_bound(bound)
    assert not found.is_bound(date.fromordinal(bound.toordinal() - 1))


def test_successor_is_bound_from_the_day_of_its_succession() -> None:
    found = standing([Act(ActKind.SUCCESSION, date(2006, 10, 23), date(2006, 6, 3))], UNTOC)
    assert (found.deposited_on, found.bound_on) == (date(2006, 10, 23), date(2006, 6, 3))


def test_signatory_is_no_party_and_stops_being_one_by_depositing() -> None:
    found = standing([SIGNED, Act(ActKind.RATIFICATION, date(2010, 1, 13))], UNTOC)
    assert found.is_signatory(date(2009, 10, 1))
    assert not found.has_deposited(date(2009, 10, 1))
    assert not found.is_signatory(date(2010, 1, 13))
    assert not found.is_signatory(date(2000, 12, 11))


def test_denunciation_takes_effect_after_a_year() -> None:
    acts = [Act(ActKind.ACCESSION, date(2004, 1, 1)), Act(ActKind.DENUNCIATION, date(2012, 2, 29))]
    found = standing(acts, UNTOC)
    assert found.left_on == date(2013, 2, 28)
    assert found.is_bound(date(2013, 2, 27))
    assert not found.is_bound(date(2013, 2, 28))
    assert not found.has_deposited(date(2013, 2, 28))


def test_leaving_the_convention_is_leaving_its_protocol() -> None:
    found = standing([Act(ActKind.ACCESSION, date(2004, 1, 1))], UNTOC, parent_denounced=[date(2010, 5, 1)])
    assert found.left_on == date(2011, 5, 1)


def test_treaty_not_in_force_binds_nobody() -> None:
    rules = EntryRules(40, 90, 30, 12, None)
    found = standing([Act(ActKind.ACCESSION, date(2004, 1, 1))], rules)
    assert found.has_deposited(date(2026, 1, 1))
    assert not found.is_bound(date(2026, 1, 1))


def test_entry_into_force_follows_the_fortieth_deposit() -> None:
    days = [date(2003, 7, 1)] * 40
    assert entry_into_force(days, UNTOC) == date(2003, 9, 29)
    assert entry_into_force(days[:39], UNTOC) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2012, 2, 29), 12, date(2013, 2, 28)),
        (date(2011, 12, 31), 2, date(2012, 2, 29)),
        (date(2011, 11, 30), 1, date(2011, 12, 30)),
        (date(2011, 1, 1), 0, date(2011, 1, 1)),
    ],
)
def test_months_later_stays_in_the_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_impossible_acts_are_named_with_a_way_out() -> None:
    late = Act(ActKind.SIGNATURE, date(2005, 1, 1))
    ratified, acceded = Act(ActKind.RATIFICATION, date(2004, 1, 1)), Act(ActKind.ACCESSION, date(2006, 1, 1))
    assert problems_of([late, ratified]) == [
        (
            "the ratification of 2004-01-01 comes before the signature of 2005-01-01",
            "Check both dates; they may be interchanged.",
        )
    ]
    assert [reason for reason, _remedy in problems_of([SIGNED, acceded])] == [
        "a State that has signed ratifies, accepts or approves; it does not accede"
    ]
    assert [reason for reason, _remedy in problems_of([Act(ActKind.DENUNCIATION, date(2004, 1, 1))])] == [
        "a denunciation needs an earlier consent to be bound"
    ]
    assert problems_of([SIGNED, ratified]) == []
    assert doubts_of([SIGNED, ratified]) == []
    assert len(doubts_of([ratified])) == 1


KINDS = st.sampled_from([kind for kind in ActKind if kind not in (ActKind.SIGNATURE, ActKind.DENUNCIATION)])
DAYS = st.dates(date(2000, 12, 12), date(2030, 1, 1))


@given(KINDS, DAYS, st.none() | DAYS, DAYS)
def test_bound_means_deposited_unless_a_succession_reaches_back(
    kind: ActKind, deposit: date, denounced: date | None, on: date
) -> None:
    acts = [Act(kind, deposit)] + ([Act(ActKind.DENUNCIATION, denounced)] if denounced else [])
    found = standing(acts, UNTOC)
    assert not found.is_bound(on) or found.has_deposited(on)
    assert not (found.is_signatory(on) and found.has_deposited(on))


def rolls() -> list[Roll]:
    codes = sorted(PARTIES_AT_THE_MEETING | SIGNATORIES_AT_THE_MEETING) + ["PSE", "SSD"]
    codes += [f"X{number:02}" for number in range(100)]
    since = {"MNE": date(2006, 6, 28), "SSD": date(2011, 7, 14)}
    found = [Roll(code.lower(), code, "state", since.get(code, date(1945, 10, 24))) for code in codes]
    return [*found, Roll("eu", "", "regional_organisation", None)]


@pytest.mark.parametrize("seed", range(5))
def test_generated_status_keeps_to_what_the_report_says(seed: int) -> None:
    acts = generate(rolls(), seed=seed, instruments=COURSES)
    assert acts == generate(reversed(rolls()), seed=seed, instruments=COURSES)
    assert acts != generate(rolls(), seed=seed + 1, instruments=COURSES)
    untoc = {act.party: act.on for act in acts if act.instrument == "untoc" and act.kind is not ActKind.SIGNATURE}
    signed = {act.party for act in acts if act.instrument == "untoc" and act.kind is ActKind.SIGNATURE}
    assert {code for code in PARTIES_AT_THE_MEETING if untoc.get(code.lower(), date.max) > MEETING} == set()
    assert {code for code in SIGNATORIES_AT_THE_MEETING if untoc.get(code.lower(), date.max) <= MEETING} == set()
    assert {code.lower() for code in SIGNATORIES_AT_THE_MEETING} - signed == set()
    assert sum(day <= MEETING for day in untoc.values()) == 151
    assert sum(day <= date(2003, 7, 1) for day in untoc.values()) == 40
    assert untoc["mne"] >= date(2006, 6, 28)
    assert untoc["eu"] >= date(2004, 5, 21)
    for act in acts:
        if act.instrument in ("tip", "som", "fa") and act.kind is not ActKind.SIGNATURE:
            assert act.on >= untoc[act.party]


@pytest.mark.parametrize("seed", range(3))
def test_generated_acts_are_plausible_and_single(seed: int) -> None:
    by_key: dict[tuple[str, str], list[Act]] = {}
    for act in generate(rolls(), seed=seed, instruments=COURSES):
        by_key.setdefault((act.instrument, act.party), []).append(Act(act.kind, act.on))
    assert [
        problems_of(acts) + doubts_of(acts) for acts in by_key.values() if problems_of(acts) or doubts_of(acts)
    ] == []
    assert max(map(len, by_key.values())) == 2
