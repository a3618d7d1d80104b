"""What States asked for: requests for assistance counted by type, article, priority area, region, urgency and date.

Only requests in a submission that counts on the day are here. Needs that are inferred for silent States are another
type, in ``reports.logic.inferred``, and never come through this module.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from palermo.questionnaires.logic.spec import ASSISTANCE_TYPES
from palermo.reports.logic.dataset import Dataset, State
from palermo.responses.logic.content import read_date

CONTENT: Final = Path(__file__).resolve().parents[2] / "content"
HELP_TO_REPORT: Final = "reporting-assistance"
NONE: Final = "-"
"""How it is written in an address that nothing was said, or that a request falls into no area."""
URGENCIES: Final = ("critical", "high", "medium", "low")
NEEDS: Final = ("training-and-capacity", "legal-assistance", "international-cooperation", "help-to-report", "other")


@dataclass(frozen=True)
class Area:
    """A priority area of the Conference with what falls into it."""

    code: str
    letter: str
    types: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    treaties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """How requests are put into areas and needs: the content of two files."""

    areas: tuple[Area, ...]
    needs: Mapping[str, str]
    """The need that each type of assistance belongs to."""
    not_regional_types: frozenset[str]
    not_regional_topics: frozenset[str]


def read_scheme(types: Any, areas: Any, topics: frozenset[str]) -> Scheme:
    """The scheme from the content of the files; a ValueError names file, place and reason."""
    file = "assistance-types.yaml"
    _known_keys(types, {"types", "not_regional_topics"}, file)
    needs: dict[str, str] = {}
    not_regional = set()
    for number, item in enumerate(types["types"], start=1):
        place = f"{file}, type {number}"
        _known_keys(item, {"code", "need", "regional"}, place)
        code, need = item.get("code"), item.get("need")
        _all_known([code], ASSISTANCE_TYPES, "type of assistance", place)
        _all_known([need], NEEDS, "need", place)
        if code in needs:
            raise ValueError(f"{place}: '{code}' stands here twice.")
        needs[code] = need
        if item.get("regional") is False:
            not_regional.add(code)
    if missing := [code for code in ASSISTANCE_TYPES if code not in needs]:
        raise ValueError(f"{file}: the type '{missing[0]}' is missing.")
    _all_known(types.get("not_regional_topics", ()), topics, "topic", f"{file}, not_regional_topics")
    found: list[Area] = []
    for number, item in enumerate(areas, start=1):
        place = f"priority-areas.yaml, area {number}"
        _known_keys(item, {"code", "letter", "types", "topics", "treaties"}, place)
        _all_known(item.get("types", ()), ASSISTANCE_TYPES, "type of assistance", place)
        _all_known(item.get("topics", ()), topics, "topic", place)
        if item["code"] in {area.code for area in found}:
            raise ValueError(f"{place}: '{item['code']}' stands here twice.")
        lists = {key: tuple(item.get(key, ())) for key in ("types", "topics", "treaties")}
        found.append(Area(item["code"], item["letter"], **lists))
    return Scheme(tuple(found), needs, frozenset(not_regional), frozenset(types.get("not_regional_topics", ())))


def _known_keys(item: Any, keys: set[str], place: str) -> None:
    if not isinstance(item, dict):
        raise ValueError(f"{place}: this is no mapping.")
    if unknown := sorted(set(item) - keys):
        raise ValueError(f"{place}: '{unknown[0]}' is not known here; known are {', '.join(sorted(keys))}.")


def _all_known(codes: Iterable[Any], known: Iterable[str], what: str, place: str) -> None:
    for code in codes:
        if code not in set(known):
            raise ValueError(f"{place}: there is no {what} '{code}'.")


@functools.cache
def scheme() -> Scheme:
    """The scheme that the project comes with."""

    def load(name: str) -> Any:
        return yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))

    topics = frozenset(topic["code"] for topic in load("topics.yaml"))
    return read_scheme(load("assistance-types.yaml"), load("priority-areas.yaml"), topics)


@dataclass(frozen=True)
class Request:
    """One request of one State, as it stated it."""

    state: State
    uuid: str
    rank: int | None
    """Its place in the State's own order; None if the State gave it none."""
    code: str
    article: str
    provision: str
    type: str
    urgency: str
    by_date: str
    institution: str
    received: str
    received_from: str
    topics: tuple[str, ...]
    """The topics of the question at which it stands."""
    areas: tuple[str, ...]
    need: str
    is_regional: bool

    @property
    def is_help_to_report(self) -> bool:
        """Whether it asks for help to comply with reporting itself."""
        return self.type == HELP_TO_REPORT


