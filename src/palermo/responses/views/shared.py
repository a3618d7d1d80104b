"""What the pages of a response have in common: the way to here, coming back, and asking before something final."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from palermo.base.citation import anchor
from palermo.base.errors import Refusal
from palermo.base.navigation import Badge
from palermo.base.templatetags.base_text import text_of
from palermo.parties.access import can_below, enters_paper
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import SectionSpec
from palermo.responses.actions.answers import refuse_unless_open
from palermo.responses.actions.deadlines import closed_sentence
from palermo.responses.logic.scopes import response_scope
from palermo.responses.models import Channel, PaperEntry
from palermo.responses.queries import messages as queries
from palermo.responses.queries.deadlines import open_entry
from palermo.responses.queries.places import Place, find_place
from palermo.responses.queries.wording import section_title

REFUSED = 409
INVALID = 422


def page_language() -> str:
    """The language of the page that is being made."""
    return get_language() or "en"


def person(request: HttpRequest) -> User:
    """The signed-in person; the views that call this ask for a permission first."""
    assert isinstance(request.user, User)
    return request.user


def place_at(cycle: str, questionnaire: str, party: str) -> Place:
    """The response at this address; 404 if there is none."""
    return find_place(cycle=cycle, questionnaire=questionnaire, party=party)


def section_at(place: Place, code: str) -> SectionSpec:
    """The section of the response's questionnaire; 404 if there is none."""
    for section in place.spec.sections:
        if section.code == code:
            return section
    raise Http404


def party_of(place: Place) -> str:
    """The State's name in the page's language."""
    return text_of(place.party_names, "short")


def title_of(place: Place) -> str:
    """The questionnaire's title in the page's language."""
    return text_of({language: {"title": heading.title} for language, heading in place.spec.texts.items()}, "title")


def address(place: Place, name: str, **more: Any) -> str:
    """The address of a page of this response."""
    return reverse(f"responses:{name}", kwargs={**place.arguments, **more})


def section_address(place: Place, section: str, code: str = "") -> str:
    """The page of a section, at a question if one is named."""
    return address(place, "section", section=section) + (f"#{anchor(code)}" if code else "")


def manner(user: User, scope: str, party: str) -> dict[str, Any]:
    """How what the person enters is recorded: from paper, on behalf of the State, if an officer does it."""
    if enters_paper(user, scope):
        return {"channel": Channel.PAPER, "on_behalf_of": party.upper()}
    return {}


def paper_of(user: User, place: Place) -> PaperEntry | None:
    """What the person is entering here from paper on behalf of the State. A query only for an officer who does."""
    return open_entry(place.response) if enters_paper(user, place.scope) else None


def tell_unread(request: HttpRequest, arguments: Mapping[str, Any] | None, number: int) -> None:
    """Keeps what is unread, for the menus of the page: messages of a response; without arguments, all exchanges."""
    kept: dict[str, int] = request.__dict__.setdefault("unread_messages", {})
    kept[response_scope(**arguments) if arguments else ""] = number


def unread_badge(request: HttpRequest, arguments: Mapping[str, Any]) -> Badge | None:
    """What the entry *Messages* of a response shows. One query, none on pages that have told the number.

    The masthead stands on every page and asks nothing: it shows the number only where the page has told it.
    """
    kept: dict[str, int] = request.__dict__.get("unread_messages", {})
    scope = response_scope(**arguments) if arguments else ""
    number = kept.get(scope)
    if number is None:
        number = queries.unread_at(person(request), arguments) if arguments else 0
    if not number:
        return None
    words = (
        ngettext("%(count)s unread message", "%(count)s unread messages", number)
        if arguments
        else ngettext("%(count)s exchange with unread messages", "%(count)s exchanges with unread messages", number)
    )
    return Badge(number, words % {"count": number})


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent for a form; nothing where the page is only looked at. An empty form that was sent is bound too."""
    return request.POST if request.method == "POST" else None


def closed_words(place: Place) -> str:
    """Why nothing can be changed in the response now; empty if it can."""
    try:
        refuse_unless_open(place.response.state)
    except Refusal as refusal:
        return refusal.message
    return closed_sentence(place.closed_on) if place.closed_on else ""


def response_page(
    request: HttpRequest,
    template: str,
    place: Place,
    context: Mapping[str, Any],
    *,
    crumbs: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    """A page inside a response: its names, its tabs' arguments and the way to here."""
    if can_below(request.user, Permission.READ_RESPONSE, place.scope):
        way = [(party_of(place), address(place, "hub"))]
    else:
        # The Secretariat, on its way to what was submitted.
        cycle = place.response.cycle
        way = [
            (_("Cycles"), reverse("responses:cycles")),
            (text_of(cycle.texts, "title"), reverse("responses:cycle", kwargs={"cycle": cycle.code})),
            (party_of(place), ""),
        ]
    return render(
        request,
        template,
        {
            "place": place,
            "entering": paper_of(person(request), place),
            "response": place.response,
            "arguments": place.arguments,
            "party_name": party_of(place),
            "questionnaire_title": title_of(place),
            "cycle_title": text_of(place.response.cycle.texts, "title"),
            "crumbs": [*way, *crumbs],
            **context,
        },
        status=status,
    )


def crumbs_of_response(place: Place, *further: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page inside a response, for those who work on it."""
    return [(party_of(place), address(place, "hub")), *further]


def section_crumb(place: Place, section: SectionSpec) -> tuple[str, str]:
    """A section as a step of the way."""
    return section_title(section, page_language()), section_address(place, section.code)


def came_from(request: HttpRequest, otherwise: str) -> str:
    """Where to go back to: the address that the form carries if it is one of ours, else the usual one."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise


def do_and_return(request: HttpRequest, action: Callable[[], object], *, done: str, back: str) -> HttpResponse:
    """Carries out an action of one button and goes back, with the words of success or of the refusal."""
    try:
        action()
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect(back)


def confirmed(
    request: HttpRequest,
    place: Place,
    action: Callable[[], object],
    *,
    title: str,
    text: str,
    button: str,
    done: str,
    back: str,
    danger: bool = True,
    crumbs: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """Asks on a page of its own before something that is hard to undo, and does it on the second press."""
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            action()
        except Refusal as refusal:
            errors = [("", refusal.message)]
        else:
            messages.success(request, done)
            return redirect(back)
    context = {"title": title, "text": text, "button": button, "back": back, "danger": danger, "errors": errors}
    return response_page(
        request,
        "responses/confirm.html",
        place,
        context,
        crumbs=[*crumbs, (_("Confirm"), "")],
        status=REFUSED if errors else 200,
    )
