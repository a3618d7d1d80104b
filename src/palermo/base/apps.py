"""Registers the app base."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Configuration of base."""

    name = "palermo.base"
    label = "base"
    default_auto_field = "django.db.models.BigAutoField"
