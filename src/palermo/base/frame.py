"""What every page needs around its content: language, direction, menus, the person, the demonstration's banner."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palermo.base import navigation
from palermo.base.multilingual import ENDONYMS, direction

# The order of the United Nations: the languages by their English names.
SHOWN_LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")


@dataclass(frozen=True)
class LanguageLink:
    """A link to this same page in one language, named in that language."""

    code: str
    name: str
    url: str
    direction: str
    current: bool


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all pages. It asks the database nothing by itself."""
    language = get_language() or "en"
    return {
        "page_language": language,
        "page_direction": direction(language),
        "languages": language_links(request, language),
        "home_url": f"{get_script_prefix()}{language}/",
        "main_navigation": SimpleLazyObject(lambda: navigation.entries_for("main", request)),
        "account_navigation": SimpleLazyObject(lambda: navigation.entries_for("account", request)),
        "person_name": SimpleLazyObject(lambda: person_name(getattr(request, "user", None))),
        "sign_in_url": _address("account_login"),
        "sign_out_url": _address("account_logout"),
        "demonstration": settings.DEMONSTRATION,
    }


def language_links(request: HttpRequest, language: str) -> list[LanguageLink]:
    """This page in each language: the language in the path is replaced, the query is kept.

    A page without a language in its path (an error, for instance) leads to the front page of that language.
    """
    prefix = get_script_prefix()
    head, _, rest = request.path[len(prefix) :].partition("/")
    query = request.META.get("QUERY_STRING", "")
    tail = rest + (f"?{query}" if query else "") if head in ENDONYMS else ""
    return [
        LanguageLink(code, ENDONYMS[code], f"{prefix}{code}/{tail}", direction(code), code == language)
        for code in SHOWN_LANGUAGES
    ]


def person_name(user: Any) -> str:
    """How the masthead names the person: by name, or else by e-mail address."""
    if user is None or not user.is_authenticated:
        return ""
    return str(getattr(user, "name", "") or user.get_username())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that cannot be read (400)."""
    return _error_page(request, "400.html", 400, _("The request cannot be read. Nothing was changed."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for those who may read, but not do what they asked for (403); shows the reason that came along."""
    sentence = str(exception) or _("Your role does not include this step. Nothing was changed.")
    return _error_page(request, "403.html", 403, sentence, exception=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address without a page, or with one that the person may not know of (404)."""
    return _error_page(request, "404.html", 404, _("There is no such page, or it is not open to you."))


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours (500). It uses neither the database nor the frame, which may be at fault."""
    if _wants_json(request):
        return JsonResponse({"error": _("Something went wrong here. The step was not carried out.")}, status=500)
    return HttpResponseServerError(render_to_string("500.html"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose security token is missing or old; it says how to go on without losing the text."""
    sentence = _("This form is no longer valid. Copy what you typed, load the page again and send it once more.")
    if _wants_json(request):
        # A script tries once more with the token that the cookie holds now.
        return JsonResponse({"error": sentence, "code": "csrf"}, status=403)
    return _error_page(request, "403_csrf.html", 403, sentence)


def _error_page(request: HttpRequest, template: str, status: int, sentence: str, **context: Any) -> HttpResponse:
    """An error as a page, or as JSON for a script that asked for it."""
    if _wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    return render(request, template, context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: its first choice is JSON."""
    return request.headers.get("Accept", "").startswith("application/json")


def _address(name: str) -> str:
    """The address of a page of sign-in, empty where the project has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
