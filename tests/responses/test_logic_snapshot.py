"""The frozen copy: what is in it, that it can be read back, and that its hash is stable."""

import datetime
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.questionnaires import make_spec

from palermo.questionnaires.logic.fulfilment import Fulfilment
from palermo.responses.logic.content import Content, Row
from palermo.responses.logic.snapshot import (
    File,
    Head,
    ProvisionTexts,
    Stamp,
    build_snapshot,
    canonical_json,
    read_snapshot,
    sha256,
)

SPEC = make_spec()
TODAY = datetime.date(2026, 11, 24)
AT = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.UTC)
FIRST, SECOND = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
HEAD = Head(
    cycle="2026",
    cycle_texts={"en": {"title": "Cycle"}},
    first_year=2023,
    last_year=2025,
    due_on=datetime.date(2027, 6, 30),
    questionnaire="quiz",
    questionnaire_texts={"en": {"title": "A questionnaire for tests"}},
    treaty="quiz",
    treaty_texts={"en": {"title": "A convention"}},
    version=1,
    version_sha256="ab" * 32,
    party="ARG",
    party_names={"en": "Argentina"},
)
ASKED = Content(
    value="yes",
    rows=(Row(FIRST, {"type": "training", "urgency": "low"}), Row(SECOND, {"type": "legal-advice", "urgency": "high"})),
)


def built(contents: dict[str, Content], **more: Any) -> dict[str, Any]:
    """A snapshot of these answers."""
    said: dict[str, Any] = {
        "stamps": {code: Stamp("Lucía", AT) for code in contents},
        "provisions": [ProvisionTexts("quiz.1.1", "quiz.1", "mandatory", {"en": {"demand": "Do it."}})],
        "declarations": {"art-1": Stamp("Lucía", AT)},
        "files": [],
        "ranks": {},
        **more,
    }
    return build_snapshot(head=HEAD, spec=SPEC, contents=contents, today=TODAY, **said)


def test_snapshot_holds_wording_answer_and_stamp() -> None:
    frozen = read_snapshot(built({"quiz.1.1.implementation": Content(value="yes", text="Article 210", language="en")}))
    question = frozen.questions[0]
    assert (question.code, question.wording["en"]["text"], question.content.value, question.content.text) == (
        "quiz.1.1.implementation",
        "Is it a criminal offence?",
        "yes",
        "Article 210",
    )
    assert (question.by, question.at) == ("Lucía", "2026-11-20T10:00:00+00:00")
    assert (frozen.sections[0].declared_by, frozen.sections[1].declared_by) == ("Lucía", "")
    assert (frozen.party, frozen.years, frozen.cycle["due_on"]) == ("ARG", ("2023", "2024", "2025"), "2027-06-30")


def test_parked_answers_and_their_files_are_not_submitted() -> None:
    contents = {"quiz.1.1.implementation": Content(value="no"), "quiz.1.1.measures.model": Content(value="agreement")}
    files = [
        File("f1", "quiz.1.1.measures.model", "old.pdf", 3, "aa"),
        File("f2", "quiz.1.1.measures", "law.pdf", 4, "bb"),
    ]
    frozen = read_snapshot(built(contents, files=files))
    assert "quiz.1.1.measures.model" not in [question.code for question in frozen.questions]
    assert [file.name for file in frozen.files] == ["law.pdf"]


def test_notes_are_not_part_of_it() -> None:
    assert "quiz.1.1.note" not in [question.code for question in read_snapshot(built({})).questions]


def test_requests_stand_in_the_order_of_the_state() -> None:
    contents = {"quiz.1.1.assistance": ASKED}
    unranked = read_snapshot(built(contents)).requests
    assert [(item.uuid, item.rank) for item in unranked] == [(FIRST, None), (SECOND, None)]
    ranked = read_snapshot(built(contents, ranks={SECOND: 1, FIRST: 2, "gone": 3})).requests
    assert [(item.uuid, item.rank) for item in ranked] == [(SECOND, 1), (FIRST, 2)]
    partly = read_snapshot(built(contents, ranks={SECOND: 7})).requests
    assert [(item.uuid, item.rank) for item in partly] == [(SECOND, 1), (FIRST, None)]


def test_requests_of_a_no_are_none() -> None:
    taken_back = Content(value="no", rows=ASKED.rows)
    assert read_snapshot(built({"quiz.1.1.assistance": taken_back}, ranks={FIRST: 1})).requests == ()


def test_provisions_are_judged_by_their_own_rule() -> None:
    judged = {
        value: {item.code: item.status for item in read_snapshot(built(contents)).provisions}["quiz.1.1"]
        for value, contents in {
            "yes": {"quiz.1.1.implementation": Content(value="yes")},
            "in_part": {"quiz.1.1.implementation": Content(value="in_part")},
            "no": {"quiz.1.1.implementation": Content(value="no")},
            "": {},
        }.items()
    }
    assert judged == {
        "yes": Fulfilment.MET,
        "in_part": Fulfilment.IN_PART,
        "no": Fulfilment.NOT_MET,
        "": Fulfilment.UNANSWERED,
    }


@pytest.mark.parametrize("schema", [0, 99, "1", None])
def test_snapshot_of_another_schema_is_refused(schema: object) -> None:
    with pytest.raises(ValueError, match="this version reads"):
        read_snapshot({**built({}), "schema": schema})


@given(
    st.dictionaries(
        st.sampled_from([question.code for question in SPEC]),
        st.builds(
            Content,
            value=st.sampled_from([None, "yes", "no", "12.5"]),
            text=st.text(max_size=40).map(str.strip),
            language=st.sampled_from(["en", "ar"]),
            reason=st.text(max_size=10),
        ),
    )
)
def test_canonical_text_is_stable_and_reads_back(contents: dict[str, Content]) -> None:
    text = canonical_json(built(contents))
    assert canonical_json(json.loads(text)) == text
    assert canonical_json(built(dict(reversed(contents.items())))) == text
    assert sha256(text) == hashlib.sha256(text.encode()).hexdigest()
    for question in read_snapshot(json.loads(text)).questions:
        expected = contents.get(question.code, Content()).canonical()
        assert question.content.canonical() == expected


@given(st.sampled_from(["yes", "in_part", "no"]), st.sampled_from(["yes", "in_part", "no"]))
def test_another_answer_is_another_hash(first: str, second: str) -> None:
    hashes = {
        sha256(canonical_json(built({"quiz.1.1.implementation": Content(value=value)}))) for value in (first, second)
    }
    assert len(hashes) == len({first, second})
