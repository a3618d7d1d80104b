"""The pages on what a response amounts to: gaps and needs, and the national report with its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.citation import anchor
from palermo.base.downloads import download
from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import can, can_below, requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.reports import exchange
from palermo.reports.logic import ordering, picture
from palermo.reports.logic.data import answers_csv
from palermo.reports.logic.report import FigurePart, Report, RequestPart
from palermo.reports.logic.report import report as report_of
from palermo.reports.queries.national import Reading, live, requests_out_of_sight, submitted
from palermo.reports.words import LEVELS, date_shown, verdict, words
from palermo.responses.actions.workflow import rank_requests
from palermo.responses.logic.scopes import response_scope
from palermo.responses.models import ResponseState
from palermo.responses.queries.messages import exchanges_about, unread_in
from palermo.responses.views.shared import tell_unread

READ = ["GET", "HEAD"]
DOCUMENTS = ("docx", "pdf", "html")
KINDS = {"met": "done", "in_part": "part", "not_met": "gap", "unanswered": "plain"}


@dataclass(frozen=True)
class ShownFinding:
    """A provision on the page: its verdict in words, and the address of the questions behind it."""

    finding: picture.Finding
    verdict: str
    kind: str
    url: str


@dataclass(frozen=True)
class ShownOffence:
    """A basic offence on the page."""

    offence: picture.Offence
    title: str
    elements: tuple[ShownFinding, ...]


@dataclass(frozen=True)
class ShownLevel:
    """A level of obligation on the page."""

    level: picture.Level
    title: str
    shown: tuple[ShownFinding, ...]
    unanswered: tuple[ShownFinding, ...]


@dataclass(frozen=True)
class ShownRequest:
    """A request for assistance on the page, with its place and the address of its question."""

    uuid: str
    place: int
    ranked: bool
    by_date: str
    part: RequestPart
    url: str


@dataclass(frozen=True)
class ShownFigures:
    """A table of figures on the page."""

    part: FigurePart
    url: str


def _language() -> str:
    return get_language() or "en"


def _question_url(reading: Reading, section: str, code: str) -> str:
    """The place of a question on its page; empty for what was submitted, which nobody can change there."""
    if not section or reading.receipt is not None:
        return ""
    page = reverse("responses:section", kwargs={**reading.arguments, "section": section})
    return page + (f"#{anchor(code)}" if code else "")


# The place of a question in the report, as ``render.safe_html`` leaves it.
_QUESTION = re.compile(r'<div (?=[^>]*class="question")[^>]*id="(q-[A-Za-z0-9_-]+)"[^>]*>.*?(?=</div>)', re.DOTALL)


def _with_messages(request: HttpRequest, reading: Reading, fragment: str) -> str:
    """The report with what is said about each answer, and the ways to write about it and to ask what it means.

    One query, none for those who read no messages.
    """
    scope, user = response_scope(**reading.arguments), request.user
    assert isinstance(user, User)
    if not can(user, Permission.READ_MESSAGES, scope):
        return fragment
    said = exchanges_about(reading.response, user, scope)
    tell_unread(request, reading.arguments, unread_in(said))
    ways = []
    if can(user, Permission.WRITE_MESSAGES, scope):
        ways.append(("responses:write_message", _("Write about it")))
    if can(user, Permission.ASK_CLARIFICATION, scope) and reading.response.state == ResponseState.SUBMITTED:
        ways.append(("responses:ask_clarification", _("Ask for a clarification")))
    links = [(reverse(name, kwargs=reading.arguments), words) for name, words in ways]
    listing = reverse("responses:messages", kwargs=reading.arguments)
    codes = {
        anchor(question.code): question.code for section in reading.national.sections for question in section.questions
    }

    def marked(found: re.Match[str]) -> str:
        code = codes.get(found[1])
        if code is None:
            return found[0]
        marks = [
            format_html('<a href="{}?about={}">{}<span class="unseen"> · {}</span></a>', url, code, words, code)
            for url, words in links
        ]
        if (here := said.get(code)) is not None:
            words = ngettext("%(count)s message", "%(count)s messages", here.messages) % {"count": here.messages}
            marks.insert(0, format_html('<a href="{}?about={}">{}</a>', listing, code, words))
            if here.waits:
                marks.append(format_html('<span class="tag part">{}</span>', _("waits for an answer of your side")))
        line = mark_safe(" · ".join(marks))  # noqa: S308 - each is put together by format_html
        return found[0] + (format_html('<p class="said"><small>{}</small></p>', line) if marks else "")

    return _QUESTION.sub(marked, fragment)


def _shown(reading: Reading, finding: picture.Finding) -> ShownFinding:
    status = finding.status.value
    kind = KINDS[status]
    if finding.obligation != "mandatory" and kind == "gap":
        kind = "info"
    code = finding.questions[0].code if finding.questions else ""
    return ShownFinding(
        finding=finding,
        verdict=verdict(finding.obligation, status),
        kind=kind,
        url=_question_url(reading, finding.section, code),
    )


def _page(
    request: HttpRequest, template: str, reading: Reading, context: Mapping[str, Any], title: str, *, status: int = 200
) -> HttpResponse:
    """A page inside a response: its names, its tabs' arguments and the way to here."""
    national = reading.national
    party = text_of(national.party_names) or national.party
    hub = ""
    if can_below(request.user, Permission.READ_RESPONSE, response_scope(**reading.arguments)):
        hub = reverse("responses:hub", kwargs=reading.arguments)
    crumbs = [(party, hub)]
    if reading.receipt is not None:
        receipt = reverse("responses:receipt", kwargs={**reading.arguments, "number": context["number"]})
        crumbs.append((reading.receipt.number, receipt))
    return render(
        request,
        template,
        {
            "reading": reading,
            "arguments": reading.arguments,
            "party_name": party,
            "questionnaire_title": text_of(national.questionnaire["texts"], "title"),
            "cycle_title": text_of(national.cycle["texts"], "title"),
            "crumbs": [*crumbs, (title, "")],
            **context,
        },
        status=status,
    )