def stated(found: Dataset, rules: Scheme) -> tuple[Request, ...]:
    """All requests that States made, by State and then in the State's own order."""
    topics = {question.code: tuple(question.topics) for question in found.spec}
    falls = functools.cache(functools.partial(_falls_into, rules, found.treaty))
    return tuple(
        _request(state, item, topics.get(item["code"], ()), falls, rules)
        for state in found.states
        if state.has_reported
        for item in (state.digest or {}).get("requests", ())
    )


def _falls_into(rules: Scheme, treaty: str, kind: str, topics: tuple[str, ...]) -> tuple[str, ...]:
    """The areas into which a request of a type falls at a question with these topics."""
    return tuple(
        area.code
        for area in rules.areas
        if kind in area.types or not set(topics).isdisjoint(area.topics) or treaty in area.treaties
    )


def _request(
    state: State,
    item: Mapping[str, Any],
    topics: tuple[str, ...],
    falls: Callable[[str, tuple[str, ...]], tuple[str, ...]],
    rules: Scheme,
) -> Request:
    kind = item.get("type", "")
    provision = item.get("provision", "") or ""
    return Request(
        state=state,
        uuid=item["uuid"],
        rank=item.get("rank"),
        code=item["code"],
        article=article_of(provision),
        provision=provision,
        type=kind,
        urgency=item.get("urgency", ""),
        by_date=item.get("by_date", ""),
        institution=item.get("institution", ""),
        received=item.get("received", ""),
        received_from=item.get("received_from", ""),
        topics=topics,
        areas=falls(kind, topics),
        need=rules.needs.get(kind, "other"),
        is_regional=kind not in rules.not_regional_types and rules.not_regional_topics.isdisjoint(topics),
    )


class By(StrEnum):
    """By what requests are counted."""

    TYPE = "type"
    NEED = "need"
    ARTICLE = "article"
    TOPIC = "topic"
    AREA = "area"
    REGION = "region"
    SUBREGION = "subregion"
    URGENCY = "urgency"
    YEAR = "year"
    APART = "apart"


def _year(request: Request) -> tuple[str, ...]:
    """The year by which it is needed; a date that cannot be read is not the same as none."""
    if not request.by_date:
        return (NONE,)
    return (request.by_date[:4],) if read_date(request.by_date) == request.by_date else ("unclear",)


def _apart(request: Request) -> tuple[str, ...]:
    named = {"help-to-report": request.is_help_to_report, "not-regional": not request.is_regional}
    return tuple(word for word, true in named.items() if true)


APART: Final = ("help-to-report", "not-regional")
NOT_REGIONAL: Final = "not-regional"
_VALUES: Final[Mapping[By, Callable[[Request], tuple[str, ...]]]] = {
    By.TYPE: lambda request: (request.type or NONE,),
    By.NEED: lambda request: (request.need,),
    By.ARTICLE: lambda request: (request.article or NONE,),
    By.TOPIC: lambda request: request.topics or (NONE,),
    By.AREA: lambda request: request.areas or (NONE,),
    By.REGION: lambda request: (request.state.group or NONE,) if request.is_regional else (NOT_REGIONAL,),
    By.SUBREGION: lambda request: (request.state.subregion or NONE,) if request.is_regional else (NOT_REGIONAL,),
    By.URGENCY: lambda request: (request.urgency or NONE,),
    By.YEAR: _year,
    By.APART: _apart,
}


