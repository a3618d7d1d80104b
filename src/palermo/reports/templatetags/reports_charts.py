"""``{% chart spec %}``: a chart with its table, its sentence and its files; see ``docs/guide/charts.md``."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import mark_safe

from palermo.reports.logic import charts
from palermo.reports.logic.charts import Chart
from palermo.reports.views.charts import TYPES, chart_words

register = template.Library()


@register.inclusion_tag("reports/chart.html", takes_context=True)
def chart(context: Context, spec: Chart, level: int = 2, open: bool = False) -> Mapping[str, Any]:
    """The chart; ``level`` is that of its heading (2 to 4), ``open`` shows the table at once."""
    words = chart_words()
    return {
        "spec": spec,
        "heading": f"h{level if level in (2, 3, 4) else 2}",
        # Both drawings are made of escaped text by charts.svg alone; the style sheet shows the one that fits.
        "wide": mark_safe(charts.svg(spec, words, framed=False, mark="-w")),  # noqa: S308
        "narrow": mark_safe(charts.svg(spec, words, width=charts.NARROW, framed=False, mark="-n")),  # noqa: S308
        "shown": charts.table(spec, words),
        "standing": charts.standing(spec, words),
        "source": words.source.format(source=spec.source) if spec.source else "",
        "unit": words.unit.format(unit=spec.unit) if spec.unit else "",
        "open": open,
        "files": _files(context, spec.key),
    }


def _files(context: Context, key: str) -> list[tuple[str, str]]:
    """The label and address of each file, if the view answers for them."""
    request = context.get("request")
    if request is None or key not in getattr(request, "charts_offered", ()):
        return []
    found: list[tuple[str, str]] = []
    for form in TYPES:
        query = request.GET.copy()
        query["chart"], query["form"] = key, form
        found.append((form.upper(), f"?{query.urlencode()}"))
    return found
