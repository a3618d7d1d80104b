"""Gaps and needs, and the report: the pages, their files, and who may open them."""

import json
import re
from io import BytesIO
from pathlib import Path

import docx
import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.archive import submit as submit_response
from tests.factories.parties import make_grant, make_user
from tests.factories.responses import World, make_world, row, signed_in

from palermo.parties.logic.roles import Role
from palermo.reports import exchange
from palermo.responses.actions.messages import write_about
from palermo.responses.actions.workflow import rank_requests
from palermo.responses.logic.snapshot import canonical_json, sha256
from palermo.responses.models import RequestRank, Submission
from palermo.responses.queries.state import live_snapshot

pytestmark = pytest.mark.django_db
FIRST = "33333333-3333-4333-8333-333333333333"
SECOND = "44444444-4444-4444-8444-444444444444"
REQUESTS = (
    row(FIRST, type="training", urgency="high", reason="No training so far"),
    row(SECOND, type="legal-advice", urgency="low"),
)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def asking(world: World) -> World:
    world.save("quiz.1.1.implementation", "in_part", text="Only leaders are punished")
    world.save("quiz.1.1.assistance", "yes", rows=REQUESTS)
    return world


def url(world: World, name: str, **more: str | int) -> str:
    arguments = {
        "cycle": world.response.cycle.code,
        "questionnaire": world.response.questionnaire.code,
        "party": world.response.party.code.lower(),
    }
    return reverse(f"reports:{name}", kwargs={**arguments, **more})


def submit(world: World) -> Submission:
    snapshot = live_snapshot(world.response, world.spec, generated=False)
    snapshot["submission"] = {
        "receipt": "QUIZ-2026-ARG-01",
        "number": "1",
        "at": "2026-11-24T09:30:00+00:00",
        "by": "Lucía",
    }
    text = canonical_json(snapshot)
    return Submission.objects.create(
        response=world.response, number=1, receipt="QUIZ-2026-ARG-01", at="2026-11-24T09:30:00Z", by=world.focal_point,
        by_name="Lucía Fernández", schema=1, snapshot=text, sha256=sha256(text),
    )  # fmt: skip


def order_of(world: World) -> list[str]:
    return [str(uuid) for uuid in RequestRank.objects.filter(response=world.response).values_list("request", flat=True)]


def test_gaps_shows_a_gap_with_the_way_to_its_question(asking: World) -> None:
    page = signed_in(asking.focal_point).get(url(asking, "gaps"))
    levels = page.context["levels"]
    assert [(level.level.obligation, level.level.tally.total) for level in levels][0][0] == "mandatory"
    shown = [(item.finding.provision, item.verdict) for item in levels[0].shown]
    assert ("quiz.1.1", "In part") in shown
    assert asking.url("section", "art-1") + "#q-quiz-1-1-implementation" in page.content.decode()


def test_gaps_counts_its_queries(asking: World) -> None:
    client = signed_in(asking.focal_point)
    client.get(url(asking, "gaps"))
    with CaptureQueriesContext(connection) as queries:
        client.get(url(asking, "gaps"))
    # … and what is unread, for the tab of messages
    assert len(queries) == 12


def test_report_points_at_each_answer_and_says_what_is_said_about_it(world: World) -> None:
    code = "quiz.1.1.implementation"
    write_about(by=world.focal_point, response=world.response, spec=world.spec, text="Why?", language="en", code=code)
    officer = make_user("Olga Officer")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    submit_response(world.response, {code: "yes"}, by=world.focal_point)
    page = signed_in(officer).get(url(world, "submitted_report", number=1)).content.decode()
    place = page[page.index('id="q-quiz-1-1-implementation"') :]
    place = place[: place.index("</div>")]
    links = [f'/messages/?about={code}"', f'/messages/write/?about={code}"', f'/messages/clarification/?about={code}"']
    assert [place.count(link) for link in links] == [1, 1, 1]
    assert (">1 message<" in place, "waits for an answer of your side" in place) == (True, True)
    ids = re.findall(r'id="(q-[^"]+)"', page)
    assert len(ids) == len(set(ids)) > 1
    reader = make_user("Rita Reader")
    make_grant(reader, Role.CONTRIBUTOR, world.scope)
    draft = signed_in(reader).get(url(world, "report")).content.decode()
    assert ('id="q-quiz-1-1-implementation"' in draft, "/messages/" in draft) == (True, False)


