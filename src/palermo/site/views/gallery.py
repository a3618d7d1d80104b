"""Every chart and map in hard cases; of the demonstration and the tests only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.parties.access import public
from palermo.parties.logic.kinds import TREATY_PARTIES, GroupKind
from palermo.parties.queries import group_name, groups_of, parties, parties_sorted
from palermo.reports.views.charts import chart_file
from palermo.site.demonstration.specimens import specimen_map, specimens


@public
@require_safe
def charts(request: HttpRequest) -> HttpResponse:
    """All charts, and the map of squares with and without boundaries."""
    language = get_language() or "en"
    regions = groups_of(None, kind=GroupKind.SUBREGION.value)
    named = {group: group_name(group, language) for found in regions.values() for group in found}
    states = [
        (party.code, name.short, " · ".join(named[group] for group in regions.get(party.pk, ())[-1:]) or _("No region"))
        for party, name in parties_sorted(language, parties(*TREATY_PARTIES))
    ]
    addresses = {code: reverse("site:state", kwargs={"code": code.lower()}) for code, _name, _region in states}
    shown, mapped = specimens(), specimen_map(states, addresses)
    if file := chart_file(request, *shown, mapped):
        return file
    return render(request, "site/gallery.html", {"charts": shown, "map": mapped})
