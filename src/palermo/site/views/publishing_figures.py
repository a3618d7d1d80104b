"""Where the Secretariat publishes an edition of figures and withdraws it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.reports.views.frame import Place, place_at
from palermo.responses.logic.scopes import cycle_scope
from palermo.site.actions.figures import publish_figures, withdraw_figures
from palermo.site.queries import figures as queries

PAGE = ["GET", "HEAD", "POST"]


@requires(Permission.MAKE_DOCUMENTS, scope=cycle_scope)
@require_http_methods(PAGE)
def publish(request: HttpRequest, cycle: str, questionnaire: str) -> HttpResponse:
    """What an edition would show and hide, what was published before, and the buttons to publish and to withdraw."""
    place: Place = place_at(request, cycle, questionnaire)
    problems: list[str] = list(place.form.problems)
    status = 200
    if request.method == "POST":
        assert isinstance(request.user, User)
        try:
            if request.POST.get("do") == "withdraw":
                withdraw_figures(by=request.user, asked=place.asked)
                messages.success(request, _("The figures are no longer public."))
            else:
                if problems:
                    raise Refusal(problems[0], "dates")
                chosen = place.form.cleaned_data
                publish_figures(
                    by=request.user, asked=place.asked, as_at=chosen.get("as_at"), known_at=chosen.get("known_at")
                )
                messages.success(request, _("The figures are public now."))
        except Refusal as refusal:
            problems, status = [refusal.message], 409
        else:
            return redirect("site:publish_figures", cycle=cycle, questionnaire=questionnaire)
    chosen = place.form.cleaned_data
    draft = queries.draft(place.asked, as_at=chosen.get("as_at"), known_at=chosen.get("known_at"))
    published = queries.published_figures(cycle, questionnaire)
    titles = place.titles
    context = {
        "place": place,
        "form": place.form,
        "questionnaire_title": titles[0],
        "cycle_title": titles[1],
        "problems": problems,
        "draft": draft,
        "numbers": len(draft.figures.numbers),
        "threshold": settings.FIGURES_THRESHOLD,
        "published": published,
        "public_url": reverse("site:figures_of", kwargs=place.arguments) if published else "",
        "editions": list(reversed(queries.editions(cycle, questionnaire))),
        "crumbs": [
            (_("Reporting"), reverse("reports:reporting")),
            (" · ".join(titles), place.address("analysis")),
            (_("For the public"), ""),
        ],
    }
    return render(request, "site/figures_publish.html", context, status=status)
