"""The words of a report in one language, from the translations of the interface."""

import datetime
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from palermo.base.templatetags.base_text import date_words
from palermo.reports.logic.needs import By
from palermo.reports.logic.report import Words
from palermo.responses import labels
from palermo.responses.logic.content import read_date

# Only what is mandatory can be met or not; the rest has words of its own and is never called a gap.
VERDICTS: dict[str, dict[str, str | Promise]] = {
    "mandatory": {"met": _("Met"), "in_part": _("In part"), "not_met": _("Not met"), "unanswered": _("Unanswered")},
    "considered": {
        "met": _("Considered"),
        "in_part": _("Considered in part"),
        "not_met": _("Not considered"),
        "unanswered": _("Unanswered"),
    },
    "optional": {
        "met": _("Option used"),
        "in_part": _("Option used in part"),
        "not_met": _("Option not used"),
        "unanswered": _("Unanswered"),
    },
}
LEVELS: dict[str, str | Promise] = {
    "mandatory": _("What States shall do"),
    "considered": _("What States shall consider"),
    "optional": _("What States may do"),
}

# In which relation States are counted (reports.logic.rates.Measure), and what each word means.
MEASURES: dict[str, str | Promise] = {
    "states": _("All States"),
    "parties": _("Parties"),
    "bound": _("Bound"),
    "asked": _("Asked"),
    "parties_asked": _("Parties asked"),
    "parties_not_asked": _("Parties not asked"),
    "reported": _("Reported"),
    "parties_reported": _("Parties that reported"),
    "in_time": _("Reported in time"),
    "late": _("Reported late"),
    "silent": _("Silent"),
    "parties_silent": _("Parties that are silent"),
    "released": _("No obligation to answer"),
    "parties_released": _("Parties without an obligation to answer"),
    "not_begun": _("Not begun"),
    "begun": _("Begun"),
    "submitted": _("Submitted"),
    "clarification": _("Under clarification"),
    "reopened": _("Reopened"),
    "final": _("Final"),
}
MEANINGS: dict[str, str | Promise] = {
    "states": _("States and regional organisations that existed on the day."),
    "parties": _("Had deposited an instrument of consent by the day, and had not left the treaty."),
    "bound": _("Parties for which the treaty was in force on the day."),
    "asked": _("Had been invited to answer by the day, and had not been released from answering."),
    "parties_asked": _("Parties among those asked."),
    "parties_not_asked": _("Parties that had not been invited to answer by the day."),
    "reported": _("Had submitted a response by the day, whatever followed."),
    "parties_reported": _("Parties among those that reported; other States that reported are not in this number."),
    "in_time": _("First submitted by their own date, extensions counted."),
    "late": _("First submitted after their own date, extensions counted."),
    "silent": _("Were asked and had not submitted by the day. Silence says nothing about implementation or needs."),
    "parties_silent": _("Parties among the silent."),
    "released": _("Had been invited, and then released from answering."),
    "parties_released": _("Parties among those released."),
    "not_begun": _("Asked, and no answer had been entered."),
    "begun": _("Asked, and an answer had been entered, but nothing submitted."),
    "submitted": _("Submitted; no clarification was open."),
    "clarification": _("Submitted; the Secretariat had asked what an answer means."),
    "reopened": _("Submitted, and then reopened by the Secretariat at the State’s request."),
    "final": _("Submitted and closed."),
}
LEGAL: dict[str, str | Promise] = {
    "party": _("Parties, bound by the treaty"),
    "deposited": _("Parties for which it is not yet in force"),
    "signatory": _("Signatories that are not parties"),
    "left": _("Former parties that left"),
    "none": _("Neither signatories nor parties"),
}
LEGAL_OF_ONE: dict[str, str | Promise] = {
    "party": _("Party"),
    "deposited": _("Party, not yet in force"),
    "signatory": _("Signatory"),
    "left": _("Former party"),
    "none": _("Not a party"),
}
SHARES: dict[str, str | Promise] = {"parties": _("Of the parties"), "asked": _("Of those asked")}
CHANGES: tuple[tuple[str | Promise, str | Promise], ...] = (
    (_("Of the parties, before"), _("Of the parties, now")),
    (_("Of those asked, before"), _("Of those asked, now")),
)
CUTS: dict[str, str | Promise] = {
    "region": _("By regional group"),
    "subregion": _("By sub-region"),
    "list": _("By development list"),
    "legal": _("By legal status"),
}
NOWHERE: dict[str, str | Promise] = {
    "region": _("Outside the regional groups"),
    "subregion": _("In no sub-region"),
    "list": _("On none of these lists"),
}
MOVES: dict[str, str | Promise] = {
    "both": _("Reported both times"),
    "new": _("Reported now, not before"),
    "no_longer": _("Reported before, not now"),
    "neither": _("Asked both times, silent both times"),
    "only_now": _("Asked only in this cycle"),
    "only_before": _("Asked only in the cycle before"),
}
HABITS: dict[str, str | Promise] = {
    "never": _("Never reported"),
    "once": _("Reported once"),
    "late": _("Reported late"),
    "silent": _("Silent in the latest cycle"),
    "always": _("Reported every time"),
}
HABIT_MEANINGS: dict[str, str | Promise] = {
    "never": _("Asked in at least one cycle, and reported in none."),
    "once": _("Reported in one cycle and no more, however often they were asked."),
    "late": _("Reported at least once after their own date, extensions counted."),
    "silent": _("Have not reported in the latest cycle in which they were asked."),
    "always": _("Reported in every cycle in which they were asked."),
}
ROUNDING = _("Percentages are whole, with halves rounded up. Over nobody there is no rate, which is not 0 %.")


