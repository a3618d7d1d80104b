"""The demonstration of the world: all States, five questionnaires, three cycles, on top of the stories.

It is built in parts that are each whole in the database, so that it can be cut off at any moment and built on later:
what is there is found and left as it is. Several processes may each build the States that fall to them.
"""

import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils import timezone

from palermo.parties.models import Party, User
from palermo.questionnaires.actions import publish_version, store_draft
from palermo.questionnaires.models import Questionnaire
from palermo.responses.models import Cycle
from palermo.site.demonstration.archive import SEED, Era, Round, eras, open_era, plan_round
from palermo.site.demonstration.stories import STORIES
from palermo.site.logic.generated_treaties import SIZE, TRIALS, Trial, questionnaire_spec, treaty_spec
from palermo.treaties.actions import NewAct, generate_status, record_status, store_treaty
from palermo.treaties.logic.kinds import ActKind
from palermo.treaties.models import Instrument, StatusAct
from palermo.treaties.queries import GENERATED

Choose = Callable[[Party], bool]


@dataclass(frozen=True)
class Part:
    """Which States a process builds: those whose number leaves ``number`` when divided by ``of``."""

    number: int = 0
    of: int = 1

    def has(self, party: Party) -> bool:
        """Whether the State falls to this part."""
        return zlib.crc32(party.code.encode()) % self.of == self.number


def prepare_questionnaires(size: int = SIZE) -> list[Questionnaire]:
    """The real questionnaire and the generated ones, with their treaties and a generated status of every treaty."""
    if not StatusAct.objects.exists():
        generate_status(by=None, seed=SEED)
    return [Questionnaire.objects.get(code="untoc"), *(_trial(trial, size) for trial in TRIALS)]


def prepare_world(*, officer: User, size: int = SIZE) -> None:
    """What all parts need: the generated treaties with their status and questionnaires, and the cycles."""
    questionnaires = prepare_questionnaires(size)
    for era in eras(timezone.localdate()):
        open_era(by=officer, era=era, questionnaires=questionnaires)


@transaction.atomic
def _trial(trial: Trial, size: int) -> Questionnaire:
    """A generated treaty with the status of the one that it is modelled on, and its questionnaire."""
    there = Questionnaire.objects.filter(code=trial.code, current__isnull=False).first()
    if there is not None:
        return there
    store_treaty(by=None, spec=treaty_spec(trial, size))
    instrument = Instrument.objects.get(code=trial.code)
    known = StatusAct.objects.filter(instrument__code=trial.model, withdrawn_at=None).select_related("party")
    record_status(
        by=None,
        acts=[
            NewAct(
                instrument=instrument,
                party=act.party,
                kind=ActKind(act.kind),
                on=act.on,
                effective_on=act.effective_on,
                note="Generated for demonstration; says nothing about any State.",
            )
            for act in known
        ],
        source=GENERATED,
    )
    version = publish_version(by=None, version=store_draft(by=None, spec=questionnaire_spec(trial, size)))
    return Questionnaire.objects.get(pk=version.questionnaire_id)


def rounds(*, officer: User, part: Part | None = None, choose: Choose | None = None) -> list[Round]:
    """Everything that there is to be, of the cycles and questionnaires that are there; the States of the stories keep
    their own course in the current cycle."""
    known = {era.code: era for era in eras(timezone.localdate())}
    told = {story.party for story in STORIES}
    mine = part or Part()
    found = []
    for cycle in Cycle.objects.filter(code__in=known).order_by("opened_at"):
        era = known[cycle.code]
        for questionnaire in _asked(cycle):
            kept = told if not era.is_past and questionnaire.code == "untoc" else set()
            found.append(_round(officer, era, cycle, questionnaire, mine, choose, kept))
    return found


def _asked(cycle: Cycle) -> list[Questionnaire]:
    return list(Questionnaire.objects.filter(code__in=["untoc", *(trial.code for trial in TRIALS)]).order_by("pk"))


def _round(
    officer: User,
    era: Era,
    cycle: Cycle,
    questionnaire: Questionnaire,
    part: Part,
    choose: Choose | None,
    kept: Collection[str],
) -> Round:
    def wanted(party: Party) -> bool:
        return party.code not in kept and part.has(party) and (choose is None or choose(party))

    return plan_round(by=officer, era=era, cycle=cycle, questionnaire=questionnaire, choose=wanted)


def build_rounds(found: Sequence[Round], *, tell: Callable[[int, str], object]) -> None:
    """Builds what is not there yet; ``tell`` hears how much of the whole is done, and what is being worked on."""
    before = 0
    for one in found:
        one.run(partial(_tell_from, tell, before, f"{one.cycle.code} {one.questionnaire.code}"))
        before += one.work


def _tell_from(tell: Callable[[int, str], object], before: int, what: str, done: int) -> None:
    tell(before + done, what)
