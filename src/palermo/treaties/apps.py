"""Registers the app treaties."""

from django.apps import AppConfig


class TreatiesConfig(AppConfig):
    """Configuration of treaties."""

    name = "palermo.treaties"
    label = "treaties"
    default_auto_field = "django.db.models.BigAutoField"
