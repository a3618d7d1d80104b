"""The page of the search."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.parties.access import public
from palermo.site.logic.segment import QUERY_LIMIT
from palermo.site.queries.published import named_parties
from palermo.site.queries.search import KINDS, PAGE, search
from palermo.site.words import FOUND

MOST_PAGES = 50


@public
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found, by kind; everybody sees what is public, others besides what they may read."""
    language = get_language() or "en"
    typed = request.GET.get("q", "").strip()[:QUERY_LIMIT]
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    number = request.GET.get("page", "1")
    page = min(int(number), MOST_PAGES) if number.isascii() and number.isdigit() and number != "0" else 1
    found = search(request.user, typed, language, kind=kind, page=page)
    here = reverse("site:search")

    def address(**changes: object) -> str:
        values = {"q": typed, "kind": kind, "page": page if page > 1 else "", **changes}
        return f"{here}?{urlencode({key: value for key, value in values.items() if value})}"

    called = {party.code.lower(): name.short for party, name in named_parties(language)} if found.hits else {}
    everything = sum(found.counts.values())
    context = {
        "typed": typed,
        "kind": kind,
        "found": found,
        "hits": [(hit, FOUND[hit.kind][0], called.get(hit.party, "")) for hit in found.hits],
        "chips": [
            {"label": _("Everything"), "url": address(kind="", page=""), "current": not kind, "count": everything},
            *(
                {
                    "label": FOUND[name][1],
                    "url": address(kind=name, page=""),
                    "current": kind == name,
                    "count": found.counts[name],
                }
                for name in KINDS
                if name in found.counts
            ),
        ],
        "before": address(page=page - 1 if page > 2 else "") if page > 1 else "",
        "after": address(page=page + 1) if found.total > PAGE * page and page < MOST_PAGES else "",
        "limit": QUERY_LIMIT,
    }
    return render(request, "site/search.html", context)