@requires(Permission.READ_RESPONSE, scope=response_scope)
@require_http_methods(READ)
def gaps(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """The criminalization picture, the gaps by obligation, the needs in the State's own order, the figures."""
    reading = live(cycle=cycle, questionnaire=questionnaire, party=party)
    national = reading.national
    made = _report(reading, _language())
    may_rank = reading.is_open and can(request.user, Permission.RANK_REQUESTS, response_scope(**reading.arguments))
    tables = picture.figures(national)
    context = {
        "offences": [
            ShownOffence(
                offence=offence,
                title=text_of(offence.section.texts, "title") if offence.section else "",
                elements=tuple(_shown(reading, element) for element in offence.elements),
            )
            for offence in picture.criminalization(national)
        ],
        "levels": [
            ShownLevel(
                level=level,
                title=str(LEVELS[level.obligation]),
                shown=tuple(_shown(reading, item) for item in level.shown),
                unanswered=tuple(_shown(reading, item) for item in level.unanswered),
            )
            for level in picture.gaps(national)
        ],
        "requests": [
            ShownRequest(
                uuid=asked.uuid,
                place=place,
                ranked=asked.rank is not None,
                by_date=date_shown(part.by_date),
                part=part,
                url=_question_url(reading, asked.section, asked.code),
            )
            for place, (asked, part) in enumerate(zip(national.requests, made.requests, strict=True), start=1)
        ],
        "all_ranked": all(asked.rank is not None for asked in national.requests),
        "figures": [
            ShownFigures(part, _question_url(reading, table.question.section, table.question.code))
            for table, part in zip(tables, made.figures, strict=True)
            if part.given or part.not_collected
        ],
        "figures_asked": len(tables),
        "not_collected": picture.NOT_COLLECTED,
        "may_rank": may_rank,
    }
    return _page(request, "reports/gaps.html", reading, context, _("Gaps and needs"))


@requires(Permission.RANK_REQUESTS, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(["POST"])
def order_requests(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Puts the requests in order: one step by a button, or by the numbers that were typed."""
    reading = live(cycle=cycle, questionnaire=questionnaire, party=party)
    current = [asked.uuid for asked in reading.national.requests]
    direction, _colon, moving = request.POST.get("move", "").partition(":")
    # Numbers that were typed before a button was pressed count too.
    order = ordering.by_numbers(current, {uuid: request.POST.get(f"place-{uuid}", "") for uuid in current})
    if direction in {"up", "down"}:
        order = ordering.moved(order, moving, -1 if direction == "up" else 1)
    assert isinstance(request.user, User)
    try:
        if request.POST.getlist("request") != current:
            raise Refusal(
                _("The list of requests has changed meanwhile. Look at it again and put it in order."),
                "changed_meanwhile",
            )
        hidden = requests_out_of_sight(reading.response, current)
        rank_requests(by=request.user, response=reading.response, order=[*order, *hidden])
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The order of the requests is saved."))
    return redirect(reverse("reports:gaps", kwargs=reading.arguments) + "#requests")


def _report(reading: Reading, language: str) -> Report:
    return report_of(reading.national, words(language), today=timezone.localdate(), receipt=reading.receipt)


def _document_page(request: HttpRequest, reading: Reading, number: int | None = None) -> HttpResponse:
    """The report on a page, with its downloads; if it cannot be made now, the reason and the data."""
    language = exchange.document_language(_language())
    address, arguments = "reports:report_file", reading.arguments
    extra: dict[str, Any] = {}
    if number is not None:
        address, extra = "reports:submitted_report_file", {"number": number}
    fragment, problem, status = "", "", 200
    if request.method != "HEAD":
        try:
            made = exchange.make_document(_report(reading, language), "fragment")
            # What pandoc wrote was written anew with nothing but known elements and attributes; what is said about an
            # answer is put together by format_html.
            shown = _with_messages(request, reading, made.content.decode())
            fragment = mark_safe(shown)  # noqa: S308 - by render.safe_html
        except Refusal as refusal:
            problem, status = refusal.message, 503
    context = {
        "fragment": fragment,
        "problem": problem,
        "document_language": language,
        "number": number,
        "downloads": [
            (form.upper(), reverse(address, kwargs={**arguments, **extra, "form": form}))
            for form in (*DOCUMENTS, "json", "csv")
        ],
    }
    return _page(request, "reports/report.html", reading, context, _("Report"), status=status)


def _file(request: HttpRequest, reading: Reading, form: str, number: int | None = None) -> HttpResponse:
    """The report or its data as a file to keep."""
    language = exchange.document_language(_language())
    made = _report(reading, language)
    try:
        if form == "json":
            content = reading.data.encode()
        elif form == "csv":
            content = answers_csv(reading.national, _language()).encode()
        else:
            content = exchange.make_document(made, form).content
    except Refusal as refusal:
        messages.error(request, refusal.message)
        context: dict[str, Any] = {"fragment": "", "problem": refusal.message, "downloads": [], "number": number}
        return _page(request, "reports/report.html", reading, context, _("Report"), status=503)
    name = f"{exchange.file_stem(made)}-{reading.response.party.code}.{form}" if made.receipt is None else (
        f"{made.receipt.number}.{form}"
    )  # fmt: skip
    return download(content, name=name, content_type=exchange.TYPES[form], cache="private, no-store")


@requires(Permission.READ_RESPONSE, scope=response_scope)
@require_http_methods(READ)
def report(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """The national report as the response stands now."""
    return _document_page(request, live(cycle=cycle, questionnaire=questionnaire, party=party))


@requires(Permission.READ_RESPONSE, scope=response_scope)
@require_http_methods(READ)
def report_file(request: HttpRequest, cycle: str, questionnaire: str, party: str, form: str) -> HttpResponse:
    """The same as a file."""
    return _file(request, live(cycle=cycle, questionnaire=questionnaire, party=party), form)


@requires(Permission.READ_SUBMISSION, scope=response_scope)
@require_http_methods(READ)
def submitted_report(request: HttpRequest, cycle: str, questionnaire: str, party: str, number: int) -> HttpResponse:
    """The national report from the copy that was frozen when it was submitted."""
    reading = submitted(cycle=cycle, questionnaire=questionnaire, party=party, number=number)
    return _document_page(request, reading, number)


@requires(Permission.READ_SUBMISSION, scope=response_scope)
@require_http_methods(READ)
def submitted_report_file(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, number: int, form: str
) -> HttpResponse:
    """The same as a file; the data are byte for byte the frozen copy, whose SHA-256 stands on the receipt."""
    reading = submitted(cycle=cycle, questionnaire=questionnaire, party=party, number=number)
    return _file(request, reading, form, number)
