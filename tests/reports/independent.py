"""The analysis a second time, in plain Python that starts from an exported file.

Nothing of ``palermo.reports`` and no query is imported here, and nothing clever is done: each number is counted the
slow way, so that it can be read by eye. Every part of the analysis adds its own functions below a line of its own.
"""

import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

# ── What each word means ─────────────────────────────────────────────────────────────────────────────────────────────


def is_party(state: Json) -> bool:
    return state["legal"] == "party" or state["legal"] == "deposited"


def was_asked(state: Json) -> bool:
    return state["standing"] != "not_invited" and state["standing"] != "no_obligation"


def has_reported(state: Json) -> bool:
    return state["standing"] in ["submitted", "clarification", "reopened", "final"]


def is_late(state: Json, zone: str = "Europe/Vienna") -> bool:
    """Reported, and the first time on a day after its date, by the calendar of the seat."""
    if not has_reported(state) or state["first_at"] is None or state["due_on"] is None:
        return False
    day = datetime.datetime.fromisoformat(state["first_at"]).astimezone(ZoneInfo(zone)).date()
    return day > datetime.date.fromisoformat(state["due_on"])


# ── Reporting status and rates ───────────────────────────────────────────────────────────────────────────────────────


def group_of(data: Json, key: str) -> list[Json]:
    """The States of a group named as in an address: ``whole``, ``region.african``, ``list.ldc``, ``legal.none``."""
    found = []
    for state in data["states"]:
        if key == "whole":
            found.append(state)
            continue
        kind, code = key.split(".")
        code = "" if code == "-" else code
        if kind == "region" and state["group"] == code:
            found.append(state)
        if kind == "subregion" and state["subregion"] == code:
            found.append(state)
        if kind == "legal" and state["legal"] == code:
            found.append(state)
        if kind == "list" and (code in state["lists"] or (code == "" and state["lists"] == [])):
            found.append(state)
    return found


RELATIONS = (
    *("states", "parties", "bound", "asked", "parties_asked", "parties_not_asked", "reported", "parties_reported"),
    *("in_time", "late", "silent", "parties_silent", "released", "parties_released"),
    *("not_begun", "begun", "submitted", "clarification", "reopened", "final"),
)


def counts(data: Json, key: str = "whole") -> dict[str, int]:
    """How many States of a group stand in each relation."""
    found = dict.fromkeys(RELATIONS, 0)
    for state in group_of(data, key):
        found["states"] += 1
        if state["standing"] in ["not_begun", "begun", "submitted", "clarification", "reopened", "final"]:
            found[state["standing"]] += 1
        if state["standing"] == "no_obligation":
            found["released"] += 1
            if is_party(state):
                found["parties_released"] += 1
        if state["legal"] == "party":
            found["bound"] += 1
        if is_party(state):
            found["parties"] += 1
            if state["standing"] == "not_invited":
                found["parties_not_asked"] += 1
        if was_asked(state):
            found["asked"] += 1
            if is_party(state):
                found["parties_asked"] += 1
            if not has_reported(state):
                found["silent"] += 1
                if is_party(state):
                    found["parties_silent"] += 1
        if has_reported(state):
            found["reported"] += 1
            found["late" if is_late(state) else "in_time"] += 1
            if is_party(state):
                found["parties_reported"] += 1
    return found


def rates(data: Json, key: str = "whole") -> dict[str, Fraction | None]:
    """The share of the parties, and of those asked, that has reported; None over nobody."""
    found = counts(data, key)
    return {
        "of_parties": Fraction(found["parties_reported"], found["parties"]) if found["parties"] else None,
        "of_asked": Fraction(found["reported"], found["asked"]) if found["asked"] else None,
    }


def whole_percent(rate: Fraction | None) -> int | None:
    """Halves rounded up: a rate of 10.5 per cent is 11."""
    if rate is None:
        return None
    below = int(rate * 100)
    return below + 1 if rate * 100 - below >= Fraction(1, 2) else below


# ── What was said to a question, and how provisions are met ──────────────────────────────────────────────────────────


def stands_towards(state: Json, code: str) -> str:
    """The one word for how a State stands towards a question."""
    if not has_reported(state):
        if state["standing"] == "no_obligation":
            return "released"
        if state["standing"] == "not_invited":
            return "not_asked" if is_party(state) else "not_party"
        return "silent"
    answers = state["digest"]["answers"]
    if code not in answers:
        return "not_applicable"
    if answers[code] is None:
        return "unanswered"
    if isinstance(answers[code], dict) and "cannot" in answers[code]:
        return "cannot_answer"
    return "answered"


def question_counts(data: Json, code: str, key: str = "whole") -> dict[str, dict[str, int]]:
    """How many States of a group stand in each relation, and how many chose each value."""
    relations: dict[str, int] = {}
    chosen: dict[str, int] = {}
    for state in group_of(data, key):
        word = stands_towards(state, code)
        relations[word] = relations.get(word, 0) + 1
        if word == "answered":
            said = state["digest"]["answers"][code]
            for value in [said] if isinstance(said, str) else said if isinstance(said, list) else []:
                chosen[value] = chosen.get(value, 0) + 1
    return {"relations": relations, "values": chosen}


def provision_words(data: Json, provision: str, key: str = "whole") -> dict[str, int]:
    """How many States of a group fulfil a provision in which way; the others by why nothing is known."""
    found: dict[str, int] = {}
    for state in group_of(data, key):
        word = stands_towards(state, "")
        if has_reported(state):
            word = state["digest"]["provisions"].get(provision, "not_judged")
        found[word] = found.get(word, 0) + 1
    return found
