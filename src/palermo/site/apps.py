"""Registers the app site."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palermo.base.navigation import Entry, register


class SiteConfig(AppConfig):
    """Configuration of site."""

    name = "palermo.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Adds the desk and what is public to the masthead, and a step to receipts and one to documents."""
        from palermo.parties.access import can  # models are loaded only now
        from palermo.parties.logic.roles import Permission

        register(
            Entry(
                place="main",
                label=_("Your desk"),
                url_name="site:desk",
                order=10,
                arguments=(),
                visible=lambda request: bool(request.user.is_authenticated),
            )
        )
        register(Entry(place="main", label=_("States"), url_name="site:states", order=40, arguments=()))
        register(
            Entry(
                place="main",
                label=pgettext_lazy("numbers about all States", "Figures"),
                url_name="site:figures",
                order=48,
                arguments=(),
            )
        )
        register(
            Entry(place="treaty", label=_("Who has reported, and what they said"), url_name="site:figures_of_treaty")
        )
        register(
            Entry(
                place="analysis",
                label=_("For the public"),
                url_name="site:publish_figures",
                order=90,
                permission=Permission.MAKE_DOCUMENTS,
                scope="/cycles/{cycle}",
            )
        )
        register(Entry(place="main", label=_("Answers"), url_name="site:answers", order=50, arguments=()))
        register(Entry(place="main", label=_("Documents"), url_name="site:publications", order=55, arguments=()))
        register(
            Entry(
                place="document",
                label=_("Publish"),
                url_name="site:publish_document",
                permission=Permission.MAKE_DOCUMENTS,
                scope="/cycles",
            )
        )
        register(
            Entry(
                place="receipt",
                label=_("Who may read it"),
                url_name="site:consent",
                order=20,
                permission=Permission.CLEAR_RESPONSE,
                scope="/cycles/{cycle}/{questionnaire}/{party}",
            )
        )
        register(
            Entry(
                place="account",
                label=_("Background work"),
                url_name="site:jobs",
                order=150,
                visible=lambda request: any(
                    can(request.user, permission, "/cycles")
                    for permission in (Permission.ADMINISTER, Permission.MANAGE_CYCLES)
                ),
                arguments=(),
            )
        )
        register(Entry(place="main", label=_("Search"), url_name="site:search", order=90, arguments=()))
        if settings.DEMONSTRATION:
            register(Entry(place="account", label=_("Mail to you"), url_name="demo:outbox", order=200, arguments=()))
            register(
                Entry(place="account", label=_("Be somebody else"), url_name="demo:personas", order=210, arguments=())
            )