def verdict(obligation: str, status: str) -> str:
    """What the answers say of a provision, in the words of its level of obligation and the current language."""
    return str(VERDICTS.get(obligation, VERDICTS["mandatory"])[status])


def date_shown(text: str, language: str | None = None) -> str:
    """An ISO date in words of a language (the current one by default); anything else as it was typed."""
    return date_words(datetime.date.fromisoformat(text), "long", language) if read_date(text) == text else text


def words(language: str) -> Words:
    """The words in ``language``."""

    def value(kind: str, code: str, choices: Mapping[str, str]) -> str:
        with override(language):
            return labels.value_label(kind, code, dict(choices))

    def judged(obligation: str, status: str) -> str:
        with override(language):
            return verdict(obligation, status)

    def field(kind: str, name: str) -> str:
        with override(language):
            return str(labels.ROW_LABELS.get(kind, {}).get(name, name))

    def coded(kind: str, name: str, code: str) -> str | None:
        known = labels.CODED_FIELDS.get((kind, name))
        if known is None:
            return None
        with override(language):
            return str(known.get(code, code))

    def row(kind: str, number: int) -> str:
        with override(language):
            return str(labels.ROW_TITLES[kind]) % {"number": number}

    def date(day: str) -> str:
        return date_shown(day, language)

    return Words(language=language, value=value, verdict=judged, field=field, coded=coded, row=row, date=date)


# How a State stands towards a question (reports.logic.replies.Relation).
RELATIONS: dict[str, str | Promise] = {
    "answered": _("Answered"),
    "cannot_answer": _("Cannot answer"),
    "unanswered": _("Unanswered"),
    "not_applicable": _("Did not apply"),
    "silent": _("Silent"),
    "released": _("No obligation to answer"),
    "not_asked": _("Parties not asked"),
    "not_party": _("Not a party, not asked"),
}
RELATION_MEANINGS: dict[str, str | Promise] = {
    "answered": _("The submission that counted on the day answers the question: the denominator of the answers."),
    "cannot_answer": _("The State says that it cannot answer, with its reason."),
    "unanswered": _("The question applied, and the submission says nothing to it."),
    "not_applicable": _("Because of other answers the question was not put to the State."),
    "silent": _("Asked, and nothing submitted by the day. Silence says nothing about implementation or needs."),
    "released": _("Invited, and then released from answering."),
    "not_asked": _("Parties to the treaty that had not been invited by the day."),
    "not_party": _("Neither a party on the day nor invited to answer."),
}
SHARES_OF_ANSWERS = _("Several answers can be chosen; the shares do not add up to a hundred per cent.")
# What submissions say of a provision (reports.logic.provisions.WORDS).
VERDICT_WORDS: dict[str, str | Promise] = {
    "met": _("Met"),
    "in_part": _("In part"),
    "not_met": _("Not met"),
    "unanswered": _("Unanswered"),
    "not_judged": _("Not judged"),
    **{word: RELATIONS[word] for word in ("silent", "released", "not_asked", "not_party")},
}
VERDICT_MEANINGS: dict[str, str | Promise] = {
    "met": _("The answers fulfil the provision’s own rule."),
    "in_part": _("The answers fulfil it in part; a gap only if the provision is mandatory."),
    "not_met": _("The answers do not fulfil it; a gap only if the provision is mandatory."),
    "unanswered": _("The questions it rests on are unanswered. This is no gap, and no sign that there is none."),
    "not_judged": _("The version that the State answered does not judge this provision."),
    **{word: RELATION_MEANINGS[word] for word in ("silent", "released", "not_asked", "not_party")},
}

