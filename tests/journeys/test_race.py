"""Six people save the same revision at the same moment: one wins, and nobody's text is lost. And the lost line."""

import itertools
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from tests.journeys import harness
from tests.journeys.harness import Person, place_of
from tests.journeys.races import racers

ROUNDS = 100
EQUAL_ROUNDS = 20

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("races")]


@dataclass
class Served:
    """The world, its people and its database."""

    port: int
    facts: dict[str, Any]
    database: "psycopg.Connection[Any]"
    _people: dict[str, Person]

    def person(self, state: str, number: int) -> Person:
        """Somebody who has signed in."""
        email = self.facts["team"][state][number]
        if email not in self._people:
            self._people[email] = Person(self.port).sign_in(email)
        return self._people[email]

    def questions(self) -> list[tuple[str, str]]:
        """Section and code of every question that takes a plain text."""
        return [(section, code) for section, codes in self.facts["sections"].items() for code in codes]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        return self.database.execute(query, values).fetchall()

    def history(self, state: str, code: str) -> list[tuple[int, str, bool]]:
        """Number, text and *set aside* of every text that an answer had."""
        return self.rows(
            "SELECT v.number, v.content->>'text', v.set_aside FROM responses_answerrevision v "
            "JOIN responses_response r ON r.id = v.response_id JOIN parties_party p ON p.id = r.party_id "
            "WHERE p.code = %s AND v.code = %s ORDER BY v.id",
            state.upper(),
            code,
        )


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A world in production mode, served by two web processes."""
    with harness.new_world() as world:
        facts = harness.run_in(world, "tests.journeys.stage")
        assert world.cluster is not None
        with harness.Serving(world) as serving, world.cluster.connect(database=world.database) as database:
            yield Served(serving.port, facts, database, {})


def test_one_of_six_wins_every_race(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    people = [served.person("arg", number).cookies for number in range(6)]
    questions = served.questions()[: ROUNDS // 2]
    outcomes: Counter[tuple[int, ...]] = Counter()
    lost = []
    with racers(served.port, people, "arg") as six:
        # First the answer does not exist (all insert), then it does (all update).
        for (section, code), base in itertools.product(questions, (0, 1)):
            texts = [f"{code}, revision {base + 1}, as person {number} writes it" for number in range(6)]
            done = six.run(section, code, base, texts)
            outcomes[tuple(sorted(attempt.status for attempt in done))] += 1
            winners = [attempt for attempt in done if attempt.status == 200]
            assert [attempt.reply["revision"] for attempt in winners if attempt.reply] == [base + 1]
            of_this = [row for row in served.history("arg", code) if row[0] == base + 1]
            standing = [text for _number, text, aside in of_this if not aside]
            kept = sorted(text for _number, text, aside in of_this if aside)
            assert standing == [winners[0].text]
            lost += sorted(set(texts) - set(standing) - set(kept))
            assert kept == sorted(set(texts) - set(standing))
            conflicts = served.rows(
                "SELECT v.content->>'text' FROM responses_conflict c "
                "JOIN responses_answerrevision v ON v.id = c.mine_id "
                "WHERE c.code = %s AND c.settled_at IS NULL AND v.number = %s ORDER BY 1",
                code,
                base + 1,
            )
            assert [text for (text,) in conflicts] == kept
    with capsys.disabled():
        won = outcomes[(200, 409, 409, 409, 409, 409)]
        print(f"\nraces of six: {outcomes.total()}, exactly one winner: {won}, texts lost: {len(lost)}")
    assert outcomes == {(200, 409, 409, 409, 409, 409): ROUNDS}


def test_equal_texts_are_saved_for_everybody(served: Served) -> None:
    people = [served.person("ken", number).cookies for number in range(6)]
    outcomes: Counter[tuple[tuple[int, int], ...]] = Counter()
    with racers(served.port, people, "ken") as six:
        for section, code in served.questions()[:EQUAL_ROUNDS]:
            for base in (0, 1):
                text = f"All write the same, {base + 1}"
                done = six.run(section, code, base, [text] * 6)
                outcomes[
                    tuple((attempt.status, (attempt.reply or {}).get("revision", 0) - base) for attempt in done)
                ] += 1
            assert served.history("ken", code) == [
                (1, "All write the same, 1", False),
                (2, "All write the same, 2", False),
            ]
    assert outcomes == {((200, 1),) * 6: 2 * EQUAL_ROUNDS}


# --- the lost line -----------------------------------------------------------------------------------------------


class Cutter:
    """A line to the site that is cut when the reply comes, or that answers in the site's place."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.cut_replies = 0
        self.fault: bytes | None = None
        self.seen: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            with line:
                self._one(line)

    def _one(self, line: socket.socket) -> None:
        request = _read_message(line)
        if not request:
            return
        # Without "keep-alive" one connection carries one request: easy to follow.
        request = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
        if self.fault is not None:
            line.sendall(self.fault)
            return
        with socket.create_connection(("127.0.0.1", self.target), 20) as site:
            site.sendall(request)
            reply = b""
            while part := site.recv(65536):
                reply += part
        self.seen.append(reply)
        if self.cut_replies:
            # The site has answered, so it has committed; the reply goes nowhere.
            self.cut_replies -= 1
            return
        line.sendall(reply)

    def close(self) -> None:
        """Hang up."""
        self._listener.close()


