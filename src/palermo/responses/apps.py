"""Registers the app responses."""

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from palermo.base.navigation import Badge, Entry, register

RESPONSE_SCOPE = "/cycles/{cycle}/{questionnaire}/{party}"


class ResponsesConfig(AppConfig):
    """Configuration of responses."""

    name = "palermo.responses"
    label = "responses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Adds the cycles to the masthead of the Secretariat, and the pages of a response to its tabs."""
        from palermo.parties.logic.roles import Permission

        def unread(request: HttpRequest, arguments: Mapping[str, Any]) -> Badge | None:
            # Views can be read only once all apps are there.
            from palermo.responses.views.shared import unread_badge

            return unread_badge(request, arguments)

        register(
            Entry(
                place="main",
                label=_("Cycles"),
                url_name="responses:cycles",
                order=40,
                permission=Permission.SEE_REPORTING,
                scope="/cycles",
                arguments=(),
            )
        )
        sections = ("section", "history", "conflict", "files", "comments", "section_comments")
        tabs = [
            (10, _("Articles"), "hub", Permission.READ_RESPONSE, sections),
            (20, _("Check answers"), "check", Permission.READ_RESPONSE, ()),
            (30, _("People"), "people", Permission.READ_RESPONSE, ()),
            (50, _("Messages"), "messages", Permission.READ_MESSAGES, ()),
            (60, _("Clear and submit"), "submit", Permission.CLEAR_RESPONSE, ()),
            (70, _("Receipts"), "receipts", Permission.READ_SUBMISSION, ()),
            (80, _("Ask for help"), "help", Permission.ASK_FOR_HELP, ()),
        ]
        for order, label, name, permission, covers in tabs:
            register(
                Entry(
                    place="response",
                    label=label,
                    url_name=f"responses:{name}",
                    order=order,
                    permission=permission,
                    scope=RESPONSE_SCOPE,
                    covers=tuple(f"responses:{covered}" for covered in covers),
                    badge=unread if name == "messages" else None,
                )
            )
        register(
            Entry(
                place="main",
                label=_("Messages"),
                url_name="messages:all",
                order=20,
                permission=Permission.READ_MESSAGES,
                scope="/cycles",
                arguments=(),
                badge=unread,
            )
        )
        own = ("cycle", "questionnaire", "party")
        links = [
            ("desk", _("Messages"), "messages", Permission.READ_MESSAGES, RESPONSE_SCOPE, own),
            (
                "receipt",
                _("Ask for a clarification"),
                "ask_clarification",
                Permission.ASK_CLARIFICATION,
                RESPONSE_SCOPE,
                own,
            ),
            ("receipt", _("Write about it"), "write_message", Permission.WRITE_MESSAGES, RESPONSE_SCOPE, own),
        ]
        for place, label, name, permission, scope, arguments in links:
            register(
                Entry(
                    place=place,
                    label=label,
                    url_name=f"responses:{name}",
                    order=60,
                    permission=permission,
                    scope=scope,
                    arguments=arguments,
                    badge=unread if name == "messages" else None,
                )
            )
