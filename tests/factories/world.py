"""One world that knows every role and every thing that can be asked for: the real content, three States, ten people.

It is built through the project's own actions; only what would take long and proves nothing here (declaring forty
sections one by one) is written in one go. Whatever Argentina writes after its response was reopened is a draft, and
carries words that stand nowhere else (``Canaries``), so that a page that tells too much gives itself away.
"""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from palermo.base.models import Mail
from palermo.parties import actions as people
from palermo.parties.exchange import load_parties
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, Party, User
from palermo.questionnaires.actions import load_questionnaire, publish_version
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.questionnaires.models import Questionnaire
from palermo.responses.actions import answers, cycles, evidence, workflow
from palermo.responses.actions import people as team
from palermo.responses.actions.answers import Given
from palermo.responses.logic.content import Content, Row
from palermo.responses.models import (
    Assignment,
    Comment,
    Conflict,
    Cycle,
    Declaration,
    Evidence,
    HelpRequest,
    ReopeningRequest,
    Response,
    Submission,
)
from palermo.responses.queries.state import scope_of, spec_of
from palermo.site.logic.generated import Manner, generate_answers
from palermo.treaties.exchange import load_treaties

CONTENT = Path(__file__).resolve().parents[2] / "src/palermo/content"
CYCLE = "2026"
CONFLICT_CODE = "untoc.17.agreements.implementation"
FIGURES_CODE = "untoc.16.figures"
LAW_CODE = "untoc.16.measures.legislation"
PASSWORD = "a long sentence for trials"


@dataclass
class Canaries:
    """Words that stand in one place of Argentina's draft and nowhere else, by section and kind."""

    words: dict[tuple[str, str], str] = field(default_factory=dict)

    def word(self, section: str, kind: str) -> str:
        """A new word for this place."""
        return self.words.setdefault((section, kind), f"kanari{kind}{section}".replace("-", "") + "x")

    def of(self, *sections: str) -> dict[str, str]:
        """The words of these sections, or of all: the word and what it betrays."""
        return {
            word: f"{kind} of {section}"
            for (section, kind), word in self.words.items()
            if not sections or section in sections
        }

    def found_in(self, text: str, *sections: str) -> list[str]:
        """What a text betrays."""
        lower = text.lower()
        return sorted(place for word, place in self.of(*sections).items() if word in lower)


@dataclass(repr=False)
class CastWorld:
    """The world: its people by role, its responses, and the things whose numbers stand in addresses."""

    people: dict[str, User | None]
    spec: VersionSpec
    argentina: Response
    kenya: Response
    jordan: Response
    canaries: Canaries
    things: dict[str, str | int]
    submitted_word: str = "kanarisubmitted"

    def __repr__(self) -> str:
        """Short: it stands in every message of a failing test."""
        return "the world"

    def person(self, role: str) -> User:
        """The person in this role, who is not the visitor."""
        found = self.people[role]
        assert found is not None
        return found


def load_content() -> None:
    """Everything that the project ships as content. About two and a half seconds."""
    load_parties(CONTENT, by=None)
    load_treaties(CONTENT, by=None)
    publish_version(by=None, version=load_questionnaire(by=None, folder=CONTENT / "questionnaires/untoc"))


@contextmanager
def standing_world() -> Iterator[CastWorld]:
    """The content and the cast, built once for many tests, in a transaction that is undone at the end."""
    with transaction.atomic():
        load_content()
        world = build_cast_world()
        settle()
        yield world
        transaction.set_rollback(True)


def settle() -> None:
    """Checks the references of all that was made so far.

    They are deferred, and every test checks at its end what is still waiting: without this, the whole world again.
    """
    connection.check_constraints()


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _person(email: str, name: str, party: Party | None = None, *, institution: str = "") -> User:
    return people.create_user(by=None, email=email, name=name, institution=institution, party=party, password=PASSWORD)


def _fill(response: Response, spec: VersionSpec, by: User, word: str) -> None:
    """Answers everything, so that the response can be submitted."""
    code = response.party.code.lower()
    manner = Manner("en", 0.6, 1.0)
    today = timezone.localdate()
    given = generate_answers(spec, key=f"test/{code}", years=response.cycle.years, manner=manner, seed=1, today=today)
    given = [
        Given(item.code, item.values, Content(text=f"{word} {code} text", language="en"), item.base)
        if item.code == "untoc.32.general.preparation"
        else item
        for item in given
    ]
    answers.import_answers(by=by, response=response, spec=spec, given=given)
    answer_what_is_missing(response, spec, by)


