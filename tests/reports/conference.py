"""Frozen copies of conference documents to look at: thirty States answered by a fixed rule; no database."""

import datetime
import functools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from tests.reports import world

from palermo.questionnaires.logic.spec import VersionSpec
from palermo.reports.documents.kinds import HERE, read_kind
from palermo.reports.logic import frozen as copy_of
from palermo.reports.logic.dataset import Dataset, State
from palermo.reports.logic.document import PARTS, Asked, Given
from palermo.reports.logic.practice import Opened, Practice, practices_asked
from palermo.reports.logic.practice import told as all_told
from palermo.reports.logic.readers import EVERYBODY, Everybody
from palermo.responses.logic.consent import Level
from palermo.responses.logic.digest import digest
from palermo.responses.logic.standing import Standing

SITE = "https://palermo.example"
AS_AT = datetime.date(2026, 11, 20)
KNOWN_AT = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC)
REGIONS = ("african", "asia-pacific", "eastern-european", "grulac", "weog")
MASTHEAD = {
    "symbol": "CTOC/COP/WG.2/2026/2",
    "distribution": "general",
    "dated": "2026-11-24",
    "original": "en",
    "body": "Conference of the Parties to the United Nations Convention against Transnational Organized Crime",
    "meeting": "Working Group of Government Experts on Technical Assistance",
    "session": "Vienna, 1 and 2 December 2026",
    "agenda": "Item 2 of the provisional agenda",
}


@functools.cache
def party_file() -> list[dict[str, Any]]:
    return yaml.safe_load((world.CONTENT / "states.yaml").read_text())


class Links:
    """Addresses that say what they were asked for."""

    def rates(self, measure: str, slice: str) -> str:
        return f"{SITE}/en/reporting/2026/untoc/states/?measure={measure}&slice={slice}&as_at={AS_AT}"

    def question(self, code: str, value: str) -> str:
        return f"{SITE}/en/analysis/2026/untoc/questions/{code}/states/?value={value}"

    def needs(self, **chosen: str | tuple[str, ...]) -> str:
        return f"{SITE}/en/analysis/2026/untoc/needs/requests/?{urlencode(chosen, doseq=True)}"

    def practices(self, level: str = "") -> str:
        return f"{SITE}/en/analysis/2026/untoc/practice/shared/?with={level}"

    def provision(self, code: str, verdict: str) -> str:
        return f"{SITE}/en/analysis/2026/untoc/provisions/{code}/?word={verdict}"

    def submission(self, state: State) -> str:
        return f"{SITE}/en/cycles/2026/untoc/{state.code}/receipts/1/" if state.number else ""


@functools.cache
def spec(*, whole: bool = False) -> VersionSpec:
    return world.checklist() if whole else world.small()


@functools.cache
def dataset(count: int = 30, *, whole: bool = False) -> Dataset:
    """Every third State is silent; the others answered, each a little differently."""
    asked = spec(whole=whole)
    states = []
    for place, record in enumerate(party_file()[:count]):
        name = record["names"][-1]["en"]
        reported = place % 3 != 1
        said = {
            question.code: world.answer(question, number + place * 7, text=world.ENGLISH, language="en")
            for number, question in enumerate(asked)
            if question.kind.value != "note"
        }
        states.append(
            State(
                code=record["code"].lower(),
                name=name["short"],
                sort=f"{place:03}",
                group=REGIONS[place % 5],
                subregion="",
                lists=frozenset({"ldc"} if place % 4 == 0 else {"sids", "ldc"} if place % 7 == 0 else ()),
                legal="party" if place % 8 else "signatory",
                standing=Standing.SUBMITTED if reported else Standing.BEGUN if place % 2 else Standing.NOT_BEGUN,
                number=1 if reported else None,
                receipt=f"UNTOC-2026-{record['code']}-01" if reported else "",
                first_at=KNOWN_AT - datetime.timedelta(days=place + 4) if reported else None,
                due_on=datetime.date(2026, 10, 31),
                late=reported and place % 5 == 0,
                digest=digest(world.snapshot_of(said, spec=asked)) if reported else None,
            )
        )
    return Dataset("2026", "untoc", "untoc", AS_AT, KNOWN_AT, tuple(states), asked, (2023, 2024, 2025))


