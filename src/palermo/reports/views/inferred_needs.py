"""What silent States may need, inferred by a stated method: apart from all that was stated."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.labels import ASSISTANCE_TYPES
from palermo.reports.logic import inferred as inferences
from palermo.reports.logic.tables import Cell, Table
from palermo.reports.views import frame
from palermo.reports.words import LIKENESS
from palermo.responses.logic.scopes import cycle_scope

INFERRED: Final = gettext_lazy(
    "Inferred by comparison. No State has asked for any of this, and it is in no count of stated needs."
)


@requires(Permission.SEE_INFERRED_NEEDS, scope=cycle_scope)
@require_safe
def needs_inferred(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What silent States may need, with the method and its numbers."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    context = {
        **opened.context(request, (_("Needs"), opened.url("needs")), (_("Inferred"), "")),
        "least": inferences.LEAST,
        "inferred": INFERRED,
        "states": [
            {
                "state": item.state,
                "likeness": LIKENESS[item.likeness.value] if item.likeness else "",
                "peers": [peer.name for peer in item.peers],
                "number": len(item.peers),
                "needs": [(ASSISTANCE_TYPES.get(need.type, need.type), need) for need in item.needs],
            }
            for item in inferences.inferred(opened.found)
        ],
        "downloads": opened.files("needs_inferred_file"),
    }
    return render(request, "reports/needs_inferred.html", context)


@requires(Permission.SEE_INFERRED_NEEDS, scope=cycle_scope)
@require_safe
def needs_inferred_file(request: HttpRequest, cycle: str, questionnaire: str, form: str) -> HttpResponse:
    """The same as data: a row for each type named, and one for a State of which nothing can be said."""
    opened = frame.open_analysis(request, cycle, questionnaire)
    rows: list[dict[str, Cell]] = []
    for item in inferences.inferred(opened.found):
        about_state: dict[str, Cell] = {
            "state": item.state.code,
            "name": item.state.name,
            "likeness": str(LIKENESS[item.likeness.value]) if item.likeness else "",
            "peers": len(item.peers),
            "peers_codes": " ".join(peer.code for peer in item.peers),
        }
        named: list[dict[str, Cell]] = [
            {"type": need.type, "type_words": str(ASSISTANCE_TYPES.get(need.type, need.type)), "asked": need.asked}
            for need in item.needs
        ]
        rows += [{**about_state, **need} for need in named or [{}]]
    columns = {
        "state": _("Code of the State, which is silent and has asked for nothing"),
        "name": _("Name of the State on the day"),
        "likeness": _("In what the similar States are like it; empty if fewer than %(least)s have reported")
        % {"least": inferences.LEAST},
        "peers": _("How many similar States reported"),
        "peers_codes": _("Their codes"),
        "type": _("Code of a type of assistance that at least half of them asked for; empty if there is none"),
        "type_words": _("The type of assistance in words"),
        "asked": _("How many of them asked for it"),
    }
    table = Table(_("What silent States may need: inferred, not stated"), opened.about, columns, rows, [str(INFERRED)])
    return opened.file(form, "inferred-needs", table)
