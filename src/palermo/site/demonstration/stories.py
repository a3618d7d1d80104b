"""The stories of the demonstration: people, the current cycle, and responses at every stage, beside two past cycles."""

import datetime
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from palermo.parties import actions as people
from palermo.parties.logic.roles import Role
from palermo.parties.models import Party, User
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.questionnaires.models import Questionnaire
from palermo.reports.actions.documents import freeze, make_document
from palermo.reports.queries.documents import conference_body, frozen, kinds
from palermo.responses.actions import answers, cycles, evidence, messages, workflow
from palermo.responses.actions import people as team
from palermo.responses.actions.archive import Item, import_submissions
from palermo.responses.logic.content import Content, Given
from palermo.responses.models import Cycle, CycleQuestionnaire, Response
from palermo.responses.queries.state import progress_of, scope_of, spec_of
from palermo.site.actions.documents import publish_document
from palermo.site.actions.publishing import decide_and_publish
from palermo.site.demonstration.archive import CURRENT, SEED, eras, open_era, plan_round, publish_editions
from palermo.site.logic.generated import Manner, generate_answers
from palermo.treaties.actions import generate_status
from palermo.treaties.models import Instrument
from palermo.treaties.queries import deposited_as_at

OFFICER = "officer@secretariat.example"
CYCLE = CURRENT
Say = Callable[[str], object]


@dataclass(frozen=True)
class Story:
    """One State of the demonstration: how far it has come, and in which language it writes."""

    party: str
    language: str
    focal_point: str
    ministry: str
    stage: str
    fulfilled: float
    answered: float = 1.0
    finished: int = 0


STORIES = (
    Story("ARG", "es", "Lucía Fernández", "Ministerio de Justicia", "working", 0.7, 0.35, finished=14),
    Story("KEN", "en", "Grace Wanjiru", "Office of the Attorney General", "submitted", 0.55),
    Story("JOR", "ar", "ليلى الحسن", "وزارة العدل", "submitted", 0.5),
    Story("SEN", "fr", "Awa Diop", "Ministère de la justice", "submitted", 0.4),
    Story("EST", "en", "Mari Tamm", "Ministry of Justice", "cleared", 0.85),
    Story("FJI", "en", "Josefa Vula", "Office of the Director of Public Prosecutions", "begun", 0.5, 0.1),
    Story("KAZ", "ru", "Айгерим Сериккызы", "Генеральная прокуратура", "begun", 0.6, 0.2),
)


def build_world(*, say: Say) -> bool:
    """Builds the world in one transaction unless it is there; says what it does. Gives whether it built anything."""
    if Cycle.objects.filter(code=CYCLE).exists():
        return False
    with transaction.atomic():
        # The repository ships no treaty status; the demonstration shows a generated one and says so.
        generate_status(by=None, seed=SEED)
        officer = _secretariat()
        cycle, questionnaire = _cycle(officer)
        _earlier(officer, questionnaire, say)
        say(f"Opened the cycle {CYCLE} and invited {Response.objects.filter(cycle=cycle).count()} States.")
        for story in STORIES:
            response = Response.objects.select_related("cycle", "questionnaire__instrument", "party").get(
                cycle=cycle, questionnaire=questionnaire, party__code=story.party
            )
            _tell(story, response, officer)
            say(f"{story.party}: {story.stage}.")
        _document(officer, questionnaire)
        publish_editions(by=officer)
        say("Published the figures of the cycles that are over.")
        say("Made an overview of needs in English and French; the worker publishes it.")
    return True


def _person(email: str, name: str, institution: str, language: str = "en", party: Party | None = None) -> User:
    return people.create_user(by=None, email=email, name=name, institution=institution, language=language, party=party)


def _secretariat() -> User:
    officer = _person(OFFICER, "Elena Marković", "Secretariat of the Conference of the Parties")
    people.grant_role(by=None, user=officer, role=Role.SECRETARIAT, scope="/cycles")
    administrator = _person("admin@palermo.example", "Noor Haddad", "System administration")
    people.grant_role(by=None, user=administrator, role=Role.ADMINISTRATOR, scope="/")
    return officer


