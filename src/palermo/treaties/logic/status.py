"""From acts to standing: who has signed, who has deposited, who is bound on a day.

Two questions, kept apart: *deposited* counts instruments of consent received up to a day, which is what the published
lists of parties count; *bound* asks for whom the treaty is in force, which comes later by the days the treaty sets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from palermo.treaties.logic.kinds import CLASS_OF, ActClass, ActKind


@dataclass(frozen=True)
class EntryRules:
    """The numbers of a treaty's final clauses (for the Convention: articles 38 and 40)."""

    deposits_for_entry: int
    days_to_entry: int
    binds_after_days: int
    denunciation_after_months: int
    in_force_on: date | None = None


@dataclass(frozen=True)
class Act:
    """One act of one party."""

    kind: ActKind
    on: date
    effective_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """How a party stands towards an instrument, over time."""

    signed_on: date | None = None
    deposited_on: date | None = None
    deposited_as: ActKind | None = None
    bound_on: date | None = None
    denounced_on: date | None = None
    left_on: date | None = None

    def has_deposited(self, on: date) -> bool:
        """Whether the party counted among the parties on the day."""
        return self.deposited_on is not None and self.deposited_on <= on and not self.has_left(on)

    def is_bound(self, on: date) -> bool:
        """Whether the treaty was in force for the party on the day."""
        return self.bound_on is not None and self.bound_on <= on and not self.has_left(on)

    def has_left(self, on: date) -> bool:
        """Whether a denunciation had taken effect by the day."""
        return self.left_on is not None and self.left_on <= on

    def is_signatory(self, on: date) -> bool:
        """Whether the party had signed and not (yet) deposited: a signatory and no more."""
        return self.signed_on is not None and self.signed_on <= on and not self.has_deposited(on)

    def word(self, on: date) -> str:
        """``party``, ``deposited`` (not yet in force for it), ``left``, ``signatory`` or ``none``."""
        if self.is_bound(on):
            return "party"
        if self.has_deposited(on):
            return "deposited"
        if self.has_left(on):
            return "left"
        return "signatory" if self.is_signatory(on) else "none"


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - timedelta(days=1)).day))


def entry_into_force(deposits: Iterable[date], rules: EntryRules) -> date | None:
    """When the treaty enters into force: so many days after the deposit that completes the number.

    ``deposits`` are those of States; instruments of regional organisations do not count.
    """
    days = sorted(deposits)
    if rules.deposits_for_entry < 1 or len(days) < rules.deposits_for_entry:
        return None
    return days[rules.deposits_for_entry - 1] + timedelta(days=rules.days_to_entry)


def standing(acts: Iterable[Act], rules: EntryRules, parent_denounced: Iterable[date] = ()) -> Standing:
    """The standing that follows from a party's acts.

    A State that deposits before the treaty's entry into force is bound on that day, a later one so many days after its
    deposit, whichever is later. A successor is bound from the day on which its succession takes effect. Leaving the
    convention is leaving its protocols.
    """
    by_class = {CLASS_OF[act.kind]: act for act in acts}
    signature, consent = by_class.get(ActClass.SIGNATURE), by_class.get(ActClass.CONSENT)
    denounced = [act.on for kind, act in by_class.items() if kind is ActClass.DENUNCIATION]
    denounced += [day for day in parent_denounced if consent is None or day >= consent.on]
    denounced_on = min(denounced, default=None)
    bound_on = None
    if consent is not None and rules.in_force_on is not None:
        if consent.kind is ActKind.SUCCESSION:
            starts = consent.effective_on or consent.on
        else:
            starts = consent.effective_on or consent.on + timedelta(days=rules.binds_after_days)
        bound_on = max(starts, rules.in_force_on)
    return Standing(
        signed_on=signature.on if signature else None,
        deposited_on=consent.on if consent else None,
        deposited_as=consent.kind if consent else None,
        bound_on=bound_on,
        denounced_on=denounced_on,
        left_on=months_later(denounced_on, rules.denunciation_after_months) if denounced_on else None,
    )


def problems_of(acts: Iterable[Act]) -> list[tuple[str, str]]:
    """What cannot be true of a party's acts, as reasons with their way out; empty if all is well."""
    by_class = {CLASS_OF[act.kind]: act for act in acts}
    signature, consent = by_class.get(ActClass.SIGNATURE), by_class.get(ActClass.CONSENT)
    denunciation = by_class.get(ActClass.DENUNCIATION)
    found = []
    if signature and consent and consent.on < signature.on and consent.kind is not ActKind.SUCCESSION:
        found.append(
            (
                f"the {consent.kind.value} of {consent.on} comes before the signature of {signature.on}",
                "Check both dates; they may be interchanged.",
            )
        )
    if signature and consent and consent.kind is ActKind.ACCESSION:
        found.append(
            ("a State that has signed ratifies, accepts or approves; it does not accede", "Check the kind of act.")
        )
    if denunciation and (consent is None or denunciation.on <= consent.on):
        found.append(("a denunciation needs an earlier consent to be bound", "Record the consent first."))
    return found


def doubts_of(acts: Iterable[Act]) -> list[str]:
    """What is unusual but can be recorded."""
    kinds = {act.kind for act in acts}
    if ActKind.RATIFICATION in kinds and ActKind.SIGNATURE not in kinds:
        return ["a ratification without a signature: the signature or the kind of act may be missing in the source"]
    return []