def values(request: Request, by: By) -> tuple[str, ...]:
    """Under what a request is counted: one code, except topics, areas and what stands apart, which may be several."""
    return _VALUES[by](request)


@dataclass(frozen=True)
class Count:
    """Requests, and the States that made them: a State that asks three times is three requests and one State."""

    requests: Sequence[Request]

    @property
    def number(self) -> int:
        """How many requests."""
        return len(self.requests)

    @property
    def states(self) -> int:
        """How many States."""
        return len({request.state.code for request in self.requests})

    @property
    def who(self) -> tuple[State, ...]:
        """The States, in their order."""
        return tuple({request.state.code: request.state for request in self.requests}.values())


Wanted = Mapping[By, Sequence[str]]
"""Which requests are meant: under one of the codes of each way of counting that is named."""


def chosen(requests: Iterable[Request], wanted: Wanted) -> tuple[Request, ...]:
    """The requests that are counted under one of the codes of each."""
    return tuple(
        request
        for request in requests
        if all(not set(codes).isdisjoint(values(request, by)) for by, codes in wanted.items())
    )


def articles(found: Dataset) -> dict[str, str]:
    """The articles at which something is asked, in the order of the treaty, with the section of each."""
    sections = {section.article: section.code for section in found.spec.sections if section.article}
    asked = {article_of(question.provision) for question in found.spec if question.provision}
    return {article: sections.get(article, "") for article in sorted(asked, key=place_of)}


def place_of(code: str) -> tuple[Any, ...]:
    """Provisions in the order of the treaty: 5 before 16, (a) before (b)."""
    parts = code.split(".")
    return (parts[0], *((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts[1:]))


def article_of(provision: str) -> str:
    """The article of a provision: ``untoc.5`` of ``untoc.5.1.a``."""
    return ".".join(provision.split(".")[:2])


def counted(requests: Sequence[Request], by: By, order: Sequence[str] = ()) -> dict[str, Count]:
    """The requests under each code: codes of ``order`` first, the rest by code, what says nothing last."""
    found: dict[str, list[Request]] = {}
    for request in requests:
        for code in values(request, by):
            found.setdefault(code, []).append(request)
    last = [code for code in (NOT_REGIONAL, "unclear", NONE) if code in found and code not in order]
    known = [code for code in order if code in found]
    rest = sorted(found.keys() - {*known, *last})
    return {code: Count(tuple(found[code])) for code in (*known, *rest, *last)}


def crossed(requests: Sequence[Request], rows: By, columns: By) -> dict[tuple[str, str], Count]:
    """The requests under each pair of codes that occurs."""
    found: dict[tuple[str, str], list[Request]] = {}
    for request in requests:
        for row in values(request, rows):
            for column in values(request, columns):
                found.setdefault((row, column), []).append(request)
    return {pair: Count(tuple(listed)) for pair, listed in found.items()}


@dataclass(frozen=True)
class Place:
    """A place in the list of the needs that most States stated; several codes at one place are a tie."""

    place: int
    codes: tuple[str, ...]
    states: int


def top(requests: Sequence[Request], by: By, first: int) -> tuple[Place, ...]:
    """The codes by the number of States, the most first, until at least ``first`` codes are named.

    Equal numbers share a place and are never cut: the list may be longer. What says nothing is in no place.
    """
    numbers = {code: count.states for code, count in counted(requests, by).items() if code not in (NONE, "unclear")}
    places: list[Place] = []
    named = 0
    for number in sorted(set(numbers.values()), reverse=True):
        if named >= first:
            break
        codes = tuple(sorted(code for code, states in numbers.items() if states == number))
        places.append(Place(named + 1, codes, number))
        named += len(codes)
    return tuple(places)
