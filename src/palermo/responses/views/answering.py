"""The pages of answering: the hub, an article with its questions, the history of an answer, two texts of one answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from palermo.base.citation import cite
from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import date_words
from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import QuestionSpec, SectionSpec
from palermo.responses import labels
from palermo.responses.actions import answers as actions
from palermo.responses.actions.sections import refuse_unless_in_part
from palermo.responses.actions.sections import save_section as save_section_answers
from palermo.responses.forms.answering import (
    invalid_sentence,
    moment_words,
    posted_fields,
    progress_sentence,
    read_given,
    refuse_too_long,
    remark_sentences,
    saved_words,
    typed_content,
    undone_sentence,
)
from palermo.responses.forms.fields import NO_PLACE, Around, Field, build_field, identity, wording_markup
from palermo.responses.logic.content import EMPTY, Content, Given, from_canonical
from palermo.responses.logic.parts import NOTHING, may_edit
from palermo.responses.logic.scopes import response_scope, section_scope
from palermo.responses.queries import pages
from palermo.responses.queries.deadlines import entries_from_paper
from palermo.responses.queries.wording import (
    ROLE_LABELS,
    SECTION_STATE_KINDS,
    SECTION_STATE_LABELS,
    section_title,
    shown,
)
from palermo.responses.views.shared import closed_words, manner, page_language, paper_of, party_of, person, title_of


def _address(name: str, **arguments: str) -> str:
    """The address of a page; empty if there is no such page."""
    try:
        return reverse(f"responses:{name}", kwargs=arguments)
    except NoReverseMatch:
        return ""


def _crumbs(place: pages.Place, *further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(party_of(place), reverse("responses:hub", kwargs=place.arguments)), *further]


# ── The page of a section ────────────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.READ_RESPONSE, scope=section_scope)
@never_cache
@require_http_methods(["GET", "HEAD"])
def section(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str) -> HttpResponse:
    """One article: its questions with their answers, saved one by one."""
    place = pages.find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    return _section_page(request, place, pages.section_of(place.spec, section))


def _section_page(
    request: HttpRequest,
    place: pages.Place,
    section: SectionSpec,
    *,
    typed: Mapping[str, tuple[Content, int, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; ``typed`` are contents that could not be saved, with their base and the reason."""
    user = person(request)
    page = pages.section_page(user=user, place=place, section=section)
    fields = _fields(page, user, typed or {})
    arguments = {**place.arguments, "section": section.code}
    heading, found = section.heading(page_language())
    around = _neighbours(page, user)
    editable = place.is_open and page.part != NOTHING
    mine = next((worker for worker in page.workers if worker.user_id == user.pk), None)
    context = {
        "place": place,
        "arguments": arguments,
        "crumbs": _crumbs(place, (section_title(section, page_language()), "")),
        "section": section,
        "heading": heading,
        "heading_language": "" if found == page_language() else found,
        "article": _number(section),
        "fields": [field for field in fields if field.around.applies or editable],
        "parked": [field for field in fields if field.state == "parked"],
        "progress": page.own_progress,
        "progress_words": progress_sentence(page.own_progress.answered, page.own_progress.total),
        "state": SECTION_STATE_LABELS[page.own_progress.state],
        "state_kind": SECTION_STATE_KINDS[page.own_progress.state],
        "declared": _declared(page),
        "may_declare": place.is_open and can(user, Permission.DECLARE_SECTION, f"{place.scope}/{section.code}"),
        "declare_url": _address("declare", **arguments),
        "take_back_url": _address("take_back_declaration", **arguments),
        "done_url": _address("part_done", **arguments) if mine and place.is_open else "",
        "part_done": bool(mine and mine.done),
        "article_url": _article_url(section),
        "missing": [
            (f"#{identity(code)}", place.spec.questions[code].wording(page_language())[0].text)
            for code in page.own_progress.missing
        ],
        "workers": page.workers,
        "rail": _rail(page, user),
        "previous": around[0],
        "next": around[1],
        "editable": editable,
        "conflicts": [field for field in fields if field.around.in_conflict],
        "unsaved": [field for field in fields if field.around.unsaved],
        "links": Links.of(arguments),
        "may_comment": can(user, Permission.COMMENT, f"{place.scope}/{section.code}"),
        "closed": closed_words(place),
        "party_name": party_of(place),
        "entering": paper_of(user, place),
        "autosave": _autosave(user, place, arguments) if editable else "",
    }
    return render(request, "responses/section.html", context, status=status)


