"""The page of an article: its questions with their answers, its neighbours, what the script needs to know."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palermo.parties.access import can, requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import SectionSpec
from palermo.responses.forms.answering import (
    invalid_sentence,
    moment_words,
    progress_sentence,
    undone_sentence,
)
from palermo.responses.forms.fields import NO_PLACE, Around, Field, build_field, identity
from palermo.responses.logic.content import EMPTY, Content
from palermo.responses.logic.parts import NOTHING, may_edit
from palermo.responses.logic.scopes import section_scope
from palermo.responses.queries import pages
from palermo.responses.queries.messages import unread_in
from palermo.responses.queries.places import Place, find_place, section_of
from palermo.responses.queries.wording import (
    SECTION_STATE_KINDS,
    SECTION_STATE_LABELS,
    section_title,
)
from palermo.responses.views.shared import (
    address,
    closed_words,
    crumbs_of_response,
    page_language,
    paper_of,
    party_of,
    person,
    tell_unread,
)


@requires(Permission.READ_RESPONSE, scope=section_scope)
@never_cache
@require_http_methods(["GET", "HEAD"])
def section(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str) -> HttpResponse:
    """One article: its questions with their answers, saved one by one."""
    place = find_place(cycle=cycle, questionnaire=questionnaire, party=party)
    return section_page(request, place, section_of(place.spec, section))


def section_page(
    request: HttpRequest,
    place: Place,
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
    tell_unread(request, place.arguments, unread_in(page.notes.exchanges))
    heading, found = section.heading(page_language())
    around = _neighbours(page, user)
    editable = place.is_open and page.part != NOTHING
    mine = next((worker for worker in page.workers if worker.user_id == user.pk), None)
    context = {
        "place": place,
        "arguments": arguments,
        "crumbs": crumbs_of_response(place, (section_title(section, page_language()), "")),
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
        "declare_url": address(place, "declare", section=section.code),
        "take_back_url": address(place, "take_back_declaration", section=section.code),
        "done_url": address(place, "part_done", section=section.code) if mine and place.is_open else "",
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
        "links": Links.of(user, place, arguments),
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
    conflicts = pages.settled_by(user, f"{place.scope}/{page.section.code}", page.notes)
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
            in_conflict=question.code in conflicts,
            invalid=question.code in page.invalid,
            comments=page.notes.comments.get((page.section.code, question.code), 0),
            files=page.notes.files.get(question.code, 0),
            exchanges=page.notes.exchanges.get(question.code),
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
    flag: str
    messages: str
    write: str

    @classmethod
    def of(cls, user: User, place: Place, arguments: Mapping[str, str]) -> "Links":
        """The addresses for a section; each is looked up once for the page. Empty is what the person may not do."""
        read = can(user, Permission.READ_MESSAGES, place.scope)
        write = can(user, Permission.WRITE_MESSAGES, place.scope)

        def of_answer(name: str) -> str:
            return reverse(f"responses:{name}", kwargs={**arguments, "code": NO_PLACE})

        return cls(
            history=of_answer("history"),
            conflict=of_answer("conflict"),
            comments=of_answer("comments"),
            files=of_answer("files"),
            flag=of_answer("flag"),
            messages=f"{address(place, 'messages')}?about={NO_PLACE}" if read else "",
            write=f"{address(place, 'write_message')}?about={NO_PLACE}" if write else "",
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


def _visible(place: Place, user: User) -> list[SectionSpec]:
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


def _autosave(user: User, place: Place, arguments: Mapping[str, str]) -> str:
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
