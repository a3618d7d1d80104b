"""The tag for charts: what a page gets."""

from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from palermo.reports.logic.charts import Chart, Row, Series
from palermo.reports.views.charts import chart_file


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
