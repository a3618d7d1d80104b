"""Registers the app reports."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palermo.base.navigation import Entry, register

SCOPE = "/cycles/{cycle}/{questionnaire}/{party}"


class ReportsConfig(AppConfig):
    """Configuration of reports."""

    name = "palermo.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Adds reporting to the masthead of the Secretariat, and the picture and the report to a response's pages."""
        from palermo.parties.logic.roles import Permission

        register(
            Entry(
                place="main",
                label=_("Make documents"),
                url_name="reports:documents",
                order=47,
                permission=Permission.MAKE_DOCUMENTS,
                scope="/cycles",
                arguments=(),
            )
        )
        register(
            Entry(
                place="main",
                label=_("Reporting"),
                url_name="reports:reporting",
                order=45,
                permission=Permission.SEE_REPORTING,
                scope="/cycles",
                arguments=(),
            )
        )
        for order, label, name, covers in (
            (10, _("Overview"), "analysis", ()),
            (20, _("Questions"), "questions", ("question", "question_states")),
            (30, _("Criminalization"), "offences", ()),
            (40, _("Provisions"), "gap_counts", ("provision_states",)),
            (50, _("Matrix"), "matrix", ()),
            (60, pgettext_lazy("how things differ", "Change"), "analysis_change", ("analysis_change_states",)),
            (70, _("Needs"), "needs", ("needs_requests", "needs_cross", "needs_top", "needs_inferred")),
            (80, _("Practice"), "practice", ("practice_question", "practice_states", "practice_cases")),
        ):
            register(
                Entry(
                    place="analysis",
                    label=label,
                    url_name=f"reports:{name}",
                    order=order,
                    permission=Permission.ANALYSE,
                    scope="/cycles/{cycle}",
                    covers=tuple(f"reports:{covered}" for covered in covers),
                )
            )
        for order, label, name in ((40, _("Gaps and needs"), "gaps"), (50, _("Report"), "report")):
            register(
                Entry(
                    place="response",
                    label=label,
                    url_name=f"reports:{name}",
                    order=order,
                    permission=Permission.READ_RESPONSE,
                    scope=SCOPE,
                )
            )
        register(
            Entry(
                place="receipt",
                label=_("The national report"),
                url_name="reports:submitted_report",
                order=10,
                permission=Permission.READ_SUBMISSION,
                scope=SCOPE,
            )
        )
