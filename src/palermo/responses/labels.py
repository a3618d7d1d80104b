"""The words for codes that answers hold: types of assistance, urgencies, the fields of rows. For pages and reports."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.responses.logic.content import NONE_OF_THESE

Label = str | Promise

VALUES: dict[str, dict[str, Label]] = {
    "implementation": {"yes": _("Yes"), "in_part": _("Yes, in part"), "no": _("No")},
    "yes_no": {"yes": _("Yes"), "no": _("No")},
    "assistance": {"yes": _("Yes"), "no": _("No")},
}
NONE_LABELS: dict[str, Label] = {
    "choice": _("None of these"),
    "choices": _("None of these"),
    "legislation": _("There is no such law"),
    "cases": _("There is no such case"),
    "authority": _("There is no such authority"),
    "figures": _("No such figures exist"),
}
TEXT_LABELS: dict[str, Label] = {
    "text": _("Your answer"),
    "implementation": _("Explain, and cite the provision"),
    "yes_no": _("Explain, if it helps"),
    "choice": _("Explain, if it helps"),
    "choices": _("Explain, if it helps"),
    "number": _("Explain, if it helps"),
    "date": _("Explain, if it helps"),
    "figures": _("What these figures count, and their source"),
    "legislation": _("Remarks on the laws"),
    "cases": _("Remarks on the cases"),
    "authority": _("Remarks on the authorities"),
    "assistance": _("Remarks on the assistance wanted"),
}
ROW_TITLES: dict[str, Label] = {
    "legislation": _("Law %(number)s"),
    "cases": _("Case %(number)s"),
    "authority": _("Authority %(number)s"),
    "assistance": _("Request %(number)s"),
}
ANOTHER_ROW: dict[str, Label] = {
    "legislation": _("Save and add another law"),
    "cases": _("Save and add another case"),
    "authority": _("Save and add another authority"),
    "assistance": _("Save and add another request"),
}
ROW_LABELS: dict[str, dict[str, Label]] = {
    "legislation": {
        "title": _("Title of the law"),
        "number": _("Number"),
        "date": _("Date"),
        "articles": _("Articles"),
        "status": pgettext_lazy("of a law", "Status"),
        "link": _("Link"),
        "extract": _("Text of the articles, or a summary"),
    },
    "cases": {
        "title": _("Name of the case"),
        "year": _("Year"),
        "summary": _("What happened"),
        "convention_used": _("Was the Convention used?"),
        "outcome": _("Outcome"),
        "reference": _("Reference"),
    },
    "authority": {
        "body": _("Name of the body"),
        "unit": _("Unit"),
        "contact": _("Person or post"),
        "email": _("E-mail"),
        "telephone": _("Telephone"),
        "address": _("Address"),
        "languages": _("Languages accepted"),
        "urgent_channel": _("How to reach it urgently"),
    },
    "assistance": {
        "type": _("Type of assistance"),
        "urgency": _("Urgency"),
        "reason": _("Why it is needed, and why now"),
        "by_date": _("Needed by"),
        "institution": _("For which institution"),
        "expected_result": _("What should be different afterwards"),
        "received": _("What has already been received"),
        "received_from": _("From whom"),
        "more_would_help": _("Would more of it help?"),
    },
    "figures": {"number": _("Number"), "not_collected": _("not collected")},
}
URGENCIES: dict[str, Label] = {
    "critical": _("Critical"),
    "high": _("High"),
    "medium": _("Medium"),
    "low": _("Low"),
}
LAW_STATUSES: dict[str, Label] = {
    "in_force": _("In force"),
    "adopted": _("Adopted, not yet in force"),
    "draft": _("Draft"),
    "repealed": _("Repealed"),
}
YES_NO: dict[str, Label] = {"yes": _("Yes"), "no": _("No")}
ASPECTS: dict[str, Label] = {
    "implementation": _("implementation"),
    "measures": _("laws and measures"),
    "practice": _("practice"),
    "figures": _("figures"),
    "difficulties": _("difficulties"),
    "assistance": _("assistance"),
    "authority": _("authorities"),
    "notification": _("notifications"),
    "general": _("general questions"),
}
UNITS: dict[str, Label] = {
    "count": "",
    "money": _("amount, with its currency in the remarks"),
    "days": _("days"),
    "months": _("months"),
    "years": _("years"),
    "percent": _("per cent"),
}
OBLIGATIONS: dict[str, Label] = {
    "mandatory": _("mandatory"),
    "considered": _("to be considered"),
    "optional": _("optional"),
}
CHANNELS: dict[str, Label] = {
    "page": _("on the page"),
    "import": _("from a file"),
    "paper": _("from paper"),
}
# The fields of a row whose value is a code, with the words for it.
CODED_FIELDS: dict[tuple[str, str], dict[str, Label]] = {
    ("legislation", "status"): LAW_STATUSES,
    ("cases", "convention_used"): YES_NO,
    ("assistance", "type"): ASSISTANCE_TYPES,
    ("assistance", "urgency"): URGENCIES,
    ("assistance", "more_would_help"): YES_NO,
}


def value_label(kind: str, value: str, choices: dict[str, str]) -> str:
    """The words for one value of an answer; a code without words stands as it is."""
    if value == NONE_OF_THESE:
        return str(NONE_LABELS.get(kind, NONE_LABELS["choice"]))
    fixed = VALUES.get(kind, {}).get(value)
    return str(fixed) if fixed is not None else choices.get(value, value)


# The clusters of the task list, and the kinds of articles that belong to each.
CLUSTERS: dict[str, Label] = {
    "general": _("To begin with"),
    "frame": _("Terms and scope"),
    "criminalization": _("Criminalization"),
    "prevention": _("Prevention and supervision"),
    "judicial": _("Confiscation, jurisdiction and the courts"),
    "cooperation": _("International cooperation"),
    "enforcement": _("Law enforcement"),
    "protection": _("Witnesses and victims"),
    "assistance": _("Information, training and assistance"),
    "other": _("Other articles"),
}
CLUSTER_OF_KIND = {
    "frame": "frame",
    "definition": "frame",
    "criminalization": "criminalization",
    "prevention": "prevention",
    "confiscation": "judicial",
    "jurisdiction": "judicial",
    "judicial": "judicial",
    "cooperation": "cooperation",
    "law-enforcement": "enforcement",
    "protection": "protection",
    "data": "assistance",
    "assistance": "assistance",
}