def answer_what_is_missing(response: Response, spec: VersionSpec, by: User) -> None:
    """Says of every required question without an answer why it has none."""
    for _round in range(5):
        missing = [c for item in workflow.progress_of(response, spec, declared=()).values() for c in item.missing]
        if not missing:
            return
        there = answers.contents_now(response, missing)
        reason = Content(cannot_answer=True, reason="It is being gathered.")
        again = [Given(c, content=reason, base=there[c][0] if c in there else 0) for c in missing]
        answers.import_answers(by=by, response=response, spec=spec, given=again)
    raise AssertionError("the questionnaire never ends")


def declare_all(response: Response, spec: VersionSpec, by: User) -> None:
    """Every section declared complete, and the requests for assistance in some order."""
    standing = set(Declaration.objects.filter(response=response, undone_at=None).values_list("section", flat=True))
    Declaration.objects.bulk_create(
        Declaration(response=response, section=section.code, declared_by=by)
        for section in spec.sections
        if section.code not in standing
    )
    order = response.rows.filter(kind="assistance").order_by("uuid").values_list("uuid", flat=True)
    workflow.rank_requests(by=by, response=response, order=[str(uuid) for uuid in order])


def _submit(response: Response, spec: VersionSpec, by: User) -> Submission:
    declare_all(response, spec, by)
    workflow.clear_response(by=by, response=response, spec=spec)
    return workflow.submit_response(by=by, response=response, spec=spec)


def _upload(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, f"{text}\n".encode())


def build_cast_world() -> CastWorld:
    """Builds it. The content must be there."""
    party = {code: Party.objects.get(code=code) for code in ("ARG", "KEN", "JOR", "SEN")}
    officer = _person("officer@secretariat.example", "Elena Officer", institution="Secretariat")
    people.grant_role(by=None, user=officer, role=Role.SECRETARIAT, scope="/cycles")
    admin = _person("admin@palermo.example", "Noor Administrator")
    people.grant_role(by=None, user=admin, role=Role.ADMINISTRATOR, scope="/")
    stranger = _person("stranger@elsewhere.example", "Sam Stranger")
    focal = _person("focal@arg.example", "Lucía Focal", party["ARG"], institution="Ministerio de Justicia")
    kenya = _person("focal@ken.example", "Grace Focal", party["KEN"])
    questionnaire = Questionnaire.objects.get(code="untoc")
    today = timezone.localdate()
    cycle = cycles.open_cycle(
        by=officer,
        code=CYCLE,
        texts={"en": {"title": "Reporting cycle 2026"}, "ar": {"title": "دورة الإبلاغ 2026"}},
        due_on=today + datetime.timedelta(days=200),
        first_year=today.year - 3,
        last_year=today.year - 1,
        questionnaires=[questionnaire],
    )
    cycles.invite_states(by=officer, cycle=cycle, questionnaire=questionnaire, parties_invited=party.values())
    responses = {
        item.party.code: item
        for item in Response.objects.filter(cycle=cycle).select_related("cycle", "questionnaire__instrument", "party")
    }
    argentina, ken, jordan = responses["ARG"], responses["KEN"], responses["JOR"]
    spec = spec_of(argentina)
    people.grant_role(by=officer, user=focal, role=Role.FOCAL_POINT, scope=scope_of(argentina))
    people.grant_role(by=officer, user=kenya, role=Role.FOCAL_POINT, scope=scope_of(ken))
    world = CastWorld(
        people={
            "focal": focal,
            "kenya": kenya,
            "secretariat": officer,
            "administrator": admin,
            "stranger": stranger,
            "visitor": None,
        },
        spec=spec,
        argentina=argentina,
        kenya=ken,
        jordan=jordan,
        canaries=Canaries(),
        things={},
    )
    _kenya(world)
    _argentina_submits(world)
    _argentina_goes_on(world)
    nomination = cycles.nominate_focal_point(
        by=officer, response=jordan, email="focal@jor.example", name="Leila Focal", subject="focal point of Jordan"
    )
    world.things["jordan_nomination"] = nomination.pk
    world.things["token"] = _token("focal@jor.example")
    world.things["questionnaire"] = questionnaire.pk
    world.things["france"] = Party.objects.get(code="FRA").pk
    for name, code in (("art16_figures", FIGURES_CODE), ("art16_law", LAW_CODE)):
        world.things[f"{name}_revision"] = answers.contents_now(argentina, [code])[code][0]
    world.people = {role: user and User.objects.get(pk=user.pk) for role, user in world.people.items()}
    return world


