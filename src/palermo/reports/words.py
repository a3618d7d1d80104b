"""The words of a report in one language, from the translations of the interface."""

import datetime
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from palermo.base.templatetags.base_text import date_words
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
