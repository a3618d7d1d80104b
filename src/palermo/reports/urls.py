"""Addresses of the national report with its picture, and of what all States together say."""

from django.urls import path, register_converter

from palermo.reports.views import (
    change,
    documents,
    inferred_needs,
    matrix,
    national,
    needs,
    needs_files,
    practice,
    rates,
    rates_history,
    replies,
    shared_practice,
)


class FormatConverter:
    """The ending of a file that a report can be taken as."""

    regex = "docx|pdf|html|json|csv"

    def to_python(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value


class TableConverter(FormatConverter):
    """The ending of a file that a table can be taken as."""

    regex = "csv|json"


register_converter(FormatConverter, "report_format")


class WorkbookConverter(FormatConverter):
    """The ending of a file that a large table can be taken as."""

    regex = "xlsx|csv|json"


register_converter(TableConverter, "table_format")
register_converter(WorkbookConverter, "workbook_format")

RESPONSE = "cycles/<slug:cycle>/<slug:questionnaire>/<slug:party>"
RECEIPT = f"{RESPONSE}/receipts/<int:number>"
RATES = "reporting/<slug:cycle>/<slug:questionnaire>"
ANALYSIS = "analysis/<slug:cycle>/<slug:questionnaire>"

app_name = "reports"
urlpatterns = [
    path(f"{RESPONSE}/gaps/", national.gaps, name="gaps"),
    path(f"{RESPONSE}/gaps/order/", national.order_requests, name="order_requests"),
    path(f"{RESPONSE}/report/", national.report, name="report"),
    path(f"{RESPONSE}/report/report.<report_format:form>", national.report_file, name="report_file"),
    path(f"{RECEIPT}/report/", national.submitted_report, name="submitted_report"),
    path(f"{RECEIPT}/report/report.<report_format:form>", national.submitted_report_file, name="submitted_report_file"),
    # ── Reporting status and rates ──
    path("reporting/", rates.reporting, name="reporting"),
    path("reporting/reporting.<table_format:form>", rates.reporting_file, name="reporting_file"),
    path("reporting/<slug:questionnaire>/record/", rates_history.record, name="record"),
    path(
        "reporting/<slug:questionnaire>/record/record.<table_format:form>",
        rates_history.record_file,
        name="record_file",
    ),
    path(f"{RATES}/", rates.rates, name="rates"),
    path(f"{RATES}/rates.<table_format:form>", rates.rates_file, name="rates_file"),
    path(f"{RATES}/states/", rates.rates_states, name="rates_states"),
    path(f"{RATES}/states/states.<table_format:form>", rates.rates_states_file, name="rates_states_file"),
    path(f"{RATES}/change/", rates_history.rates_change, name="rates_change"),
    path(f"{RATES}/change/change.<table_format:form>", rates_history.rates_change_file, name="rates_change_file"),
    path("documents/", documents.documents, name="documents"),
    path("documents/new/<slug:kind>/", documents.new_document, name="new_document"),
    path(
        "documents/figures/<slug:cycle>/<slug:questionnaire>/<slug:part>/",
        documents.document_figure,
        name="document_figure",
    ),
    path("documents/<int:document>/", documents.document, name="document"),
    path("documents/<int:document>/text/", documents.document_text, name="document_text"),
    path("documents/<int:document>/document.<report_format:form>", documents.document_file, name="document_file"),
    # ── What all States said ──
    path(f"{ANALYSIS}/", replies.analysis, name="analysis"),
    path(f"{ANALYSIS}/questions/", replies.questions, name="questions"),
    path(f"{ANALYSIS}/questions/<str:code>/", replies.question, name="question"),
    path(f"{ANALYSIS}/questions/<str:code>/states/", replies.question_states, name="question_states"),
    path(
        f"{ANALYSIS}/questions/<str:code>/states/states.<workbook_format:form>",
        replies.question_states_file,
        name="question_states_file",
    ),
    path(f"{ANALYSIS}/provisions/", replies.gap_counts, name="gap_counts"),
    path(f"{ANALYSIS}/provisions/provisions.<table_format:form>", replies.gap_counts_file, name="gap_counts_file"),
    path(f"{ANALYSIS}/provisions/<str:provision>/", replies.provision_states, name="provision_states"),
    path(
        f"{ANALYSIS}/provisions/<str:provision>/states.<workbook_format:form>",
        replies.provision_states_file,
        name="provision_states_file",
    ),
    path(f"{ANALYSIS}/offences/", replies.offences, name="offences"),
    path(f"{ANALYSIS}/matrix/", matrix.matrix, name="matrix"),
    path(f"{ANALYSIS}/matrix/matrix.<workbook_format:form>", matrix.matrix_file, name="matrix_file"),
    path(f"{ANALYSIS}/change/", change.analysis_change, name="analysis_change"),
    path(f"{ANALYSIS}/change/states/", change.analysis_change_states, name="analysis_change_states"),
    path(f"{ANALYSIS}/change/change.<workbook_format:form>", change.analysis_change_file, name="analysis_change_file"),
    # ── Needs and practice ──
    path(f"{ANALYSIS}/needs/", needs.needs, name="needs"),
    path(f"{ANALYSIS}/needs/needs.<workbook_format:form>", needs_files.needs_file, name="needs_file"),
    path(f"{ANALYSIS}/needs/requests/", needs.needs_requests, name="needs_requests"),
    path(
        f"{ANALYSIS}/needs/requests/requests.<workbook_format:form>",
        needs_files.needs_requests_file,
        name="needs_requests_file",
    ),
    path(f"{ANALYSIS}/needs/cross/", needs.needs_cross, name="needs_cross"),
    path(f"{ANALYSIS}/needs/cross/cross.<workbook_format:form>", needs_files.needs_cross_file, name="needs_cross_file"),
    path(f"{ANALYSIS}/needs/top/", needs.needs_top, name="needs_top"),
    path(f"{ANALYSIS}/needs/top/top.<workbook_format:form>", needs_files.needs_top_file, name="needs_top_file"),
    path(f"{ANALYSIS}/needs/inferred/", inferred_needs.needs_inferred, name="needs_inferred"),
    path(
        f"{ANALYSIS}/needs/inferred/inferred.<workbook_format:form>",
        inferred_needs.needs_inferred_file,
        name="needs_inferred_file",
    ),
    path(f"{ANALYSIS}/practice/", practice.practice, name="practice"),
    path(f"{ANALYSIS}/practice/practice.<workbook_format:form>", practice.practice_file, name="practice_file"),
    path(f"{ANALYSIS}/practice/cases/", shared_practice.practice_cases, name="practice_cases"),
    path(
        f"{ANALYSIS}/practice/cases/cases.<workbook_format:form>",
        shared_practice.practice_cases_file,
        name="practice_cases_file",
    ),
    path(f"{ANALYSIS}/practice/shared/", shared_practice.practice_shared, name="practice_shared"),
    path(
        f"{ANALYSIS}/practice/shared/shared.<workbook_format:form>",
        shared_practice.practice_shared_file,
        name="practice_shared_file",
    ),
    path(f"{ANALYSIS}/practice/<str:code>/", practice.practice_question, name="practice_question"),
    path(f"{ANALYSIS}/practice/<str:code>/states/", practice.practice_states, name="practice_states"),
    path(
        f"{ANALYSIS}/practice/<str:code>/states/states.<workbook_format:form>",
        practice.practice_states_file,
        name="practice_states_file",
    ),
]
