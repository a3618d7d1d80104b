"""Addresses of the national report with its picture, and of what all States together say."""

from django.urls import path, register_converter

from palermo.reports.views import national


class FormatConverter:
    """The ending of a file that a report can be taken as."""

    regex = "docx|pdf|html|json|csv"

    def to_python(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value


register_converter(FormatConverter, "report_format")

RESPONSE = "cycles/<slug:cycle>/<slug:questionnaire>/<slug:party>"
RECEIPT = f"{RESPONSE}/receipts/<int:number>"

app_name = "reports"
urlpatterns = [
    path(f"{RESPONSE}/gaps/", national.gaps, name="gaps"),
    path(f"{RESPONSE}/gaps/order/", national.order_requests, name="order_requests"),
    path(f"{RESPONSE}/report/", national.report, name="report"),
    path(f"{RESPONSE}/report/report.<report_format:form>", national.report_file, name="report_file"),
    path(f"{RECEIPT}/report/", national.submitted_report, name="submitted_report"),
    path(f"{RECEIPT}/report/report.<report_format:form>", national.submitted_report_file, name="submitted_report_file"),
]
