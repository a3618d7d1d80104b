"""The menus of all pages: apps register entries for a place, the page frame and the tabs ask for them.

Upper apps add links to pages of lower ones in this way, without the lower app knowing of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise

Judge = Callable[[Any, Any, str], bool]


@dataclass(frozen=True)
class Badge:
    """A number beside a link, and the same in words for those who hear the page."""

    number: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One link of a menu, as an app registers it.

    ``place`` is ``main`` (masthead), ``account`` (menu of the person), ``response`` (tabs of a
    response), or another that a page asks for, as ``receipt`` and ``document`` (steps from there).
    ``permission`` and ``scope`` are put to the judge; the scope may hold the URL's arguments, as in
    ``/cycles/{cycle}/{questionnaire}/{party}``. ``visible`` is asked besides, with the request.
    ``arguments`` names the URL's arguments; None means all that the place gives.
    ``covers`` lists further view names whose pages belong under this entry.
    ``badge`` gives what waits behind the entry, from the request and the arguments, for those who see the entry.
    """

    place: str
    label: str | Promise
    url_name: str
    order: int = 100
    permission: Any = None
    scope: str = "/"
    visible: Callable[[HttpRequest], bool] | None = None
    arguments: tuple[str, ...] | None = None
    covers: tuple[str, ...] = ()
    badge: Callable[[HttpRequest, Mapping[str, Any]], Badge | None] | None = None


@dataclass(frozen=True)
class Link:
    """One link of a menu, as a page shows it; ``current`` is ``page``, ``true`` (a page below) or empty."""

    label: str | Promise
    url: str
    current: str
    badge: Badge | None = None


_entries: dict[str, dict[str, Entry]] = {}
_judges: list[Judge] = []


def register(entry: Entry) -> None:
    """Adds ``entry`` to its place; the same address registered again replaces the former."""
    _entries.setdefault(entry.place, {})[entry.url_name] = entry


def use_judge(judge: Judge) -> None:
    """Names the function ``(user, permission, scope) -> bool`` that decides what a person sees."""
    _judges[:] = [judge]


def entries_for(place: str, request: HttpRequest, **kwargs: Any) -> list[Link]:
    """The links of ``place`` that the request's person may follow, in their order, with the current one marked.

    ``kwargs`` are the arguments of the place's addresses (a response has cycle, questionnaire and party).
    """
    shown: list[tuple[Entry, str]] = []
    for entry in sorted(_entries.get(place, {}).values(), key=lambda entry: (entry.order, entry.url_name)):
        if _may_see(entry, request, kwargs):
            names = kwargs if entry.arguments is None else entry.arguments
            shown.append((entry, reverse(entry.url_name, kwargs={name: kwargs[name] for name in names})))
    match = getattr(request, "resolver_match", None)
    view_name = match.view_name if match else ""
    here = _nearest(shown, request.path, view_name)
    return [
        Link(
            entry.label,
            url,
            ("page" if url == request.path else "true") if url == here else "",
            entry.badge(request, kwargs) if entry.badge else None,
        )
        for entry, url in shown
    ]


def _may_see(entry: Entry, request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Whether the person may follow the entry; without a judge, an entry that needs a permission stays hidden."""
    if entry.visible is not None and not entry.visible(request):
        return False
    if entry.permission is None:
        return True
    return any(judge(request.user, entry.permission, entry.scope.format(**kwargs)) for judge in _judges)


def _nearest(shown: list[tuple[Entry, str]], path: str, view_name: str) -> str:
    """The address under which the page lies: named by ``covers``, or else the longest that begins its path."""
    for entry, url in shown:
        if view_name and view_name in entry.covers:
            return url
    root = len(get_script_prefix()) + len("en/")
    below = [url for _, url in shown if url == path or (len(url) > root and path.startswith(url))]
    return max(below, key=len, default="")
