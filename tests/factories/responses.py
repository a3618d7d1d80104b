"""Cycles and responses, with people who work on them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse
from tests.factories.parties import make_grant, make_party, make_user
from tests.factories.questionnaires import make_version

from palermo.parties.logic.roles import Role
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.actions.answers import Saved, save_answer
from palermo.responses.logic.content import Content, Given, Row
from palermo.responses.models import Assignment, Cycle, CycleQuestionnaire, Response
from palermo.responses.queries.state import scope_of


@dataclass
class World:
    """One response with the people around it."""

    response: Response
    spec: VersionSpec
    focal_point: User

    @property
    def scope(self) -> str:
        """The scope of the response."""
        return scope_of(self.response)

    def url(self, name: str, section: str = "", **more: str) -> str:
        """The address of a page of this response."""
        arguments = {
            "cycle": self.response.cycle.code,
            "questionnaire": self.response.questionnaire.code,
            "party": self.response.party.code.lower(),
            **({"section": section} if section else {}),
            **more,
        }
        return reverse(f"responses:{name}", kwargs=arguments)

    def save(
        self, code: str, *values: str, by: User | None = None, base: int = 0, text: str = "", **more: object
    ) -> Saved:
        """Saves an answer by the project's own action."""
        content = Content(text=text, language="en" if text else "", **more)  # type: ignore[arg-type]
        given = Given(code=code, values=values, content=content, base=base)
        return save_answer(by=by or self.focal_point, response=self.response, spec=self.spec, given=given)

    def contributor(
        self, section: str = "art-1", *, aspects: Sequence[str] = (), lead: bool = False, name: str = ""
    ) -> User:
        """Somebody to whom a section was handed."""
        user = make_user(name)
        make_grant(user, Role.LEAD if lead else Role.CONTRIBUTOR, f"{self.scope}/{section}")
        Assignment.objects.create(response=self.response, section=section, user=user, aspects=list(aspects), lead=lead)
        return user

    def member(self, role: Role) -> User:
        """Somebody with a role on the whole response."""
        user = make_user()
        make_grant(user, role, self.scope)
        return user


def make_world(spec: VersionSpec | None = None, *, party: str = "ARG", name: str = "Argentina") -> World:
    """A cycle with a response of a State and its focal point."""
    version, asked = make_version(spec)
    cycle = Cycle.objects.create(
        code="2026",
        texts={"en": {"title": "Reporting cycle 2026"}},
        due_on=datetime.date(2027, 6, 30),
        first_year=2023,
        last_year=2025,
    )
    CycleQuestionnaire.objects.create(cycle=cycle, questionnaire=version.questionnaire, version=version)
    response = Response.objects.create(
        cycle=cycle, questionnaire=version.questionnaire, party=make_party(party, name), version=version
    )
    focal_point = make_user("Lucía Fernández", institution="Ministry of Justice", party=response.party)
    make_grant(focal_point, Role.FOCAL_POINT, scope_of(response))
    return World(response, asked, focal_point)


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def row(uuid: str, **fields: str) -> Row:
    """A row of an answer."""
    return Row(uuid=uuid, fields=fields)