# Who may read what a State told (responses.logic.consent.Level).
OPEN_TO: dict[str, str | Promise] = {
    "private": _("The Secretariat only"),
    "parties": _("States parties"),
    "public": _("Everybody"),
}
# What a question wants to know (questionnaires.logic.spec.Aspect).
ASPECTS: dict[str, str | Promise] = {
    "implementation": _("Implementation"),
    "measures": _("Measures and laws"),
    "practice": _("Practice"),
    "figures": _("Figures"),
    "difficulties": _("Difficulties"),
    "assistance": _("Assistance"),
    "authority": _("Authorities"),
    "notification": _("Notifications"),
    "general": _("General"),
}
# How what a State said differs from the cycle before (reports.logic.change.Step).
STEPS: dict[str, str | Promise] = {
    "improved": _("Improved"),
    "worsened": _("Worsened"),
    "different": _("Different"),
    "same": _("The same"),
    "both": _("Answered both times"),
    "new": _("Newly answered"),
    "no_longer": _("No longer answered"),
    "neither": _("Answered neither time"),
    "not_comparable": _("Cannot be compared"),
}
STEP_MEANINGS: dict[str, str | Promise] = {
    "improved": _("A step up: from no to in part or yes, or from not met to in part or met."),
    "worsened": _("A step down: from yes to in part or no, or from met to in part or not met."),
    "different": _("Another answer, of which nobody says whether it is better."),
    "same": _("The same answer or the same verdict both times."),
    "both": _("A text or rows were given both times; what they say is not compared."),
    "new": _("Answered now and not before, whether the State was silent, was not asked or left it unanswered."),
    "no_longer": _("Answered before and not now, whether the State is silent, is not asked or left it unanswered."),
    "neither": _("Not answered in either cycle, for whatever reason; the list of States says which."),
    "not_comparable": _("Answered at least once, but the question was not asked before, or its meaning has changed."),
}
# By what needs are counted (reports.logic.needs), and the words for the codes.
NEEDS_BY: dict[By, str | Promise] = {
    By.TYPE: _("By type of assistance"),
    By.NEED: _("By kind of need"),
    By.AREA: _("By priority area of the Conference"),
    By.ARTICLE: _("By article of the treaty"),
    By.TOPIC: _("By topic of the question"),
    By.REGION: _("By regional group"),
    By.SUBREGION: _("By sub-region"),
    By.URGENCY: _("By urgency"),
    By.YEAR: _("By the year by which it is needed"),
    By.APART: _("What stands apart"),
}
KINDS_OF_NEED: dict[str, str | Promise] = {
    "training-and-capacity": _("Training and capacity-building"),
    "legal-assistance": _("Legal assistance"),
    "international-cooperation": _("Strengthening of international cooperation"),
    "help-to-report": _("Assistance in complying with reporting requirements"),
    "other": _("Other needs"),
}
PRIORITY_AREAS: dict[str, str | Promise] = {
    "information": _("Gathering information on implementation"),
    "criminal-justice": _("Strengthening criminal justice responses to organized crime"),
    "cooperation": _("International cooperation and central authorities"),
    "data": _("Data collection"),
    "protocols": _("Implementation of the Protocols"),
}
NEEDS_APART: dict[str, str | Promise] = {
    "help-to-report": _("Help to report"),
    "not-regional": _("Needs that are not regional"),
}
NOTHING_SAID: dict[By, str | Promise] = {
    By.TYPE: _("No type was named"),
    By.ARTICLE: _("No article"),
    By.TOPIC: _("No topic"),
    By.AREA: _("In none of the five areas"),
    By.REGION: _("Outside the regional groups"),
    By.SUBREGION: _("In no sub-region"),
    By.URGENCY: _("No urgency was given"),
    By.YEAR: _("No date was given"),
}
LIKENESS: dict[str, str | Promise] = {
    "subregion_and_lists": _("the same sub-region and the same development lists"),
    "subregion": _("the same sub-region"),
    "region_and_lists": _("the same regional group and the same development lists"),
}
