"""Loading, publishing and discarding: set-based, idempotent, and frozen for good."""

import hashlib
from dataclasses import replace
from datetime import date
from io import StringIO
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, transaction
from tests.questionnaires.conftest import FOLDER

from palermo.base.errors import Refusal
from palermo.base.yaml_source import BadContent
from palermo.parties.models import AuditEvent
from palermo.questionnaires.actions import (
    content_hash,
    discard_draft,
    load_questionnaire,
    publish_version,
    store_draft,
)
from palermo.questionnaires.logic.spec import (
    Change,
    Kind,
    QuestionText,
    Supersedes,
    VersionSpec,
    build_version,
    version_data,
)
from palermo.questionnaires.models import BankQuestion, Question, Questionnaire, Rule, Section, Supersession, Version
from palermo.questionnaires.queries import coverage, current_version, supersessions, version_spec
from palermo.treaties.models import Instrument

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")


def edited(version: VersionSpec, target: str, **changes: Any) -> VersionSpec:
    """The version with one question changed."""
    sections = [
        replace(
            section,
            questions=tuple(replace(q, **changes) if q.code == target else q for q in section.questions),
        )
        for section in version.sections
    ]
    return build_version(
        questionnaire="tiny", treaty="tiny", sections=sections, rules=version.rules.values(), texts=version.texts
    )


def grown(version: VersionSpec, number: int) -> VersionSpec:
    """A version with ``number`` more questions in six languages."""
    section = version.sections[1]
    model = section.questions[0]
    texts = MappingProxyType(
        {
            language: QuestionText(f"Is this an offence in {language}?", "What is demanded, and what counts. " * 12)
            for language in LANGUAGES
        }
    )
    more = tuple(
        replace(model, code=f"tiny.1.1.implementation.limb-{place}", order=100 + place, texts=texts, relevant=None)
        for place in range(number)
    )
    sections = [replace(s, questions=s.questions + more) if s is section else s for s in version.sections]
    return build_version(
        questionnaire="tiny", treaty="tiny", sections=sections, rules=version.rules.values(), texts=version.texts
    )


def test_loading_makes_a_draft_with_all_rows(tiny_treaty: Instrument, version: VersionSpec) -> None:
    draft = load_questionnaire(by=None, folder=FOLDER)
    assert (draft.number, draft.state, draft.questionnaire.code) == (1, "draft", "tiny")
    assert (Section.objects.count(), Question.objects.count(), Rule.objects.count()) == (3, 14, 4)
    assert list(BankQuestion.objects.values_list("code", flat=True)) == sorted(version.questions)
    assert draft.sha256 == content_hash(version)
    assert AuditEvent.objects.values_list("action", "scope", "subject").get() == (
        "load_questionnaire", "/questionnaires/tiny", "tiny 1",
    )  # fmt: skip


def test_rows_give_back_the_version_as_it_was_read(tiny_treaty: Instrument, version: VersionSpec) -> None:
    draft = load_questionnaire(by=None, folder=FOLDER)
    assert version_spec(draft.pk) == replace(version, number=1, sha256=draft.sha256)
    assert version_data(version_spec(draft.pk)) == version_data(version)


def test_same_content_loads_nothing_new(tiny_treaty: Instrument) -> None:
    draft = load_questionnaire(by=None, folder=FOLDER)
    assert load_questionnaire(by=None, folder=FOLDER) == draft
    published = publish_version(by=None, version=draft)
    assert load_questionnaire(by=None, folder=FOLDER) == published
    assert Version.objects.count() == 1
    assert AuditEvent.objects.count() == 2


def test_other_content_replaces_the_draft(tiny_treaty: Instrument, version: VersionSpec) -> None:
    store_draft(by=None, spec=grown(version, 2))
    draft = store_draft(by=None, spec=version)
    assert (draft.number, Version.objects.count(), BankQuestion.objects.count()) == (1, 1, 14)


def test_loading_refuses_bad_content_and_keeps_nothing(tiny_treaty: Instrument, tmp_path: Any) -> None:
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text().replace("kind: cases", "kind: case"))
    with pytest.raises(BadContent) as caught:
        load_questionnaire(by=None, folder=tmp_path)
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("questions.yaml", 76)]
    assert Questionnaire.objects.count() == 0


def test_loading_needs_the_treaty(version: VersionSpec) -> None:
    with pytest.raises(Refusal) as caught:
        store_draft(by=None, spec=version)
    assert caught.value.code == "no_treaty"