def _read_message(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65536)
        if not part:
            return b""
        data += part
    head, _sep, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def cutter(served: Served) -> Iterator[Cutter]:
    """A line that can be cut."""
    there = Cutter(served.port)
    yield there
    there.close()


@pytest.fixture
def fresh_question(served: Served) -> Callable[[], tuple[str, str]]:
    """Questions that no race has touched."""
    left = iter(served.questions()[ROUNDS // 2 :])
    return lambda: next((section, code) for section, code in left if not served.history("arg", code))


def test_reply_lost_after_the_commit_is_sent_again_without_a_conflict(
    served: Served, cutter: Cutter, fresh_question: Callable[[], tuple[str, str]]
) -> None:
    section, code = fresh_question()
    person = Person(cutter.port, served.person("arg", 0).cookies)
    place = place_of("arg")
    for base in (0, 1):
        cutter.cut_replies = 1
        with pytest.raises((OSError, harness.http.client.HTTPException)):
            person.save(place, section, code, {"text": f"sent twice, {base + 1}"}, base)
        assert [row[0] for row in served.history("arg", code)] == list(range(1, base + 2))
        again = person.save(place, section, code, {"text": f"sent twice, {base + 1}"}, base)
        assert (again.status, again.json["revision"]) == (200, base + 1)
    assert served.history("arg", code) == [(1, "sent twice, 1", False), (2, "sent twice, 2", False)]


def test_reply_lost_and_overtaken_keeps_both_texts(
    served: Served, cutter: Cutter, fresh_question: Callable[[], tuple[str, str]]
) -> None:
    section, code = fresh_question()
    place = place_of("arg")
    first = Person(cutter.port, served.person("arg", 0).cookies)
    cutter.cut_replies = 1
    with pytest.raises((OSError, harness.http.client.HTTPException)):
        first.save(place, section, code, {"text": "mine"}, 0)
    assert served.person("arg", 1).save(place, section, code, {"text": "theirs"}, 1).status == 200
    assert first.save(place, section, code, {"text": "mine"}, 0).status == 409
    assert served.history("arg", code)[:2] == [(1, "mine", False), (2, "theirs", False)]


def test_server_fault_keeps_nothing_and_the_text_can_be_sent_again(
    served: Served, cutter: Cutter, fresh_question: Callable[[], tuple[str, str]]
) -> None:
    section, code = fresh_question()
    person = Person(cutter.port, served.person("arg", 0).cookies)
    cutter.fault = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert person.save(place_of("arg"), section, code, {"text": "after a fault"}, 0).status == 500
    assert served.history("arg", code) == []
    cutter.fault = None
    again = person.save(place_of("arg"), section, code, {"text": "after a fault"}, 0)
    assert (again.status, again.json["revision"]) == (200, 1)


def test_fault_inside_a_save_leaves_nothing_half_done(
    served: Served, fresh_question: Callable[[], tuple[str, str]]
) -> None:
    section, code = fresh_question()
    person = served.person("arg", 0)
    # The history cannot be written for a moment: the save fails as a whole, with words for the script.
    served.database.execute(
        "ALTER TABLE responses_answerrevision ADD CONSTRAINT fault CHECK (content->>'text' <> 'with a fault') NOT VALID"
    )
    try:
        refused = person.save(place_of("arg"), section, code, {"text": "with a fault"}, 0)
    finally:
        served.database.execute("ALTER TABLE responses_answerrevision DROP CONSTRAINT fault")
    assert (refused.status, list(refused.json)) == (500, ["error"])
    assert served.history("arg", code) == []
    assert person.revisions(place_of("arg"), section)[code] == 0
    again = person.save(place_of("arg"), section, code, {"text": "with a fault"}, 0)
    assert (again.status, again.json["revision"]) == (200, 1)


def test_expired_session_answers_401_and_the_text_is_saved_after_sign_in(
    served: Served, fresh_question: Callable[[], tuple[str, str]]
) -> None:
    section, code = fresh_question()
    email = served.facts["team"]["arg"][5]
    person = Person(served.port).sign_in(email)
    served.database.execute("DELETE FROM django_session WHERE session_key = %s", [person.cookies["sessionid"]])
    refused = person.save(place_of("arg"), section, code, {"text": "written before the end"}, 0)
    assert (refused.status, refused.headers["content-type"]) == (401, "application/json")
    assert list(refused.json) == ["error"]
    assert served.history("arg", code) == []
    person.sign_in(email)
    again = person.save(place_of("arg"), section, code, {"text": "written before the end"}, 0)
    assert (again.status, again.json["revision"]) == (200, 1)