def _article_url(section: SectionSpec) -> str:
    """The page of the article in the treaty, if there is one."""
    treaty, _dot, article = section.article.partition(".")
    try:
        return reverse("treaties:article", kwargs={"code": treaty, "article": article}) if article else ""
    except NoReverseMatch:
        return ""


def _number(section: SectionSpec) -> str:
    return section.article.rpartition(".")[2] if section.article else ""


def _declared(page: pages.SectionPage) -> dict[str, str] | None:
    found = page.notes.declared.get(page.section.code)
    return {"when": moment_words(found[0]), "by": found[1]} if found else None


def _fields(page: pages.SectionPage, user: User, typed: Mapping[str, tuple[Content, int, str]]) -> list[Field]:
    place, now = page.place, timezone.now()
    language = page_language()
    years = place.response.cycle.years
    fields = []
    for question in page.section.questions:
        stored = page.stored.get(question.code)
        content, revision, unsaved = stored.content if stored else EMPTY, stored.revision if stored else 0, ""
        if question.code in typed:
            content, revision, unsaved = typed[question.code]
        around = Around(
            revision=revision,
            at=stored.at if stored else None,
            by_name=stored.by_name if stored else "",
            answered=stored.answered if stored else False,
            flagged=stored.flagged if stored else False,
            applies=question.code in page.relevant,
            editable=(place.is_open and may_edit(page.part, question)) or bool(unsaved),
            in_conflict=question.code in page.notes.conflicts,
            invalid=question.code in page.invalid,
            comments=page.notes.comments.get((page.section.code, question.code), 0),
            files=page.notes.files.get(question.code, 0),
            unsaved=unsaved,
        )
        fields.append(
            build_field(
                question,
                content,
                around,
                years=years,
                language=language,
                text_language=user.language,
                figure_key=place.scope,
                now=now,
            )  # fmt: skip
        )
    return fields


@dataclass(frozen=True)
class Links:
    """The addresses of an answer's pages; ``NO_PLACE`` stands where the code goes."""

    history: str
    conflict: str
    comments: str
    files: str

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Links":
        """The addresses for a section; each is looked up once for the page."""
        return cls(
            *(_address(name, **arguments, code=NO_PLACE) for name in ("history", "conflict", "comments", "files"))
        )


def _rail(page: pages.SectionPage, user: User) -> list[dict[str, object]]:
    language, place = page_language(), page.place
    pattern = reverse("responses:section", kwargs={**place.arguments, "section": "art-0"})
    entries = []
    for section in _visible(place, user):
        far = page.progress[section.code]
        heading = section.heading(language)[0]
        entries.append(
            {
                "number": _number(section),
                "label": heading.short or heading.title,
                "url": pattern.replace("/art-0/", f"/{section.code}/"),
                "current": section.code == page.section.code,
                "state": f"{far.answered}/{far.total}" if far.total else "",
                "kind": SECTION_STATE_KINDS[far.state],
            }
        )
    return entries


def _visible(place: pages.Place, user: User) -> list[SectionSpec]:
    if can(user, Permission.READ_RESPONSE, place.scope):
        return list(place.spec.sections)
    return [
        section
        for section in place.spec.sections
        if can(user, Permission.READ_RESPONSE, f"{place.scope}/{section.code}")
    ]


def _neighbours(page: pages.SectionPage, user: User) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """The section before and after, among those that the person may read: address and title."""
    seen = _visible(page.place, user)
    here = next(place for place, section in enumerate(seen) if section.code == page.section.code)

    def link(index: int) -> tuple[str, str] | None:
        if not 0 <= index < len(seen):
            return None
        address = reverse("responses:section", kwargs={**page.place.arguments, "section": seen[index].code})
        return address, section_title(seen[index], page_language())

    return link(here - 1), link(here + 1)


def _autosave(user: User, place: pages.Place, arguments: Mapping[str, str]) -> str:
    """What the script needs to know: where to save, whose text it is, and its sentences."""
    return json.dumps(
        {
            "save": reverse("responses:save_answer", kwargs={**arguments, "code": NO_PLACE}),
            "code": NO_PLACE,
            "person": str(user.pk),
            "place": place.scope,
            "login": reverse("account_login"),
            "words": _words(page_language()),
        },
        ensure_ascii=False,
    )


