"""The frozen copy of a response: what was asked, what was answered, and what follows from it, as one plain structure.

The same structure is built from the live response and kept with a submission; reports read it through
``read_snapshot`` and cannot tell the two apart (decisions of the first day, 8). Numbers and dates are strings, so the
canonical JSON of RFC 8785 is stable; its SHA-256 stands on the receipt.
"""

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from palermo.base.multilingual import best
from palermo.questionnaires.logic.fulfilment import Fulfilment, fulfilments, relevant_codes
from palermo.questionnaires.logic.spec import Kind, VersionSpec, heading_data, text_data
from palermo.responses.logic.content import Content, Row, condition_values, from_canonical, is_unanswered

SCHEMA = 1


@dataclass(frozen=True)
class Stamp:
    """Who changed an answer last, and when."""

    by: str
    at: datetime.datetime


@dataclass(frozen=True)
class ProvisionTexts:
    """What a snapshot says of a provision: its force, its titles or demands by language, its verb."""

    code: str
    article: str
    obligation: str
    texts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class File:
    """A file of evidence as the snapshot names it; the file itself stays in the store."""

    uuid: str
    code: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Head:
    """Whose response it is, to what, in which cycle."""

    cycle: str
    cycle_texts: Mapping[str, Mapping[str, str]]
    first_year: int
    last_year: int
    due_on: datetime.date
    questionnaire: str
    questionnaire_texts: Mapping[str, Mapping[str, str]]
    treaty: str
    treaty_texts: Mapping[str, Mapping[str, str]]
    version: int
    version_sha256: str
    party: str
    party_names: Mapping[str, str]
    generated: bool = False


def build_snapshot(
    *,
    head: Head,
    spec: VersionSpec,
    contents: Mapping[str, Content],
    stamps: Mapping[str, Stamp],
    provisions: Sequence[ProvisionTexts],
    declarations: Mapping[str, Stamp],
    files: Iterable[File],
    ranks: Mapping[str, int],
    today: datetime.date,
) -> dict[str, Any]:
    """The whole response as plain JSON values. Parked answers are left out: they do not apply and are not submitted."""
    values = condition_values(spec.questions, contents)
    relevant = relevant_codes(spec, values, today=today)
    status = fulfilments(spec, values, today=today)
    known = {provision.code: provision for provision in provisions}
    return {
        "schema": SCHEMA,
        "generated": head.generated,
        "cycle": {
            "code": head.cycle,
            "texts": _plain(head.cycle_texts),
            "first_year": str(head.first_year),
            "last_year": str(head.last_year),
            "due_on": head.due_on.isoformat(),
        },
        "questionnaire": {
            "code": head.questionnaire,
            "texts": _plain(head.questionnaire_texts),
            "version": str(head.version),
            "sha256": head.version_sha256,
        },
        "treaty": {"code": head.treaty, "texts": _plain(head.treaty_texts)},
        "party": {"code": head.party, "names": dict(head.party_names)},
        "sections": [
            {
                "code": section.code,
                "article": section.article,
                "texts": {language: heading_data(heading) for language, heading in section.texts.items()},
                "declared": _stamp(declarations.get(section.code)),
                "not_applicable": str(
                    sum(
                        question.code not in relevant
                        for question in section.questions
                        if question.kind is not Kind.NOTE
                    )
                ),
                "questions": [
                    {
                        "code": question.code,
                        "provision": question.provision,
                        "obligation": question.obligation.value,
                        "asks": question.asks.value,
                        "kind": question.kind.value,
                        "required": question.required,
                        "choices": list(question.choices),
                        "rows": [{"code": row.code, "unit": row.unit.value} for row in question.rows],
                        "types": list(question.types),
                        "wording": {language: text_data(text) for language, text in question.texts.items()},
                        "answer": contents[question.code].canonical() if question.code in contents else {},
                        "stamp": _stamp(stamps.get(question.code)),
                    }
                    for question in section.questions
                    if question.code in relevant and question.kind is not Kind.NOTE
                ],
            }
            for section in spec.sections
        ],
        "provisions": [
            {
                "code": provision,
                "article": known[provision].article if provision in known else "",
                "obligation": known[provision].obligation if provision in known else "none",
                "texts": _plain(known[provision].texts) if provision in known else {},
                "status": verdict.value,
            }
            for provision, verdict in status.items()
        ],
        "files": [
            {"uuid": file.uuid, "code": file.code, "name": file.name, "size": str(file.size), "sha256": file.sha256}
            for file in files
            if file.code in relevant
        ],
        "order_of_requests": [
            uuid
            for uuid, _rank in sorted(ranks.items(), key=lambda item: item[1])
            if any(
                row.uuid == uuid
                for code, content in contents.items()
                if code in relevant and spec.questions[code].kind is Kind.ASSISTANCE and content.value == "yes"
                for row in content.rows
            )
        ],
    }


