"""From answers to a receipt: checking, declaring sections, clearing, submitting, asking to reopen, asking for help."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from palermo.base.attachments import serve
from palermo.base.downloads import download
from palermo.base.errors import Refusal
from palermo.parties.access import can, can_below, requires
from palermo.parties.logic.roles import Permission
from palermo.responses.actions import cycles as cycle_actions
from palermo.responses.actions import workflow as actions
from palermo.responses.forms.submitting import ConfirmForm, HelpForm, ReopeningForm
from palermo.responses.labels import Label
from palermo.responses.logic.completeness import Finding, Obstacle
from palermo.responses.logic.scopes import response_scope, section_scope
from palermo.responses.logic.snapshot import NationalResponse, read_snapshot
from palermo.responses.models import Evidence, HelpRequest, ReopeningRequest, ResponseState, Submission
from palermo.responses.queries.checking import FILTERS, checked
from palermo.responses.queries.places import Place
from palermo.responses.queries.supplements import open_offer
from palermo.responses.queries.wording import OBSTACLE_LABELS, section_title
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    came_from,
    closed_words,
    do_and_return,
    page_language,
    paper_of,
    person,
    place_at,
    response_page,
    section_address,
    section_at,
)

PAGE = ["GET", "HEAD", "POST"]
READ = ["GET", "HEAD"]
SEARCH_LIMIT = 200
# What cannot be changed unless it is reopened.
SUBMITTED = frozenset({ResponseState.SUBMITTED, ResponseState.FINAL})
# More obstacles than these are folded away on the page of all answers.
OPEN_AT_ONCE = 12
FILTER_LABELS: dict[str, Label] = {
    "": gettext_lazy("All questions"),
    "unanswered": gettext_lazy("Unanswered"),
    "in_part": gettext_lazy("In part"),
    "mine": gettext_lazy("Mine"),
    "flagged": gettext_lazy("Marked for a second look"),
    "comments": gettext_lazy("With comments"),
    "parked": gettext_lazy("No longer applying"),
}


@dataclass(frozen=True)
class FoundLine:
    """A place at which something stands in the way: the question's words and its address."""

    place: str
    url: str


@dataclass(frozen=True)
class FoundGroup:
    """What was found in one section: about the section itself, and about its questions, by kind of obstacle."""

    title: str
    url: str
    labels: tuple[Label, ...]
    kinds: tuple[tuple[Label, tuple[FoundLine, ...]], ...]


def _groups(place: Place, found: Iterable[Finding]) -> list[FoundGroup]:
    """Findings by section, in the order of the questionnaire."""
    language = page_language()
    by_section: dict[str, list[Finding]] = {}
    for finding in found:
        by_section.setdefault(finding.section, []).append(finding)
    groups = []
    for section in place.spec.sections:
        own = by_section.get(section.code, [])
        kinds: dict[Obstacle, list[FoundLine]] = {}
        for finding in own:
            if finding.code:
                question = place.spec.questions.get(finding.code)
                words = question.wording(language)[0].text if question else finding.code
                kinds.setdefault(finding.obstacle, []).append(FoundLine(words, _found_at(place, finding)))
        if own:
            whole = [finding for finding in own if not finding.code]
            talk = any(finding.obstacle is Obstacle.COMMENT_OPEN for finding in whole)
            groups.append(
                FoundGroup(
                    title=section_title(section, language),
                    url=address(place, "section_comments", section=section.code)
                    if talk and len(whole) == len(own)
                    else section_address(place, section.code),
                    labels=tuple(OBSTACLE_LABELS[finding.obstacle] for finding in whole),
                    kinds=tuple((OBSTACLE_LABELS[kind], tuple(lines)) for kind, lines in kinds.items()),
                )
            )
    return groups


def _found_at(place: Place, finding: Finding) -> str:
    if finding.obstacle is Obstacle.COMMENT_OPEN:
        return address(place, "comments", section=finding.section, code=finding.code)
    if finding.obstacle is Obstacle.CONFLICT:
        return address(place, "conflict", section=finding.section, code=finding.code)
    return section_address(place, finding.section, finding.code)


