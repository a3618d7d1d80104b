"""Charts and maps with their table, their sentence and their files; see ``docs/guide/charts.md``."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from palermo.reports.logic import boundaries, charts, plotting, tile_map
from palermo.reports.logic.charts import Chart
from palermo.reports.logic.drawing import NARROW
from palermo.reports.logic.tile_map import TileMap
from palermo.reports.views.charts import TYPES, WITH_BOUNDARIES, chart_words, known_boundaries

register = template.Library()


def _drawing(svg: str) -> SafeString:
    """A drawing for the page: made of escaped texts and of numbers by our own logic alone."""
    return mark_safe(svg)  # noqa: S308


def _frame(context: Context, spec: Chart | TileMap, level: int) -> dict[str, Any]:
    words = chart_words()
    return {
        "spec": spec,
        "heading": f"h{level if level in (2, 3, 4) else 2}",
        "standing": charts.standing(spec, words),
        "source": words.source.format(source=spec.source) if spec.source else "",
        "files": _files(context, spec.key, spec.key, TYPES),
    }


@register.inclusion_tag("reports/chart.html", takes_context=True)
def chart(context: Context, spec: Chart, level: int = 2, open: bool = False) -> Mapping[str, Any]:
    """The chart; ``level`` is that of its heading (2 to 4), ``open`` shows the table at once."""
    words = chart_words()
    return {
        **_frame(context, spec, level),
        # The style sheet shows the one that fits the place.
        "wide": _drawing(plotting.svg(spec, words, framed=False, mark="-w")),
        "narrow": _drawing(plotting.svg(spec, words, width=NARROW, framed=False, mark="-n")),
        "shown": charts.table(spec, words),
        "unit": words.unit.format(unit=spec.unit) if spec.unit else "",
        "open": open,
    }


@register.inclusion_tag("reports/map.html", name="tile_map", takes_context=True)
def tile_map_tag(context: Context, spec: TileMap, level: int = 2, bounded: bool = False) -> Mapping[str, Any]:
    """The map of squares; ``bounded`` adds the one with the operator's boundaries, or says why there is none."""
    words = chart_words()
    categories = spec.category_of
    made = {
        **_frame(context, spec, level),
        "legend": [
            (_drawing(tile_map.swatch(category, f"{spec.key}-s")), said)
            for category, said in tile_map.entries(spec, words)
        ],
        "regions": [
            (region, [(tile, categories[tile.category].label) for tile in tiles]) for region, tiles in spec.regions
        ],
        "columns": 3 if spec.note_heading else 2,
        "wide": _drawing(tile_map.svg(spec, words, framed=False, mark="-w")),
        "narrow": _drawing(tile_map.compact_svg(spec, words, mark="-n")),
        "disclaimer": words.squares,
        "bounded": bounded,
    }
    if bounded:
        known = known_boundaries()
        made["reason"] = known.reason
        if known.held is not None:
            made["areas"] = _drawing(boundaries.svg(spec, known.held, words, framed=False, mark="-b"))
            made["absent"] = boundaries.absent(spec, known.held)
            made["endorsement"] = words.boundaries
            made["area_files"] = _files(context, spec.key, f"{spec.key}{WITH_BOUNDARIES}", ("svg", "png"))
    return made


def _files(context: Context, key: str, name: str, forms: Iterable[str]) -> list[tuple[str, str]]:
    """The label and address of each file, if the view answers for them."""
    request = context.get("request")
    if request is None or key not in getattr(request, "charts_offered", ()):
        return []
    found: list[tuple[str, str]] = []
    for form in forms:
        query = request.GET.copy()
        query["chart"], query["form"] = name, form
        found.append((form.upper(), f"?{query.urlencode()}"))
    return found