def test_code_of_another_questionnaire_is_refused(tiny_treaty: Instrument, version: VersionSpec) -> None:
    other = Questionnaire.objects.create(code="other", instrument=tiny_treaty)
    BankQuestion.objects.create(code="tiny.2.practice", questionnaire=other)
    with pytest.raises(Refusal) as caught:
        store_draft(by=None, spec=version)
    assert caught.value.message == (
        "The code tiny.2.practice belongs to another questionnaire; give the question another one."
    )
    assert Version.objects.count() == 0


def test_publishing_freezes_the_version(tiny_treaty: Instrument, version: VersionSpec) -> None:
    published = publish_version(by=None, version=load_questionnaire(by=None, folder=FOLDER))
    questionnaire = Questionnaire.objects.get(code="tiny")
    assert (questionnaire.current, published.state) == (published, "published")
    assert published.sha256 == hashlib.sha256(rfc8785.dumps(version_data(version))).hexdigest()
    assert current_version("tiny").sha256 == published.sha256
    assert questionnaire.texts["en"]["title"] == "A tiny self-assessment"


@pytest.mark.parametrize("model", [Section, Question, Rule, Supersession, Version])
@pytest.mark.parametrize("how", ["update", "delete"])
def test_published_rows_never_change(tiny_treaty: Instrument, version: VersionSpec, model: Any, how: str) -> None:
    publish_version(by=None, version=load_questionnaire(by=None, folder=FOLDER))
    second = store_draft(by=None, spec=edited(version, "tiny.2.practice", required=True))
    publish_version(by=None, version=second)
    rows = model.objects.filter(pk=model.objects.order_by("-pk").values("pk")[:1])
    assert rows.count() == 1
    change = {"number": 9} if model is Version else {"version": second}
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows._raw_delete("default") if how == "delete" else rows.update(**change)


def test_published_version_takes_no_further_rows(tiny_treaty: Instrument) -> None:
    published = publish_version(by=None, version=load_questionnaire(by=None, folder=FOLDER))
    with pytest.raises(ProgrammingError), transaction.atomic():
        Section.objects.create(version=published, code="art-9", order=9)


def test_publishing_twice_is_refused(tiny_treaty: Instrument) -> None:
    published = publish_version(by=None, version=load_questionnaire(by=None, folder=FOLDER))
    with pytest.raises(Refusal) as caught:
        publish_version(by=None, version=published)
    assert caught.value.message == "Version 1 of tiny is published already."


def test_rows_changed_behind_the_loader_are_not_published(tiny_treaty: Instrument) -> None:
    draft = load_questionnaire(by=None, folder=FOLDER)
    Question.objects.filter(bank="tiny.2.practice").update(required=True)
    with pytest.raises(Refusal) as caught:
        publish_version(by=None, version=draft)
    assert caught.value.code == "rows_differ"


def test_duty_without_a_rule_is_not_published(tiny_treaty: Instrument, version: VersionSpec) -> None:
    rules = [rule for rule in version.rules.values() if rule.provision != "tiny.1.2"]
    spec = build_version(questionnaire="tiny", treaty="tiny", sections=version.sections, rules=rules)
    with pytest.raises(BadContent) as caught:
        publish_version(by=None, version=store_draft(by=None, spec=spec))
    assert str(caught.value) == (
        "questions.yaml:1: tiny.1.2: No rule says when it is fulfilled. "
        "Add met_when, or not_asked with the reason, under provisions."
    )


def test_published_code_keeps_its_kind(tiny_treaty: Instrument, version: VersionSpec) -> None:
    publish_version(by=None, version=store_draft(by=None, spec=version))
    draft = store_draft(by=None, spec=edited(version, "tiny.2.practice", kind=Kind.TEXT))
    with pytest.raises(BadContent) as caught:
        publish_version(by=None, version=draft)
    assert str(caught.value) == (
        "questions.yaml:1: tiny.2.practice: The kind was 'cases' in the version before and is 'text'. "
        "Ask it under a new code; old answers keep the old one."
    )


