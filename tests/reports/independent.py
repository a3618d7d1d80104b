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


# ── The matrix of States and questions ───────────────────────────────────────────────────────────────────────────────


def matrix(data: Json, chosen: dict[str, str], only_reported: bool) -> dict[str, dict[str, str]]:
    """What stands in each cell of a file, for the States and questions that are left."""
    found: dict[str, dict[str, str]] = {}
    for state in data["states"]:
        groups = [("region", chosen.get("region")), ("list", chosen.get("development")), ("legal", chosen.get("legal"))]
        inside = [state in group_of(data, f"{kind}.{code}") for kind, code in groups if code]
        if not all(inside) or (only_reported and not has_reported(state)):
            continue
        found[state["code"]] = {}
        for question in data["questions"]:
            wanted = [(name, question[name]) for name in ("section", "asks", "kind") if chosen.get(name)]
            if question["kind"] == "note" or any(chosen[name] != value for name, value in wanted):
                continue
            word = stands_towards(state, question["code"])
            if word != "answered":
                found[state["code"]][question["code"]] = f"({word})"
                continue
            said = state["digest"]["answers"][question["code"]]
            if isinstance(said, list):
                said = " ".join(said)
            elif isinstance(said, dict):
                said = said["number"] if "number" in said else said["date"]
            elif said is True:
                said = "given"
            found[state["code"]][question["code"]] = said
    return found


# ── Change between cycles ────────────────────────────────────────────────────────────────────────────────────────────


def question_in(data: Json, code: str) -> Json | None:
    for question in data["questions"]:
        if question["code"] == code:
            return dict(question)
    return None


def can_be_compared(now: Json, former: Json, code: str, lineage: dict[str, tuple[str, bool]]) -> bool:
    """Asked before, with the same meaning, in the same form."""
    if code not in lineage:
        return False
    old_code, same = lineage[code]
    new, old = question_in(now, code), question_in(former, old_code)
    if new is None or old is None:
        return False
    return same and new["kind"] == old["kind"] and new["values"] == old["values"]


def question_steps(
    now: Json, former: Json, code: str, lineage: dict[str, tuple[str, bool]], key: str = "whole"
) -> dict[str, list[str]]:
    """The codes of the States that moved in each way at a question."""
    question = question_in(now, code)
    assert question is not None
    old_code = lineage.get(code, ("", False))[0]
    asked_before = question_in(former, old_code) is not None
    earlier = {state["code"]: state for state in former["states"]}
    found: dict[str, list[str]] = {}
    for state in group_of(now, key):
        was = earlier.get(state["code"])
        said_now = stands_towards(state, code) == "answered"
        said_then = was is not None and asked_before and stands_towards(was, old_code) == "answered"
        if not said_now and not said_then:
            step = "neither"
        elif not can_be_compared(now, former, code, lineage):
            step = "not_comparable"
        elif not said_then:
            step = "new"
        elif not said_now:
            step = "no_longer"
        else:
            assert was is not None
            old, new = was["digest"]["answers"][old_code], state["digest"]["answers"][code]
            ladder = ["no", "in_part", "yes"]
            if old is True or new is True:
                step = "both"
            elif (sorted(old) if isinstance(old, list) else old) == (sorted(new) if isinstance(new, list) else new):
                step = "same"
            elif question["kind"] == "implementation":
                step = "improved" if ladder.index(new) > ladder.index(old) else "worsened"
            else:
                step = "different"
        found.setdefault(step, []).append(state["code"])
    return found


def provision_steps(
    now: Json, former: Json, provision: str, comparable: bool, key: str = "whole"
) -> dict[str, list[str]]:
    """The codes of the States that moved in each way at a provision."""
    ladder = ["not_met", "in_part", "met"]
    earlier = {state["code"]: state for state in former["states"]}
    found: dict[str, list[str]] = {}
    for state in group_of(now, key):
        words = []
        for one in (earlier.get(state["code"]), state):
            reported = one is not None and has_reported(one)
            words.append(one["digest"]["provisions"].get(provision, "") if one is not None and reported else "")
        known = [word in ladder for word in words]
        if known == [False, False]:
            step = "neither"
        elif not comparable:
            step = "not_comparable"
        elif known == [False, True]:
            step = "new"
        elif known == [True, False]:
            step = "no_longer"
        else:
            distance = ladder.index(words[1]) - ladder.index(words[0])
            step = "same" if distance == 0 else "improved" if distance > 0 else "worsened"
        found.setdefault(step, []).append(state["code"])
    return found


# ── Needs and practice ───────────────────────────────────────────────────────────────────────────────────────────────


