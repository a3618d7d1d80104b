"""Registers the app parties."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from palermo.base.navigation import Entry, register, use_judge


class PartiesConfig(AppConfig):
    """Configuration of parties."""

    name = "palermo.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lets the menus ask ``can``, and adds the own account to the menu of the person."""
        from palermo.parties import checks  # noqa: F401  (registers them)
        from palermo.parties.access import can_below  # models are loaded only now

        use_judge(can_below)
        register(Entry(place="account", label=_("Your account"), url_name="parties:account", arguments=()))
