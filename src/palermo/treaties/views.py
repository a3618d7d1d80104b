"""The public pages of treaties: what was agreed, by whom, and since when."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import public
from palermo.parties.queries import parties_sorted
from palermo.treaties import queries
from palermo.treaties.forms import DayForm
from palermo.treaties.logic.chart import by_year, chart_of
from palermo.treaties.models import Instrument
from palermo.treaties.words import BEARERS, KINDS, OBLIGATIONS, TAGS, VERBS


@public
@require_safe
def treaties(request: HttpRequest) -> HttpResponse:
    """All treaties, with the number of their parties today."""
    today = timezone.localdate()
    context = {
        "today": today,
        "treaties": queries.party_counts(today).items(),
        "generated": bool(queries.generated_instruments()),
    }
    return render(request, "treaties/treaties.html", context)


@public
@require_safe
def treaty(request: HttpRequest, code: str) -> HttpResponse:
    """One treaty: its parties as at a day, over time, and its articles."""
    instrument = get_object_or_404(Instrument.objects.select_related("parent"), code=code)
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    day = form.day
    language = get_language() or "en"
    standings = queries.standings(instrument)
    parties = [party for party, found in standings.items() if found.has_deposited(day)]
    counts = [(count.on, count.parties) for count in queries.count_over_time(standings.values())]
    context = {
        "instrument": instrument,
        "form": form,
        "day": day,
        "parties": parties_sorted(language, parties, on=day),
        "bound": sum(found.is_bound(day) for found in standings.values()),
        "signatories": sum(found.is_signatory(day) for found in standings.values()),
        "chart": chart_of(counts, instrument.opened_on or instrument.adopted_on, day),
        "years": by_year(counts, day),
        "generated": instrument.pk in queries.generated_instruments(),
        "articles": [
            {
                "summary": summary,
                "label": OBLIGATIONS[summary.obligation],
                "tag": TAGS[summary.obligation],
                "kind": KINDS[summary.article.kind],
            }
            for summary in queries.articles(instrument)
        ],
        "crumbs": [(_("Treaties"), reverse("treaties:treaties")), (text_of(instrument.texts, "short"), "")],
    }
    return render(request, "treaties/treaty.html", context)


@public
@require_safe
def article(request: HttpRequest, code: str, article: str) -> HttpResponse:
    """One article: what each of its provisions demands, of whom, and how much."""
    instrument = get_object_or_404(Instrument, code=code)
    page = queries.article_page(instrument, article)
    if page is None:
        raise Http404
    language = get_language() or "en"
    place = page.articles.index(page.article)
    address = reverse("treaties:treaty", kwargs={"code": code})
    context = {
        "instrument": instrument,
        "article": page.article,
        "kind": KINDS[page.article.kind],
        "limbs": [
            {
                "provision": limb.provision,
                "anchor": limb.provision.code.replace(".", "-"),
                "citation": cite(limb.provision.code, language),
                "label": OBLIGATIONS[limb.provision.obligation],
                "tag": TAGS[limb.provision.obligation],
                "verb": VERBS[limb.provision.verb],
                "bearer": "" if limb.provision.bearer == "state" else BEARERS[limb.provision.bearer],
                "topics": limb.topics,
            }
            for limb in page.limbs
        ],
        "before": page.articles[place - 1] if place else None,
        "after": page.articles[place + 1] if place + 1 < len(page.articles) else None,
        "rail": [
            {
                "number": one.number,
                "label": text_of(one.texts, "short") or text_of(one.texts, "title"),
                "url": reverse("treaties:article", kwargs={"code": code, "article": one.number}),
                "current": one == page.article,
            }
            for one in page.articles
        ],
        "crumbs": [
            (_("Treaties"), reverse("treaties:treaties")),
            (text_of(instrument.texts, "short"), address),
            (cite(page.article.code, language), ""),
        ],
    }
    return render(request, "treaties/article.html", context)
