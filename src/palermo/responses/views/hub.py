"""The hub: a response at a glance, its task list, what is left to do, what waits for the person."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palermo.base.templatetags.base_text import date_words
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import SectionSpec
from palermo.responses import labels
from palermo.responses.forms.answering import (
    moment_words,
    progress_sentence,
)
from palermo.responses.forms.fields import identity
from palermo.responses.logic.scopes import response_scope
from palermo.responses.queries import pages
from palermo.responses.queries.messages import unread_in
from palermo.responses.queries.places import find_place
from palermo.responses.queries.wording import (
    ROLE_LABELS,
    SECTION_STATE_KINDS,
    SECTION_STATE_LABELS,
    section_title,
)
from palermo.responses.views.shared import (
    address,
    closed_words,
    page_language,
    paper_of,
    party_of,
    person,
    tell_unread,
    title_of,
)


@requires(Permission.READ_RESPONSE, scope=response_scope, below=True)
@never_cache
@require_http_methods(["GET", "HEAD"])
def hub(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """The response at a glance: its articles as a task list, what is left to do, what waits for the person."""
    user = person(request)
    place = find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    found = pages.hub(user=user, place=place)
    if not found.sections:
        raise Http404
    tell_unread(request, place.arguments, unread_in(found.exchanges))
    context = {
        "place": place,
        "arguments": place.arguments,
        "hub": found,
        "party_name": party_of(place),
        "treaty": title_of(place),
        "cycle_texts": place.response.cycle.texts,
        "figures": _figures(found),
        "days": _days(found),
        "due": date_words(place.due_on),
        "extended": place.extended_to is not None and place.extended_to > place.response.cycle.due_on,
        "due_for_all": date_words(place.response.cycle.due_on),
        "last_day": date_words(place.last_day) if place.last_day else "",
        "entering": paper_of(user, place),
        "closed": closed_words(place),
        "tables": _tables(found, user),
        "waiting": _waiting(found, user),
        "team": [(name, ROLE_LABELS[role]) for name, role in found.focal_points],
        "notes_url": address(place, "notes") if can(user, Permission.READ_MESSAGES, place.scope) else "",
        "people_url": address(place, "people") if can(user, Permission.HAND_OVER, place.scope) else "",
    }
    return render(request, "responses/hub.html", context)


def _days(found: pages.Hub) -> str:
    left = found.days_left
    if left > 70:
        weeks = left // 7
        return ngettext("in %(count)s week", "in %(count)s weeks", weeks) % {"count": weeks}
    if left > 1:
        return ngettext("in %(count)s day", "in %(count)s days", left) % {"count": left}
    if left == 1:
        return _("tomorrow")
    if left == 0:
        return _("today")
    return ngettext("%(count)s day ago", "%(count)s days ago", -left) % {"count": -left}


def _figures(found: pages.Hub) -> list[dict[str, object]]:
    complete = sum(line.progress.declared for line in found.sections)
    figures: list[dict[str, object]] = [
        {
            "value": found.answered,
            "label": ngettext("of %(total)s question answered", "of %(total)s questions answered", found.total)
            % {"total": found.total},
            "done": found.answered,
            "total": found.total,
            "bar_label": progress_sentence(found.answered, found.total),
        },
        {
            "value": complete,
            "label": ngettext(
                "of %(total)s section declared complete",
                "of %(total)s sections declared complete",
                len(found.sections),
            )
            % {"total": len(found.sections)},
        },
    ]
    if found.whole:
        figures.append(
            {
                "value": found.gaps,
                "label": ngettext(
                    "mandatory provision with a gap, as far as answered",
                    "mandatory provisions with a gap, as far as answered",
                    found.gaps,
                ),
            }
        )
    label = ngettext("request for assistance", "requests for assistance", found.requests)
    if found.critical:
        label = ngettext(
            "%(requests)s, %(count)s of them critical", "%(requests)s, %(count)s of them critical", found.critical
        ) % {"requests": label, "count": found.critical}
    figures.append({"value": found.requests, "label": label})
    return figures


def _tables(found: pages.Hub, user: User) -> list[dict[str, object]]:
    """The task list: what was handed to the person first, then the clusters of the treaty."""
    clusters: dict[str, list[pages.HubSection]] = {}
    own = [line for line in found.sections if line.mine]
    for line in found.sections:
        if line not in own:
            clusters.setdefault(cluster_of(line.section, found.kinds), []).append(line)
    tables = [(_("Handed to you"), own)] if own else []
    tables += [(str(labels.CLUSTERS[name]), lines) for name, lines in clusters.items()]
    pattern = reverse("responses:section", kwargs={**found.place.arguments, "section": "art-0"})
    people = (
        address(found.place, "people")
        if found.place.is_open and can(user, Permission.HAND_OVER, found.place.scope)
        else ""
    )
    return [{"caption": caption, "rows": [_row(line, pattern, people) for line in lines]} for caption, lines in tables]


def _row(line: pages.HubSection, pattern: str, people: str) -> dict[str, object]:
    state, kind = str(SECTION_STATE_LABELS[line.progress.state]), SECTION_STATE_KINDS[line.progress.state]
    if line.conflicts:
        state, kind = _("two texts for you to settle"), "gap"
    elif line.workers and all(worker.done for worker in line.workers) and not line.progress.declared:
        state, kind = _("parts done"), "info"
    return {
        "url": pattern.replace("/art-0/", f"/{line.section.code}/"),
        "label": section_title(line.section, page_language()),
        "with_whom": ", ".join(dict.fromkeys(worker.called for worker in line.workers)),
        "hand_over_url": f"{people}?section={line.section.code}" if people and not line.workers else "",
        "state": state,
        "kind": kind,
        "answered": line.progress.answered,
        "total": line.progress.total,
        "changed": moment_words(line.last_at) if line.last_at else "",
    }


def _waiting(found: pages.Hub, user: User) -> list[dict[str, object]]:
    """What waits for the person: each reason is said once, with the places below it."""
    may_declare = found.whole and can(user, Permission.DECLARE_SECTION, found.place.scope)
    conflicts, begin, comments, marked, ready = [], [], [], [], []
    for line in found.sections:
        arguments = {**found.place.arguments, "section": line.section.code}
        page = reverse("responses:section", kwargs=arguments)
        title = section_title(line.section, page_language())
        for code in line.conflicts:
            address = reverse("responses:conflict", kwargs={**arguments, "code": code})
            conflicts.append({"url": address, "text": title, "note": _wording(found, code)})
        if line.mine and not line.progress.answered:
            begin.append({"url": page, "text": title})
        if line.comments and (found.whole or line.mine):
            note = ngettext("%(count)s open comment", "%(count)s open comments", line.comments)
            comments.append({"url": page, "text": title, "note": note % {"count": line.comments}})
        for code in line.flagged:
            marked.append({"url": f"{page}#{identity(code)}", "text": title, "note": _wording(found, code)})
        if may_declare and line.progress.state == "ready" and not line.conflicts:
            ready.append({"url": page, "text": title})
    groups = [
        (_("Two texts of one answer: decide which one stands"), conflicts),
        (_("Handed to you, not begun"), begin),
        (_("Comments of your team"), comments),
        (_("Marked for a second look"), marked),
        (_("Everything required is answered: declare it complete"), ready),
    ]
    return [{"title": title, "places": places} for title, places in groups if places]


def _wording(found: pages.Hub, code: str) -> str:
    return found.place.spec.questions[code].wording(page_language())[0].text


def cluster_of(section: SectionSpec, kinds: Mapping[str, str]) -> str:
    """The cluster of the task list to which a section belongs, by the kind of its article."""
    return labels.CLUSTER_OF_KIND.get(kinds.get(section.article, ""), "other") if section.article else "general"