def _token(email: str) -> str:
    body = Mail.objects.filter(to_address=email).latest("pk").body
    found = re.search(r"/invitations/([^/\s]+)/", body)
    assert found
    return found[1]


def _kenya(world: CastWorld) -> None:
    """Kenya has submitted, with a file, and asks to reopen; its team has a contributor and somebody invited."""
    by, response, spec = world.person("kenya"), world.kenya, world.spec
    team.hand_over(
        by=by, response=response, sections=["art-16"], email="lead@ken.example", name="Kip Lead", subject="article 16"
    )
    reader = team.invite_to_team(
        by=by, response=response, role=Role.READER, email="reader@ken.example", name="Rose Reader", subject="reader"
    )
    _fill(response, spec, by, world.submitted_word)
    file = evidence.attach_file(
        by=by, response=response, spec=spec, code=LAW_CODE, upload=_upload("kenya-law.txt", "the law of Kenya")
    )
    remark = evidence.comment(
        by=by, response=response, spec=spec, section="art-16", code=LAW_CODE, text="a remark of Kenya", language="en"
    )
    submission = _submit(response, spec, by)
    reopening = workflow.request_reopening(by=by, submission=submission, reason="kanarireason of Kenya")
    asked = cycles.ask_for_help(by=by, response=response, text="help for Kenya", language="en")
    world.things |= {
        "kenya_file": str(file.uuid),
        "kenya_comment": str(remark.uuid),
        "kenya_reader_grant": reader.pk,
        "kenya_focal_grant": Grant.objects.get(user=by).pk,
        "kenya_assignment": Assignment.objects.get(response=response).pk,
        "kenya_reopening": reopening.pk,
        "kenya_help": asked.pk,
    }


def _argentina_submits(world: CastWorld) -> None:
    """Argentina has submitted once and was reopened: what stands in that copy the Secretariat may read."""
    by, response, spec = world.person("focal"), world.argentina, world.spec
    _fill(response, spec, by, world.submitted_word)
    file = evidence.attach_file(
        by=by,
        response=response,
        spec=spec,
        code=LAW_CODE,
        upload=_upload("argentina-law.txt", f"{world.submitted_word} the law of Argentina"),
    )
    submission = _submit(response, spec, by)
    reopening = workflow.request_reopening(by=by, submission=submission, reason="Figures have to be corrected.")
    cycles.decide_reopening(by=world.person("secretariat"), request=reopening, granted=True, decision="Granted.")
    response.refresh_from_db(fields=["state", "cleared_at"])
    world.things |= {"argentina_submitted_file": str(file.uuid), "argentina_reopening": reopening.pk}


def _argentina_goes_on(world: CastWorld) -> None:
    """Argentina's team and its draft, full of canaries."""
    by, response = world.person("focal"), world.argentina
    party, scope = response.party, scope_of(response)
    word = world.canaries.word
    deputy = _person("deputy@arg.example", "Martín Deputy", party)
    reader = _person("reader@arg.example", "Carla Reader", party, institution="Misión Permanente")
    lead = _person("lead@arg.example", f"Pablo {word('art-16', 'leadname')}", party, institution="Asistencia Jurídica")
    figures = _person("figures@arg.example", "Sofía Figures", party, institution=word("art-16", "institution"))
    elsewhere = _person(f"{word('art-5', 'email')}@arg.example", f"Ana {word('art-5', 'name')}", party)
    people.grant_role(by=by, user=deputy, role=Role.DEPUTY, scope=scope)
    people.grant_role(by=by, user=reader, role=Role.READER, scope=scope)
    for person, sections, aspects, is_lead in (
        (lead, ["art-16", "art-17", "art-18"], [], True),
        (figures, ["art-16"], ["figures"], False),
        (elsewhere, ["art-5"], [], True),
    ):
        team.hand_over(
            by=by,
            response=response,
            sections=sections,
            email=person.email,
            name=person.name,
            subject="articles",
            aspects=aspects,
            lead=is_lead,
            message=word(sections[0], "message"),
        )
    invited = team.invite_to_team(
        by=by, response=response, role=Role.READER, email="invited@arg.example", name="Inés Invited", subject="reader"
    )
    world.people |= {"deputy": deputy, "lead": lead, "figures": figures, "reader": reader}
    for section in ("art-5", "art-16"):
        _canary_answers(world, section)
    _canary_conflict(world, lead)
    asked = cycles.ask_for_help(by=by, response=response, text="help for Argentina", language="en")
    world.things |= {
        "help": asked.pk,
        "invited_grant": invited.pk,
        "focal_grant": Grant.objects.get(user=by).pk,
        "deputy_grant": Grant.objects.get(user=deputy).pk,
        "reader_grant": Grant.objects.get(user=reader).pk,
        "lead_grant": Grant.objects.get(user=lead, scope=f"{scope}/art-16").pk,
        "lead_assignment": Assignment.objects.get(user=lead, section="art-16").pk,
        "figures_assignment": Assignment.objects.get(user=figures).pk,
        "art5_assignment": Assignment.objects.get(user=elsewhere).pk,
    }


