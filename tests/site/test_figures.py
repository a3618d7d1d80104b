"""Figures for the public: editions that tell what all said and not what one said, and who has reported."""

import csv
import datetime
import io
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from tests.factories.archive import invite, make_cycle, submit
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_spec, make_version, question
from tests.factories.responses import signed_in
from tests.factories.treaties import make_instrument
from tests.reports import independent

from palermo.base.errors import Refusal
from palermo.parties.logic.roles import Role
from palermo.parties.models import AuditEvent, Group, GroupMembership, User
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.reports.logic.dataset import Dataset, State, exported
from palermo.reports.logic.needs import scheme
from palermo.reports.logic.suppression import ALL
from palermo.reports.queries.dataset import dataset
from palermo.responses.logic.content import Content, Row
from palermo.responses.logic.standing import Standing
from palermo.responses.models import CycleQuestionnaire, Response, ResponseState, Submission
from palermo.site.actions.figures import check_figures, publish_figures, withdraw_figures
from palermo.site.actions.publishing import decide_and_publish, publish_reporting
from palermo.site.logic import figures as logic
from palermo.site.logic.figures import Before, Opened
from palermo.site.models import FiguresEdition, PublishedFigures
from palermo.site.queries.published import as_public

FIRST, SECOND, MODEL = "quiz.1.1.implementation", "quiz.2.1.implementation", "quiz.1.1.measures.model"
USED, HELP, TEXT = "quiz.1.1.practice.used", "quiz.1.1.assistance", "quiz.1.1.difficulties"
BASE = "/en/figures/2026/quiz/"
GROUPS = ("african", "grulac")

# ── Worlds without a database ────────────────────────────────────────────────────────────────────────────────────────

Q1, Q2 = "quiz.1.1.implementation", "quiz.2.1.implementation"
SHEETS: tuple[dict[str, Any], ...] = (
    {Q1: "yes", Q2: "yes"},
    {Q1: "yes", Q2: "no"},
    {Q1: "no"},
    {Q1: None},
    {Q1: "yes", Q2: {"cannot": "Nobody counts it."}},
)
"""What can be said to two questions of which the second is put to those who say yes."""


def linked() -> VersionSpec:
    return make_spec(
        {
            "art-1": [question(Q1)],
            "art-2": [
                question(Q2, section="art-2", provision="quiz.2.1", relevant=f"${{{Q1}}} = 'yes'"),
                question(HELP, "assistance", section="art-2", asks="assistance"),
            ],
        }
    )


def state(number: int, group: str, answers: dict[str, Any], *types: str) -> State:
    requests = [
        {"uuid": f"u{number}{kind}", "code": HELP, "section": "art-2", "provision": "quiz.1.1", "rank": 1, "type": kind}
        for kind in types
    ]
    return State(
        code=f"s{number}", name=f"State {number}", sort=f"{number:03}", group=group, subregion="", lists=frozenset(),
        legal="party", standing=Standing.SUBMITTED, number=1, receipt=f"r{number}",
        digest={"answers": {**answers, HELP: "yes" if types else None}, "requests": requests},
    )  # fmt: skip


def world(*states: State) -> Dataset:
    now = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
    return Dataset("2026", "quiz", "quiz", now.date(), now, states, linked())


def opened(one: State, *sections: str) -> Opened:
    assert one.digest is not None
    told = {code: value for code, value in one.digest["answers"].items() if f"art-{code[5]}" in sections}
    if "art-1" not in sections:
        told.pop(Q2, None)
    if "art-2" in sections:
        told[HELP] = one.digest["answers"][HELP]
    requests = [item for item in one.digest["requests"] if item["section"] in sections]
    return Opened(frozenset(sections), {"answers": told, "requests": requests})


def made(found: Dataset, known: dict[str, Opened] | None = None, threshold: int = 3, **more: Any) -> logic.Figures:
    return logic.figures(found, known or {}, scheme(), threshold=threshold, **more)