def requests_under(data: Json, types: Json, areas: list[Json]) -> list[Json]:
    """Every request with all that it is counted under, by the two content files as they were read."""
    topics = {question["code"]: question["topics"] for question in data["questions"]}
    need = {item["code"]: item["need"] for item in types["types"]}
    global_types = [item["code"] for item in types["types"] if item.get("regional", True) is False]
    found = []
    for state in data["states"]:
        if not has_reported(state):
            continue
        for request in state["digest"]["requests"]:
            kind, about = request.get("type", ""), topics.get(request["code"], [])
            inside = []
            for area in areas:
                by_topic = [topic for topic in about if topic in area.get("topics", [])]
                if kind in area.get("types", []) or by_topic or data["treaty"] in area.get("treaties", []):
                    inside.append(area["code"])
            apart = []
            if kind == "reporting-assistance":
                apart.append("help-to-report")
            for topic in about:
                if topic in types["not_regional_topics"] and "not-regional" not in apart:
                    apart.append("not-regional")
            if kind in global_types and "not-regional" not in apart:
                apart.append("not-regional")
            far = "not-regional" in apart
            day = request.get("by_date", "")
            article = request["provision"].split(".")
            found.append(
                {
                    "state": state["code"],
                    "type": [kind or "-"],
                    "need": [need.get(kind, "other")],
                    "article": [article[0] + "." + article[1]],
                    "topic": about or ["-"],
                    "area": inside or ["-"],
                    "region": ["not-regional" if far else state["group"] or "-"],
                    "subregion": ["not-regional" if far else state["subregion"] or "-"],
                    "urgency": [request.get("urgency", "") or "-"],
                    "year": [day.split("-")[0] if day else "-"],
                    "apart": apart,
                }
            )
    return found


def requests_of(listed: list[Json], wanted: dict[str, list[str]]) -> list[Json]:
    """The requests that an address names: under one of the codes of each part."""
    found = []
    for request in listed:
        fits = [any(code in request[by] for code in codes) for by, codes in wanted.items()]
        if all(fits):
            found.append(request)
    return found


def needs_by(listed: list[Json], by: str) -> dict[str, tuple[int, int]]:
    """The requests and the States under each code."""
    found = {}
    for code in {code for request in listed for code in request[by]}:
        under = [request for request in listed if code in request[by]]
        found[code] = (len(under), len({request["state"] for request in under}))
    return found


def most_stated(listed: list[Json], by: str, first: int) -> list[tuple[int, list[str], int]]:
    """Places by the number of States: the place of a code is one more than the codes with more States."""
    numbers = {code: states for code, (_requests, states) in needs_by(listed, by).items() if code != "-"}
    found: dict[int, tuple[list[str], int]] = {}
    for code in sorted(numbers):
        place = 1 + len([other for other in numbers if numbers[other] > numbers[code]])
        if place <= first:
            found.setdefault(place, ([], numbers[code]))[0].append(code)
    return [(place, *found[place]) for place in sorted(found)]


def inferred_needs(data: Json, least: int) -> dict[str, tuple[int, dict[str, int]]]:
    """For each silent State how many similar ones there are, and how many of them asked for what half asked for."""
    found: dict[str, tuple[int, dict[str, int]]] = {}
    reported = [state for state in data["states"] if has_reported(state)]
    for silent in data["states"]:
        if not was_asked(silent) or has_reported(silent):
            continue
        near = [state for state in reported if silent["subregion"] and state["subregion"] == silent["subregion"]]
        far = [state for state in reported if silent["group"] and state["group"] == silent["group"]]
        steps = [
            [state for state in near if state["lists"] == silent["lists"]],
            near,
            [state for state in far if state["lists"] == silent["lists"]],
        ]
        found[silent["code"]] = (0, {})
        for peers in steps:
            if len(peers) < least:
                continue
            numbers: dict[str, int] = {}
            for state in peers:
                for kind in {request["type"] for request in state["digest"]["requests"] if "type" in request}:
                    numbers[kind] = numbers.get(kind, 0) + 1
            half = {kind: n for kind, n in numbers.items() if Fraction(n, len(peers)) >= Fraction(1, 2)}
            found[silent["code"]] = (len(peers), half)
            break
    return found


def who_may_read(state: Json, code: str, levels: dict[str, str], asked: dict[str, tuple[str, list[str]]]) -> str:
    """Who may read an answer: its own section is open so far, and what decided that it was asked was open too."""
    if code not in asked or code not in state["digest"]["answers"]:
        return "private"
    section, decided_by = asked[code]
    found = [levels.get(section, "private")]
    for other in decided_by:
        applied = other in state["digest"]["answers"]
        found.append(levels.get(asked[other][0], "private") if applied else "private")
    if "private" in found:
        return "private"
    return "parties" if "parties" in found else "public"


def figures_given(data: Json, code: str, row: str, year: int, key: str = "whole") -> Json:
    """How States stand towards a figure, the sum and the median of what they gave."""
    words: dict[str, int] = {}
    numbers: list[Fraction] = []
    for state in group_of(data, key):
        word = stands_towards(state, code)
        if word in ["answered", "unanswered"]:
            written = state["digest"]["figures"].get(code, {}).get(row, {}).get(str(year))
            word = "nothing"
            if written == "not_collected":
                word = "not_collected"
            elif written is not None:
                word = "number"
                numbers.append(Fraction(written))
        words[word] = words.get(word, 0) + 1
    numbers.sort()
    middle = None
    if numbers:
        half = len(numbers) // 2
        middle = numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2
    return {"words": words, "total": sum(numbers) if numbers else None, "median": middle}