@pytest.mark.parametrize(
    ("role", "status"), [(Role.DEPUTY, 200), (Role.READER, 200), (Role.CONTRIBUTOR, 200), (Role.SECRETARIAT, 404)]
)
def test_whole_response_is_read_with_a_role_on_the_whole(asking: World, role: Role, status: int) -> None:
    assert signed_in(asking.member(role)).get(url(asking, "gaps")).status_code == status


def test_contributor_of_a_section_does_not_see_the_whole(asking: World) -> None:
    client = signed_in(asking.contributor("art-1"))
    asked = [url(asking, "gaps"), url(asking, "report"), url(asking, "report_file", form="json")]
    assert [client.get(address).status_code for address in asked] == [404, 404, 404]


def test_requests_are_put_in_order_by_number(asking: World) -> None:
    client = signed_in(asking.focal_point)
    data = {"request": [FIRST, SECOND], f"place-{FIRST}": "2", f"place-{SECOND}": "2", "move": ""}
    answer = client.post(url(asking, "order_requests"), data)
    assert (answer.status_code, answer["Location"]) == (302, url(asking, "gaps") + "#requests")
    assert order_of(asking) == [SECOND, FIRST]


def test_requests_move_by_one_step(asking: World) -> None:
    client = signed_in(asking.focal_point)
    client.post(url(asking, "order_requests"), {"request": [FIRST, SECOND], "move": f"up:{SECOND}"})
    assert order_of(asking) == [SECOND, FIRST]
    client.post(url(asking, "order_requests"), {"request": [SECOND, FIRST], "move": f"down:{SECOND}"})
    assert order_of(asking) == [FIRST, SECOND]


def test_order_made_of_an_outdated_list_is_refused(asking: World) -> None:
    client = signed_in(asking.focal_point)
    page = client.post(url(asking, "order_requests"), {"request": [SECOND], "move": f"up:{SECOND}"}, follow=True)
    assert "has changed meanwhile" in page.content.decode()
    assert order_of(asking) == []


def test_request_of_an_answer_that_no_longer_asks_keeps_the_order_possible(asking: World) -> None:
    rank_requests(by=asking.focal_point, response=asking.response, order=[SECOND, FIRST])
    asking.save("quiz.1.1.assistance", "no", rows=REQUESTS, base=1)
    page = signed_in(asking.focal_point).get(url(asking, "gaps"))
    assert page.context["requests"] == []


def test_reader_may_not_put_requests_in_order(asking: World) -> None:
    client = signed_in(asking.member(Role.READER))
    assert client.post(url(asking, "order_requests"), {"request": [FIRST, SECOND]}).status_code == 403
    assert 'name="move"' not in client.get(url(asking, "gaps")).content.decode()


def test_report_page_shows_the_document_without_styles_or_scripts(asking: World) -> None:
    asking.save("quiz.1.1.practice.used", "police", text="<script>alert(1)</script> **bold** $x$")
    page = signed_in(asking.focal_point).get(url(asking, "report"))
    assert page.status_code == 200
    text = page.content.decode()
    article = text[text.index("<article") : text.index("</article>")]
    assert "National report of Argentina" in article
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** $x$" in article
    assert [found for found in ("style=", "<script", "<img", "javascript:") if found in article] == []