def names(made: Dataset, changed: str = "") -> dict[str, Any]:
    """Names in every language; ``changed`` takes the place of the first State's name."""
    records = {record["code"].lower(): record["names"][-1] for record in party_file()}
    states = {}
    for place, state in enumerate(made.states):
        states[state.code] = {
            language: [changed if changed and not place else text["short"], f"{text['short']}"]
            for language, text in records[state.code].items()
            if isinstance(text, dict)
        }
    groups = {
        record["code"]: {
            language: text["short"] for language, text in record["names"][-1].items() if isinstance(text, dict)
        }
        for record in yaml.safe_load((world.CONTENT / "regions.yaml").read_text())
    }
    asked = made.spec
    return {
        "states": states,
        "groups": groups,
        "topics": {"cybercrime": {"en": "Cybercrime", "fr": "Cybercriminalité", "ar": "الجريمة السيبرانية"}},
        "choices": {
            f"{q.code}/{code}": {lang: text.choices[code] for lang, text in q.texts.items() if code in text.choices}
            for q in practices_asked(asked)
            for code in q.choices
        },
        "sections": {s.code: {lang: text.title for lang, text in s.texts.items()} for s in asked.sections},
        "questions": {q.code: {lang: text.text for lang, text in q.texts.items()} for q in asked},
        "rows": {
            f"{q.code}/{row.code}": {
                lang: text.rows[row.code] for lang, text in q.texts.items() if row.code in text.rows
            }
            for q in asked
            for row in q.rows
        },
    }


def frozen(
    kind: str,
    made: Dataset | None = None,
    *,
    folder: Path | None = None,
    changed: str = "",
    opened: Opened | None = None,
    threshold: int = 5,
) -> dict[str, Any]:
    """The frozen copy of a kind; for everybody if it is said how far States have opened what they submitted."""
    made = made or dataset()
    described = read_kind(folder or HERE / kind)
    party = made.states[0].code if "party" in described.parameters else ""
    asked = (
        Asked(made.states[1].code, KNOWN_AT - datetime.timedelta(days=40), None),
        Asked(made.states[3].code, KNOWN_AT - datetime.timedelta(days=30), KNOWN_AT - datetime.timedelta(days=20)),
    )
    told = tuple(
        replace(one, level=list(Level)[place % 3]) for place, one in enumerate(all_told(made.states, made.spec, {}))
    )
    said = tuple(
        Practice(one, "What we did.\nAnd how.", "en", (), ({"title": "Case <One>", "summary": "A *story*."},))
        for one in told
        if one.level is Level.PUBLIC
    )
    if opened is not None:
        told = all_told(made.states, made.spec, opened)
        said = tuple(replace(one, told=words) for one, words in zip(said, told, strict=False))
        said = tuple(one for one in said if one.told.level is Level.PUBLIC)
    everybody = Everybody(made.spec, opened, threshold) if opened is not None else None
    given = Given(made, REGIONS, asked, Links(), party, told, said, everybody)
    title = {
        "en": "United Nations Convention against Transnational Organized Crime",
        "fr": "Convention des Nations Unies contre la criminalité transnationale organisée",
        "ar": "اتفاقية الأمم المتحدة لمكافحة الجريمة المنظمة عبر الوطنية",
    }
    return {
        "schema": 1,
        "kind": described.code,
        "titles": dict(described.titles),
        "subtitles": dict(described.subtitles),
        "landscape": described.landscape,
        "sources": described.sources(),
        "site": SITE,
        "dataset": "0" * 64,
        "about": {
            "cycle": {"code": "2026", "titles": {"en": "First cycle, 2026–2027", "fr": "Premier cycle (2026-2027)",
                                                  "ar": "الدورة الأولى، 2026-2027"}},
            "questionnaire": {"code": "untoc", "titles": {"en": "Self-assessment checklist"}},
            "treaty": {"code": "untoc", "titles": title},
            "as_at": AS_AT.isoformat(),
            "known_at": KNOWN_AT.isoformat(),
            "due_on": "2026-10-31",
            "years": [2023, 2024, 2025],
            "version": 1,
            "version_sha256": "ab" * 32,
            "party": party,
            "analysis": Links().rates("reported", "whole"),
            **({"readers": EVERYBODY} if opened is not None else {}),
        },
        "names": names(made, changed),
        "parts": {part: PARTS[part](given) for part in described.data},
    }  # fmt: skip


def order(kind: str, form: str, language: str = "en", **options: Any) -> dict[str, Any]:
    """What the child process is told."""
    copy = options.pop("frozen", None) or frozen(kind)
    text = copy_of.frozen_text(copy)
    return {
        "frame": "conference", "frozen": json.loads(text), "sha256": copy_of.sha256(text), "language": language,
        "format": form, "masthead": MASTHEAD, "timestamp": 1764000000, "fonts": "", **options,
    }  # fmt: skip


def with_digest(made: Dataset, **changed: Any) -> Dataset:
    """The dataset with something else in the digest of its first State."""
    first, *rest = made.states
    return replace(made, states=(replace(first, digest={**(first.digest or {}), **changed}), *rest))