members = st.tuples(st.sampled_from(GROUPS), st.integers(0, 4), st.sampled_from(["", "art-1", "art-1 art-2"]))


def others(found: Dataset, known: dict[str, Opened]) -> Iterator[Dataset]:
    """Every world that agrees with what States have opened."""
    ways = []
    for one in found.states:
        told = known.get(one.code)
        fits = [
            sheet
            for sheet in SHEETS
            if told is None
            or all(
                sheet.get(code, "absent") == (one.digest or {})["answers"].get(code, "absent")
                for code in (Q1, Q2)
                if code in told.digest["answers"] or (code == Q2 and is_public(one, Q2, told))
            )
        ]
        ways.append([replace(one, digest={"answers": sheet, "requests": []}) for sheet in fits])
    for chosen in product(*ways):
        yield replace(found, states=chosen)


def is_public(one: State, code: str, told: Opened | None) -> bool:
    """Opened; or everybody knows that the second question was not put to it, because its first answer is open."""
    if told is None:
        return False
    return code in told.digest["answers"] or (
        code == Q2 and Q1 in told.digest["answers"] and told.digest["answers"][Q1] != "yes"
    )


SAID: dict[str, Any] = {
    "=yes": "yes",
    "=no": "no",
    "unanswered": None,
    "not_applicable": "absent",
    "cannot_answer": {"cannot": "Nobody counts it."},
}


def count_of(found: Dataset, code: str, row: str, group: str) -> int:
    return sum(
        (one.digest or {})["answers"].get(code, "absent") == SAID.get(row, "never")
        for one in found.states
        if group in (ALL, one.group)
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(members, min_size=1, max_size=5), st.integers(2, 3))
def test_no_answer_of_the_rest_can_be_worked_out_whatever_is_opened(
    chosen: list[tuple[str, int, str]], threshold: int
) -> None:
    found = world(*(state(n, group, SHEETS[which]) for n, (group, which, _open) in enumerate(chosen)))
    known = {
        one.code: opened(one, *sections.split())
        for one, (_group, _which, sections) in zip(found.states, chosen, strict=True)
        if sections
    }
    figures = made(found, known, threshold)
    shown = {
        (code, row, group): number
        for code, rows in figures.questions.items()
        for row, line in rows.items()
        for group, number in zip(figures.columns, line, strict=True)
    }
    for (code, row, group), number in shown.items():
        assert number in (None, count_of(found, code, row, group))
    possible = [
        other
        for other in others(found, known)
        if all(number is None or count_of(other, *cell) == number for cell, number in shown.items())
    ]
    secret = {
        code: replace(found, states=tuple(one for one in found.states if not is_public(one, code, known.get(one.code))))
        for code in (Q1, Q2)
    }
    for (code, row, group), number in shown.items():
        rest = count_of(secret[code], code, row, group)
        size = sum(group in (ALL, one.group) for one in secret[code].states)
        if 0 < rest < threshold or (row.startswith("=") and rest == size > 0):
            assert number is None
            assert len({count_of(other, code, row, group) for other in possible}) > 1


KINDS = ("training", "equipment")
asking = st.tuples(st.sampled_from(GROUPS), st.sets(st.sampled_from(KINDS)))


