"""What States have opened of their responses, as pages and as open data; and the page where they open it."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from palermo.base.downloads import download
from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import public, requires, signed_in
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.reports.logic.report import report
from palermo.reports.words import words
from palermo.responses.logic.consent import Level, levels
from palermo.responses.logic.scopes import response_scope
from palermo.responses.logic.snapshot import read_snapshot
from palermo.responses.models import Consent, Submission
from palermo.responses.queries.consent import given_for
from palermo.responses.views.shared import address, place_at, response_page
from palermo.site import exchange
from palermo.site.actions.publishing import decide_and_publish
from palermo.site.models import Published
from palermo.site.queries import published as queries
from palermo.site.words import LEVELS

PAGE = ["GET", "HEAD", "POST"]


@public
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Every response that a State has opened, and the open data of all of them."""
    language = get_language() or "en"
    found = queries.all_published()
    called = {party.code.lower(): name for party, name in queries.named_parties(language)}
    rows = sorted(
        (
            {
                "name": called[item.party].short if item.party in called else item.party.upper(),
                "sort": called[item.party].sort if item.party in called else item.party,
                "item": item,
                "url": _address(item.cycle, item.questionnaire, item.party),
            }
            for item in found
        ),
        key=lambda row: str(row["sort"]),
    )
    context = {
        "rows": rows,
        "generated": any(item.generated for item in found),
        "files": [(form, reverse("site:open_data", kwargs={"form": form})) for form in exchange.FORMS],
        "dictionary": exchange.DICTIONARY,
        "crumbs": [(_("Published answers"), "")],
    }
    return render(request, "site/published.html", context)


def _address(cycle: str, questionnaire: str, party: str) -> str:
    return reverse("site:answers_of", kwargs={"cycle": cycle, "questionnaire": questionnaire, "party": party})


@public
@require_safe
def answers_of(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """What one State has opened of one response: question by question, with what follows from it."""
    found = queries.published_response(cycle=cycle, questionnaire=questionnaire, party=party)
    if found is None:
        raise Http404
    return _opened(request, found)


def _opened(request: HttpRequest, found: Published, *, for_parties: bool = False) -> HttpResponse:
    language = get_language() or "en"
    national = read_snapshot(found.excerpt)
    shown = report(national, words(language), today=found.submitted_at.date())
    context = {
        "found": found,
        "report": shown,
        "for_parties": for_parties,
        "sections": [(section.code, part) for section, part in zip(national.sections, shown.annex, strict=True)],
        "crumbs": [(_("Published answers"), reverse("site:answers")), (shown.party.text, "")],
    }
    return render(request, "site/published_response.html", context)


@signed_in
@require_safe
def answers_for_parties(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """What one State has opened to the States parties, for people who work for one of them."""
    assert isinstance(request.user, User)
    found = queries.shared_response(request.user, cycle=cycle, questionnaire=questionnaire, party=party)
    if found is None:
        raise Http404
    return _opened(request, found, for_parties=True)


@public
@require_safe
def open_data(request: HttpRequest, form: str) -> HttpResponse:
    """All published answers in one file."""
    content = exchange.open_data(form, queries.published_excerpts())
    return download(content, name=f"palermo-published-answers.{form}", content_type=exchange.TYPES[form])


@requires(Permission.CLEAR_RESPONSE, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def consent(request: HttpRequest, cycle: str, questionnaire: str, party: str, number: int) -> HttpResponse:
    """The State decides, section by section, who may read this submission."""
    place = place_at(cycle, questionnaire, party)
    submission = (
        Submission.objects.filter(response=place.response, number=number)
        .select_related("response__cycle", "response__questionnaire", "response__party")
        .first()
    )
    if submission is None:
        raise Http404
    sections = json.loads(submission.snapshot)["sections"]
    codes = [section["code"] for section in sections]
    errors: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        whole = request.POST.get("all", "")
        decided = {code: whole or request.POST.get(f"level-{code}", "") for code in codes}
        assert isinstance(request.user, User)
        try:
            opened = decide_and_publish(
                by=request.user,
                submission=submission,
                decided={code: level for code, level in decided.items() if level},
            )
        except Refusal as refusal:
            errors, status = [("", refusal.message)], 409
        else:
            messages.success(
                request,
                ngettext(
                    "Recorded. One section can be read by everybody.",
                    "Recorded. %(count)s sections can be read by everybody.",
                    len(opened),
                )
                % {"count": len(opened)},
            )
            return redirect("site:consent", cycle=cycle, questionnaire=questionnaire, party=party, number=number)
    standing = levels(codes, given_for(submission))
    context = {
        "submission": submission,
        "levels": LEVELS,
        "sections": [
            {
                "code": section["code"],
                "title": text_of(section["texts"], "title"),
                "number": section["article"].rpartition(".")[2],
                "level": standing[section["code"]].value,
                "asked": len(section["questions"]),
            }
            for section in sections
        ],
        "public_count": sum(level == Level.PUBLIC for level in standing.values()),
        "public_url": _address(cycle, questionnaire, party) if Level.PUBLIC in standing.values() else "",
        "record": Consent.objects.filter(submission=submission).order_by("-at", "-pk")[:50],
        "level_words": dict(LEVELS),
        "errors": errors,
    }
    crumbs = [
        (_("Receipts"), address(place, "receipts")),
        (submission.receipt, address(place, "receipt", number=number)),
        (_("Who may read it"), ""),
    ]
    return response_page(request, "site/consent.html", place, context, crumbs=crumbs, status=status)
