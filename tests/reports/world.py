"""Responses to look at: the Convention's own checklist, answered by a fixed rule; no database."""

import datetime
import functools
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from palermo.questionnaires.logic.content import read_folder
from palermo.questionnaires.logic.spec import Kind, ProvisionFacts, QuestionSpec, VersionSpec, build_version
from palermo.questionnaires.logic.syntax import references
from palermo.reports.logic.report import Receipt, Report, report
from palermo.reports.words import words
from palermo.responses.logic.content import Content, Row, figure_identity
from palermo.responses.logic.snapshot import (
    File,
    Head,
    NationalResponse,
    ProvisionTexts,
    Stamp,
    build_snapshot,
    read_snapshot,
)
from palermo.treaties.logic.content import TreatySpec, read_treaty
from palermo.treaties.logic.kinds import Obligation

CONTENT = Path(__file__).resolve().parents[2] / "src" / "palermo" / "content"
TODAY = datetime.date(2026, 11, 24)
NOW = datetime.datetime(2026, 11, 23, 15, 4, 5, tzinfo=datetime.UTC)
SPANISH = "Sí. El artículo 210 bis del Código Penal castiga la participación; la reforma está en el Senado."
ARABIC = "نعم، ينص القانون رقم 64 لسنة 2010 على ذلك، ويجري إعداد تعديل للمادة 3 (الفقرة 1)."
CHINESE = "是的。刑法第二百九十四条规定了组织、领导、参加犯罪集团的处罚,修正案正在审议。"
ENGLISH = "Yes. Section 5 of the Organized Crime Act covers this; an amendment is before Parliament."


@functools.cache
def treaty() -> TreatySpec:
    topics = yaml.safe_load((CONTENT / "topics.yaml").read_text())
    return read_treaty(CONTENT / "treaties" / "untoc", {topic["code"] for topic in topics})


@functools.cache
def checklist() -> VersionSpec:
    facts = {
        p.code: ProvisionFacts(p.code, Obligation(p.obligation), tuple(p.topics), p.bearer == "state")
        for p in treaty().provisions
    }
    loaded = read_folder(CONTENT / "questionnaires" / "untoc", provisions=facts)
    assert loaded.version is not None, loaded.problems[:3]
    return loaded.version


@functools.cache
def small() -> VersionSpec:
    """The general section and the first articles of the checklist, for documents that are made many times."""
    whole = checklist()
    sections = whole.sections[:4]
    codes = {question.code for section in sections for question in section.questions}
    rules = [rule for rule in whole.rules.values() if rule.met_when and references(rule.met_when) <= codes]
    return build_version(
        questionnaire="untoc",
        treaty="untoc",
        sections=sections,
        rules=rules,
        texts=whole.texts,
        number=1,
        sha256="ab" * 32,
    )


def provisions() -> list[ProvisionTexts]:
    return [ProvisionTexts(p.code, p.article or p.code, p.obligation, p.texts) for p in treaty().provisions]


def head(*, generated: bool = False, party: Mapping[str, str] | None = None) -> Head:
    return Head(
        cycle="2026",
        cycle_texts={"en": {"title": "First cycle, 2026–2027"}},
        first_year=2023,
        last_year=2025,
        due_on=datetime.date(2027, 3, 31),
        questionnaire="untoc",
        questionnaire_texts={"en": {"title": "Self-assessment checklist"}},
        treaty="untoc",
        treaty_texts=treaty().texts,
        version=1,
        version_sha256="ab" * 32,
        party="ARG",
        party_names=party or {"en": "Argentina", "es": "Argentina", "ar": "الأرجنتين"},
        generated=generated,
    )