@lru_cache(maxsize=16)
def _words(_language: str) -> dict[str, str | dict[str, str]]:
    """The script's sentences in a language."""
    return {
        "saving": _("Saving"),
        "waits": _("Not yet saved"),
        "down": _down_words(),
        "back": _("The line is back. Everything is saved."),
        "ended": _(
            "Your session has ended; your text is kept on this computer. Sign in in a new tab, then this page goes on."
        ),
        "sign_in": _("Sign in in a new tab"),
        "other": _("Somebody else has signed in on this computer. Your text is kept for you."),
        "refused": _("Not saved. You may no longer change this answer."),
        "gone": _("Not saved. This question is not there any more; copy your text and reload the page."),
        "too_long": _("Not saved. The text is too long; shorten it, or attach it as a file."),
        "decide": _("Look at both texts"),
        "restored": _("This text was kept on this computer and had not been saved."),
        "found": _("On this computer there is a text that was not saved, and the answer has changed since."),
        "use": _("Put it back"),
        "drop": _("Throw it away"),
        "declared": undone_sentence(),
        "declare": _("Declare this article complete"),
        "another": _("Add another"),
        "invalid": invalid_sentence(),
    }


# A number of each of the categories that languages have for plurals; scripts name the same categories.
PLURAL_SAMPLES = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def _down_words() -> dict[str, str]:
    """The sentence for answers that wait, in each plural form of the language; the script puts the number in."""
    return {
        category: ngettext(
            "Not yet saved: the line is down. %(count)s answer waits on this computer.",
            "Not yet saved: the line is down. %(count)s answers wait on this computer.",
            sample,
        )
        for category, sample in PLURAL_SAMPLES.items()
    }


# ── Saving ───────────────────────────────────────────────────────────────────────────────────────────────────────────

STATUS_OF_REFUSAL = {"too_long": 413, "not_your_part": 403, "other_person": 409}


