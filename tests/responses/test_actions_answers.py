"""Saving answers: one winner, both texts kept, equal is saved, and the forms of whole sections."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.parties import make_party
from tests.factories.responses import World, make_world, row

from palermo.base.errors import Refusal
from palermo.responses.actions.answers import flag_answer, import_answers, save_answer, settle_conflict
from palermo.responses.actions.sections import save_section
from palermo.responses.logic.content import Content, Given, from_canonical
from palermo.responses.logic.parts import WHOLE, Part
from palermo.responses.models import Answer, AnswerRevision, AnswerRow, Conflict, Response

OFFENCE = "quiz.1.1.implementation"
WORDS = "quiz.1.1.difficulties"
LAWS = "quiz.1.1.measures"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def given_text(text: str, base: int, code: str = WORDS) -> Given:
    return Given(code=code, content=Content(text=text, language="en"), base=base)


def section_given(world: World, *given_: Given, part: Part = WHOLE):
    return save_section(by=world.focal_point, response=world.response, spec=world.spec, part=part, given=given_)


def test_first_answer_is_revision_one_and_begins_the_response(world: World) -> None:
    saved = world.save(OFFENCE, "yes")
    assert (saved.revision, saved.conflict, saved.answered, saved.total) == (1, False, 1, 11)
    assert Response.objects.get().begun_at is not None


def test_nothing_typed_into_an_empty_answer_writes_nothing(world: World) -> None:
    assert world.save(WORDS, text="  ").revision == 0
    assert not Answer.objects.exists()


def test_every_change_is_a_revision_with_its_base(world: World) -> None:
    world.save(WORDS, text="One")
    world.save(WORDS, text="Two", base=1)
    found = AnswerRevision.objects.values_list("number", "base", "content__text", "set_aside")
    assert list(found) == [(1, 0, "One", False), (2, 1, "Two", False)]


def test_answer_emptied_is_kept_as_empty(world: World) -> None:
    world.save(OFFENCE, "yes")
    saved = world.save(OFFENCE, base=1)
    assert (saved.revision, saved.answered) == (2, 0)
    assert Answer.objects.values_list("content", "answered").get() == ({}, False)


def test_equal_content_is_saved_whatever_the_base(world: World) -> None:
    world.save(WORDS, text="Same")
    saved = world.save(WORDS, text="Same", by=world.contributor(), base=0)
    assert (saved.conflict, saved.revision, saved.by_name) == (False, 1, "Lucía Fernández, Ministry of Justice")


def test_equal_content_ends_the_own_conflict(world: World) -> None:
    world.save(WORDS, text="One")
    world.save(WORDS, text="Theirs", by=world.contributor(), base=1)
    world.save(WORDS, text="Mine", base=1)
    world.save(WORDS, text="Theirs", base=1)
    assert not Conflict.objects.filter(settled_at=None).exists()


def test_later_text_of_the_same_person_takes_the_place_of_the_kept_one(world: World) -> None:
    world.save(WORDS, text="One")
    world.save(WORDS, text="Theirs", by=world.contributor(), base=1)
    for text in ("Mine", "Mine", "Mine, longer"):
        world.save(WORDS, text=text, base=1)
    assert Conflict.objects.get(settled_at=None).mine.content["text"] == "Mine, longer"
    assert list(AnswerRevision.objects.filter(set_aside=True).values_list("content__text", flat=True)) == [
        "Mine", "Mine, longer",
    ]  # fmt: skip


def test_settled_conflict_leaves_both_texts_in_the_history(world: World) -> None:
    world.save(WORDS, text="One")
    world.save(WORDS, text="Theirs", by=world.contributor(), base=1)
    world.save(WORDS, text="Mine", base=1)
    settle_conflict(
        by=world.focal_point, response=world.response, spec=world.spec, given=given_text("Both", 2), code=WORDS
    )
    assert Answer.objects.get().content["text"] == "Both"
    assert sorted(AnswerRevision.objects.values_list("content__text", flat=True)) == ["Both", "Mine", "One", "Theirs"]


@pytest.mark.parametrize(("state", "code"), [("cleared", "cleared"), ("submitted", "submitted")])
def test_closed_response_refuses_every_save(world: World, state: str, code: str) -> None:
    world.save(WORDS, text="One")
    fields = {"submitted_at": Response.objects.get().begun_at} if state == "submitted" else {}
    Response.objects.update(state=state, **fields)
    with pytest.raises(Refusal) as refused:
        world.save(WORDS, text="Two", base=1)
    assert refused.value.code == code
    assert AnswerRevision.objects.count() == 1


def test_note_and_unknown_code_have_no_answer(world: World) -> None:
    for code in ("quiz.1.1.note", "quiz.9.9.x"):
        with pytest.raises(Refusal) as refused:
            world.save(code, "yes")
        assert refused.value.code == "unknown_question"


def test_rows_follow_the_answer(world: World) -> None:
    first = world.save(LAWS, rows=(row("", title="One"), row("", title="Two")))
    kept = first.content.rows[1]
    world.save(LAWS, rows=(kept, row("", title="Three")), base=1)
    found = [(str(item.uuid) == kept.uuid, item.fields["title"], item.order) for item in AnswerRow.objects.all()]
    assert found == [(True, "Two", 0), (False, "Three", 1)]


def test_flag_needs_an_answer(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        flag_answer(by=world.focal_point, response=world.response, code=WORDS, flagged=True)
    assert refused.value.code == "no_answer"


def test_import_refuses_all_if_one_has_changed_meanwhile(world: World) -> None:
    world.save(WORDS, text="One")
    with pytest.raises(Refusal) as refused:
        import_answers(
            by=world.focal_point,
            response=world.response,
            spec=world.spec,
            given=[given_text("Two", 0), Given(code=OFFENCE, values=("yes",))],
        )
    assert refused.value.code == "changed_meanwhile"
    assert list(Answer.objects.values_list("question_id", flat=True)) == [WORDS]


def test_import_settles_as_a_save_does(world: World) -> None:
    items = [
        Given(code="quiz.1.1.practice.share", values=("1,250",)),
        Given(code=LAWS, content=Content(rows=(row("", title="Code"),))),
    ]
    done = import_answers(by=world.focal_point, response=world.response, spec=world.spec, given=items)
    assert done.saved == ("quiz.1.1.practice.share", LAWS)
    assert Answer.objects.get(question_id="quiz.1.1.practice.share").content == {"value": "1250"}
    assert AnswerRow.objects.get().fields == {"title": "Code"}


def test_section_leaves_alone_what_somebody_else_changed_and_was_only_carried_along(world: World) -> None:
    world.save(WORDS, text="One")
    world.save(WORDS, text="Theirs", by=world.contributor(), base=1)
    done = section_given(world, given_text("One", 1), Given(code=OFFENCE, values=("yes",)))
    assert (done.saved, done.conflicts, dict(done.refused)) == ((OFFENCE,), (), {})
    assert Answer.objects.get(question_id=WORDS).content["text"] == "Theirs"


def test_section_saves_an_answer_that_was_emptied(world: World) -> None:
    world.save(WORDS, text="One")
    assert section_given(world, given_text("", 1)).saved == (WORDS,)


def test_section_reports_each_answer_on_its_own(world: World) -> None:
    world.save(WORDS, text="One")
    world.save(WORDS, text="Theirs", by=world.contributor(), base=1)
    part = Part(aspects=frozenset({"difficulties"}))
    done = section_given(world, given_text("Mine", 1), Given(code=OFFENCE, values=("yes",)), part=part)
    assert (done.saved, done.conflicts, list(done.refused)) == ((), (WORDS,), [OFFENCE])


numbers = count(1)


def another_response(world: World) -> Response:
    party = make_party(f"S{next(numbers)}")
    kept = world.response
    return Response.objects.create(
        cycle=kept.cycle, questionnaire=kept.questionnaire, party=party, version=kept.version, begun_at=kept.invited_at
    )


edits = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.integers(0, 3), st.sampled_from(["a", "b", "c", ""])), max_size=10
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_no_text_is_ever_lost_whoever_saves_on_whatever_base(world: World, steps: list[tuple[int, int, str]]) -> None:
    # The history is append-only, so every example has a response of its own.
    response = another_response(world)
    people = [world.focal_point, response.party.people.create(email=f"{response.pk}@example.org", name="Juan")]
    for who, base, text in steps:
        before = response.answers.first()
        standing = from_canonical(before.content) if before else Content()
        saved = save_answer(by=people[who], response=response, spec=world.spec, given=given_text(text, base))
        mine = saved.content.canonical()
        after = response.answers.first()
        if mine == standing.canonical():
            assert not saved.conflict
        elif saved.conflict:
            assert after is not None
            assert from_canonical(after.content) == standing
            assert response.conflicts.get(user=people[who], settled_at=None).mine.content == mine
        else:
            assert after is not None
            assert (after.content, after.revision) == (mine, before.revision + 1 if before else 1)
        kept = list(response.revisions.values_list("content", flat=True))
        assert mine == {} or mine in kept
        assert standing.canonical() == {} or standing.canonical() in kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("base", [0, 1])
def test_of_six_who_save_the_same_revision_at_once_one_wins_and_six_texts_are_kept(base: int) -> None:
    world = make_world()
    people = [world.contributor(name=f"Person {number}") for number in range(6)]
    if base:
        world.save(WORDS, text="Before")

    def save(number: int) -> bool:
        try:
            return world.save(WORDS, text=f"Text {number}", by=people[number], base=base).conflict
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        conflicts = list(pool.map(save, range(6)))
    assert sorted(conflicts) == [False, True, True, True, True, True]
    texts = set(AnswerRevision.objects.values_list("content__text", flat=True))
    assert texts - {"Before"} == {f"Text {number}" for number in range(6)}
    assert Answer.objects.get().content["text"] == f"Text {conflicts.index(False)}"