def answer(question: QuestionSpec, place: int, *, text: str, language: str) -> Content:
    """An answer that depends on nothing but the place of its question."""
    uuid = figure_identity("test", question.code, str(place))
    said: dict[str, Any] = {"text": text, "language": language} if place % 2 else {}
    if place % 23 == 11:
        return Content(cannot_answer=True, reason="The statistics office has been asked.")
    if place % 17 == 5:
        return Content()
    match question.kind:
        case Kind.IMPLEMENTATION:
            return Content(value=("yes", "yes", "in_part", "no")[place % 4], **said)
        case Kind.YES_NO:
            return Content(value=("yes", "no")[place % 2], **said)
        case Kind.CHOICE:
            return Content(value=question.choices[place % len(question.choices)], **said)
        case Kind.CHOICES:
            return Content(value=question.choices[:2], **said)
        case Kind.TEXT:
            return Content(text=text, language=language)
        case Kind.NUMBER:
            return Content(value="12345.5")
        case Kind.DATE:
            return Content(value="2004-05-14")
        case Kind.LEGISLATION:
            return Content(
                rows=(
                    Row(
                        uuid,
                        {
                            "title": "Penal Code",
                            "number": "Law 11.179",
                            "date": "1984-12-21",
                            "articles": "210, 210 bis",
                            "status": "in_force",
                            "link": "https://example.org/law?id=1&x=*2*",
                            "extract": "Any person who takes part in an association of three or more. " * 5,
                        },
                    ),
                    Row(
                        uuid[:-1] + "f",
                        {"title": "Ley 25.246 de Encubrimiento", "articles": "6, 13 and 20", "status": "draft"},
                    ),
                ),
                **said,
            )
        case Kind.CASES:
            return Content(
                rows=(
                    Row(
                        uuid,
                        {
                            "title": "State v. Nobody",
                            "year": "2024",
                            "summary": "Traced. " * 40,
                            "convention_used": "yes",
                            "outcome": "Convicted",
                        },
                    ),
                )
            )
        case Kind.AUTHORITY:
            return Content(rows=(Row(uuid, {"body": "Ministry of Justice", "email": "central@example.org"}),))
        case Kind.ASSISTANCE:
            if place % 3 == 0:
                return Content(value="no")
            types = question.types or ("training",)
            return Content(
                value="yes",
                rows=(
                    Row(
                        uuid,
                        {
                            "type": types[place % len(types)],
                            "urgency": ("critical", "high", "medium", "low")[place % 4],
                            "reason": "The prosecutors of the provinces have had no training in tracing assets abroad.",
                            "by_date": "2027-06-30",
                            "institution": "Public Prosecutor’s Office",
                            "expected_result": "Ten units can trace assets.",
                        },
                    ),
                ),
                **said,
            )
        case _:
            return Content(rows=tuple(
                Row(figure_identity("test", row.code, str(year)),
                    {"row": row.code, "year": str(year), **({"not_collected": "yes"} if index % 4 == 3 else
                                                            {"number": str(1200 * index + year)})})
                for index, row in enumerate(question.rows) for year in (2023, 2024, 2025) if (index + year) % 5
            ), **said)  # fmt: skip


def contents(*, text: str = SPANISH, language: str = "es", spec: VersionSpec | None = None) -> dict[str, Content]:
    return {
        question.code: answer(question, place, text=text, language=language)
        for place, question in enumerate(spec or checklist())
        if question.kind is not Kind.NOTE
    }


def snapshot_of(
    said: Mapping[str, Content] | None = None, *, generated: bool = False, spec: VersionSpec | None = None,
    party: Mapping[str, str] | None = None, ranks: int = 4,
) -> dict[str, Any]:  # fmt: skip
    spec = spec or checklist()
    said = contents() if said is None else said
    asked = [
        row.uuid
        for code, content in said.items()
        if spec.questions[code].kind is Kind.ASSISTANCE
        for row in content.rows
    ]
    return build_snapshot(
        head=head(generated=generated, party=party),
        spec=spec,
        contents=said,
        stamps={code: Stamp(by="Ministry of Justice", at=NOW) for code in said},
        provisions=provisions(),
        declarations={section.code: Stamp(by="Ana Pérez", at=NOW) for section in spec.sections[1::2]},
        files=[File("6f2a", next(iter(said), ""), "penal code.pdf", 1200, "cd" * 32)],
        ranks={uuid: place for place, uuid in enumerate(reversed(asked[:ranks]), start=1)},
        today=TODAY,
    )


def response_of(said: Mapping[str, Content] | None = None, **options: Any) -> NationalResponse:
    return read_snapshot(snapshot_of(said, **options))


RECEIPT = Receipt(number="UNTOC-2026-ARG-01", sha256="0f" * 32, at="2026-11-24T09:30:00+00:00", by="Ana Pérez")


def report_of(
    response: NationalResponse | None = None, *, receipt: Receipt | None = None, language: str = "en"
) -> Report:
    return report(response or response_of(), words(language), today=TODAY, receipt=receipt)


def order(form: str, made: Report | None = None, **options: Any) -> dict[str, Any]:
    return {
        "document": "national-report", "language": "en", "format": form, "report": asdict(made or report_of()),
        "timestamp": 1764000000, "fonts": "", **options,
    }  # fmt: skip
