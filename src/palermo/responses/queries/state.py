"""Reads of one response: its answers, its progress, what stands in the way, and its snapshot."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from palermo.parties.models import PartyName
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.questionnaires.models import Questionnaire
from palermo.questionnaires.queries import version_spec
from palermo.responses.logic.completeness import Finding, Progress, Sketch, findings, progress
from palermo.responses.logic.content import Content, condition_value, from_canonical
from palermo.responses.logic.scopes import response_scope
from palermo.responses.logic.snapshot import File, Head, ProvisionTexts, Stamp, build_snapshot
from palermo.responses.models import (
    Answer,
    Comment,
    Conflict,
    Cycle,
    Declaration,
    Evidence,
    RequestRank,
    Response,
)
from palermo.treaties.models import Provision


def find_response(*, cycle: str, questionnaire: str, party: str) -> Response:
    """The response at this address, with cycle, questionnaire and party; 404 if there is none. One query."""
    try:
        return Response.objects.select_related("cycle", "questionnaire", "party").get(
            cycle__code=cycle, questionnaire__code=questionnaire, party__code=party.upper()
        )
    except Response.DoesNotExist as error:
        raise Http404 from error


def scope_of(response: Response) -> str:
    """The scope key of a response whose cycle, questionnaire and party are loaded."""
    return response_scope(
        cycle=response.cycle.code, questionnaire=response.questionnaire.code, party=response.party.code
    )


def response_arguments(response: Response) -> dict[str, str]:
    """The arguments of the addresses of a response whose cycle, questionnaire and party are loaded."""
    return {
        "cycle": response.cycle.code,
        "questionnaire": response.questionnaire.code,
        "party": response.party.code.lower(),
    }


def spec_of(response: Response) -> VersionSpec:
    """What the response's version asks; no query once it is in the cache of the process."""
    return version_spec(response.version_id)


def sketches(response: Response, spec: VersionSpec) -> dict[str, Sketch]:
    """As much of every answer as progress needs. One query."""
    found = Answer.objects.filter(response=response).values_list(
        "question_id", "answered", "content__value", "content__text", "content__cannot_answer"
    )
    # The column holds the code; the types of Django take it for a number.
    return {
        str(code): Sketch(
            answered=answered,
            value=condition_value(
                Content(
                    value=tuple(value) if isinstance(value, list) else value,
                    text=text or "",
                    cannot_answer=bool(cannot),
                ),
                str(spec.questions[str(code)].kind),
            ),
        )
        for code, answered, value, text, cannot in found
        if str(code) in spec.questions
    }


def declared_sections(response: Response) -> dict[str, Stamp]:
    """The sections that stand declared complete. One query."""
    found = Declaration.objects.filter(response=response, undone_at=None).select_related("declared_by")
    return {item.section: Stamp(by=str(item.declared_by), at=item.declared_at) for item in found}


def progress_of(response: Response, spec: VersionSpec, *, declared: Iterable[str]) -> dict[str, Progress]:
    """The progress of every section. One query beside that of the declarations."""
    return progress(spec, sketches(response, spec), today=timezone.localdate(), declared=declared)


def findings_of(response: Response, spec: VersionSpec) -> list[Finding]:
    """Everything that blocks clearing or warns. Five queries."""
    rows = list(Answer.objects.filter(response=response).values_list("question_id", "content", "flagged"))
    return findings(
        spec,
        {str(code): from_canonical(content) for code, content, _flagged in rows},
        today=timezone.localdate(),
        declared=Declaration.objects.filter(response=response, undone_at=None).values_list("section", flat=True),
        conflicts=Conflict.objects.filter(response=response, settled_at=None).values_list("code", flat=True),
        flagged=[str(code) for code, _content, flagged in rows if flagged],
        commented=Comment.objects.filter(response=response, settled_at=None).values_list("section", "code"),
        ranked=[str(uuid) for uuid in RequestRank.objects.filter(response=response).values_list("request", flat=True)],
    )


def party_names(party_id: int, on: datetime.date) -> dict[str, str]:
    """The short name of a party in every language, as it was called on a date. One query."""
    name = PartyName.objects.filter(Q(validity__contains=on), party_id=party_id, withdrawn_at=None).first()
    return short_names(name.texts) if name else {}


def short_names(texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The short one of each language's names, where there is one."""
    return {language: parts["short"] for language, parts in texts.items() if parts.get("short")}


def provision_texts(treaty: str, codes: Iterable[str]) -> list[ProvisionTexts]:
    """The provisions as a snapshot names them. One query."""
    found = Provision.objects.filter(instrument__code=treaty, code__in=list(codes)).select_related("article")
    return [
        ProvisionTexts(
            code=provision.code,
            article=provision.article.code if provision.article else provision.code,
            obligation=provision.obligation,
            texts=provision.texts,
        )
        for provision in found
    ]


def head_of(
    cycle: Cycle,
    questionnaire: Questionnaire,
    spec: VersionSpec,
    *,
    party: str,
    names: Mapping[str, str],
    generated: bool,
) -> Head:
    """The head of a snapshot; the questionnaire has its instrument loaded."""
    return Head(
        cycle=cycle.code,
        cycle_texts=cycle.texts,
        first_year=cycle.first_year,
        last_year=cycle.last_year,
        due_on=cycle.due_on,
        questionnaire=questionnaire.code,
        questionnaire_texts={language: {"title": heading.title} for language, heading in spec.texts.items()},
        treaty=questionnaire.instrument.code,
        treaty_texts=questionnaire.instrument.texts,
        version=spec.number,
        version_sha256=spec.sha256,
        party=party,
        party_names=names or {"en": party},
        generated=generated,
    )


def live_snapshot(response: Response, spec: VersionSpec, *, generated: bool) -> dict[str, Any]:
    """The snapshot of the response as it stands now; the same structure is kept with a submission. Eight queries."""
    today = timezone.localdate()
    rows = list(
        Answer.objects.filter(response=response).values_list("question_id", "content", "updated_at", "updated_by_name")
    )
    return build_snapshot(
        head=head_of(
            response.cycle,
            response.questionnaire,
            spec,
            party=response.party.code,
            names=party_names(response.party_id, today),
            generated=generated,
        ),
        spec=spec,
        contents={
            str(code): from_canonical(content) for code, content, _at, _by in rows if str(code) in spec.questions
        },
        stamps={str(code): Stamp(by=by, at=at) for code, _content, at, by in rows},
        provisions=provision_texts(response.questionnaire.instrument.code, spec.rules),
        declarations=declared_sections(response),
        files=[
            File(uuid=str(file.uuid), code=file.code, name=file.name, size=file.size, sha256=file.sha256)
            for file in Evidence.objects.filter(response=response, removed_at=None).order_by("uploaded_at", "pk")
        ],
        ranks={
            str(uuid): rank
            for uuid, rank in RequestRank.objects.filter(response=response).values_list("request", "rank")
        },
        today=today,
    )