def test_report_files_come_as_attachments(asking: World) -> None:
    client = signed_in(asking.focal_point)
    files = {form: client.get(url(asking, "report_file", form=form)) for form in ("docx", "pdf", "html", "json", "csv")}
    assert {answer.status_code for answer in files.values()} == {200}
    assert all(answer["Content-Disposition"].startswith("attachment; ") for answer in files.values())
    assert "Only leaders are punished" in "\n".join(
        p.text for p in docx.Document(BytesIO(files["docx"].content)).paragraphs
    )
    pdf = pypdf.PdfReader(BytesIO(files["pdf"].content))
    assert "Only leaders are punished" in "\n".join(page.extract_text() for page in pdf.pages)
    assert json.loads(files["json"].content)["party"]["code"] == "ARG"
    assert "Only leaders are punished" in files["csv"].content.decode("utf-8-sig")


def test_submitted_report_is_made_of_the_frozen_copy(asking: World) -> None:
    submission = submit(asking)
    asking.save("quiz.1.1.implementation", "yes", base=1)
    officer = make_user("Officer")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    client = signed_in(officer)
    page = client.get(url(asking, "submitted_report", number=1))
    assert page.status_code == 200
    assert "Only leaders are punished" in page.content.decode()
    data = client.get(url(asking, "submitted_report_file", number=1, form="json"))
    assert sha256(data.content.decode()) == submission.sha256
    assert client.get(url(asking, "report")).status_code == 404
    assert client.get(url(asking, "submitted_report", number=2)).status_code == 404


def kept_files(storage: Path) -> list[Path]:
    return sorted(path for path in storage.rglob("reports/**/*") if path.is_file())


def test_document_of_a_submission_is_made_once(asking: World, storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submit(asking)
    officer = make_user("Officer")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    client, address = signed_in(officer), url(asking, "submitted_report_file", number=1, form="docx")
    fresh = client.get(address).content
    assert [path.read_bytes()[32:] for path in kept_files(storage)] == [fresh]
    monkeypatch.setattr(exchange.sys, "executable", "/bin/false")
    assert client.get(address).content == fresh
    kept_files(storage)[0].write_bytes(b"cut short")
    assert client.get(address).status_code == 503
    monkeypatch.undo()
    assert client.get(address).content == fresh
    assert [path.read_bytes()[32:] for path in kept_files(storage)] == [fresh]


def test_kept_document_is_never_reached_without_access(
    asking: World, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(asking)
    officer, stranger = make_user("Officer"), make_user("Stranger")
    make_grant(officer, Role.SECRETARIAT, "/cycles")
    make_grant(stranger, Role.FOCAL_POINT, "/cycles/2026/quiz/bra")
    address = url(asking, "submitted_report_file", number=1, form="html")
    assert signed_in(officer).get(address).status_code == 200
    asked: list[str] = []
    monkeypatch.setattr(exchange.kept, "find", asked.append)
    assert signed_in(stranger).get(address).status_code == 404
    assert (asked, len(kept_files(storage))) == ([], 1)


def test_drafts_are_never_kept(asking: World, storage: Path) -> None:
    assert signed_in(asking.focal_point).get(url(asking, "report_file", form="html")).status_code == 200
    assert kept_files(storage) == []


def test_another_state_finds_nothing(asking: World) -> None:
    submit(asking)
    stranger = make_user("Stranger")
    make_grant(stranger, Role.FOCAL_POINT, "/cycles/2026/quiz/bra")
    client = signed_in(stranger)
    found = [
        client.get(address).status_code for address in (url(asking, "gaps"), url(asking, "submitted_report", number=1))
    ]
    assert found == [404, 404]


def test_document_that_fails_is_refused_with_a_way_out(asking: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange.sys, "executable", "/bin/false")
    page = signed_in(asking.focal_point).get(url(asking, "report"))
    assert page.status_code == 503
    assert "the data can still be taken" in page.content.decode()
    assert url(asking, "report_file", form="json") in page.content.decode()
