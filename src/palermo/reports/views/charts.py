"""Charts and maps of any page: their words in the reader's language, and their files.

A view that shows charts asks ``chart_file`` first: the address of a file is that of the page, ``chart`` and ``form``
added, so that whoever may read the page may take its charts, and nobody else.
"""

import datetime
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palermo.base.downloads import download
from palermo.base.errors import Refusal
from palermo.base.multilingual import direction
from palermo.base.templatetags.base_text import date_words, number
from palermo.reports import exchange
from palermo.reports.logic import boundaries, charts, plotting, tile_map
from palermo.reports.logic.boundaries import Boundaries, BoundaryError
from palermo.reports.logic.charts import Chart, Words
from palermo.reports.logic.tables import as_csv, as_json
from palermo.reports.logic.tile_map import TileMap

logger = logging.getLogger(__name__)
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
        squares=_(
            "One square stands for each State. The arrangement and the size of the squares do not imply the expression "
            "of any opinion on the legal status of any country or territory, or on its boundaries."
        ),
        boundaries=_(
            "The boundaries and names shown and the designations used on this map do not imply official endorsement or "
            "acceptance by the United Nations."
        ),
    )


# The mark of the files with boundaries, after the key of their map.
WITH_BOUNDARIES = "-boundaries"


@dataclass(frozen=True)
class Known:
    """The boundaries that the operator supplied, or the reason why there are none."""

    held: Boundaries | None
    reason: str


def known_boundaries() -> Known:
    """The file of ``PALERMO_BOUNDARIES``, read once as long as it does not change."""
    path = str(settings.BOUNDARIES)
    if not path:
        return Known(
            None,
            _(
                "A map with boundaries is not shown, as the operator of this site has supplied none. "
                "The squares say the same."
            ),
        )
    try:
        changed = Path(path).stat().st_mtime_ns
    except OSError as error:
        logger.error("PALERMO_BOUNDARIES: %s: %s. Name a file that can be read.", path, error.strerror)
        return Known(None, _unread())
    held = _read(path, changed)
    return Known(held, "" if held else _unread())


def _unread() -> str:
    return _(
        "A map with boundaries is not shown: the file of boundaries cannot be used. The reason is in the log of the "
        "server. The squares say the same."
    )


@lru_cache(maxsize=2)
def _read(path: str, changed: int) -> Boundaries | None:
    try:
        if Path(path).stat().st_size > boundaries.BYTES:
            return boundaries.read(b" " * (boundaries.BYTES + 1), path, frozenset())
        return boundaries.read(Path(path).read_bytes(), path, frozenset(tile_map.grid()))
    except (BoundaryError, OSError) as error:
        logger.error("PALERMO_BOUNDARIES: %s", error)
        return None


def chart_file(request: HttpRequest, *offered: Chart | TileMap) -> HttpResponse | None:
    """The file of a chart if the address asks for one; else nothing, and the page offers the files of these charts.

    ``if file := chart_file(request, chart): return file`` before the page is rendered.
    """
    request.charts_offered = frozenset(spec.key for spec in offered)  # type: ignore[attr-defined]
    form, key = request.GET.get("form", ""), request.GET.get("chart", "")
    bounded = key.endswith(WITH_BOUNDARIES)
    spec = next((spec for spec in offered if spec.key == key.removesuffix(WITH_BOUNDARIES)), None)
    if spec is None or form not in TYPES or (bounded and (isinstance(spec, Chart) or form not in ("svg", "png"))):
        return None
    try:
        content = _content(spec, form, bounded)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return None
    return download(content, name=f"{key}.{form}", content_type=TYPES[form], cache="private, no-store")


def _content(spec: Chart | TileMap, form: str, bounded: bool) -> bytes:
    words = chart_words()
    if form in ("csv", "json"):
        made = charts.data(spec, words) if isinstance(spec, Chart) else tile_map.data(spec, words)
        return (as_csv(made) if form == "csv" else as_json(made)).encode()
    if isinstance(spec, Chart):
        drawing = plotting.svg(spec, words)
    elif bounded:
        known = known_boundaries()
        if known.held is None:
            raise Refusal(known.reason, "no_boundaries")
        drawing = boundaries.svg(spec, known.held, words)
    else:
        drawing = tile_map.svg(spec, words)
    return _picture(drawing) if form == "png" else drawing.encode()


@lru_cache(maxsize=16)
def _picture(drawing: str) -> bytes:
    """The picture of a drawing; the last few are kept, as many take the one of the front page."""
    return exchange.picture(drawing)
