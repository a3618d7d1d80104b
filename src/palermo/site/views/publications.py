"""Documents of the Secretariat as everybody reads them: the list, the text, the files and the feed."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.downloads import download
from palermo.base.multilingual import ENDONYMS
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import public
from palermo.reports.exchange import TYPES
from palermo.reports.queries.documents import kinds
from palermo.site.exchange import NewDocument, documents_feed
from palermo.site.models import PublishedDocument
from palermo.site.queries import documents as queries
from palermo.treaties.models import Instrument

ON_A_PAGE: Final = 20
# With more documents than these, a list can be narrowed.
MANY: Final = 10
IN_FEED: Final = 50
# A document that is withdrawn shall soon be gone from caches too.
SECONDS: Final = 300


def _language() -> str:
    return get_language() or "en"


def page_of(found: PublishedDocument) -> str:
    """The address of a document."""
    return reverse("site:publication", kwargs={"code": found.code})


def _languages(items: Sequence[PublishedDocument]) -> list[dict[str, str]]:
    return [{"name": ENDONYMS[item.language], "code": item.language, "url": page_of(item)} for item in items]


def _files(found: Any) -> list[dict[str, Any]]:
    """The files with their sizes, which the query has counted."""
    return [
        {
            "form": form.upper(),
            "url": reverse("site:publication_file", kwargs={"code": found.code, "form": form}),
            "size": getattr(found, f"{form}_size"),
        }
        for form in queries.FILES
    ]


def line_of(one: queries.Publication, language: str) -> dict[str, Any]:
    """What a list says of a document."""
    item = one.best(language)
    return {
        "item": item,
        "url": page_of(item),
        "languages": _languages([one.texts[code] for code in one.languages]),
    }


@public
@require_safe
def publications(request: HttpRequest) -> HttpResponse:
    """Every published document, the newest first; the same one in several languages is one line."""
    language = _language()
    found = queries.publications()
    treaties = {row.code: row for row in Instrument.objects.filter(code__in={one.latest.treaty for one in found})}
    spoken = [code for code in ENDONYMS if any(code in one.texts for one in found)]
    treaty, tongue, problems = _narrowed(request, treaties, spoken)
    shown = [one for one in found if treaty in {"", one.latest.treaty} and (not tongue or tongue in one.texts)]
    page = Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page"))
    names = {code: kind.name(language) for code, kind in kinds().found.items()} if found else {}
    context = {
        "page": page,
        "lines": [
            {
                **line_of(one, tongue or language),
                "kind": names.get(one.latest.kind, ""),
                "treaty": text_of(treaties[one.latest.treaty].texts, "short") if one.latest.treaty in treaties else "",
            }
            for one in page
        ],
        "treaties": [(code, text_of(row.texts, "short"), code == treaty) for code, row in sorted(treaties.items())],
        "spoken": [(code, ENDONYMS[code], code == tongue) for code in spoken],
        "can_narrow": len(found) > MANY or bool(treaty or tongue or problems),
        "is_narrowed": bool(treaty or tongue),
        "problems": problems,
        "crumbs": [(_("Documents"), "")],
    }
    return render(request, "site/publications.html", context)


def _narrowed(request: HttpRequest, treaties: Any, spoken: Sequence[str]) -> tuple[str, str, list[str]]:
    """The treaty and the language that are asked for; what there is none of is said and left out."""
    treaty, tongue = request.GET.get("treaty", ""), request.GET.get("language", "")
    problems = []
    if treaty and treaty not in treaties:
        problems.append(_("There is no published document on this treaty. All treaties are shown."))
        treaty = ""
    if tongue and tongue not in spoken:
        problems.append(_("There is no published document in this language. All languages are shown."))
        tongue = ""
    return treaty, tongue, problems


@public
@require_safe
def publication(request: HttpRequest, code: str) -> HttpResponse:
    """One document with its text, its files and its other languages."""
    found = queries.publication(code)
    if found is None:
        raise Http404
    kind = kinds().found.get(found.kind)
    treaty = Instrument.objects.filter(code=found.treaty).first()
    context = {
        "found": found,
        "language": ENDONYMS[found.language],
        "kind": kind.name(_language()) if kind else "",
        "treaty": treaty,
        "files": _files(found),
        "others": _languages(queries.beside(found)),
        # Nothing but elements that our own sources use (reports.render.safe_html), and no link that leads away.
        "shown": mark_safe(found.html),  # noqa: S308 - by render.safe_html when it was published
        "crumbs": [(_("Documents"), reverse("site:publications")), (found.symbol or found.title, "")],
    }
    return render(request, "site/publication.html", context)


@public
@require_safe
def publication_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """A file of a document, byte for byte as it was when it was published; not sent to those who have it."""
    moment = queries.published_at(code)
    if moment is None:
        raise Http404
    tag, seconds = quote_etag(f"{code}-{form}-{moment.timestamp():.6f}"), int(moment.timestamp())
    answer = get_conditional_response(request, etag=tag, last_modified=seconds)
    if answer is None:
        content = queries.published_file(code, form)
        if content is None:
            raise Http404
        answer = download(content, name=f"{code}.{form}", content_type=TYPES[form])
    answer["ETag"], answer["Last-Modified"] = tag, http_date(seconds)
    patch_cache_control(answer, public=True, max_age=SECONDS)
    return answer


@public
@require_safe
def publications_feed(request: HttpRequest) -> HttpResponseBase:
    """The newest documents as an Atom feed, in the language of the address where there is one."""
    language, site = _language(), settings.SITE_ADDRESS
    entries = []
    for one in queries.publications()[:IN_FEED]:
        item = one.best(language)
        entries.append(
            NewDocument(
                urn=one.urn,
                title=" ".join(filter(None, [item.symbol, item.title])),
                summary=item.summary,
                language=item.language,
                url=site + page_of(item),
                first_at=min(text.published_at for text in one.texts.values()),
                updated_at=one.latest.published_at,
                files=[(site + file["url"], file["size"], TYPES[file["form"].lower()]) for file in _files(item)],
            )
        )
    content = documents_feed(
        title=_("Palermo: new documents"),
        author=pgettext("author of documents", "The Secretariat"),
        language=language,
        page=site + reverse("site:publications"),
        feed=site + reverse("site:publications_feed"),
        entries=entries,
    )
    answer = HttpResponse(content, content_type="application/atom+xml; charset=utf-8")
    answer["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(answer, public=True, max_age=SECONDS)
    tag = quote_etag(hashlib.sha256(content).hexdigest())
    answer["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=answer) or answer
