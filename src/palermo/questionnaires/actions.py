"""Everything that changes questionnaires: loading makes a draft, publishing freezes it, discarding removes a draft."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import rfc8785
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.questionnaires.logic.content import read_folder
from palermo.questionnaires.logic.spec import (
    SCHEMA,
    Heading,
    QuestionSpec,
    SectionSpec,
    VersionSpec,
    change_between,
    heading_data,
    text_data,
    version_data,
)
from palermo.questionnaires.models import (
    BankQuestion,
    Question,
    Questionnaire,
    Rule,
    Section,
    Supersession,
    Version,
)
from palermo.questionnaires.queries import provision_facts, publishing_problems, read_version, version_spec
from palermo.treaties.models import Instrument


def content_hash(spec: VersionSpec) -> str:
    """The SHA-256 over the canonical JSON (RFC 8785) of everything that the version asks."""
    return hashlib.sha256(rfc8785.dumps(cast(Any, version_data(spec)))).hexdigest()


def scope_of(code: str) -> str:
    """The scope under which what happens to a questionnaire is recorded."""
    return f"/questionnaires/{code}"


def load_questionnaire(*, by: User | None, folder: Path) -> Version:
    """Reads a folder and stores it as the draft; raises ``BadContent`` with every problem found.

    The same content as the draft or the current version changes nothing; that version is returned.
    """
    loaded = read_folder(folder, provisions=provision_facts())
    if loaded.version is None:
        raise BadContent(loaded.problems)
    return store_draft(by=by, spec=loaded.version)


@transaction.atomic
def store_draft(*, by: User | None, spec: VersionSpec) -> Version:
    """Stores what was read as the draft, in place of another draft; returns the version that holds this content."""
    instrument = Instrument.objects.filter(code=spec.treaty).first()
    if instrument is None:
        raise Refusal(
            _("The treaty %(treaty)s of the questionnaire is not loaded; load it first.") % {"treaty": spec.treaty},
            code="no_treaty",
        )
    texts = _heading_data(spec.texts)
    Questionnaire.objects.get_or_create(code=spec.questionnaire, defaults={"instrument": instrument, "texts": texts})
    questionnaire = Questionnaire.objects.select_for_update().get(code=spec.questionnaire)
    if questionnaire.instrument_id != instrument.pk:
        raise Refusal(
            _("The questionnaire %(code)s belongs to another treaty; give this one another code.")
            % {"code": spec.questionnaire},
            code="other_treaty",
        )
    sha256 = content_hash(spec)
    latest = list(questionnaire.versions.order_by("-number")[:2])
    for version in latest:
        if version.sha256 == sha256 and (
            version.state == Version.State.DRAFT or version.pk == questionnaire.current_id
        ):
            return version
    number = 1
    if latest:
        draft = latest[0].state == Version.State.DRAFT
        number = latest[0].number if draft else latest[0].number + 1
        if draft:
            _remove_draft(latest[0])
    version = Version.objects.create(
        questionnaire=questionnaire, number=number, sha256=sha256, schema=SCHEMA, texts=texts
    )
    _store_rows(version, spec)
    record(
        by=by,
        action="load_questionnaire",
        scope=scope_of(spec.questionnaire),
        subject=str(version),
        detail={"sha256": sha256, "questions": len(spec.questions)},
    )
    return version


def _store_rows(version: Version, spec: VersionSpec) -> None:
    """All rows of a version, a few statements however many there are."""
    BankQuestion.objects.bulk_create(
        [BankQuestion(code=code, questionnaire_id=version.questionnaire_id) for code in spec.questions],
        ignore_conflicts=True,
    )
    taken = BankQuestion.objects.filter(code__in=list(spec.questions)).exclude(
        questionnaire_id=version.questionnaire_id
    )
    other = taken.values_list("code", flat=True).first()
    if other is not None:
        raise Refusal(
            _("The code %(code)s belongs to another questionnaire; give the question another one.") % {"code": other},
            code="code_taken",
        )
    sections = Section.objects.bulk_create([_section(version, section) for section in spec.sections])
    keys = {section.code: section.pk for section in sections}
    Question.objects.bulk_create([_question(version, keys[question.section], question) for question in spec])
    Rule.objects.bulk_create(
        [
            Rule(
                version=version,
                provision_id=rule.provision,
                met_when=str(rule.met_when or ""),
                not_asked=rule.not_asked,
            )
            for rule in spec.rules.values()
        ]
    )


def _section(version: Version, section: SectionSpec) -> Section:
    return Section(
        version=version,
        code=section.code,
        order=section.order,
        article_id=section.article or None,
        texts=_heading_data(section.texts),
    )


def _question(version: Version, section: int, question: QuestionSpec) -> Question:
    return Question(
        version=version,
        section_id=section,
        bank_id=question.code,
        order=question.order,
        provision_id=question.provision or None,
        also=list(question.also),
        asks=question.asks.value,
        kind=question.kind.value,
        obligation=question.obligation.value,
        required=question.required,
        relevant=str(question.relevant or ""),
        constraint=str(question.constraint or ""),
        choices=list(question.choices),
        rows=[{"code": row.code, "unit": row.unit.value} for row in question.rows],
        types=list(question.types),
        topics=list(question.topics),
        supersedes=question.supersedes.code if question.supersedes else "",
        supersedes_change=question.supersedes.change.value if question.supersedes else "",
        texts={language: text_data(text) for language, text in question.texts.items()},
    )


def _heading_data(texts: Mapping[str, Heading]) -> dict[str, dict[str, object]]:
    return {language: heading_data(heading) for language, heading in texts.items()}


@transaction.atomic
def publish_version(*, by: User | None, version: Version) -> Version:
    """Freezes a draft under its SHA-256 and makes it current; raises ``BadContent`` with what stands against it."""
    questionnaire = (
        Questionnaire.objects.select_for_update().select_related("instrument").get(pk=version.questionnaire_id)
    )
    version = Version.objects.select_for_update().get(pk=version.pk)
    version.questionnaire = questionnaire
    if version.state == Version.State.PUBLISHED:
        raise Refusal(
            _("Version %(number)s of %(code)s is published already.")
            % {"number": version.number, "code": questionnaire.code},
            code="already_published",
        )
    spec = read_version(version)
    earlier = version_spec(questionnaire.current_id) if questionnaire.current_id else None
    facts = provision_facts(questionnaire.instrument.code)
    problems = publishing_problems(spec, facts=facts.values(), earlier=earlier)
    if problems:
        raise BadContent(problems)
    if content_hash(spec) != version.sha256:
        raise Refusal(
            _("The draft's rows are not what was loaded; load the folder again."),
            code="rows_differ",
        )
    if earlier is not None:
        Supersession.objects.bulk_create(_supersessions(version, earlier, spec))
    version.state, version.published_at, version.published_by = Version.State.PUBLISHED, timezone.now(), by
    version.save(update_fields=["state", "published_at", "published_by"])
    questionnaire.current, questionnaire.texts = version, version.texts
    questionnaire.save(update_fields=["current", "texts"])
    record(
        by=by,
        action="publish_version",
        scope=scope_of(questionnaire.code),
        subject=str(version),
        detail={"sha256": version.sha256, "questions": len(spec.questions)},
    )
    return version


def _supersessions(version: Version, earlier: VersionSpec, later: VersionSpec) -> list[Supersession]:
    """For each question what it replaces: the same code in the version before, or the one its file names."""
    found: list[Supersession] = []
    for question in later:
        before = earlier.questions.get(question.code)
        if before is not None:
            change = change_between(before, question)
            found.append(
                Supersession(version=version, question_id=question.code, replaces_id=before.code, change=change.value)
            )
        if question.supersedes is not None and question.supersedes.code != question.code:
            found.append(
                Supersession(
                    version=version,
                    question_id=question.code,
                    replaces_id=question.supersedes.code,
                    change=question.supersedes.change.value,
                )
            )
    return found


@transaction.atomic
def discard_draft(*, by: User | None, questionnaire: Questionnaire) -> None:
    """Removes the draft, with the codes that no published version has."""
    questionnaire = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    draft = questionnaire.versions.filter(state=Version.State.DRAFT).first()
    if draft is None:
        raise Refusal(_("%(code)s has no draft.") % {"code": questionnaire.code}, code="no_draft")
    record(by=by, action="discard_draft", scope=scope_of(questionnaire.code), subject=str(draft))
    _remove_draft(draft)


def _remove_draft(draft: Version) -> None:
    """Deletes a draft's rows by kind, and the codes that it alone had."""
    for rows in (Question, Section, Rule):
        rows.objects.filter(version=draft).delete()
    draft.delete()
    BankQuestion.objects.filter(questionnaire_id=draft.questionnaire_id, wordings=None).delete()
