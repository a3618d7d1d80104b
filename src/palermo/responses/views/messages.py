"""The two-way channel between the Secretariat and States, and the reminders of a cycle."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.base.multilingual import ENDONYMS
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import can, requires, signed_in
from palermo.parties.logic.roles import Permission
from palermo.parties.models import Party
from palermo.parties.queries import party_name
from palermo.responses.actions import messages as actions
from palermo.responses.actions import reminders as reminding
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.forms.messages import AboutForm, ClarificationForm, MessageForm, ScheduleForm, about_choices
from palermo.responses.labels import Label
from palermo.responses.logic.scopes import cycle_scope, response_scope
from palermo.responses.models import Cycle, ResponseState, Thread
from palermo.responses.queries import messages as queries
from palermo.responses.queries import reminders as reminder_queries
from palermo.responses.queries.archive import today
from palermo.responses.queries.places import Place
from palermo.responses.views.cycles import INSIDE, PAGE, READ, crumbs_of, cycle_at, secretariat_page
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    came_from,
    do_and_return,
    page_language,
    person,
    place_at,
    response_page,
    tell_unread,
)

FILTER_LABELS: dict[str, Label] = {
    "unread": gettext_lazy("Unread"),
    "waiting": gettext_lazy("Waiting for an answer"),
    "clarifications": gettext_lazy("Open clarifications"),
    "all": gettext_lazy("All"),
}
EMPTY_LABELS: dict[str, Label] = {
    "unread": gettext_lazy("You have read everything"),
    "waiting": gettext_lazy("No exchange waits for an answer of your side"),
    "clarifications": gettext_lazy("No clarification is open"),
    "all": gettext_lazy("Nothing has been written yet"),
}
ON_A_PAGE = 50
ANSWER_WITHIN = datetime.timedelta(days=30)


# ── All exchanges of a person ────────────────────────────────────────────────────────────────────────────────────────


@signed_in
@require_http_methods(READ)
def all_messages(request: HttpRequest) -> HttpResponse:
    """Every exchange that the person may read: what is unread, what waits for the own side, all of them."""
    threads = queries.threads_for(person(request))
    chosen = request.GET.get("show", "")
    party = request.GET.get("state", "").strip().upper()
    unknown = chosen not in ("", *queries.FILTERS)
    only = Party.objects.filter(code=party).first() if party.isascii() and party.isalnum() else None
    unknown = unknown or bool(party and only is None)
    if only is not None:
        threads = threads.filter(response__party=only)
    counts = queries.counts_for(threads)
    tell_unread(request, None, counts["unread"])
    if chosen not in queries.FILTERS:
        # What asks for something comes first.
        chosen = next((name for name in ("unread", "waiting") if counts[name]), "all")
    found = queries.related(threads.filter(queries.FILTERS[chosen]))
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    narrowed = {"state": only.code} if only is not None else {}
    context = {
        "chips": [
            {
                "label": FILTER_LABELS[name],
                "url": f"{request.path}?{urlencode({'show': name, **narrowed})}",
                "current": name == chosen,
                "count": counts[name],
            }
            for name in queries.FILTERS
        ],
        "lines": queries.lines(page.object_list, page_language()),
        "page": page,
        "empty": EMPTY_LABELS[chosen],
        "unknown": unknown,
        "only": party_name(only, page_language()) if only is not None else "",
        "everything_url": f"{request.path}?show={chosen}",
        "crumbs": [(_("Messages"), "")],
    }
    return render(request, "responses/messages_all.html", context)


# ── The exchanges of one response ────────────────────────────────────────────────────────────────────────────────────


def _page(
    request: HttpRequest,
    template: str,
    place: Place,
    context: dict[str, Any],
    crumb: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of the channel, with the way to it for either side."""
    listing = (_("Messages"), address(place, "messages") if crumb else "")
    more = [listing, *([(crumb, "")] if crumb else [])]
    side = queries.side_of(person(request), place.scope)
    names = {"side": side, "is_secretariat": side == queries.SECRETARIAT, **context}
    if side != queries.SECRETARIAT:
        return response_page(request, template, place, names, crumbs=more, status=status)
    way = crumbs_of(place.response.cycle, (text_of(place.party_names, "short"), address(place, "desk")), *more)
    return secretariat_page(request, template, place, {**names, "crumbs": way}, crumb, status=status)


def _may(request: HttpRequest, place: Place) -> dict[str, bool]:
    user = person(request)
    return {
        "write": can(user, Permission.WRITE_MESSAGES, place.scope),
        "ask": can(user, Permission.ASK_CLARIFICATION, place.scope) and place.response.state == ResponseState.SUBMITTED,
        "settle": can(user, Permission.ASK_CLARIFICATION, place.scope),
    }