def _refuse_other_person(request: HttpRequest) -> None:
    """A page that one person left open must not save in the name of another who has signed in since."""
    meant = request.POST.get("person", "")
    if meant and meant != str(person(request).pk):
        raise Refusal(
            _("Somebody else has signed in on this computer since this page was opened. Nothing was saved."),
            "other_person",
        )


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@never_cache
@require_POST
def save_answer(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str
) -> JsonResponse:
    """Saves one answer, as the script sends it; the reply says what became of it."""
    user = person(request)
    place = pages.find_save_place(user=user, cycle=cycle, questionnaire=questionnaire, party=party, section=section)
    question = pages.question_in(pages.section_of(place.spec, section), code)
    given = read_given(
        question, posted_fields(request.POST).get(code, {}), figure_key=place.scope, language=user.language
    )
    try:
        _refuse_other_person(request)
        refuse_unless_in_part(place.part, question)
        refuse_too_long(given)
        saved = actions.save_answer(
            by=user, response=place.response, spec=place.spec, given=given, declared=place.declared,
            **manner(user, place.scope, party),
        )  # fmt: skip
    except Refusal as refusal:
        status = STATUS_OF_REFUSAL.get(refusal.code, 422)
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=status)
    if saved.conflict:
        address = reverse(
            "responses:conflict", kwargs={**_arguments(cycle, questionnaire, party, section), "code": code}
        )
        return JsonResponse({"code": "conflict", "message": _conflict_sentence(saved), "conflict": address}, status=409)
    here = {asked.code for asked in pages.section_of(place.spec, section).questions}
    reply: dict[str, Any] = {
        "revision": saved.revision,
        "sign": saved_words(saved.at, saved.by_name) if saved.revision else "",
        "answered": saved.answered,
        "total": saved.total,
        "progress": progress_sentence(saved.answered, saved.total),
    }
    remarks = remark_sentences(saved.remarks, question)
    if code in saved.invalid:
        remarks.append(invalid_sentence())
    optional = {
        "remarks": remarks,
        "appeared": [other for other in saved.appeared if other in here],
        "disappeared": [other for other in saved.disappeared if other in here],
        "invalid": [other for other in saved.invalid if other in here],
        "undone": saved.undone,
    }
    reply.update({name: value for name, value in optional.items() if value})
    return JsonResponse(reply, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _arguments(cycle: str, questionnaire: str, party: str, section: str) -> dict[str, str]:
    return {"cycle": cycle, "questionnaire": questionnaire, "party": party, "section": section}


def _conflict_sentence(saved: actions.Saved) -> str:
    sentence = _(
        "%(name)s changed this answer meanwhile (%(when)s). Your text is kept beside it; decide which one stands."
    )
    return sentence % {"name": saved.by_name, "when": moment_words(saved.at)}


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save_section(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str) -> HttpResponse:
    """Saves the form of the whole page, for browsers without scripts; a visit leads back to the page."""
    address = reverse("responses:section", kwargs=_arguments(cycle, questionnaire, party, section))
    if request.method != "POST":
        return redirect(address)
    user = person(request)
    place = pages.find_save_place(user=user, cycle=cycle, questionnaire=questionnaire, party=party, section=section)
    asked = pages.section_of(place.spec, section)
    posted = posted_fields(request.POST)
    given = {
        question.code: read_given(question, posted[question.code], figure_key=place.scope, language=user.language)
        for question in asked.questions
        if question.is_answered and question.code in posted
    }
    refused: dict[str, str] = {}
    for code, item in given.items():
        try:
            _refuse_other_person(request)
            refuse_too_long(item)
        except Refusal as refusal:
            refused[code] = refusal.message
    done = save_section_answers(
        by=user,
        response=place.response,
        spec=place.spec,
        part=place.part,
        given=[item for code, item in given.items() if code not in refused],
        **manner(user, place.scope, party),
    )
    refused.update(done.refused)
    _tell(request, done)
    if refused:
        typed = {
            code: (typed_content(place.spec.questions[code], given[code]), given[code].base, reason)
            for code, reason in refused.items()
        }
        whole = pages.find_place(cycle=cycle, questionnaire=questionnaire, party=party)
        return _section_page(request, whole, asked, typed=typed, status=422)
    return redirect(f"{address}#{_target(request, done.conflicts)}")


def _target(request: HttpRequest, conflicts: tuple[str, ...]) -> str:
    """Where on the page to go on: at the first conflict, else at the question whose button was pressed."""
    if conflicts:
        return "content"
    code = request.POST.get("add") or request.POST.get("save") or ""
    return identity(code) if code and code != "all" else "content"


def _tell(request: HttpRequest, done: Any) -> None:
    """Says on the next page what was saved."""
    if done.saved:
        messages.success(
            request,
            ngettext("One answer has been saved.", "%(count)s answers have been saved.", len(done.saved))
            % {"count": len(done.saved)},
        )
    elif not done.conflicts and not done.refused:
        messages.info(request, _("Nothing has changed since it was last saved."))
    if done.undone:
        messages.warning(request, _("The section is no longer declared complete, because an answer has changed."))


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@require_POST
def flag(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """Marks an answer for a second look, or takes the mark away."""
    user = person(request)
    place = pages.find_save_place(user=user, cycle=cycle, questionnaire=questionnaire, party=party, section=section)
    question = pages.question_in(pages.section_of(place.spec, section), code)
    try:
        refuse_unless_in_part(place.part, question)
        actions.refuse_unless_open(place.response.state)
        actions.flag_answer(by=user, response=place.response, code=code, flagged=bool(request.POST.get("flagged")))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    address = reverse("responses:section", kwargs=_arguments(cycle, questionnaire, party, section))
    return redirect(f"{address}#{identity(code)}")


# ── History and conflict ─────────────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.READ_RESPONSE, scope=section_scope)
@never_cache
@require_http_methods(["GET", "HEAD"])
def history(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """Every text that an answer has had: who, when, how it came in, and what changed."""
    place = pages.find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    asked = pages.section_of(place.spec, section)
    question = pages.question_in(asked, code)
    revisions = pages.revisions_of(place.response, code)
    entries = _history(place, question, revisions)
    context = _answer_context(place, asked, question, _("Earlier versions"))
    return render(request, "responses/history.html", {**context, "entries": entries})


def _history(place: pages.Place, question: QuestionSpec, revisions: list[Any]) -> list[dict[str, object]]:
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
                "pieces": pages.difference(before, text.words) if before else [],
            }
        )
        if not revision.set_aside:
            before = text.words
    current = next((entry for entry in reversed(entries) if not entry["set_aside"]), None)
    if current:
        current["current"] = True
    return entries[::-1]


def _answer_context(place: pages.Place, section: SectionSpec, question: QuestionSpec, title: str) -> dict[str, object]:
    language = page_language()
    address = reverse("responses:section", kwargs={**place.arguments, "section": section.code})
    return {
        "place": place,
        "arguments": {**place.arguments, "section": section.code},
        "crumbs": _crumbs(place, (section_title(section, language), address), (title, "")),
        "question": question,
        "wording": wording_markup(question, language),
        "provision": cite(question.provision, language) or section_title(section, language),
        "back": f"{address}#{identity(question.code)}",
    }


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """Two texts of one answer side by side: the person's own and the one that was saved first. Both are kept."""
    user = person(request)
    place = pages.find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    asked = pages.section_of(place.spec, section)
    question = pages.question_in(asked, code)
    two = pages.open_conflict(place.response, user, code)
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
        two = pages.open_conflict(place.response, user, code) or two
    sides = [
        _side(question, place, _("Saved first"), two.theirs, two.by_name, two.at),
        _side(question, place, _("Yours, kept beside it"), two.mine, two.conflict.mine.by_name, two.conflict.mine.at),
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
    context |= {"sides": sides, "two": two, "field": field, "problem": problem, "editable": True, "links": None}
    return render(request, "responses/conflict.html", context, status=422 if problem else 200)


def _given(request: HttpRequest, user: User, place: pages.Place, question: QuestionSpec) -> Given:
    fields = posted_fields(request.POST).get(question.code, {})
    return read_given(question, fields, figure_key=place.scope, language=user.language)


def _settle(request: HttpRequest, user: User, place: pages.Place, question: QuestionSpec, two: pages.TwoTexts) -> str:
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
        by=user, response=place.response, spec=place.spec, given=given, code=question.code, **how
    )
    if saved is not None and saved.conflict:
        return _("The answer has changed once more meanwhile. Look at both texts again.")
    return ""


def _combined(two: pages.TwoTexts) -> Content:
    """A start for a text of both: the person's own fields, with the other's words before them where they differ."""
    mine, theirs = two.mine, two.theirs
    text = mine.text if mine.text == theirs.text or not theirs.text else f"{theirs.text}\n\n{mine.text}".strip()
    there = {row.uuid for row in mine.rows}
    rows = (*mine.rows, *(row for row in theirs.rows if row.uuid not in there))
    return replace(mine, text=text, language=mine.language or theirs.language, rows=rows)


def _side(
    question: QuestionSpec, place: pages.Place, title: str, content: Content, who: str, when: Any
) -> dict[str, object]:
    return {
        "title": title,
        "who": who,
        "when": date_words(when, "medium"),
        "shown": shown(question, content, page_language(), place.response.cycle.years),
    }


# ── The hub ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@requires(Permission.READ_RESPONSE, scope=response_scope, below=True)
@never_cache
@require_http_methods(["GET", "HEAD"])
def hub(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """The response at a glance: its articles as a task list, what is left to do, what waits for the person."""
    user = person(request)
    place = pages.find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    found = pages.hub(user=user, place=place)
    if not found.sections:
        raise Http404
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
        "people_url": _address("people", **place.arguments) if can(user, Permission.HAND_OVER, place.scope) else "",
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
        _address("people", **found.place.arguments)
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
    """What waits for the person: own conflicts, sections handed over and not begun, open comments, marked answers."""
    language = page_language()
    waiting: list[dict[str, object]] = []
    for line in found.sections:
        arguments = {**found.place.arguments, "section": line.section.code}
        title = section_title(line.section, language)
        waiting += [
            {
                "url": reverse("responses:conflict", kwargs={**arguments, "code": code}),
                "text": _("%(section)s: two texts of one answer") % {"section": title},
                "note": found.place.spec.questions[code].wording(language)[0].text,
            }
            for code in line.conflicts
        ]
        address = reverse("responses:section", kwargs=arguments)
        if line.mine and not line.progress.answered:
            waiting.append({"url": address, "text": title, "note": _("Handed to you, not begun")})
        if line.comments and (found.whole or line.mine):
            note = ngettext("%(count)s open comment", "%(count)s open comments", line.comments)
            waiting.append({"url": address, "text": title, "note": note % {"count": line.comments}})
        waiting += [
            {
                "url": f"{address}#{identity(code)}",
                "text": _("%(section)s: marked for a second look") % {"section": title},
                "note": found.place.spec.questions[code].wording(language)[0].text,
            }
            for code in line.flagged
        ]
        if found.whole and line.progress.state == "ready" and can(user, Permission.DECLARE_SECTION, found.place.scope):
            note = _("Everything required is answered; declare it complete")
            waiting.append({"url": address, "text": title, "note": note})
    return waiting


def cluster_of(section: SectionSpec, kinds: Mapping[str, str]) -> str:
    """The cluster of the task list to which a section belongs, by the kind of its article."""
    return labels.CLUSTER_OF_KIND.get(kinds.get(section.article, ""), "other") if section.article else "general"


__all__ = ["conflict", "flag", "history", "hub", "save_answer", "save_section", "section"]
