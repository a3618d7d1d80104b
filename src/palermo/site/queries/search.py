"""The search: full text in the language of each text, with what the reader may see."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from palermo.parties.access import open_grants
from palermo.parties.logic.roles import Permission, allows
from palermo.parties.models import User
from palermo.site.logic.segment import CONFIGURATIONS, query_of
from palermo.site.queries.published import as_public

PAGE = 20
KINDS = ("state", "treaty", "question", "answer", "law", "document")
# Control characters cannot stand in a text that was typed, so they mark what was found until the text is escaped.
_START, _STOP = "\x01", "\x02"
_WHERE = " OR ".join(
    f"(language = '{language}' AND vector @@ websearch_to_tsquery('{configuration}', %(query)s))"
    for language, configuration in CONFIGURATIONS.items()
)
_QUERY = "CASE language {} ELSE websearch_to_tsquery('simple', %(query)s) END".format(
    " ".join(
        f"WHEN '{language}' THEN websearch_to_tsquery('{configuration}', %(query)s)"
        for language, configuration in CONFIGURATIONS.items()
    )
)
_CONFIGURATION = "(CASE language {} ELSE 'simple' END)::regconfig".format(
    " ".join(f"WHEN '{language}' THEN '{configuration}'" for language, configuration in CONFIGURATIONS.items())
)
_COUNT = "SELECT kind, count(*) FROM {table} WHERE ({where}) {more} GROUP BY kind"
# The best of each source first; a State is one hit, in the reader's language if it is there.
_FIND = """
SELECT kind, language, title, place, ts_headline({configuration}, body, query, %(options)s) FROM (
    SELECT *, {query} AS query,
        ts_rank_cd(vector, {query}, 1) * CASE WHEN language = %(language)s THEN 2 ELSE 1 END AS rank
    FROM {table} WHERE ({where}) {more} {kind}
    ORDER BY rank DESC, title, id LIMIT %(limit)s
) AS found ORDER BY rank DESC, title, id
"""


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    kind: str
    language: str
    title: str
    url: str
    party: str
    excerpt: SafeString
    """A passage with what was found marked; escaped."""


@dataclass(frozen=True)
class Found:
    """What the search gave: how many of each kind, and one page of hits."""

    counts: dict[str, int]
    hits: tuple[Hit, ...]
    total: int


def search(user: User | AnonymousUser, typed: str, language: str, *, kind: str = "", page: int = 1) -> Found:
    """One page of hits. Two queries for what everybody can find, two more for those who may read submissions."""
    query = query_of(typed)
    if not query:
        return Found({}, (), 0)
    wanted = kind if kind in KINDS else ""
    values: dict[str, Any] = {
        "query": query,
        "language": language,
        "limit": PAGE * page,
        "kind": wanted,
        "options": f"StartSel={_START}, StopSel={_STOP}, MaxWords=40, MinWords=15, MaxFragments=2",
    }
    counts: dict[str, int] = {}
    with as_public():
        rows = _read("published.entry", values, counts, wanted)
    scopes = readable_scopes(user)
    if scopes:
        values["scopes"] = [*scopes, *(f"{scope.rstrip('/')}/%" for scope in scopes)]
        more = "AND scope LIKE ANY(%(scopes)s)"
        rows += _read("site_submittedentry", values, counts, wanted, more)
    # The public copy and the submission may hold the same; it is shown once.
    unique = list({(hit.url, hit.title): hit for hit in map(_hit, rows)}.values())
    total = counts.get(wanted, 0) if wanted else sum(counts.values())
    return Found(counts, tuple(unique[PAGE * (page - 1) : PAGE * page]), total)


def readable_scopes(user: User | AnonymousUser) -> list[str]:
    """The scopes under which the person may read everything that was submitted."""
    return sorted({grant.scope for grant in open_grants(user) if allows(grant.role, Permission.READ_SUBMISSION)})


def _read(table: str, values: dict[str, Any], counts: dict[str, int], kind: str, more: str = "") -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(table=table, where=_WHERE, more=more), values)
        for found, number in cursor.fetchall():
            counts[found] = counts.get(found, 0) + number
        cursor.execute(
            _FIND.format(
                table=table,
                where=_WHERE,
                query=_QUERY,
                configuration=_CONFIGURATION,
                more=more,
                kind="AND kind = %(kind)s" if kind else "",
            ),
            values,
        )
        return list(cursor.fetchall())


def _hit(row: Sequence[Any]) -> Hit:
    kind, language, title, place, passage = row
    if isinstance(place, str | bytes):
        place = json.loads(place)
    try:
        url = reverse(place["name"], kwargs=place["arguments"])
    except NoReverseMatch:
        url = ""
    if place.get("fragment"):
        url += f"#{place['fragment']}"
    marked = escape(passage).replace(_START, "<mark>").replace(_STOP, "</mark>")
    return Hit(
        kind=kind,
        language=language,
        title=title,
        url=url,
        party=place.get("party", ""),
        excerpt=mark_safe(marked),  # noqa: S308 - escaped the line before
    )