def test_next_version_says_what_it_supersedes(tiny_treaty: Instrument, version: VersionSpec) -> None:
    publish_version(by=None, version=store_draft(by=None, spec=version))
    spec = edited(version, "tiny.2.practice", texts={"en": QuestionText("Describe one case.")})
    spec = edited(spec, "tiny.2.practice.remarks", code="tiny.2.remarks", supersedes=Supersedes("tiny.2.practice.remarks", Change.WORDING))  # fmt: skip  # noqa: E501
    spec = edited(spec, "tiny.1.difficulties", choices=("staff", "law", "none", "money"))
    second = publish_version(by=None, version=store_draft(by=None, spec=spec))
    found = supersessions(second.pk)
    assert second.number == 2
    assert {code: changes for code, changes in found.items() if changes != [(code, Change.UNCHANGED)]} == {
        "tiny.2.practice": [("tiny.2.practice", Change.WORDING)],
        "tiny.2.remarks": [("tiny.2.practice.remarks", Change.WORDING)],
        "tiny.1.difficulties": [("tiny.1.difficulties", Change.MEANING)],
    }
    assert len(found) == 14
    assert BankQuestion.objects.count() == 15


def test_discarding_removes_the_draft_and_its_own_codes(tiny_treaty: Instrument, version: VersionSpec) -> None:
    publish_version(by=None, version=store_draft(by=None, spec=version))
    store_draft(by=None, spec=grown(version, 3))
    discard_draft(by=None, questionnaire=Questionnaire.objects.get())
    assert (Version.objects.count(), BankQuestion.objects.count(), Question.objects.count()) == (1, 14, 14)
    with pytest.raises(Refusal) as caught:
        discard_draft(by=None, questionnaire=Questionnaire.objects.get())
    assert caught.value.message == "tiny has no draft."


def test_coverage_reads_the_treaty(tiny_treaty: Instrument) -> None:
    draft = load_questionnaire(by=None, folder=FOLDER)
    assert {provision: len(codes) for provision, codes in coverage(draft).items()} == {
        "tiny.1.1": 2, "tiny.1.2": 3, "tiny.2.1": 4, "tiny.2.2": 0,
    }  # fmt: skip


# ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_version_is_read_in_four_queries_and_then_in_none(
    tiny_treaty: Instrument, django_assert_num_queries: Any
) -> None:
    published = publish_version(by=None, version=load_questionnaire(by=None, folder=FOLDER))
    with django_assert_num_queries(4):
        first = version_spec(published.pk)
    with django_assert_num_queries(0):
        assert version_spec(published.pk) is first
    with django_assert_num_queries(1):
        assert current_version("tiny") is first


def test_draft_is_read_anew_each_time(tiny_treaty: Instrument, django_assert_num_queries: Any) -> None:
    draft = load_questionnaire(by=None, folder=FOLDER)
    for _ in range(2):
        with django_assert_num_queries(4):
            version_spec(draft.pk)


@pytest.mark.parametrize("number", [0, 700])
def test_work_does_not_grow_with_the_questions(
    tiny_treaty: Instrument, version: VersionSpec, number: int, django_assert_num_queries: Any
) -> None:
    spec = grown(version, number)
    with django_assert_num_queries(16):
        draft = store_draft(by=None, spec=spec)
    with django_assert_num_queries(12):
        publish_version(by=None, version=draft)
    assert Question.objects.count() == 14 + number


# ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_commands_load_and_publish(tiny_treaty: Instrument) -> None:
    out = StringIO()
    call_command("load_questionnaire", str(FOLDER), stdout=out)
    call_command("publish_questionnaire", "tiny", stdout=out)
    sha256 = Version.objects.get().sha256
    assert out.getvalue() == f"tiny 1 (draft), SHA-256 {sha256}\ntiny 1 is published, SHA-256 {sha256}\n"


def test_commands_say_what_is_wrong(tiny_treaty: Instrument, tmp_path: Any) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("load_questionnaire", str(tmp_path))
    assert str(caught.value) == (
        "Nothing was loaded; 2 problem(s):\n"
        "en.yaml:1: The file is missing. Create it; see docs/formats.\n"
        "questions.yaml:1: The file is missing. Create it; see docs/formats."
    )
    with pytest.raises(CommandError) as caught:
        call_command("publish_questionnaire", "tiny")
    assert str(caught.value) == "There is no draft of tiny; load its folder first."


def test_publishing_is_dated_and_signed(tiny_treaty: Instrument, django_user_model: Any) -> None:
    person = django_user_model.objects.create(email="officer@example.org", name="An Officer")
    published = publish_version(by=person, version=load_questionnaire(by=person, folder=FOLDER))
    assert (published.published_by, published.published_at is not None) == (person, True)
    assert AuditEvent.objects.order_by("pk").last().by_id == person.pk
    assert published.published_at.date() >= date(2026, 1, 1)
