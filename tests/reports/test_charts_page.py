"""The tags for charts and maps: what a page gets, and the files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import override
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_party
from tests.factories.questionnaires import make_version

from palermo.reports.logic.charts import Chart, Row, Series
from palermo.reports.logic.tile_map import TileMap
from palermo.reports.views.charts import TYPES, chart_file
from palermo.site.actions.publishing import publish_reporting
from palermo.site.demonstration.specimens import specimen_map

pytestmark = pytest.mark.django_db
MAP = specimen_map(
    [("ARG", "Argentina", "South America"), ("MCO", "Monaco", "Western Europe")], {"ARG": "/en/states/arg/"}
)


def _chart(**changes: object) -> Chart:
    made: dict[str, object] = {
        "key": "by-region",
        "kind": "bars",
        "title": "Reports <b>",
        "heading": "Group",
        "series": (Series("reported", "Reported"),),
        "rows": (Row("Africa", (12,), 54), Row("Asia", (None,), 40)),
    }
    return Chart(**{**made, **changes})  # type: ignore[arg-type]


def _page(chart: Chart, offered: bool = True) -> str:
    request = RequestFactory().get("/en/x/", {"as_at": "2026-01-01"})
    if offered:
        assert chart_file(request, chart) is None
    with override("en"):
        return Template("{% load reports_charts %}{% chart spec %}").render(
            Context({"request": request, "spec": chart})
        )


def test_the_tag_shows_drawing_table_and_files() -> None:
    page = _page(_chart())
    assert page.count("<svg") == 2
    assert "Reports &lt;b&gt;" in page
    assert "<b>" not in page
    assert "style=" not in page
    assert "?as_at=2026-01-01&amp;chart=by-region&amp;form=png" in page
    assert "12 of 54" in page


def test_no_files_are_offered_that_the_view_does_not_answer_for() -> None:
    assert "form=png" not in _page(_chart(), offered=False)


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _file(spec: Chart | TileMap, form: str, language: str = "en", key: str = "") -> HttpResponse | None:
    request = RequestFactory().get("/en/x/", {"chart": key or spec.key, "form": form})
    request.session = SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    with override(language):
        return chart_file(request, _chart(key="other"), spec)


@pytest.mark.parametrize("spec", [_chart(), MAP], ids=["chart", "map"])
def test_each_form_is_a_file_of_its_kind(spec: Chart | TileMap) -> None:
    begins = {"svg": b"<svg", "png": b"\x89PNG\r\n", "csv": "\ufeff".encode(), "json": b"{"}
    for form, begin in begins.items():
        answer = _file(spec, form)
        assert answer is not None
        assert answer.content.startswith(begin)
        assert answer["Content-Disposition"] == f'attachment; filename="{spec.key}.{form}"'
        assert answer["Content-Type"] == TYPES[form]
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_picture_of_arabic_and_chinese_is_made() -> None:
    answer = _file(_chart(title="تقارير الدول", rows=(Row("中国", (1,), 2), Row("ليبيا", (2,), 2))), "png", "ar")
    assert answer is not None
    width, height = (int.from_bytes(answer.content[at : at + 4], "big") for at in (16, 20))
    assert width == 1339
    assert 200 < height < 600


@pytest.mark.parametrize(
    ("key", "form"), [("nothing", "svg"), ("by-region", "exe"), ("by-region", ""), ("../x", "png")]
)
def test_what_is_not_offered_shows_the_page(key: str, form: str) -> None:
    assert _file(_chart(), form, key=key) is None


def test_a_formula_in_a_name_is_text_in_the_data() -> None:
    answer = _file(_chart(rows=(Row("=cmd()", (1,), 2),)), "csv")
    assert answer is not None
    assert "\r\n'=cmd(),1,2\r\n" in answer.content.decode()


# ── The map on a page, with and without boundaries ───────────────────────────────────────────────────────────────────


def _map_page(spec: TileMap = MAP) -> str:
    request = RequestFactory().get("/en/x/")
    assert chart_file(request, spec) is None
    with override("en"):
        return Template("{% load reports_charts %}{% tile_map spec bounded=True %}").render(
            Context({"request": request, "spec": spec})
        )


def _earth(folder: Path, code: str = "ARG") -> str:
    ring = [[-70, -50], [-60, -50], [-60, -25], [-70, -25], [-70, -50]]
    area = {"type": "Polygon", "coordinates": [ring]}
    features = [{"type": "Feature", "properties": {"ISO_A3": code}, "geometry": area}]
    (folder / "earth.json").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(folder / "earth.json")


def test_the_table_comes_before_the_map_and_says_the_same() -> None:
    page = _map_page()
    assert page.index("<table") < page.index("map-wide")
    assert re.findall(r'<th scope="row">(?:<a [^>]+>)?([^<]+)(?:</a>)?</th><td>([^<]+)</td>', page) == [
        ("Argentina", "Reported"),
        ("Monaco", "Begun"),
    ]
    assert page.count('aria-label="ARG R, Argentina: Reported"') == 2
    assert "One square stands for each State." in page
    assert "style=" not in page


def test_without_boundaries_the_page_says_why() -> None:
    page = _map_page()
    assert "the operator of this site has supplied none" in page
    assert "map-areas" not in page


def test_with_boundaries_the_page_shows_them_with_their_disclaimer(settings: Any, tmp_path: Path) -> None:
    settings.BOUNDARIES = _earth(tmp_path)
    page = _map_page()
    assert page.count("map-areas") == 1
    assert "do not imply official endorsement" in page
    assert "The file of boundaries has no area for: Monaco." in page
    assert "chart=states-boundaries&amp;form=png" in page
    answer = _file(MAP, "svg", key="states-boundaries")
    assert answer is not None
    assert b"map-area" in answer.content
    assert _file(MAP, "csv", key="states-boundaries") is None


@pytest.mark.parametrize("broken", ["missing", "code"])
def test_a_file_that_cannot_be_used_is_in_the_log_and_on_the_page(
    broken: str, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BOUNDARIES = str(tmp_path / "no.json") if broken == "missing" else _earth(tmp_path, "Argentina")
    page = _map_page()
    assert "The reason is in the log of the server" in page
    assert settings.BOUNDARIES in caplog.text
    assert _file(MAP, "svg", key="states-boundaries") is None


# ── Where they are used ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_front_page_shows_who_has_reported_by_region(client: Client) -> None:
    version, _spec = make_version()
    cycle = make_cycle(version)
    for code, name in (("ARG", "Argentina"), ("CHL", "Chile")):
        response = invite(cycle, version, make_party(code, name))
    submit(response, {})
    # Until the worker has copied it, the public knows of nobody.
    assert "reports-by-region" not in client.get("/en/").content.decode()
    assert publish_reporting() == 2
    page = client.get("/en/").content.decode()
    assert "Reporting cycle 2026: 1 of 2 invited States has reported." in page
    held = json.loads(client.get("/en/", {"chart": "reports-by-region", "form": "json"}).content)
    assert [(row["label"], row["reported"], row["whole"]) for row in held["rows"]] == [("No regional group", 1, 2)]
    assert page.count("1 of 2</text>") == 2
