"""The words for codes that every questionnaire shares: obligations, kinds, fixed values, units, types of assistance."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

OBLIGATIONS: dict[str, Label] = {
    "mandatory": _("mandatory"),
    "considered": _("to be considered"),
    "optional": _("optional"),
}
# How the tag of an obligation is drawn.
OBLIGATION_TAGS: dict[str, str] = {"mandatory": "info", "considered": "plain", "optional": "plain"}
KINDS: dict[str, Label] = {
    "implementation": _("One answer: yes; yes, in part; no"),
    "yes_no": _("One answer: yes or no"),
    "choice": _("One of these answers"),
    "choices": _("Any number of these answers"),
    "text": _("A text"),
    "number": _("A number"),
    "date": _("A date"),
    "figures": _("Figures by year; “not collected” is an answer too"),
    "legislation": _("Citations of laws: title, number, date, articles"),
    "cases": _("Descriptions of cases"),
    "authority": _("A body and how to reach it"),
    "assistance": _("Yes or no; then requests with type, urgency, reason and date"),
    "note": "",
}
VALUES: dict[str, Label] = {"yes": _("Yes"), "in_part": _("Yes, in part"), "no": _("No")}
UNITS: dict[str, Label] = {
    "count": _("number"),
    "money": _("amount and currency"),
    "days": _("days"),
    "months": _("months"),
    "years": _("years"),
    "percent": _("per cent"),
}
ASSISTANCE_TYPES: dict[str, Label] = {
    "legislative-drafting": _("Legislative drafting"),
    "model-legislation": _("Model legislation"),
    "legal-advice": _("Legal advice"),
    "training": _("Training"),
    "on-site-expert": _("An expert on site"),
    "capacity-building": _("Capacity-building"),
    "institution-building": _("Building or reforming an institution"),
    "technology": _("Technology"),
    "data-collection": _("Data collection"),
    "best-practices": _("Good practices of other States"),
    "regional-cooperation": _("Regional cooperation"),
    "networking": _("Contacts and networks"),
    "awareness-raising": _("Awareness-raising"),
    "study-visit": _("A study visit"),
    "action-plan": _("A plan of action"),
    "equipment": _("Equipment"),
    "reporting-assistance": _("Help to report"),
    "other": _("Other assistance"),
}
