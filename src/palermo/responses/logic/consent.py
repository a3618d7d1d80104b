"""Who may read what a State has submitted: decided by the State, section by section (14)."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from palermo.questionnaires.logic.spec import VersionSpec
from palermo.questionnaires.logic.syntax import references


class Level(StrEnum):
    """How far a section may be read beyond the State and the Secretariat."""

    PRIVATE = "private"
    PARTIES = "parties"
    PUBLIC = "public"


def levels(sections: Iterable[str], given: Iterable[tuple[str, str]]) -> dict[str, Level]:
    """The level of each section after all decisions in their order; private where nothing was decided."""
    found = dict.fromkeys(sections, Level.PRIVATE)
    for section, level in given:
        if section in found:
            found[section] = Level(level)
    return found


def open_to(found: Mapping[str, Level], *allowed: Level) -> frozenset[str]:
    """The sections that stand at one of these levels."""
    return frozenset(section for section, level in found.items() if level in allowed)


def excerpt(snapshot: Mapping[str, Any], sections: Collection[str], spec: VersionSpec) -> dict[str, Any]:
    """The snapshot with these sections and nothing that tells an answer of the others.

    A verdict goes out only if every question it rests on does, and a question only if those that decide whether it
    applies do: otherwise the reader could tell what was answered elsewhere. Names of people and of files are left
    out; a State publishes its statement and not its staff.
    """
    shown = {
        question["code"]
        for section in snapshot["sections"]
        if section["code"] in sections
        for question in section["questions"]
    }
    told = {code for code in shown if code not in spec.questions or spec.questions[code].depends_on <= shown}
    kept = [
        {
            **section,
            "declared": None,
            "not_applicable": "0",
            "questions": [{**question, "stamp": None} for question in section["questions"] if question["code"] in told],
        }
        for section in snapshot["sections"]
        if section["code"] in sections
    ]
    rests_on = {
        provision: references(rule.met_when) for provision, rule in spec.rules.items() if rule.met_when is not None
    }
    requests = {
        row["uuid"]
        for section in kept
        for question in section["questions"]
        for row in question["answer"].get("rows", ())
    }
    return {
        "schema": snapshot["schema"],
        "generated": snapshot["generated"],
        "cycle": snapshot["cycle"],
        "questionnaire": snapshot["questionnaire"],
        "treaty": snapshot["treaty"],
        "party": snapshot["party"],
        "sections": kept,
        "provisions": [
            item
            for item in snapshot["provisions"]
            if item["code"] in rests_on and rests_on[item["code"]] and rests_on[item["code"]] <= told
        ],
        "files": [],
        "order_of_requests": [uuid for uuid in snapshot["order_of_requests"] if uuid in requests],
    }
