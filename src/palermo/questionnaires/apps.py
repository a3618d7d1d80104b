"""Registers the app questionnaires."""

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    """Configuration of questionnaires."""

    name = "palermo.questionnaires"
    label = "questionnaires"
    default_auto_field = "django.db.models.BigAutoField"
