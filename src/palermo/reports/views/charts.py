"""Charts and maps of any page: their words in the reader's language, and their files.

A view that shows charts asks ``chart_file`` first: the address of a file is that of the page, ``chart`` and ``form``
added, so that whoever may read the page may take its charts, and nobody else.
"""

import datetime
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.base.multilingual import direction
from palermo.base.templatetags.base_text import date_words, number
from palermo.reports import exchange
from palermo.reports.logic import charts
from palermo.reports.logic.charts import Chart, Words
from palermo.reports.logic.tables import as_csv, as_json

TYPES: Mapping[str, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def chart_words() -> Words:
    """What a drawing says in the language of the page."""
    language = get_language() or "en"
    return Words(
        language=language,
        right_to_left=direction(language) == "rtl",
        number=number,
        percent=lambda share: number(round(share, 2), "percent"),
        date=lambda day: date_words(day, "medium" if isinstance(day, datetime.datetime) else "long"),
        missing=_("no figure"),
        # Translators: a part and its whole beside a bar, such as "12 of 33".
        of=_("{part} of {whole}"),
        whole=_("Out of"),
        as_at=_("As at {date}"),
        day=_("Date"),
        known_at=_("as known at {date}"),
        source=_("Source: {source}"),
        unit=_("Unit: {unit}"),
        # Translators: a label and its figure, inside a sentence.
        item=_("{label}: {value}"),
        empty=_("There is nothing to show."),
        # Translators: the title of a chart and all its figures.
        few=_("{title}. {values}."),
        many=_(
            "{title}. Rows: {count}; figures from {least} to {most}; rows without a figure: {missing}. "
            "All figures are in the table."
        ),
        # Translators: stands between two figures of a sentence.
        between=_("; "),
        time=_("{title}. {values}."),
        course=_("{label}: {first} on {start}, {last} on {end}"),
        group=_("Group"),
    )


def chart_file(request: HttpRequest, *offered: Chart) -> HttpResponse | None:
    """The file of a chart if the address asks for one; else nothing, and the page offers the files of these charts.

    ``if file := chart_file(request, chart): return file`` before the page is rendered.
    """
    request.charts_offered = frozenset(chart.key for chart in offered)  # type: ignore[attr-defined]
    form = request.GET.get("form", "")
    chart = next((chart for chart in offered if chart.key == request.GET.get("chart")), None)
    if chart is None or form not in TYPES:
        return None
    try:
        content = _content(chart, form)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return None
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{chart.key}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _content(chart: Chart, form: str) -> bytes:
    words = chart_words()
    if form == "csv":
        return as_csv(charts.data(chart, words)).encode()
    if form == "json":
        return as_json(charts.data(chart, words)).encode()
    drawing = charts.svg(chart, words)
    return exchange.picture(drawing) if form == "png" else drawing.encode()