@settings(deadline=None, max_examples=30)
@given(st.lists(asking, min_size=1, max_size=5), st.integers(2, 3))
def test_no_need_of_a_state_can_be_worked_out_from_all_tables_of_needs(
    chosen: list[tuple[str, set[str]]], threshold: int
) -> None:
    def counts(world: Sequence[tuple[str, set[str]]]) -> dict[tuple[str, str, str], int]:
        return {
            (what, code, group): sum(group in (ALL, own) and bool(types & kinds) for own, types in world)
            for group in (*GROUPS, ALL)
            for what, code, kinds in (
                ("any", "any", set(KINDS)),
                ("article", "quiz.1", set(KINDS)),
                *(("type", kind, {kind}) for kind in KINDS),
            )
        }

    found = world(*(state(n, group, SHEETS[0], *sorted(types)) for n, (group, types) in enumerate(chosen)))
    figures = made(found, threshold=threshold)
    shown = {
        (what, code, group): number
        for what, rows in figures.needs.items()
        for code, line in rows.items()
        for group, number in zip(figures.columns, line, strict=True)
    }
    subsets: list[set[str]] = [set(), {KINDS[0]}, {KINDS[1]}, set(KINDS)]
    groups = [group for group, _types in chosen]
    possible = []
    for types in product(subsets, repeat=len(chosen)):
        other = counts(list(zip(groups, types, strict=True)))
        if all(shown.get(cell) in (None, number) for cell, number in other.items()):
            possible.append(other)
    sizes = {group: groups.count(group) for group in GROUPS} | {ALL: len(groups)}
    for cell, number in counts(chosen).items():
        if 0 < number < threshold or (cell[0] in ("type", "article") and number == sizes[cell[2]] > 0):
            assert shown[cell] is None
            assert len({other[cell] for other in possible}) > 1


@settings(deadline=None, max_examples=40)
@given(st.lists(asking, max_size=16))
def test_shown_needs_are_true_and_no_small_one_stands_alone(chosen: list[tuple[str, set[str]]]) -> None:
    found = world(*(state(n, group, SHEETS[0], *sorted(types)) for n, (group, types) in enumerate(chosen)))
    figures = made(found)
    listed = independent.requests_under(
        json.loads(json.dumps(exported(found))), {"types": [], "not_regional_topics": []}, []
    )
    for code, line in figures.needs["type"].items():
        true = [
            len({one["state"] for one in listed if one["type"] == [code] and column in (ALL, *one["region"])})
            for column in figures.columns
        ]
        sizes = figures.denominators["reported"]
        for number, value, size in zip(line, true, sizes, strict=True):
            assert number in (None, value)
            if 0 < value < 3 or value == size > 0:
                assert number is None
        # How many States each group has is known, so that a lone hidden group follows from the others.
        hidden_groups = [place for place, number in enumerate(line[:-1]) if number is None and sizes[place]]
        assert len(hidden_groups) != 1 or line[-1] is None


def test_world_without_anybody_and_world_of_silence_have_tables_of_noughts() -> None:
    assert made(world()).denominators == {"parties": (0,), "asked": (0,), "reported": (0,)}
    silent = replace(state(1, "african", {}), standing=Standing.BEGUN, digest=None, receipt="")
    figures = made(world(silent))
    assert (figures.columns, figures.denominators["asked"]) == (("african", ALL), (1, 1))
    assert set(figures.numbers) == {0}


def test_world_of_one_state_hides_everything_that_it_said() -> None:
    figures = made(world(state(1, "african", SHEETS[0], "training")))
    assert {number for rows in figures.questions.values() for line in rows.values() for number in line} == {None}
    assert set(figures.needs["type"]["training"]) == {None}
    assert figures.denominators["reported"] == (1, 1)


def test_figures_are_read_as_they_were_written() -> None:
    figures = made(world(*(state(n, GROUPS[n % 2], SHEETS[n % 4]) for n in range(12))))
    assert logic.read(json.loads(json.dumps(logic.written(figures)))) == figures
    assert logic.unpacked(json.loads(json.dumps(logic.packed(figures.hidden)))) == figures.hidden


def test_what_all_have_opened_is_shown_even_if_it_is_small() -> None:
    found = world(state(1, "african", SHEETS[0], "training"), state(2, "grulac", SHEETS[2]))
    figures = made(found, {one.code: opened(one, "art-1", "art-2") for one in found.states})
    assert figures.questions[Q1]["=yes"] == (1, 0, 1)
    assert figures.needs["type"]["training"] == (1, 0, 1)
    assert None not in figures.numbers


