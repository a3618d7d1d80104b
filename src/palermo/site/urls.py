"""Addresses of the front page, the desk and the States."""

from django.urls import path, register_converter

from palermo.site.views import home, jobs, published, search, states


class FormatConverter:
    """The ending of a file of open data."""

    regex = "csv|json|xlsx"

    def to_python(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value


register_converter(FormatConverter, "open_data_format")

app_name = "site"
RESPONSE = "<slug:cycle>/<slug:questionnaire>/<slug:party>"

urlpatterns = [
    path("", home.front, name="front"),
    path("desk/", home.desk, name="desk"),
    path("states/", states.states, name="states"),
    path("states/<str:code>/", states.state, name="state"),
    path("search/", search.search_page, name="search"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:number>/again/", jobs.again, name="job_again"),
    path("answers/", published.answers, name="answers"),
    path("answers/open-data.<open_data_format:form>", published.open_data, name="open_data"),
    path(f"answers/{RESPONSE}/", published.answers_of, name="answers_of"),
    path(f"answers/{RESPONSE}/parties/", published.answers_for_parties, name="answers_for_parties"),
    path(f"cycles/{RESPONSE}/receipts/<int:number>/consent/", published.consent, name="consent"),
]
