"""The cast of every access test: ten roles, in one order, and how each of them asks for a page."""

import json
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest, HttpResponse
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
                # As if the password had just been typed once more: what asks for it then does not.
                request = HttpRequest()
                request.session = client.session
                record_authentication(request, user, "password", reauthenticated=True)
                request.session.save()
                sessions[role] = client.cookies["sessionid"].value
        return cls(world, sessions)

    def browser(self, role: str) -> Client:
        """A fresh browser in which the person is signed in."""
        client = Client()
        if role in self.sessions:
            client.cookies["sessionid"] = self.sessions[role]
        return client

    def ask(self, role: str, method: str, address: str, data: Any = None, **more: Any) -> HttpResponse:
        """Asks for an address as this person."""
        return ask(self.browser(role), method, address, data, **more)

    def address(self, name: str, arguments: dict[str, Any] | None = None, language: str = "en") -> str:
        """The address of a page in a language."""
        with override(language):
            return reverse(name, kwargs=arguments or {})


def document_at_once(order: bytes) -> tuple[bytes, bool]:
    """In place of the child process that makes documents, which has tests of its own: the order itself."""
    return json.dumps(json.loads(order), ensure_ascii=False).encode(), True


def response_of(party: str, **more: Any) -> dict[str, Any]:
    """The arguments of a response's addresses."""
    return {"cycle": CYCLE, "questionnaire": "untoc", "party": party, **more}


def text_of(response: Any) -> str:
    """What a reply says, streamed or not."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")  # type: ignore[no-any-return]


def ask(browser: Client, method: str, address: str, data: Any = None, **more: Any) -> HttpResponse:
    """Asks for an address by any method; what is streamed is read to its end."""
    if method in {"GET", "POST", "HEAD"}:
        response = getattr(browser, method.lower())(address, data or {}, **more)
    else:
        response = browser.generic(method, address, **more)
    if response.streaming:
        response.streaming_content = [b"".join(response.streaming_content)]
        for close in response._resource_closers:
            close()
    return response  # type: ignore[no-any-return]
