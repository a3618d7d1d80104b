"""Registers the app reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Configuration of reports."""

    name = "palermo.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
