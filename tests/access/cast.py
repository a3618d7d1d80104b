"""The cast of every access test: ten roles, in one order, and how each of them asks for a page."""

import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests.factories.world import CYCLE, CastWorld

ROLES = (
    "focal",  # Argentina's focal point
    "deputy",  # … and deputy
    "lead",  # leads articles 16 to 18 of Argentina
    "figures",  # contributes the figures of article 16 of Argentina
    "reader",  # Argentina's mission, read only
    "kenya",  # the focal point of another State
    "secretariat",
    "administrator",
    "stranger",  # an account without any grant
    "visitor",  # nobody
)


@dataclass
class Cast:
    """The people, each with a session of their own, and the addresses of the world."""

    world: CastWorld
    sessions: dict[str, str]

    @classmethod
    def of(cls, world: CastWorld) -> "Cast":
        """Signs everybody in once."""
        sessions = {}
        for role, user in world.people.items():
            if user is not None:
                client = Client()
                client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
                session = client.session
                # As if by the form, just now: what asks for the password once more does not.
                session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
                session.save()
                sessions[role] = client.cookies["sessionid"].value
        return cls(world, sessions)

    def browser(self, role: str) -> Client:
        """A fresh browser in which the person is signed in."""
        client = Client()
        if role in self.sessions:
            client.cookies["sessionid"] = self.sessions[role]
        return client

    def ask(self, role: str, method: str, address: str, data: Any = None, **headers: Any) -> HttpResponse:
        """Asks for an address as this person."""
        client = self.browser(role)
        if method in {"GET", "POST", "HEAD"}:
            return getattr(client, method.lower())(address, data or {}, **headers)  # type: ignore[no-any-return]
        return client.generic(method, address, **headers)  # type: ignore[return-value]

    def address(self, name: str, arguments: dict[str, Any] | None = None, language: str = "en") -> str:
        """The address of a page in a language."""
        with override(language):
            return reverse(name, kwargs=arguments or {})


def response_of(party: str, **more: Any) -> dict[str, Any]:
    """The arguments of a response's addresses."""
    return {"cycle": CYCLE, "questionnaire": "untoc", "party": party, **more}


def text_of(response: Any) -> str:
    """What a reply says, streamed or not."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")  # type: ignore[no-any-return]