def _plain(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {language: dict(parts) for language, parts in texts.items()}


def _stamp(stamp: Stamp | None) -> dict[str, str] | None:
    return {"by": stamp.by, "at": stamp.at.astimezone(datetime.UTC).isoformat(timespec="seconds")} if stamp else None


def canonical_json(snapshot: Mapping[str, Any]) -> str:
    """The one way to write the snapshot down (RFC 8785)."""
    return rfc8785.dumps(dict(snapshot)).decode()


def sha256(text: str) -> str:
    """The hash of the snapshot's canonical text, as it stands on the receipt."""
    return hashlib.sha256(text.encode()).hexdigest()


# ── Read back, as reports see it ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question with its wording as it was and its answer."""

    code: str
    section: str
    provision: str
    obligation: str
    asks: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    types: tuple[str, ...]
    wording: Mapping[str, Mapping[str, Any]]
    content: Content
    by: str
    at: str

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer, or a reason why there is none."""
        return not is_unanswered(self.content, self.kind)

    def text(self, language: str) -> tuple[Mapping[str, Any], str]:
        """The wording in a language or the nearest there is, with the language found."""
        return best(self.wording, language)


@dataclass(frozen=True)
class AnsweredSection:
    """A section with its questions."""

    code: str
    article: str
    texts: Mapping[str, Mapping[str, Any]]
    declared_by: str
    declared_at: str
    questions: tuple[AnsweredQuestion, ...]
    # Questions of the section that do not apply to this State, and so are not among ``questions``.
    not_applicable: int = 0

    def heading(self, language: str) -> tuple[Mapping[str, Any], str]:
        """Title and introduction in a language or the nearest there is, with the language found."""
        return best(self.texts, language)


@dataclass(frozen=True)
class JudgedProvision:
    """A provision and whether the answers fulfil it."""

    code: str
    article: str
    obligation: str
    texts: Mapping[str, Mapping[str, str]]
    status: Fulfilment


@dataclass(frozen=True)
class AssistanceRequest:
    """A request for assistance, with the question it came from and its place in the State's own order."""

    uuid: str
    code: str
    section: str
    provision: str
    fields: Mapping[str, str]
    language: str
    rank: int | None


@dataclass(frozen=True)
class NationalResponse:
    """A response, live or submitted, as reports read it."""

    generated: bool
    cycle: Mapping[str, Any]
    questionnaire: Mapping[str, Any]
    treaty: Mapping[str, Any]
    party: str
    party_names: Mapping[str, str]
    sections: tuple[AnsweredSection, ...]
    provisions: tuple[JudgedProvision, ...]
    files: tuple[File, ...]
    requests: tuple[AssistanceRequest, ...]

    @property
    def years(self) -> tuple[str, ...]:
        """The years for which figures were asked."""
        return tuple(str(y) for y in range(int(self.cycle["first_year"]), int(self.cycle["last_year"]) + 1))

    @property
    def questions(self) -> tuple[AnsweredQuestion, ...]:
        """All questions in order."""
        return tuple(question for section in self.sections for question in section.questions)


def read_snapshot(snapshot: Mapping[str, Any]) -> NationalResponse:
    """The response that a snapshot holds. Raises ``ValueError`` for a schema it does not know."""
    if snapshot.get("schema") != SCHEMA:
        raise ValueError(f"this snapshot has the schema {snapshot.get('schema')!r}; this version reads {SCHEMA}")
    sections = tuple(
        AnsweredSection(
            code=section["code"],
            article=section["article"],
            texts=section["texts"],
            declared_by=(section["declared"] or {}).get("by", ""),
            declared_at=(section["declared"] or {}).get("at", ""),
            questions=tuple(_question(section["code"], question) for question in section["questions"]),
            not_applicable=int(section.get("not_applicable", "0")),
        )
        for section in snapshot["sections"]
    )
    return NationalResponse(
        generated=bool(snapshot["generated"]),
        cycle=snapshot["cycle"],
        questionnaire=snapshot["questionnaire"],
        treaty=snapshot["treaty"],
        party=snapshot["party"]["code"],
        party_names=snapshot["party"]["names"],
        sections=sections,
        provisions=tuple(
            JudgedProvision(
                code=item["code"],
                article=item["article"],
                obligation=item["obligation"],
                texts=item["texts"],
                status=Fulfilment(item["status"]),
            )
            for item in snapshot["provisions"]
        ),
        files=tuple(
            File(uuid=item["uuid"], code=item["code"], name=item["name"], size=int(item["size"]), sha256=item["sha256"])
            for item in snapshot["files"]
        ),
        requests=_requests(sections, snapshot["order_of_requests"]),
    )


def _question(section: str, item: Mapping[str, Any]) -> AnsweredQuestion:
    stamp = item["stamp"] or {}
    return AnsweredQuestion(
        code=item["code"],
        section=section,
        provision=item["provision"],
        obligation=item["obligation"],
        asks=item["asks"],
        kind=item["kind"],
        required=item["required"],
        choices=tuple(item["choices"]),
        rows=tuple((row["code"], row["unit"]) for row in item["rows"]),
        types=tuple(item["types"]),
        wording=item["wording"],
        content=from_canonical(item["answer"]),
        by=stamp.get("by", ""),
        at=stamp.get("at", ""),
    )


def _requests(sections: Sequence[AnsweredSection], order: Sequence[str]) -> tuple[AssistanceRequest, ...]:
    """The requests in the State's own order; those that nobody has ranked follow in the order of the questionnaire."""
    ranks = {uuid: place for place, uuid in enumerate(order, start=1)}
    found = [
        _request(question, row, ranks.get(row.uuid))
        for section in sections
        for question in section.questions
        if question.kind == Kind.ASSISTANCE and question.content.value == "yes"
        for row in question.content.rows
    ]
    return tuple(sorted(found, key=lambda request: request.rank if request.rank is not None else len(ranks) + 1))


def _request(question: AnsweredQuestion, row: Row, rank: int | None) -> AssistanceRequest:
    return AssistanceRequest(
        uuid=row.uuid,
        code=question.code,
        section=question.section,
        provision=question.provision,
        fields=row.fields,
        language=question.content.language,
        rank=rank,
    )