@requires(Permission.READ_RESPONSE, scope=response_scope, below=True)
@require_http_methods(READ)
def check(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Everything on one printable page, what blocks first; a contributor sees the own sections."""
    place = place_at(cycle, questionnaire, party)
    whole = can(request.user, Permission.READ_RESPONSE, place.scope)
    readable = {
        section.code
        for section in place.spec.sections
        if whole or can(request.user, Permission.READ_RESPONSE, f"{place.scope}/{section.code}")
    }
    found = checked(place.response, place.spec, language=page_language(), user=person(request), sections=readable)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    search = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_LIMIT]
    base = address(place, "check")
    sections = found.filtered(chosen, search)
    context = {
        "checked": found,
        "sections": [(section, address(place, "section", section=section.code)) for section in sections],
        "count": sum(len(section.questions) for section in sections),
        "whole": whole,
        "blocking": _groups(place, found.blocking),
        "blocking_count": len(found.blocking),
        "blocking_open": len(found.blocking) <= OPEN_AT_ONCE,
        "warnings": _groups(place, found.warnings),
        "warnings_count": len(found.warnings),
        "chosen": chosen,
        "chosen_label": FILTER_LABELS[chosen],
        "search": search,
        "chips": [
            {
                "label": label,
                "url": base + (f"?show={name}" if name else ""),
                "current": name == chosen,
                "count": found.counts.get(name, found.total),
            }
            for name, label in FILTER_LABELS.items()
            if name != "parked" or found.counts["parked"]
        ],
        "may_clear": place.response.state not in SUBMITTED
        and can(request.user, Permission.CLEAR_RESPONSE, place.scope),
        "may_change": place.is_open and can_below(request.user, Permission.ANSWER, place.scope),
        "may_comment": can(request.user, Permission.COMMENT, place.scope),
    }
    return response_page(request, "responses/check.html", place, context, crumbs=[(_("Check answers"), "")])


@requires(Permission.DECLARE_SECTION, scope=section_scope, read=Permission.READ_RESPONSE)
@require_http_methods(["POST"])
def declare(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str) -> HttpResponse:
    """Declares a section complete."""
    place = place_at(cycle, questionnaire, party)
    wanted = section_at(place, section)
    return do_and_return(
        request,
        lambda: actions.declare_section(
            by=person(request), response=place.response, spec=place.spec, section=wanted.code
        ),
        done=_("“%(section)s” has been declared complete. A later change undoes this, visibly.")
        % {"section": section_title(wanted, page_language())},
        back=came_from(request, section_address(place, wanted.code)),
    )


@requires(Permission.DECLARE_SECTION, scope=section_scope, read=Permission.READ_RESPONSE)
@require_http_methods(["POST"])
def take_back_declaration(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str
) -> HttpResponse:
    """Takes the declaration of a section back."""
    place = place_at(cycle, questionnaire, party)
    wanted = section_at(place, section)
    return do_and_return(
        request,
        lambda: actions.take_back_declaration(by=person(request), response=place.response, section=wanted.code),
        done=_("“%(section)s” is open again.") % {"section": section_title(wanted, page_language())},
        back=came_from(request, section_address(place, wanted.code)),
    )


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@require_http_methods(["POST"])
def part_done(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str) -> HttpResponse:
    """A contributor marks the own part of a section done (``done=1``), or open again (``done=0``)."""
    place = place_at(cycle, questionnaire, party)
    wanted = section_at(place, section)
    done = request.POST.get("done", "1") != "0"
    return do_and_return(
        request,
        lambda: actions.mark_part_done(by=person(request), response=place.response, section=wanted.code, done=done),
        done=_("Your part is marked done.") if done else _("Your part is open again."),
        back=came_from(request, section_address(place, wanted.code)),
    )


@requires(Permission.CLEAR_RESPONSE, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def submit(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Two steps: clear what stands in no way any more, then submit with a confirmation."""
    place = place_at(cycle, questionnaire, party)
    form = ConfirmForm(request.POST if request.POST.get("step") == "submit" else None)
    errors: list[tuple[str, str]] = []
    status = 200
    paper = paper_of(person(request), place)
    if request.method == "POST":
        try:
            if request.POST.get("step") == "clear":
                actions.clear_response(by=person(request), response=place.response, spec=place.spec, paper=paper)
                messages.success(request, _("The response has been cleared. Now it can be submitted."))
                return redirect(address(place, "submit"))
            if form.is_valid():
                submission = actions.submit_response(
                    by=person(request), response=place.response, spec=place.spec, paper=paper
                )
                messages.success(request, _("The response has been submitted."))
                return redirect(address(place, "receipt", number=submission.number))
            status = INVALID
        except Refusal as refusal:
            errors, status = [("", refusal.message)], REFUSED
            place = place_at(cycle, questionnaire, party)
    done = place.response.state in SUBMITTED
    context: dict[str, object] = {
        "form": form,
        "errors": errors,
        "state": "submitted" if done else place.response.state,
    }
    context["closed"] = "" if done else closed_words(place) if place.closed_on else ""
    if not done:
        found = checked(place.response, place.spec, language=page_language(), user=person(request))
        context |= {
            "blocking": _groups(place, found.blocking),
            "blocking_count": len(found.blocking),
            "warnings": _groups(place, found.warnings),
            "warnings_count": len(found.warnings),
            "answered": found.answered,
            "total": found.total,
            "declared": sum(section.declared_at is not None for section in found.sections),
            "sections_count": len(found.sections),
        }
    context["submissions"] = _submissions(place)
    return response_page(
        request, "responses/submit.html", place, context, crumbs=[(_("Clear and submit"), "")], status=status
    )


@requires(Permission.CLEAR_RESPONSE, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(["POST"])
def take_back_clearance(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Opens a cleared response again before it is submitted."""
    place = place_at(cycle, questionnaire, party)
    return do_and_return(
        request,
        lambda: actions.take_back_clearance(by=person(request), response=place.response),
        done=_("The clearance has been taken back; answers can be changed again."),
        back=address(place, "submit"),
    )


def _submissions(place: Place) -> list[Submission]:
    return list(Submission.objects.filter(response=place.response).defer("snapshot").order_by("-number"))


def _submission_at(place: Place, number: int) -> Submission:
    return get_object_or_404(Submission, response=place.response, number=number)


@requires(Permission.READ_SUBMISSION, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(READ)
def receipts(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Every submission of the response, the latest first."""
    place = place_at(cycle, questionnaire, party)
    context = {"submissions": _submissions(place), "offer": open_offer(place.response)}
    return response_page(request, "responses/receipts.html", place, context, crumbs=[(_("Receipts"), "")])


@requires(Permission.READ_SUBMISSION, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(READ)
def receipt(request: HttpRequest, cycle: str, questionnaire: str, party: str, number: int) -> HttpResponse:
    """The receipt of a submission: number, time, SHA-256, who; the frozen copy and how to check it."""
    place = place_at(cycle, questionnaire, party)
    found = _submission_at(place, number)
    frozen = read_snapshot_text(found)
    others = [item for item in _submissions(place) if item.number != found.number]
    requests = list(
        ReopeningRequest.objects.filter(submission=found).select_related("asked_by", "decided_by").order_by("asked_at")
    )
    is_latest = all(item.number < found.number for item in others)
    waiting = any(item.decided_at is None for item in requests)
    context = {
        "submission": found,
        "size": len(found.snapshot.encode()),
        "frozen": frozen,
        "answered": sum(question.is_answered for question in frozen.questions),
        "total": len(frozen.questions),
        "files": [(file, address(place, "receipt_file", number=number, uuid=file.uuid)) for file in frozen.files],
        "others": others,
        "requests": requests,
        "is_latest": is_latest,
        "may_ask": is_latest
        and not waiting
        and place.response.state in SUBMITTED
        and can(request.user, Permission.REQUEST_REOPENING, place.scope),
        "copy_name": copy_name(found),
        "open_again": is_latest and place.response.state not in SUBMITTED,
        "is_final": is_latest and place.response.state == ResponseState.FINAL,
        "entered": json.loads(found.snapshot).get("submission", {}).get("entered"),
    }
    return response_page(
        request, "responses/receipt.html", place, context, crumbs=[_receipts_crumb(place), (found.receipt, "")]
    )


def _receipts_crumb(place: Place) -> tuple[str, str]:
    return _("Receipts"), address(place, "receipts")


def read_snapshot_text(submission: Submission) -> NationalResponse:
    """The frozen response of a submission."""
    return read_snapshot(json.loads(submission.snapshot))


def copy_name(submission: Submission) -> str:
    """The file name of the frozen copy."""
    return f"{submission.receipt.lower()}.json"


@requires(Permission.READ_SUBMISSION, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(READ)
def receipt_copy(request: HttpRequest, cycle: str, questionnaire: str, party: str, number: int) -> HttpResponse:
    """The frozen copy, byte for byte what the receipt's SHA-256 was taken of."""
    place = place_at(cycle, questionnaire, party)
    found = _submission_at(place, number)
    content = found.snapshot.encode()
    return download(content, name=copy_name(found), content_type="application/json", cache="private, no-transform")


@requires(Permission.READ_SUBMISSION, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(READ)
def receipt_file(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, number: int, uuid: str
) -> HttpResponse:
    """A file of evidence that the submission names; also if it has been removed from the answer since."""
    place = place_at(cycle, questionnaire, party)
    found = _submission_at(place, number)
    if all(file.uuid != str(uuid) for file in read_snapshot_text(found).files):
        raise Http404
    return serve(get_object_or_404(Evidence, uuid=uuid, response=place.response))  # type: ignore[return-value]


@requires(
    Permission.REQUEST_REOPENING,
    scope=response_scope,
    read=(Permission.READ_RESPONSE, Permission.READ_SUBMISSION),
)
@require_http_methods(PAGE)
def ask_reopening(request: HttpRequest, cycle: str, questionnaire: str, party: str, number: int) -> HttpResponse:
    """Asks the Secretariat to reopen the submitted response, with the reason."""
    place = place_at(cycle, questionnaire, party)
    found = _submission_at(place, number)
    form = ReopeningForm(request.POST or None)
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_reopening(by=person(request), submission=found, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            errors, status = [("", refusal.message)], REFUSED
        else:
            messages.success(
                request, _("The Secretariat has been asked to reopen the response. Its decision comes by mail.")
            )
            return redirect(address(place, "receipt", number=number))
    back = address(place, "receipt", number=number)
    return response_page(
        request,
        "responses/ask_reopening.html",
        place,
        {"form": form, "errors": errors, "submission": found, "back": back},
        crumbs=[_receipts_crumb(place), (found.receipt, back), (_("Ask to reopen"), "")],
        status=status,
    )


@requires(Permission.ASK_FOR_HELP, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def ask_help(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Asks the Secretariat for help to answer at all; it is sent at once, and the page says so."""
    place = place_at(cycle, questionnaire, party)
    form = HelpForm(request.POST or None, initial={"language": person(request).language})
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            cycle_actions.ask_for_help(
                by=person(request),
                response=place.response,
                text=form.cleaned_data["text"],
                language=form.cleaned_data["language"],
            )
        except Refusal as refusal:
            errors, status = [("", refusal.message)], REFUSED
        else:
            messages.success(request, _("Your request has been sent to the Secretariat."))
            return redirect(address(place, "help"))
    asked: Sequence[HelpRequest] = list(
        HelpRequest.objects.filter(response=place.response).select_related("by", "answered_by").order_by("-at")
    )
    return response_page(
        request,
        "responses/help.html",
        place,
        {"form": form, "errors": errors, "asked": asked},
        crumbs=[(_("Ask for help"), "")],
        status=status,
    )