def _cycle(officer: User) -> tuple[Cycle, Questionnaire]:
    questionnaire = Questionnaire.objects.get(code="untoc")
    era = eras(timezone.localdate())[-1]
    cycle = open_era(by=officer, era=era, questionnaires=[questionnaire])
    told = {story.party for story in STORIES}
    bound = deposited_as_at(Instrument.objects.get(code="untoc"), era.opened_on)
    by_hand = Party.objects.filter(code__in=told).exclude(pk__in=[party.pk for party in bound])
    import_submissions(
        by=officer,
        cycle=cycle,
        questionnaire=questionnaire,
        items=[
            Item(party=party, invited_at=cycle.opened_at, basis=basis, basis_on=era.opened_on)
            for parties, basis in ((bound, "deposited"), (by_hand, "by_hand"))
            for party in sorted(parties, key=lambda party: party.code)
        ],
        chunk=500,
    )
    return cycle, questionnaire


def _earlier(officer: User, questionnaire: Questionnaire, say: Say) -> None:
    """What some dozens of States said in two earlier cycles, so that rates, needs and analysis show something."""
    for era in eras(timezone.localdate())[:-1]:
        cycle = open_era(by=officer, era=era, questionnaires=[questionnaire])
        part = plan_round(
            by=officer, era=era, cycle=cycle, questionnaire=questionnaire, answering=_is_in_the_small_world
        )
        part.run()
        say(f"Took over the cycle {era.code}: {sum(p.way.submitted_day is not None for p in part.plans)} submissions.")


def _is_in_the_small_world(party: Party) -> bool:
    """About every second State, the same ones always, and those of the stories."""
    return party.code in {story.party for story in STORIES} or zlib.crc32(party.code.encode()) % 5 < 2


def _document(officer: User, questionnaire: Questionnaire) -> None:
    """An overview of the needs that States stated in the cycle before, on its way to the public in two languages."""
    kind = kinds().found["needs-overview"]
    asked = CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument").get(
        cycle__code="2023", questionnaire=questionnaire
    )
    today = timezone.localdate()
    data = frozen(kind, asked, as_at=today, known_at=timezone.now(), for_everybody=True)
    snapshot = freeze(by=officer, data=data)
    for language in ("en", "fr"):
        masthead = {
            **dict.fromkeys(("meeting", "session", "agenda"), ""),
            "symbol": f"DEMO/COP/{today.year}/1",
            "distribution": "general",
            "original": "en",
            "dated": today.isoformat(),
            "body": conference_body(questionnaire.instrument.code, language),
        }
        document = make_document(by=officer, snapshot=snapshot, language=language, masthead=masthead, data=data)
        publish_document(by=officer, document=document, conference_asked=True)


# What Kenya opens to everybody of its submission.
OPENED = ("art-5", "art-6", "art-8", "art-16", "art-23")


def _tell(story: Story, response: Response, officer: User) -> None:
    code = story.party.lower()
    focal_point = _person(
        f"focal.point@{code}.example", story.focal_point, story.ministry, story.language, response.party
    )
    scope = scope_of(response)
    people.grant_role(by=officer, user=focal_point, role=Role.FOCAL_POINT, scope=scope)
    spec = spec_of(response)
    contributor = None
    if story.stage == "working":
        contributor = _team(story, response, focal_point)
    given = _answers(story, response, spec)
    answers.import_answers(by=focal_point, response=response, spec=spec, given=given)
    if contributor is not None:
        _work_in_progress(response, spec, focal_point, contributor)
        _declare(response, spec, focal_point, limit=9)
    if story.stage in {"submitted", "cleared"}:
        _declare(response, spec, focal_point)
        _rank(response, focal_point)
        workflow.clear_response(by=focal_point, response=response, spec=spec)
    if story.stage == "submitted":
        submission = workflow.submit_response(by=focal_point, response=response, spec=spec)
        if story.party == "KEN":
            decide_and_publish(by=focal_point, submission=submission, decided=dict.fromkeys(OPENED, "public"))
        if story.party == "SEN":
            messages.ask_clarification(
                by=officer,
                submission=submission,
                spec=spec,
                code="untoc.16.figures",
                subject="The years of the figures",
                text="Are these figures by calendar year, or by judicial year?",
                language="en",
                due_on=timezone.localdate() + datetime.timedelta(days=21),
            )
    if story.party == "FJI":
        cycles.ask_for_help(
            by=focal_point,
            response=response,
            text="Two officers cover six conventions here. A workshop on how to fill in the checklist would help.",
            language="en",
        )


