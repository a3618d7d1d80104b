"""Words for this app's codes, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Label = str | Promise

OBLIGATIONS: dict[str, Label] = {
    "mandatory": _("mandatory"),
    "considered": _("to be considered"),
    "optional": _("optional"),
    "none": _("no obligation"),
}
# How the tag of an obligation is drawn.
TAGS = {"mandatory": "info", "considered": "plain", "optional": "plain", "none": "plain"}
VERBS: dict[str, Label] = {
    "shall": _("shall"),
    "shall-consider": _("shall consider"),
    "shall-endeavour": _("shall endeavour"),
    "may": pgettext_lazy("verb of a treaty", "may"),
    "should": _("should"),
    "encouraged": _("is encouraged"),
    "none": "",
}
BEARERS: dict[str, Label] = {
    "state": _("State"),
    "conference": _("Conference of the Parties"),
    "secretariat": _("Secretary-General and secretariat"),
    "depositary": _("depositary"),
    "organization": _("regional economic integration organization"),
}
KINDS: dict[str, Label] = {
    "frame": _("purpose and scope"),
    "definition": _("definitions"),
    "criminalization": _("criminalization"),
    "prevention": _("prevention"),
    "confiscation": _("confiscation"),
    "jurisdiction": _("jurisdiction"),
    "cooperation": _("international cooperation"),
    "law-enforcement": _("law enforcement"),
    "protection": _("protection of persons"),
    "data": _("information and data"),
    "assistance": _("training and assistance"),
    "final": _("institutions and final clauses"),
    "judicial": _("prosecution and sanctions"),
}
ACTS: dict[str, Label] = {
    "signature": _("signature"),
    "ratification": _("ratification"),
    "acceptance": _("acceptance"),
    "approval": _("approval"),
    "accession": _("accession"),
    "formal_confirmation": _("formal confirmation"),
    "succession": _("succession"),
    "denunciation": _("denunciation"),
}
STANDINGS: dict[str, Label] = {
    "party": _("party"),
    "deposited": _("deposited, not yet in force"),
    "signatory": _("signatory"),
    "left": _("has left"),
    "none": _("not a party"),
}
STANDING_TAGS = {"party": "done", "deposited": "info", "signatory": "part", "left": "gap", "none": "plain"}
