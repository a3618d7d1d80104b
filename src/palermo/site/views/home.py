"""The front page and the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import can_below, public, signed_in
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.reports.logic.charts import Chart, Row, Series
from palermo.reports.views.charts import chart_file
from palermo.responses.queries.messages import unread_exchanges
from palermo.responses.views.shared import tell_unread
from palermo.site.queries import desk as queries
from palermo.site.queries.documents import publications
from palermo.site.views.publications import line_of

NEW_DOCUMENTS = 4


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What this is, who has reported, the treaties and the questionnaires."""
    reporting = queries.latest_reporting(request.LANGUAGE_CODE)
    chart = _reporting_chart(reporting) if reporting and reporting.invited else None
    if chart and (file := chart_file(request, chart)):
        return file
    context = {
        "treaties": queries.front_treaties(),
        "reporting": chart,
        "documents": [line_of(one, request.LANGUAGE_CODE) for one in publications()[:NEW_DOCUMENTS]],
    }
    return render(request, "site/front.html", context)


def _reporting_chart(reporting: queries.Reporting) -> Chart:
    """Who has reported in the latest cycle, of those invited, by regional group."""
    said = ngettext(
        "%(submitted)s of %(invited)s invited States has reported.",
        "%(submitted)s of %(invited)s invited States have reported.",
        reporting.submitted,
    ) % {"submitted": reporting.submitted, "invited": reporting.invited}
    return Chart(
        key="reports-by-region",
        kind="bars",
        title=_("Who has reported"),
        subtitle=f"{text_of(reporting.cycle.texts, 'title')}: {said}",
        heading=_("Regional group"),
        unit=_("States"),
        as_at=timezone.localdate(),
        series=(Series("reported", _("Reported, of those invited")),),
        rows=tuple(Row(region.name, (region.submitted,), region.invited) for region in reporting.regions),
    )


@signed_in
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What the person works on, and what waits for the person."""
    user = request.user
    assert isinstance(user, User)
    if can_below(user, Permission.READ_MESSAGES, "/cycles"):
        tell_unread(request, None, unread_exchanges(user))
    return render(request, "site/desk.html", queries.desk_of(user, request.LANGUAGE_CODE))
