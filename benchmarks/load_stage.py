"""Run as a child process in a prepared world: States with a team each, who have answered and go on answering.

``python -m benchmarks.load_stage`` prints who they are and what they may write as one line of JSON.
"""

import json
from typing import Any

import django
from tests.journeys.stage import asked_codes, make_team, open_cycle

from benchmarks.stage import answer

STATES = ("arg", "bra", "fra", "idn", "jor", "ken", "pol", "uga")


def come_in(email: str) -> dict[str, str]:
    """The cookies of somebody who has signed in; the form itself lets only so many in a minute from one place."""
    from django.test import Client

    from palermo.parties.models import User

    browser = Client()
    browser.force_login(User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def build() -> dict[str, Any]:
    """Eight States, six people in each, every question answered."""
    from palermo.questionnaires.models import Questionnaire
    from palermo.questionnaires.queries import version_spec

    open_cycle(["untoc"], STATES)
    team = {state: make_team(state, ["untoc"]) for state in STATES}
    for state in STATES:
        answer("untoc", state)
    spec = version_spec(Questionnaire.objects.get(code="untoc").current_id or 0)
    cookies = {state: [come_in(email) for email in emails] for state, emails in team.items()}
    return {"cookies": cookies, "sections": asked_codes(spec)}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build()))