def _answers(story: Story, response: Response, spec: VersionSpec) -> list[Given]:
    finished = frozenset(section.code for section in spec.sections[: story.finished])
    return generate_answers(
        spec,
        key=f"{response.cycle.code}/{story.party.lower()}",
        years=response.cycle.years,
        manner=Manner(story.language, story.fulfilled, story.answered, finished),
        seed=SEED,
        today=timezone.localdate(),
    )


def _team(story: Story, response: Response, focal_point: User) -> User:
    """Argentina's team: a deputy, two contributors, a reader."""
    code = story.party.lower()
    scope = scope_of(response)
    deputy = _person(f"deputy@{code}.example", "Martín Sosa", story.ministry, "es", response.party)
    people.grant_role(by=focal_point, user=deputy, role=Role.DEPUTY, scope=scope)
    reader = _person(f"mission@{code}.example", "Carla Ríos", "Misión Permanente en Viena", "es", response.party)
    people.grant_role(by=focal_point, user=reader, role=Role.READER, scope=scope)
    contributor = _person(
        f"cooperation@{code}.example",
        "Pablo Quiroga",
        "Dirección de Asistencia Jurídica Internacional",
        "es",
        response.party,
    )
    figures = _person(f"figures@{code}.example", "Sofía Acosta", "Procuración General", "es", response.party)
    for person, sections, aspects, lead in (
        (contributor, ("art-16", "art-17", "art-18"), (), True),
        (figures, ("art-16", "art-18"), ("figures",), False),
    ):
        team.hand_over(
            by=focal_point,
            response=response,
            sections=sections,
            email=person.email,
            name=person.name,
            subject="artículos 16 a 18",
            aspects=aspects,
            lead=lead,
            language="es",
        )
        for grant in person.grants.filter(accepted_at=None):
            people.accept_grant(by=person, grant=grant)
    return contributor


def _work_in_progress(response: Response, spec: VersionSpec, focal_point: User, contributor: User) -> None:
    """Remarks, a file and an answer with two texts, so that these pages have something to show."""
    first = next(question for question in spec.section("art-16").questions if question.kind.value == "implementation")
    there = answers.contents_now(response, [first.code])
    base, _content = there.get(first.code, (0, Content()))
    mine = Content(text="La Ley 24.767 cubre todos los delitos graves.", language="es")
    theirs = Content(text="La Ley 24.767 no cubre la tentativa.", language="es")
    answers.save_answer(
        by=contributor, response=response, spec=spec, given=Given(first.code, ["in_part"], theirs, base), declared=True
    )
    answers.save_answer(
        by=focal_point, response=response, spec=spec, given=Given(first.code, ["yes"], mine, base), declared=True
    )
    evidence.comment(
        by=contributor,
        response=response,
        spec=spec,
        section="art-16",
        code=first.code,
        text="¿Contamos también los pedidos retirados?",
        language="es",
    )
    evidence.attach_file(
        by=contributor,
        response=response,
        spec=spec,
        code=first.code,
        upload=SimpleUploadedFile("ley-24767-extracto.txt", "Texto generado para la demostración.\n".encode()),
    )


def _declare(response: Response, spec: VersionSpec, focal_point: User, limit: int | None = None) -> None:
    """Declares complete what is complete; where a required answer is missing, says why before."""
    progress = progress_of(response, spec, declared=())
    if limit is None:
        missing = [code for item in progress.values() for code in item.missing]
        while missing:
            # An answer may bring up further questions, which are then answered in the same way.
            there = answers.contents_now(response, missing)
            answers.import_answers(
                by=focal_point,
                response=response,
                spec=spec,
                given=[
                    Given(
                        code,
                        content=Content(cannot_answer=True, reason="The information is being gathered."),
                        base=there.get(code, (0, Content()))[0],
                    )
                    for code in missing
                ],
            )
            progress = progress_of(response, spec, declared=())
            still = [code for item in progress.values() for code in item.missing]
            missing = [code for code in still if code not in missing]
    done = [code for code, item in progress.items() if item.is_complete and item.answered]
    for section in done[:limit] if limit else [section.code for section in spec.sections]:
        workflow.declare_section(by=focal_point, response=response, spec=spec, section=section)


def _rank(response: Response, focal_point: User) -> None:
    urgency = {"critical": 0, "high": 1, "medium": 2, "low": 3}
    rows = list(response.rows.filter(kind="assistance"))
    rows.sort(key=lambda row: (urgency.get(row.fields.get("urgency", ""), 9), str(row.uuid)))
    workflow.rank_requests(by=focal_point, response=response, order=[str(row.uuid) for row in rows])
