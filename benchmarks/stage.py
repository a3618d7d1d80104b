"""Run as a child process in a prepared world: the questionnaires, a cycle, the teams and the answers to measure on.

``python -m benchmarks.stage SIZE …`` prints what it made as one line of JSON. ARG has answered everything (of a
generated questionnaire of 1,600 questions, 1,370), KEN nothing.
"""

import datetime
import json
import sys
import time
from pathlib import Path
from typing import Any

import django
from tests.journeys.stage import STATES, asked_codes, make_team, open_cycle

MANY = 1370


def publish(spec: Any) -> Any:
    """Store a questionnaire and publish it."""
    from tests.factories.treaties import make_instrument

    from palermo.questionnaires.actions import publish_version, store_draft

    make_instrument(
        spec.treaty, {name for item in spec for name in (item.provision, item.provision.rpartition(".")[0])}
    )
    return publish_version(by=None, version=store_draft(by=None, spec=spec))


def answer(questionnaire: str, state: str, limit: int | None = None) -> int:
    """Fill a response with generated answers; gives how many there are."""
    from tests.journeys.stage import CYCLE

    from palermo.parties.models import User
    from palermo.responses.actions.answers import import_answers
    from palermo.responses.queries.state import find_response, spec_of
    from palermo.site.logic.generated import Manner, generate_answers

    response = find_response(cycle=CYCLE, questionnaire=questionnaire, party=state)
    spec = spec_of(response)
    given = generate_answers(
        spec,
        key=f"{questionnaire}/{state}",
        years=response.cycle.years,
        manner=Manner(fulfilled=0.8),
        seed=1,
        today=datetime.date(2026, 11, 24),
    )[:limit]
    import_answers(by=User.objects.get(email=f"person0@{state}.example"), response=response, spec=spec, given=given)
    return len(given)


def publishing() -> dict[str, float]:
    """Seconds of processor time (ours) and of waiting to store and publish 700 questions in six languages."""
    from tests.factories.treaties import make_instrument

    from benchmarks.generated import ALL_LANGUAGES, generated_spec
    from palermo.questionnaires.actions import publish_version, store_draft
    from palermo.questionnaires.logic.content import read_folder
    from palermo.questionnaires.queries import provision_facts

    spec = generated_spec("p700", 700, ALL_LANGUAGES)
    make_instrument("p700", {name for item in spec for name in (item.provision, item.provision.rpartition(".")[0])})
    begin, wall = time.process_time(), time.monotonic()
    draft = store_draft(by=None, spec=spec)
    stored = time.process_time()
    publish_version(by=None, version=draft)
    end = time.process_time()
    passed = time.monotonic() - wall
    import palermo

    folder = Path(palermo.__path__[0]) / "content/questionnaires/untoc"
    facts = provision_facts()
    reading = time.process_time()
    read_folder(folder, provisions=facts)
    return {
        "store": stored - begin,
        "publish": end - stored,
        "wall": passed,
        "read_folder": time.process_time() - reading,
    }


def build(sizes: list[int]) -> dict[str, Any]:
    """Makes the stage and describes it."""
    from benchmarks.generated import generated_spec
    from palermo.questionnaires.models import Questionnaire
    from palermo.questionnaires.queries import version_spec

    found: dict[str, Any] = {"publishing": publishing()}
    codes = ["untoc", *(f"g{size}" for size in sizes)]
    for size in sizes:
        publish(generated_spec(f"g{size}", size))
    open_cycle(codes)
    found["team"] = {state: make_team(state, codes) for state in STATES}
    found["answers"] = {code: answer(code, "arg", MANY) for code in codes}
    found["questionnaires"] = {}
    for questionnaire in Questionnaire.objects.filter(code__in=codes):
        spec = version_spec(questionnaire.current_id)
        found["questionnaires"][questionnaire.code] = {
            "questions": len(spec.questions),
            "sections": {section.code: len(section.questions) for section in spec.sections},
            "kinds": {section.code: [str(item.kind) for item in section.questions] for section in spec.sections},
            "plain": asked_codes(spec),
        }
    return found


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build([int(size) for size in sys.argv[1:]])))
