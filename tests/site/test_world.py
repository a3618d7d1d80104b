"""The demonstration of the world: whole, the same every time, and built on after it was cut off. Small: five States."""

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from palermo.parties.actions import create_user
from palermo.parties.exchange import load_parties
from palermo.parties.models import Party, User
from palermo.questionnaires.actions import load_questionnaire, publish_version
from palermo.questionnaires.models import Questionnaire
from palermo.questionnaires.queries import version_spec
from palermo.responses.models import Answer, Cycle, Response, Submission
from palermo.site.demonstration.archive import eras
from palermo.site.demonstration.bar import Bar
from palermo.site.demonstration.stories import OFFICER
from palermo.site.demonstration.world import Part, build_rounds, prepare_world, rounds
from palermo.site.logic.generated_course import Traits, course
from palermo.site.logic.generated_treaties import TRIALS, questionnaire_spec
from palermo.treaties.exchange import load_treaties

CONTENT = Path(__file__).resolve().parents[2] / "src/palermo/content"
FIVE = {"FRA", "BRA", "UGA", "POL", "IDN"}


@pytest.fixture
def officer(db: None) -> User:
    load_parties(CONTENT, by=None)
    load_treaties(CONTENT, by=None)
    publish_version(by=None, version=load_questionnaire(by=None, folder=CONTENT / "questionnaires/untoc"))
    found = create_user(by=None, email=OFFICER, name="Officer")
    prepare_world(officer=found, size=15)
    return found


def is_one_of_five(party: Party) -> bool:
    return party.code in FIVE


def build(officer: User, **more: Any) -> list[tuple[int, str]]:
    told: list[tuple[int, str]] = []
    build_rounds(
        rounds(officer=officer, choose=is_one_of_five, **more), tell=lambda done, what: told.append((done, what))
    )
    return told


def content() -> dict[str, Any]:
    """What is stored, without the keys of tables and the times of recording."""
    return {
        "responses": sorted(
            Response.objects.values_list(
                "cycle__code", "questionnaire__code", "party__code", "state", "invited_at", "begun_at", "submitted_at"
            )
        ),
        "submissions": sorted(Submission.objects.values_list("receipt", "sha256")),
        "answers": Answer.objects.count(),
    }


def in_one_go(officer: User) -> dict[str, Any]:
    """What a world that nobody cuts off holds; afterwards nothing of it is left."""
    with transaction.atomic():
        build(officer)
        found = content()
        transaction.set_rollback(True)
    return found


class CutOff(Exception):
    pass


def test_a_world_that_was_cut_off_is_built_on_and_is_the_same(officer: User) -> None:
    wanted = in_one_go(officer)
    total = sum(one.work for one in rounds(officer=officer, choose=is_one_of_five))

    def stop(done: int, what: str) -> None:
        if done > total // 2:
            raise CutOff

    with pytest.raises(CutOff):
        build_rounds(rounds(officer=officer, choose=is_one_of_five), tell=stop)
    assert 0 < Submission.objects.count() < len(wanted["submissions"])
    told = [done for done, _what in build(officer)]
    assert told[-1] == total
    assert told == sorted(told)
    assert content() == wanted
    build(officer)
    assert content() == wanted


def test_the_parts_of_a_world_share_all_states_among_them(officer: User) -> None:
    wanted = in_one_go(officer)
    for number in (1, 0):
        build(officer, part=Part(number, 2))
    found = content()
    assert found == wanted
    assert [row for row in found["responses"] if row[2] not in FIVE] == []
    codes = {(cycle, questionnaire) for cycle, questionnaire, *_rest in found["responses"]}
    assert codes == {(c, q) for c in ("2020", "2023", "2026") for q in ("untoc", *(t.code for t in TRIALS))}


def test_everything_in_the_world_says_that_it_is_generated(officer: User) -> None:
    for trial in TRIALS:
        questionnaire = Questionnaire.objects.select_related("instrument").get(code=trial.code)
        spec = version_spec(questionnaire.current_id or 0)
        assert all("generated" in text["title"].lower() for text in (questionnaire.texts["en"],))
        assert "there is no such treaty" in questionnaire.instrument.texts["en"]["title"]
        assert all("generated" in section.texts["en"].title.lower() for section in spec.sections)
        assert all("generated" in question.texts["en"].text for question in spec)
    build(officer)
    assert set(Submission.objects.values_list("by_name", flat=True)) == {
        f"Focal point of {code} (generated)"
        for code in Submission.objects.values_list("response__party__code", flat=True)
    }


def test_the_generated_questionnaires_have_conditions_rules_and_the_size_asked_for() -> None:
    for trial in TRIALS:
        spec = questionnaire_spec(trial)
        assert len(spec.questions) == 200
        assert sum(question.relevant is not None for question in spec) == 120
        assert sum(rule.met_when is not None for rule in spec.rules.values()) == 28


def test_the_dates_of_a_world_that_is_built_on_later_stay(officer: User) -> None:
    opened = dict(Cycle.objects.values_list("code", "opened_at"))
    later = datetime.date.today() + datetime.timedelta(days=3)
    assert eras(later)[-1].opened_on != opened["2026"].date()
    prepare_world(officer=officer, size=15)
    assert dict(Cycle.objects.values_list("code", "opened_at")) == opened


def test_courses_are_the_same_every_time_and_differ_by_region() -> None:
    def replies(group: str, lists: frozenset[str] = frozenset()) -> int:
        return sum(
            course(
                Traits(f"S{number}", group, lists),
                cycle="2020",
                questionnaire="x",
                seed=1,
                due_day=300,
                closing_day=500,
            ).submitted_day
            is not None
            for number in range(400)
        )

    assert replies("weog") == replies("weog")
    assert replies("weog") > replies("eastern-european") > replies("grulac") > replies("african", frozenset({"ldc"}))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_says_percent_and_time_left_on_a_terminal() -> None:
    now = [0.0]
    stream = Terminal()
    bar = Bar(1000, stream, clock=lambda: now[0])
    bar.show(500, "2020 untoc")
    now[0] = 10.0
    bar.show(600, "2020 untoc")
    now[0] = 50.0
    bar.show(1000, "2023 untoc")
    first, second, last = stream.getvalue().split("\r")[1:]
    assert "50 %" in first
    assert "left" not in first
    assert "60 %  0:40 left" in second
    assert "100 %" in last
    assert last.endswith("\n")


def test_the_bar_writes_few_plain_lines_elsewhere() -> None:
    now = [0.0]
    stream = io.StringIO()
    bar = Bar(100, stream, clock=lambda: now[0])
    for done in range(0, 101):
        now[0] = done / 10
        bar.show(done, "work")
    assert stream.getvalue().splitlines() == ["0 %, work", "50 %, 0:05 left, work", "100 %, work"]