def test_group_in_which_too_few_have_changed_stays_hidden_in_the_next_edition() -> None:
    old = world(*(state(n, GROUPS[n % 2], SHEETS[n // 2 % 4]) for n in range(24)))
    first = made(old)
    assert first.questions[Q1]["=no"] == (3, 3, 6)
    added = (state(30, "african", SHEETS[2]), *(state(n, "grulac", SHEETS[2]) for n in range(31, 35)))
    new = replace(old, states=(*old.states, *added))
    before = Before(1, logic.receipts_of(old), first.hidden)
    second = made(new, earlier=[before])
    # One African State more: whatever changed there, it said. Together with the others it is a crowd.
    assert second.questions[Q1]["=no"] == (None, None, 11)
    assert logic.missing(new, [before], 3) == 0
    assert logic.missing(replace(old, states=(*old.states, added[0])), [before], 3) == 2
    assert made(old, earlier=[before]).questions == first.questions


# ── With a database ──────────────────────────────────────────────────────────────────────────────────────────────────

CODES = ("AGO", "BDI", "BEN", "BFA", "BWA", "CAF", "CIV", "CMR", "ARG", "BOL", "BRA", "CHL", "COL", "CRI", "CUB", "DOM")


def ask_for(*types: str) -> Content:
    return Content(value="yes", rows=tuple(Row(str(uuid.uuid4()), {"type": kind, "urgency": "high"}) for kind in types))


def member(code: str, group: str) -> None:
    party = make_party(code, code.title())
    kept = Group.objects.get_or_create(
        kind="un-group",
        code=group,
        defaults={"order": GROUPS.index(group), "texts": {"en": {"name": group, "sort": group}}},
    )[0]
    GroupMembership.objects.create(group=kept, kind="un-group", party=party, validity=(datetime.date(1990, 1, 1), None))


@pytest.fixture
def asked(db: None) -> CycleQuestionnaire:
    """Eight States of each of two groups have reported: five yes and three no, or six and two; two more are silent."""
    version, _spec = make_version()
    cycle = make_cycle(version)
    for place, code in enumerate(CODES):
        member(code, GROUPS[place // 8])
        number = place % 8
        said: dict[str, Any] = {
            FIRST: "no" if number >= (5 if place < 8 else 6) else "yes",
            SECOND: "in_part",
            USED: ("police", "courts") if number % 2 else ("police",),
        }
        if number < 6:
            said[HELP] = ask_for("training")
        submit(invite(cycle, version, make_party(code, code.title())), said)
    for code in ("KEN", "PER"):
        member(code, GROUPS[code == "PER"])
        invite(cycle, version, make_party(code, code.title()))
    publish_reporting()
    return CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument").get()


@pytest.fixture
def officer(db: None) -> User:
    user = make_user("Elena")
    make_grant(user, Role.SECRETARIAT, "/cycles")
    return user


def page(client: Client, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200, address
    return " ".join(reply.content.decode().split())


def file_rows(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(f"{BASE}figures.json").content)["rows"]
    return found


def later_submission(asked: CycleQuestionnaire, code: str) -> Submission:
    response = Response.objects.get(party__code=code)
    said: dict[str, Any] = {FIRST: "no"}
    return submit(response, {TEXT: Content(text="More.", language="en")} if code in CODES else said)


def test_nothing_is_public_before_an_edition_is_published(asked: CycleQuestionnaire, client: Client) -> None:
    assert [client.get(f"{BASE}{name}").status_code for name in ("", "needs/", "figures.csv")] == [404, 404, 404]
    listing = page(client, "/en/figures/")
    assert "not published yet" in listing
    assert "A questionnaire for tests" in listing


def test_edition_shows_what_tells_of_nobody_and_every_number_is_true(
    asked: CycleQuestionnaire, officer: User, client: Client
) -> None:
    published = publish_figures(by=officer, asked=asked)
    assert (published.edition, published.reported, published.threshold) == (1, 16, 5)
    rows = {(row["code"], row["answer"], row["group"]): row["states"] for row in file_rows(client)}
    assert [rows[FIRST, "=yes", group] for group in (*GROUPS, ALL)] == [None, None, 11]
    assert [rows[FIRST, "=no", group] for group in (*GROUPS, ALL)] == [None, None, 5]
    # Everybody said in part to the other question: that would be the answer of each.
    assert [rows[SECOND, "=in_part", group] for group in (*GROUPS, ALL)] == [None, None, None]
    assert [rows["training", "asks", group] for group in (*GROUPS, ALL)] == [6, 6, 12]
    found = dataset(asked.cycle, asked.questionnaire, "en")
    data = json.loads(json.dumps(exported(found)))
    shown = 0
    for (code, answer, group), number in rows.items():
        if code.startswith("quiz.") and answer != "asks" and number is not None:
            key = "whole" if group == ALL else f"region.{group or '-'}"
            counted = independent.question_counts(data, code, key)
            relation = {"in_words": "never"}.get(answer, answer)
            true = counted["values"].get(answer[1:], 0) if answer[0] == "=" else counted["relations"].get(relation, 0)
            assert number == true, (code, answer, group)
            shown += 1
    assert shown == 62
    event = AuditEvent.objects.get(action="publish_figures")
    assert (event.by_id, event.detail["reported"], event.detail["hidden"]) == (officer.pk, 16, published_hidden())


def published_hidden() -> int:
    return logic.read(PublishedFigures.objects.get().data).numbers.count(None)


def test_pages_show_the_same_numbers_and_a_word_for_hidden_ones(
    asked: CycleQuestionnaire, officer: User, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish_figures(by=officer, asked=asked)
    page(client, BASE)
    with django_assert_num_queries(8):
        shown = page(client, BASE)
    assert (
        '<tr><th scope="row">Yes</th><td class="num" data-label="african"><em class="quiet">hidden</em></td>' in shown
    )
    assert '<td class="num" data-label="All States">11 <span class="quiet">69%</span></td>' in shown
    assert "smaller than 5, or everybody said the same" in shown
    with django_assert_num_queries(13):
        one = page(client, f"{BASE}questions/{FIRST}/")
    assert "No State has opened its answer to this question." in one
    with django_assert_num_queries(13):
        needs = page(client, f"{BASE}needs/")
    assert (
        '<tr><th scope="row">Training</th><td class="num" data-label="african">6</td>'
        '<td class="num" data-label="grulac">6</td><td class="num" data-label="All States">12</td></tr>'
    ) in needs
    with django_assert_num_queries(11):
        listing = page(client, "/en/figures/")
    assert f'href="{BASE}">As at' in listing
    # As the question has them, then how States stand to it.
    order = [row["answer"] for row in file_rows(client) if row["code"] == FIRST and row["group"] == ALL]
    assert order == ["=yes", "=in_part", "=no", "in_words", "cannot_answer", "unanswered", "not_applicable"]


def test_files_agree_with_each_other(asked: CycleQuestionnaire, officer: User, client: Client) -> None:
    publish_figures(by=officer, asked=asked)
    rows = file_rows(client)
    text = client.get(f"{BASE}figures.csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith('"#') and line[0] != "#"))
    assert [line["states"] for line in lines] == ["" if row["states"] is None else str(row["states"]) for row in rows]
    assert [line["hidden"] for line in lines] == ["yes" if row["states"] is None else "no" for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{BASE}figures.xlsx").content))
    column = [cell.value for cell in book["data"][1]].index("states")
    cells = [row[column].value for row in book["data"].iter_rows(min_row=2)]
    assert cells == [row["states"] for row in rows]


def test_nothing_changes_until_there_is_another_edition(
    asked: CycleQuestionnaire, officer: User, client: Client
) -> None:
    publish_figures(by=officer, asked=asked)
    addresses = (BASE, f"{BASE}needs/", f"{BASE}questions/{FIRST}/", f"{BASE}figures.csv", "/en/search/?q=criminal")
    before = [client.get(address).content for address in addresses]
    later_submission(asked, "KEN")
    publish_reporting()
    assert [client.get(address).content for address in addresses] == before
    with pytest.raises(Refusal, match="4 more States must submit"):
        publish_figures(by=officer, asked=asked)
    assert PublishedFigures.objects.get().edition == 1


def test_another_edition_needs_a_crowd_of_changes(asked: CycleQuestionnaire, officer: User) -> None:
    publish_figures(by=officer, asked=asked)
    for code in CODES[:3]:
        Response.objects.filter(party__code=code).update(state=ResponseState.OPEN)
    for code in (*CODES[:3], "KEN", "PER"):
        later_submission(asked, code)
    found = publish_figures(by=officer, asked=asked)
    assert (found.edition, found.reported, PublishedFigures.objects.count()) == (2, 18, 1)
    assert [edition.number for edition in FiguresEdition.objects.order_by("number")] == [1, 2]
    shown = logic.read(found.data)
    # Four African States changed and one of the other group: by group nothing is told, of all together something.
    assert [shown.questions[FIRST]["=no"][place] for place in (0, 1)] == [None, None]


def test_withdrawn_edition_is_gone_and_comes_back_with_nothing_more(
    asked: CycleQuestionnaire, officer: User, client: Client
) -> None:
    first = publish_figures(by=officer, asked=asked)
    withdraw_figures(by=officer, asked=asked)
    assert client.get(BASE).status_code == 404
    with pytest.raises(Refusal, match="No figures are published"):
        withdraw_figures(by=officer, asked=asked)
    again = publish_figures(by=officer, asked=asked)
    assert (again.edition, again.data) == (2, first.data)
    assert AuditEvent.objects.filter(action="withdraw_figures").count() == 1


def test_opening_answers_hides_what_the_rest_could_be_worked_out_from(
    asked: CycleQuestionnaire, officer: User, client: Client
) -> None:
    publish_figures(by=officer, asked=asked)
    before = logic.read(PublishedFigures.objects.get().data)
    assert before.needs["type"]["training"] == (6, 6, 12)
    people = {s.response.party.code: s for s in Submission.objects.select_related("response__party")}
    for code in ("AGO", "BDI"):
        decide_and_publish(by=officer, submission=people[code], decided={"art-1": "public"})
    after = logic.read(PublishedFigures.objects.get().data)
    # Four African States that nobody knows are left of six that ask.
    assert after.needs["type"]["training"][0] is None
    assert before.hidden < after.hidden
    assert AuditEvent.objects.filter(action="check_figures").count() >= 1
    said = page(client, f"{BASE}questions/{FIRST}/")
    assert '<li><a href="/en/answers/2026/quiz/ago/#art-1">Ago</a>: Yes</li>' in said
    assert '<a href="/en/answers/2026/quiz/bdi/#art-1">Bdi</a>' in page(client, f"{BASE}needs/")
    decide_and_publish(by=officer, submission=people["AGO"], decided={"art-1": "private"})
    assert check_figures(by=officer, cycle="2026", questionnaire="quiz") == 0
    assert logic.read(PublishedFigures.objects.get().data) == after


def test_role_of_the_public_reads_the_figures_and_not_their_record(asked: CycleQuestionnaire, officer: User) -> None:
    publish_figures(by=officer, asked=asked)
    with as_public():
        assert PublishedFigures.objects.get().reported == 16
    for statement in ("SELECT receipts FROM site_figuresedition", "UPDATE published.figures SET reported = 1"):
        with pytest.raises(DatabaseError, match="permission denied"), as_public(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_record_of_an_edition_is_never_changed(asked: CycleQuestionnaire, officer: User) -> None:
    publish_figures(by=officer, asked=asked)
    with pytest.raises(DatabaseError, match="Cannot update rows"):
        FiguresEdition.objects.update(number=7)


def test_officer_publishes_and_withdraws_on_the_page(asked: CycleQuestionnaire, officer: User) -> None:
    browser = signed_in(officer)
    address = "/en/analysis/2026/quiz/public/"
    shown = page(browser, address)
    assert "No figures are public at the moment." in shown
    assert "Publish edition 1" in shown
    assert f'href="{address}"' in page(browser, "/en/analysis/2026/quiz/")
    reply = browser.post(address, {"do": "publish"})
    assert (reply.status_code, reply["Location"]) == (302, address)
    assert "Edition 1: 16 States" in page(browser, address)
    later_submission(asked, "KEN")
    assert "4 more States must submit" in page(browser, address)
    refused = browser.post(address, {"do": "publish"})
    assert (refused.status_code, PublishedFigures.objects.get().edition) == (409, 1)
    assert browser.post(f"{address}?as_at=2099-01-01", {"do": "publish"}).status_code == 409
    assert browser.post(address, {"do": "withdraw"}).status_code == 302
    assert PublishedFigures.objects.count() == 0
    assert browser.post(address, {"do": "withdraw"}).status_code == 409


def test_bad_addresses_get_a_sentence_or_are_not_there(
    asked: CycleQuestionnaire, officer: User, client: Client
) -> None:
    publish_figures(by=officer, asked=asked)
    assert "This questionnaire has no such section" in page(client, f"{BASE}?section=art-99")
    assert client.get(f"{BASE}questions/quiz.9.9/").status_code == 404
    assert client.get("/en/figures/1999/quiz/").status_code == 404
    assert client.get("/en/figures/1999/quiz/reporting/").status_code == 404
    reply = signed_in(officer).get("/en/analysis/2026/quiz/public/?as_at=yesterday")
    assert (reply.status_code, "This is not a date." in reply.content.decode()) == (200, True)


def test_public_sees_who_has_reported_by_group_and_on_the_map(
    asked: CycleQuestionnaire, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(15):
        shown = page(client, f"{BASE}reporting/")
    assert (
        '<tr><th scope="row">african</th><td class="num" data-label="States asked">9</td>'
        '<td class="num" data-label="States that reported">8</td>'
    ) in shown
    assert "/en/states/ken/" in shown
    listing = page(client, "/en/figures/")
    assert '<td class="num" data-label="States asked">18</td>' in listing
    assert f'<a href="{BASE}reporting/">16<' in listing
    data = json.loads(client.get(f"{BASE}reporting/?chart=who-reported&form=json").content)
    assert len(data["rows"]) == 18


def test_treaty_leads_to_its_cycles_and_to_no_others(asked: CycleQuestionnaire, client: Client) -> None:
    assert 'href="/en/figures/quiz/"' in page(client, "/en/treaties/quiz/")
    assert f'<a href="{BASE}reporting/">16<' in page(client, "/en/figures/quiz/")
    make_instrument("other")
    assert "No State has been asked yet" in page(client, "/en/figures/other/")
    assert client.get("/en/figures/none/").status_code == 404


def test_state_shows_the_requests_that_it_has_opened(asked: CycleQuestionnaire, officer: User, client: Client) -> None:
    assert "Published requests" not in page(client, "/en/states/ago/")
    sent = Submission.objects.get(response__party__code="AGO")
    decide_and_publish(by=officer, submission=sent, decided={"art-1": "public"})
    shown = page(client, "/en/states/ago/")
    assert "Published requests for assistance" in shown
    assert "<strong>Training</strong> · urgency: High" in shown


def test_generated_days_are_those_of_the_edition(asked: CycleQuestionnaire, officer: User, client: Client) -> None:
    day = timezone.localdate() - datetime.timedelta(days=400)
    found = publish_figures(by=officer, asked=asked, as_at=day)
    assert (found.as_at, found.reported) == (day, 0)
    assert "No State" not in page(client, BASE)
