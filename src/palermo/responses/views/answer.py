"""One answer: its history, and two texts of it that wait for a decision."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palermo.base.citation import cite
from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import date_words
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import QuestionSpec, SectionSpec
from palermo.responses import labels
from palermo.responses.actions import answers as actions
from palermo.responses.forms.answering import (
    posted_fields,
    read_given,
    refuse_too_long,
    typed_content,
)
from palermo.responses.forms.fields import Around, build_field, identity, wording_markup
from palermo.responses.logic.content import Content, Given, from_canonical
from palermo.responses.logic.difference import difference
from palermo.responses.logic.scopes import section_scope
from palermo.responses.queries.deadlines import entries_from_paper
from palermo.responses.queries.history import TwoTexts, open_conflict, revisions_of
from palermo.responses.queries.places import Place, find_place, question_in, section_of
from palermo.responses.queries.wording import (
    section_title,
    shown,
)
from palermo.responses.views.shared import crumbs_of_response, manner, page_language, party_of, person


@requires(Permission.READ_RESPONSE, scope=section_scope)
@never_cache
@require_http_methods(["GET", "HEAD"])
def history(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """Every text that an answer has had: who, when, how it came in, and what changed."""
    place = find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    asked = section_of(place.spec, section)
    question = question_in(asked, code)
    revisions = revisions_of(place.response, code)
    entries = _history(place, question, revisions)
    context = _answer_context(place, asked, question, _("Earlier versions"))
    return render(request, "responses/history.html", {**context, "entries": entries})


def _history(place: Place, question: QuestionSpec, revisions: list[Any]) -> list[dict[str, object]]:
    """The revisions, newest first, each with what changed against the one that stood before it."""
    language, years = page_language(), place.response.cycle.years
    entries: list[dict[str, object]] = []
    before = ""
    noted = entries_from_paper(place.response) if any(item.on_behalf_of for item in revisions) else []
    for revision in revisions:
        text = shown(question, from_canonical(revision.content), language, years)
        entries.append(
            {
                "number": revision.number,
                "at": revision.at,
                "by": revision.by_name,
                "on_behalf_of": party_of(place) if revision.on_behalf_of else "",
                "note": next((paper.note for paper in noted if paper.covers(revision.at)), None),
                "channel": labels.CHANNELS.get(revision.channel, revision.channel),
                "set_aside": revision.set_aside,
                "shown": text,
                "language": text.language,
                "pieces": difference(before, text.words) if before else [],
            }
        )
        if not revision.set_aside:
            before = text.words
    current = next((entry for entry in reversed(entries) if not entry["set_aside"]), None)
    if current:
        current["current"] = True
    return entries[::-1]


def _answer_context(place: Place, section: SectionSpec, question: QuestionSpec, title: str) -> dict[str, object]:
    language = page_language()
    address = reverse("responses:section", kwargs={**place.arguments, "section": section.code})
    return {
        "place": place,
        "arguments": {**place.arguments, "section": section.code},
        "crumbs": crumbs_of_response(place, (section_title(section, language), address), (title, "")),
        "question": question,
        "wording": wording_markup(question, language),
        "provision": cite(question.provision, language) or section_title(section, language),
        "back": f"{address}#{identity(question.code)}",
    }


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """Two texts of one answer side by side, and both are kept: its writer decides, or whoever declares the section."""
    user = person(request)
    place = find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    asked = section_of(place.spec, section)
    question = question_in(asked, code)
    of_others = can(user, Permission.DECLARE_SECTION, f"{place.scope}/{section}")
    key = request.POST.get("conflict", "")
    # Up to eighteen digits, which every key of the database has; what is longer or no number names none.
    is_key = key.isascii() and key.isdecimal() and len(key) <= 18
    two = open_conflict(place.response, user, code, of_others=of_others, key=int(key) if is_key else None)
    context = _answer_context(place, asked, question, _("Two texts"))
    if two is None:
        return render(request, "responses/conflict_settled.html", context)
    problem = ""
    if request.method == "POST":
        try:
            problem = _settle(request, user, place, question, two)
        except Refusal as refusal:
            problem = refusal.message
        if not problem:
            messages.success(request, _("The answer is settled. The other text stays in its history."))
            return redirect(str(context["back"]))
        two = open_conflict(place.response, user, code, of_others=of_others, key=two.conflict.pk) or two
    own = two.conflict.user_id == user.pk
    beside = _("Yours, kept beside it") if own else _("Kept beside it")
    sides = [
        _side(question, place, _("Saved first"), two.theirs, two.by_name, two.at),
        _side(question, place, beside, two.mine, two.conflict.mine.by_name, two.conflict.mine.at),
    ]
    combined = _combined(two)
    if problem:
        combined = typed_content(question, _given(request, user, place, question))
    field = build_field(
        question,
        combined,
        Around(revision=two.revision),
        years=place.response.cycle.years,
        text_language=user.language,
        figure_key=place.scope,
    )
    context |= {
        "sides": sides,
        "two": two,
        "own": own,
        "field": field,
        "problem": problem,
        "editable": True,
        "links": None,
    }
    return render(request, "responses/conflict.html", context, status=422 if problem else 200)


def _given(request: HttpRequest, user: User, place: Place, question: QuestionSpec) -> Given:
    fields = posted_fields(request.POST).get(question.code, {})
    return read_given(question, fields, figure_key=place.scope, language=user.language)


def _settle(request: HttpRequest, user: User, place: Place, question: QuestionSpec, two: TwoTexts) -> str:
    """Does what the person chose; gives what stands in the way, or nothing."""
    choice = request.POST.get("choice", "")
    typed = _given(request, user, place, question)
    if choice == "theirs":
        given = None
    elif choice == "mine":
        values = two.mine.value if isinstance(two.mine.value, tuple) else (two.mine.value or two.mine.raw,)
        given = Given(code=question.code, values=values, content=two.mine, base=typed.base)
    elif choice == "combined":
        refuse_too_long(typed)
        given = typed
    else:
        return _("Choose which text stands.")
    how = manner(user, place.scope, place.response.party.code)
    saved = actions.settle_conflict(
        by=user,
        response=place.response,
        spec=place.spec,
        given=given,
        code=question.code,
        writer=two.conflict.user,
        **how,
    )
    if saved is not None and saved.conflict:
        return _("The answer has changed once more meanwhile. Look at both texts again.")
    return ""


def _combined(two: TwoTexts) -> Content:
    """A start for a text of both: the person's own fields, with the other's words before them where they differ."""
    mine, theirs = two.mine, two.theirs
    text = mine.text if mine.text == theirs.text or not theirs.text else f"{theirs.text}\n\n{mine.text}".strip()
    there = {row.uuid for row in mine.rows}
    rows = (*mine.rows, *(row for row in theirs.rows if row.uuid not in there))
    return replace(mine, text=text, language=mine.language or theirs.language, rows=rows)


def _side(question: QuestionSpec, place: Place, title: str, content: Content, who: str, when: Any) -> dict[str, object]:
    return {
        "title": title,
        "who": who,
        "when": date_words(when, "medium"),
        "shown": shown(question, content, page_language(), place.response.cycle.years),
    }
