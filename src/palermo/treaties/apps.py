"""Registers the app treaties."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palermo.base.navigation import Entry, register


class TreatiesConfig(AppConfig):
    """Configuration of treaties."""

    name = "palermo.treaties"
    label = "treaties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Adds the treaties to the masthead."""
        register(Entry(place="main", label=_("Treaties"), url_name="treaties:treaties", order=20, arguments=()))
