"""Run as a child process in a prepared world: two States with a team each, in a cycle on the real checklist.

``python -m tests.journeys.stage`` prints what it made as one line of JSON.
"""

import datetime
import json
from typing import Any

import django

PASSWORD = "correct horse battery staple"
CYCLE = "2026"
STATES = ("arg", "ken")
TEAM = 6
ASKED = frozenset({"implementation", "yes_no", "text"})
"""Kinds of questions that take a plain text, so that every save may differ from every other."""


def open_cycle(codes: list[str], states: tuple[str, ...] = STATES) -> Any:
    """A cycle on these questionnaires, with the States invited to each."""
    from palermo.parties.models import Party
    from palermo.questionnaires.models import Questionnaire
    from palermo.responses.actions import cycles

    asked = [Questionnaire.objects.get(code=code) for code in codes]
    officer = make_person("officer@secretariat.example", "An officer")
    cycle = cycles.open_cycle(
        by=officer,
        code=CYCLE,
        texts={"en": {"title": "Reporting cycle 2026"}},
        due_on=datetime.date.today() + datetime.timedelta(days=200),
        first_year=2023,
        last_year=2025,
        questionnaires=asked,
    )
    invited = list(Party.objects.filter(code__in=[state.upper() for state in states]))
    for questionnaire in asked:
        cycles.invite_states(by=officer, cycle=cycle, questionnaire=questionnaire, parties_invited=invited)
    return cycle


def make_person(email: str, name: str) -> Any:
    """Somebody who signs in with the password of this stage."""
    from palermo.parties.actions import create_user

    return create_user(by=None, email=email, name=name, institution="Ministry of Justice", password=PASSWORD)


def make_team(state: str, questionnaires: list[str]) -> list[str]:
    """A focal point and deputies, who may all answer everything; gives their e-mail addresses."""
    from palermo.parties.actions import grant_role
    from palermo.parties.logic.roles import Role
    from palermo.responses.logic.scopes import response_scope

    emails = []
    for number in range(TEAM):
        email = f"person{number}@{state}.example"
        user = make_person(email, f"Person {number} of {state.upper()}")
        role = Role.DEPUTY if number else Role.FOCAL_POINT
        for questionnaire in questionnaires:
            scope = response_scope(cycle=CYCLE, questionnaire=questionnaire, party=state)
            grant_role(by=None, user=user, role=role, scope=scope)
        emails.append(email)
    return emails


def asked_codes(spec: Any) -> dict[str, list[str]]:
    """The codes of plain questions by section."""
    found = {
        section.code: [question.code for question in section.questions if str(question.kind) in ASKED]
        for section in spec.sections
    }
    return {section: codes for section, codes in found.items() if codes}


def build() -> dict[str, Any]:
    """Makes the stage and describes it."""
    from palermo.questionnaires.models import Questionnaire
    from palermo.questionnaires.queries import version_spec

    open_cycle(["untoc"])
    team = {state: make_team(state, ["untoc"]) for state in STATES}
    current = Questionnaire.objects.get(code="untoc").current_id
    return {"team": team, "sections": asked_codes(version_spec(current))}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build()))
