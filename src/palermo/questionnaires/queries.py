"""Reads about questionnaires: a version as the one object that all use, its coverage, what hinders publishing."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import Any

from palermo.base.yaml_source import Problem
from palermo.questionnaires.logic import content
from palermo.questionnaires.logic.spec import (
    Aspect,
    Change,
    FigureRow,
    Heading,
    Kind,
    ProvisionFacts,
    QuestionSpec,
    QuestionText,
    SectionSpec,
    Supersedes,
    Unit,
    VersionSpec,
    build_version,
    frozen,
)
from palermo.questionnaires.logic.spec import Rule as RuleSpec
from palermo.questionnaires.logic.syntax import parse
from palermo.questionnaires.models import Question, Questionnaire, Rule, Section, Supersession, Version
from palermo.treaties.logic.kinds import Bearer, Obligation
from palermo.treaties.models import Provision

KEPT = 32

_specs: OrderedDict[tuple[int, str], VersionSpec] = OrderedDict()
_hashes: dict[int, str] = {}
_lock = Lock()


def version_spec(version_id: int) -> VersionSpec:
    """The version, complete and immutable.

    A published one is read once per process (4 queries) and then costs none; a draft is read anew each time.
    """
    with _lock:
        kept = _specs.get((version_id, _hashes.get(version_id, "")))
        if kept is not None:
            _specs.move_to_end((version_id, kept.sha256))
            return kept
    version = Version.objects.select_related("questionnaire__instrument").get(pk=version_id)
    spec = read_version(version)
    if version.state == Version.State.PUBLISHED:
        with _lock:
            _hashes[version_id] = version.sha256
            _specs[version_id, version.sha256] = spec
            while len(_specs) > KEPT:
                dropped, _ = _specs.popitem(last=False)
                _hashes.pop(dropped[0], None)
    return spec


def read_version(version: Version) -> VersionSpec:
    """The version as its rows have it; three queries if questionnaire and instrument are loaded."""
    questions: dict[int, list[QuestionSpec]] = {}
    sections = list(Section.objects.filter(version=version).order_by("order"))
    codes = {section.pk: section.code for section in sections}
    for row in Question.objects.filter(version=version).order_by("order"):
        questions.setdefault(row.section_id, []).append(_question(row, codes[row.section_id]))
    return build_version(
        questionnaire=version.questionnaire.code,
        treaty=version.questionnaire.instrument.code,
        number=version.number,
        sha256=version.sha256,
        texts=_headings(version.texts),
        sections=[
            SectionSpec(
                section.code,
                section.order,
                section.article_id or "",
                _headings(section.texts),
                tuple(questions.get(section.pk, ())),
            )
            for section in sections
        ],
        rules=[
            RuleSpec(rule.provision_id, parse(rule.met_when) if rule.met_when else None, rule.not_asked)
            for rule in Rule.objects.filter(version=version)
        ],
    )


def _question(row: Question, section: str) -> QuestionSpec:
    return QuestionSpec(
        code=row.bank_id,
        section=section,
        order=row.order,
        provision=row.provision_id or "",
        also=tuple(row.also),
        asks=Aspect(row.asks),
        kind=Kind(row.kind),
        obligation=Obligation(row.obligation),
        required=row.required,
        relevant=parse(row.relevant) if row.relevant else None,
        constraint=parse(row.constraint) if row.constraint else None,
        choices=tuple(row.choices),
        rows=tuple(FigureRow(figure["code"], Unit(figure["unit"])) for figure in row.rows),
        types=tuple(row.types),
        topics=tuple(row.topics),
        supersedes=Supersedes(row.supersedes, Change(row.supersedes_change)) if row.supersedes else None,
        texts=MappingProxyType({language: _text(written) for language, written in row.texts.items()}),
    )


def _text(written: Mapping[str, Any]) -> QuestionText:
    return QuestionText(
        text=written["text"],
        guidance=written["guidance"],
        choices=frozen(written["choices"]),
        rows=frozen(written["rows"]),
        stale=written["stale"],
    )


def _headings(texts: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Heading]:
    return MappingProxyType({language: Heading(**heading) for language, heading in texts.items()})


def current_version(code: str) -> VersionSpec:
    """The published version that is asked now; raises ``Questionnaire.DoesNotExist``. One query when warm."""
    questionnaire = Questionnaire.objects.only("current_id").get(code=code, current__isnull=False)
    assert questionnaire.current_id is not None
    return version_spec(questionnaire.current_id)


def provision_facts(treaty: str | None = None) -> dict[str, ProvisionFacts]:
    """What questionnaires must know of the provisions of a treaty, or of all; two queries."""
    rows = Provision.objects.prefetch_related("topics").order_by("instrument", "order")
    if treaty is not None:
        rows = rows.filter(instrument__code=treaty)
    # An article carries the strongest obligation of its limbs; it is a duty of its own only if it has none.
    found = list(rows)
    with_limbs = {row.article_id for row in found if row.article_id}
    return {
        row.code: ProvisionFacts(
            code=row.code,
            obligation=Obligation.NONE if row.pk in with_limbs else Obligation(row.obligation),
            topics=tuple(topic.code for topic in row.topics.all()),
            borne_by_states=row.bearer == Bearer.STATE.value,
        )
        for row in found
    }


def coverage(version: Version) -> dict[str, tuple[str, ...]]:
    """For each *shall*, *shall consider* and *may* of States in the treaty, the codes of the questions about it."""
    spec = version_spec(version.pk)
    return content.coverage(spec, provision_facts(spec.treaty).values())


def supersessions(version_id: int) -> dict[str, list[tuple[str, Change]]]:
    """For each question of a version, which earlier ones it replaces and how far it differs."""
    found: dict[str, list[tuple[str, Change]]] = {}
    for row in Supersession.objects.filter(version=version_id).order_by("question_id", "replaces_id"):
        found.setdefault(row.question_id, []).append((row.replaces_id, Change(row.change)))
    return found


def publishing_problems(
    spec: VersionSpec, *, facts: Iterable[ProvisionFacts], earlier: VersionSpec | None
) -> list[Problem]:
    """What prevents a draft from being published: duties without a rule, codes that changed their kind."""
    problems = list(content.gaps_in_coverage(spec, facts))
    for question in spec:
        before = earlier.questions.get(question.code) if earlier else None
        if before is not None and before.kind is not question.kind:
            reason = f"{question.code}: The kind was '{before.kind}' in the version before and is '{question.kind}'."
            remedy = "Ask it under a new code; old answers keep the old one."
            problems.append(Problem(content.STRUCTURE, 1, reason, remedy))
        replaced = question.supersedes.code if question.supersedes else ""
        if replaced and (earlier is None or replaced not in earlier.questions):
            reason = f"{question.code}: It supersedes {replaced}, which the version before does not ask."
            problems.append(Problem(content.STRUCTURE, 1, reason, "Correct the code, or remove 'supersedes'."))
    return problems