def _canary_answers(world: CastWorld, section: str) -> None:
    by, response, spec = world.person("focal"), world.argentina, world.spec

    def word(kind: str) -> str:
        return world.canaries.word(section, kind)

    questions = {}
    for question in spec.section(section).questions:
        questions.setdefault(str(question.kind), []).append(question.code)
    there = answers.contents_now(response, [code for codes in questions.values() for code in codes])

    def save(code: str, *values: str, **content: object) -> None:
        base = there[code][0] if code in there else 0
        saved = answers.save_answer(
            by=by,
            response=response,
            spec=spec,
            given=Given(code, values, Content(**content), base),  # type: ignore[arg-type]
        )
        there[code] = (saved.revision, saved.content)

    def row(place: int, /, **fields: str) -> Row:
        numbers = {"art-5": 5, "art-16": 16}
        return Row(uuid=f"00000000-0000-4000-8000-{numbers[section]:04d}{place:08d}", fields=fields)

    first, second = questions["implementation"][:2]
    save(first, "in_part", text=word("earlier"), language="en")
    save(first, "in_part", text=word("text"), language="es", gloss=word("gloss"), gloss_language="en")
    save(second, "yes", cannot_answer=True, reason=word("reason"))
    save(questions["date"][0], word("raw"))
    save(
        questions["legislation"][0],
        rows=(row(1, title=word("law"), extract=word("extract"), link=f"https://{word('link')}.example/"),),
    )
    save(questions["cases"][0], rows=(row(2, title=word("case"), summary=word("summary")),))
    save(
        questions["assistance"][0],
        "yes",
        rows=(row(3, type="training", urgency="high", reason=word("need"), institution=word("needinstitution")),),
    )
    figures = questions["figures"][0]
    label = spec.questions[figures].rows[0].code
    year = str(response.cycle.first_year)
    save(figures, text=word("figurestext"), language="en", rows=(row(4, row=label, year=year, number=word("figure")),))
    if "authority" in questions:
        save(
            questions["authority"][0],
            rows=(row(5, body=word("authority"), email=f"{word('authoritymail')}@x.example"),),
        )
    code = figures if section == "art-16" else first
    kept = evidence.attach_file(
        by=by, response=response, spec=spec, code=code, upload=_upload(f"{word('filename')}.txt", word("filecontent"))
    )
    gone = evidence.attach_file(
        by=by,
        response=response,
        spec=spec,
        code=code,
        upload=_upload(f"{word('removedname')}.txt", word("removedcontent")),
    )
    evidence.remove_file(by=by, evidence=gone)
    remark = evidence.comment(
        by=by, response=response, spec=spec, section=section, code=code, text=word("comment"), language="en"
    )
    general = evidence.comment(
        by=by, response=response, spec=spec, section=section, text=word("sectioncomment"), language="en"
    )
    prefix = section.replace("-", "")
    world.things |= {
        f"{prefix}_first": first,
        f"{prefix}_file": str(kept.uuid),
        f"{prefix}_removed_file": str(gone.uuid),
        f"{prefix}_comment": str(remark.uuid),
        f"{prefix}_section_comment": str(general.uuid),
        f"{prefix}_request": row(3).uuid,
    }


def _canary_conflict(world: CastWorld, lead: User) -> None:
    """Two texts of one answer of article 17: the lead's came second."""
    response, spec = world.argentina, world.spec
    base = answers.contents_now(response, [CONFLICT_CODE])[CONFLICT_CODE][0]
    for by, kind in ((world.person("focal"), "standing"), (lead, "aside")):
        content = Content(text=world.canaries.word("art-17", kind), language="en")
        given = Given(CONFLICT_CODE, ["no"], content, base)
        answers.save_answer(by=by, response=response, spec=spec, given=given)
    assert Conflict.objects.get(settled_at=None).user_id == lead.pk


def counts() -> dict[str, int]:
    """How many rows there are of what people make; to see that something was done, or not."""
    return {
        model.__name__: model.objects.count()
        for model in (Comment, Cycle, Evidence, Grant, HelpRequest, Mail, ReopeningRequest, Submission, User)
    }