@requires(Permission.READ_MESSAGES, scope=response_scope, read=INSIDE)
@require_http_methods(READ)
def response_messages(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """The exchanges about one response, or about one of its answers."""
    place = place_at(cycle, questionnaire, party)
    user = person(request)
    threads = queries.with_state(
        Thread.objects.filter(response=place.response), user, side=queries.side_of(user, place.scope)
    )
    everything = queries.lines(queries.related(threads), page_language())
    tell_unread(request, place.arguments, sum(line.unread for line in everything))
    code = _known_code(place, request)
    _cited, wording, spoken = queries.about(place.spec, code, page_language())
    context = {
        "lines": [line for line in everything if not code or line.thread.code == code],
        "may": _may(request, place),
        "code": code,
        "wording": wording,
        "wording_language": spoken,
        "unknown": bool(request.GET.get("about")) and not code,
    }
    return _page(request, "responses/messages.html", place, context)


def _known_code(place: Place, request: HttpRequest) -> str:
    code = request.GET.get("about", "")
    return code if code in place.spec.questions else ""


@requires(Permission.WRITE_MESSAGES, scope=response_scope, read=(*INSIDE, Permission.READ_MESSAGES))
@require_http_methods(PAGE)
def write_message(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Writes about the response or one of its answers; there is one exchange about each."""
    place = place_at(cycle, questionnaire, party)
    user = person(request)
    form = AboutForm(
        request.POST or None,
        about=about_choices(place.spec, page_language()),
        initial={"language": user.language, "code": _known_code(place, request)},
    )
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            message = actions.write_about(by=user, response=place.response, spec=place.spec, **form.cleaned_data)
        except Refusal as refusal:
            errors, status = [("#id_text", refusal.message)], REFUSED
        else:
            messages.success(request, _("Your message has been sent; the other side is told by e-mail."))
            return redirect(address(place, "thread", thread=message.thread.uuid))
    context = {"form": form, "errors": errors, "back": address(place, "messages")}
    return _page(request, "responses/messages_write.html", place, context, _("Write a message"), status=status)


@requires(Permission.ASK_CLARIFICATION, scope=response_scope, read=(*INSIDE, Permission.READ_MESSAGES))
@require_http_methods(PAGE)
def ask_clarification(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Asks the State what its submission, or one of its answers, means."""
    place = place_at(cycle, questionnaire, party)
    submission = queries.latest_submission_of(place.response)
    user = person(request)
    form = ClarificationForm(
        request.POST or None,
        about=about_choices(place.spec, page_language()),
        initial={
            "language": user.language,
            "code": _known_code(place, request),
            "due_on": today() + ANSWER_WITHIN,
        },
    )
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and submission is None:
        errors, status = [("", _("Nothing has been submitted yet; write a message instead."))], REFUSED
    elif request.method == "POST" and form.is_valid() and submission is not None:
        submission.response = place.response
        try:
            actions.ask_clarification(by=user, submission=submission, spec=place.spec, **form.cleaned_data)
        except Refusal as refusal:
            errors, status = [(_field_of(refusal), refusal.message)], REFUSED
        else:
            messages.success(request, _("The State has been asked, and told by e-mail."))
            return redirect(address(place, "messages"))
    context = {"form": form, "errors": errors, "submission": submission, "back": address(place, "messages")}
    return _page(
        request, "responses/messages_clarify.html", place, context, _("Ask for a clarification"), status=status
    )


def _field_of(refusal: Refusal) -> str:
    return {"past": "#id_due_on", "no_subject": "#id_subject", "empty": "#id_text"}.get(refusal.code, "")


def _thread_at(place: Place, uuid: str) -> Thread:
    found = queries.find_thread(place.response, uuid)
    if found is None:
        raise Http404
    found.response = place.response
    return found


@requires(Permission.READ_MESSAGES, scope=response_scope, read=INSIDE)
@require_http_methods(PAGE)
def thread(request: HttpRequest, cycle: str, questionnaire: str, party: str, thread: str) -> HttpResponse:
    """One exchange: what was written, and a message to add. To open it is to have read it."""
    place = place_at(cycle, questionnaire, party)
    found = _thread_at(place, thread)
    user = person(request)
    may = _may(request, place)
    form = MessageForm(request.POST or None, initial={"language": user.language})
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and not may["write"]:
        errors, status = [("", _("You may read these messages, but not write any."))], 403
    elif request.method == "POST" and form.is_valid():
        try:
            actions.post_message(by=user, thread=found, **form.cleaned_data)
        except Refusal as refusal:
            errors, status = [("#id_text", refusal.message)], REFUSED
        else:
            messages.success(request, _("Your message has been sent; the other side is told by e-mail."))
            return redirect(request.path)
    listed = queries.messages_of(found)
    side = queries.side_of(user, place.scope)
    read_at = queries.reading_of(found, user)
    if request.method == "GET" and listed and (read_at is None or read_at < listed[-1].at):
        actions.mark_read(by=user, thread=found, upto=listed[-1].at)
    asked = queries.clarification_of(found)
    cited, wording, spoken = queries.about(place.spec, found.code, page_language())
    context = {
        "thread": found,
        "form": form,
        "errors": errors,
        "items": [
            {
                "message": item,
                "mine": item.side == side,
                "is_new": item.side != side and (read_at is None or item.at > read_at),
            }
            for item in listed
        ],
        "clarification": asked,
        "overdue": asked is not None and queries.is_overdue(asked, today()),
        "may": may,
        "about": cited,
        "wording": wording,
        "wording_language": spoken,
    }
    return _page(request, "responses/messages_thread.html", place, context, _("Exchange"), status=status)


@requires(Permission.WRITE_MESSAGES, scope=response_scope, read=(*INSIDE, Permission.READ_MESSAGES))
@require_http_methods(["POST"])
def close_thread(request: HttpRequest, cycle: str, questionnaire: str, party: str, thread: str) -> HttpResponse:
    """Closes an exchange, or opens it again."""
    place = place_at(cycle, questionnaire, party)
    found = _thread_at(place, thread)
    again = request.POST.get("do") == "reopen"
    action = actions.reopen_thread if again else actions.close_thread
    return do_and_return(
        request,
        lambda: action(by=person(request), thread=found),
        done=_("The exchange is open again.") if again else _("The exchange is closed; a new message opens it again."),
        back=address(place, "thread", thread=found.uuid),
    )


@requires(Permission.ASK_CLARIFICATION, scope=response_scope, read=(*INSIDE, Permission.READ_MESSAGES))
@require_http_methods(["POST"])
def settle_clarification(request: HttpRequest, cycle: str, questionnaire: str, party: str, thread: str) -> HttpResponse:
    """Settles a clarification that was answered, or withdraws one."""
    place = place_at(cycle, questionnaire, party)
    found = _thread_at(place, thread)
    withdraw = request.POST.get("do") == "withdraw"
    return do_and_return(
        request,
        lambda: actions.settle_clarification(by=person(request), thread=found, withdraw=withdraw),
        done=_("The clarification is withdrawn.") if withdraw else _("The clarification is settled."),
        back=address(place, "thread", thread=found.uuid),
    )


# ── Reminders ────────────────────────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.MANAGE_CYCLES, scope=cycle_scope, read=Permission.SEE_REPORTING)
@require_http_methods(PAGE)
def reminders(request: HttpRequest, cycle: str) -> HttpResponse:
    """The schedule of a cycle's reminders, who was reminded when, and reminding now."""
    found = cycle_at(cycle)
    here = reverse("responses:reminders", kwargs={"cycle": found.code})
    if request.method == "POST" and request.POST.get("do") == "remind_all":
        return _remind_all(request, found, here)
    schedule = reminder_queries.schedule_of(found)
    form = ScheduleForm(
        request.POST or None, initial=ScheduleForm.values([reminder.days_before for reminder in schedule])
    )
    errors: list[tuple[str, str]] = []
    status = INVALID if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = reminding.set_schedule(by=person(request), cycle=found, days_before=form.days_before)
        except Refusal as refusal:
            errors, status = [("#id_before", refusal.message)], REFUSED
        else:
            words = _("The reminders have been set.") if changed else _("Nothing was changed.")
            messages.success(request, words)
            return redirect(here)
    listed = reminder_queries.unreminded(found, schedule, page_language())
    language = request.GET.get("language", page_language())
    unknown = language not in ENDONYMS
    language = page_language() if unknown else language
    subject, text = (
        reminder_queries.preview(response=listed[0].response, name=_example_name(listed), language=language)
        if listed
        else ("", "")
    )
    titled = [(line, questionnaire_label(line.response.questionnaire, page_language())) for line in listed]
    context = {
        "cycle": found,
        "cycle_title": text_of(found.texts, "title"),
        "form": form,
        "errors": errors,
        "reached": [pair for pair in titled if pair[0].people],
        "by_note": [pair for pair in titled if not pair[0].people],
        "subject": subject,
        "text": text,
        "text_language": language,
        "language_chips": [
            {"label": name, "url": f"{here}?language={code}#preview", "current": code == language, "count": None}
            for code, name in ENDONYMS.items()
        ],
        "unknown": unknown,
        "crumbs": crumbs_of(found, (_("Reminders"), "")),
    }
    return render(request, "responses/messages_reminders.html", context, status=status)


def _example_name(listed: list[reminder_queries.Unreminded]) -> str:
    return listed[0].people[0] if listed[0].people else _("(the name of the focal point)")


def _remind_all(request: HttpRequest, cycle: Cycle, here: str) -> HttpResponse:
    reminded, left = reminding.remind_all(by=person(request), cycle=cycle)
    words = ngettext("One State has been reminded.", "%(count)s States have been reminded.", reminded)
    messages.success(request, words % {"count": reminded})
    if left:
        words = ngettext(
            "One was left out: it was reminded today already, or nobody answers for it.",
            "%(count)s were left out: they were reminded today already, or nobody answers for them.",
            left,
        )
        messages.info(request, words % {"count": left})
    return redirect(here)


@requires(Permission.MANAGE_CYCLES, scope=response_scope, read=INSIDE)
@require_http_methods(["POST"])
def remind_state(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Reminds one State now."""
    place = place_at(cycle, questionnaire, party)
    back = came_from(request, reverse("responses:reminders", kwargs={"cycle": place.response.cycle.code}))
    return do_and_return(
        request,
        lambda: reminding.remind_now(by=person(request), response=place.response),
        done=_("%(party)s has been reminded.") % {"party": text_of(place.party_names, "short")},
        back=back,
    )
