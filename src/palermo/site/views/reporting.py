"""Who was asked and who has reported, for everybody."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from palermo.base.templatetags.base_text import date_words
from palermo.parties.access import public
from palermo.reports.logic.charts import GREY
from palermo.reports.logic.rates import Cut
from palermo.reports.logic.suppression import ALL
from palermo.reports.logic.tile_map import Category, Tile, TileMap
from palermo.reports.queries.rates import Names, asked_at, group_names
from palermo.reports.views.charts import chart_file
from palermo.reports.views.frame import page_language
from palermo.reports.words import NOWHERE
from palermo.site.queries import figures as queries
from palermo.site.queries.figures import Reporter
from palermo.site.views.edition import figures_title, group_head, titles_of


@public
@require_safe
def figures_reporting(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """Who was asked and who has reported by today, by regional group and by name."""
    asked = asked_at(cycle, questionnaire)
    today = timezone.localdate()
    record = queries.reporting_record(page_language(), cycle, questionnaire, today) if asked else []
    if asked is None or not record:
        raise Http404
    names = group_names(page_language(), today)
    spec = reporting_map(record, names, " · ".join(titles_of(asked)))
    if file := chart_file(request, spec):
        return file
    order = [*names.order(Cut.REGION), ""]
    rows = []
    for code in (*order, ALL):
        inside = record if code == ALL else [one for one in record if one.group == code]
        if inside:
            rows.append((group_head(code, names), len(inside), sum(one.reported_at is not None for one in inside)))
    titles = titles_of(asked)
    published = any((one.cycle, one.questionnaire) == (cycle, questionnaire) for one in queries.all_figures())
    arguments = {"cycle": cycle, "questionnaire": questionnaire}
    context = {
        "titles": titles,
        "today": today,
        "rows": rows,
        "map": spec,
        "figures_url": reverse("site:figures_of", kwargs=arguments) if published else "",
        "crumbs": [(figures_title(), reverse("site:figures")), (" · ".join(titles), "")],
    }
    return render(request, "site/figures_reporting.html", context)


def reporting_map(record: Iterable[Reporter], names: Names, source: str) -> TileMap:
    """A square for each State that was asked: reported, or not yet."""
    regions = names.names.get(Cut.SUBREGION, {})
    return TileMap(
        key="who-reported",
        title=_("Every State that was asked"),
        heading=_("State"),
        says=_("Report"),
        subtitle=_("Whether it has reported, in the order of the continents"),
        as_at=timezone.localdate(),
        source=source,
        categories=(
            Category("reported", _("Reported"), pgettext("one letter for: reported", "R"), 1),
            Category("silent", _("Not reported yet"), "–", GREY),
        ),
        tiles=tuple(
            Tile(
                one.code,
                one.name,
                "silent" if one.reported_at is None else "reported",
                href=reverse("site:state", kwargs={"code": one.code}),
                region=regions.get(one.subregion, str(NOWHERE["subregion"])),
                note=date_words(one.reported_at.date(), "medium") if one.reported_at else "",
            )
            for one in sorted(
                record, key=lambda one: list(regions).index(one.subregion) if one.subregion in regions else len(regions)
            )
        ),
        note_heading=_("First reported"),
    )
