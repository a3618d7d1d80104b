"""Registers the app responses."""

from django.apps import AppConfig


class ResponsesConfig(AppConfig):
    """Configuration of responses."""

    name = "palermo.responses"
    label = "responses"
    default_auto_field = "django.db.models.BigAutoField"
