"""Addresses of the front page, the desk and the States."""

from django.urls import path, register_converter

from palermo.site.views import (
    documents,
    figures,
    home,
    jobs,
    publications,
    published,
    publishing_figures,
    reporting,
    search,
    states,
)


class FormatConverter:
    """The ending of a file of open data."""

    regex = "csv|json|xlsx"

    def to_python(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The ending as it stands in the address."""
        return value


class PublishedFormatConverter(FormatConverter):
    """The ending of a file of a published document."""

    regex = "docx|pdf"


register_converter(FormatConverter, "open_data_format")
register_converter(PublishedFormatConverter, "published_format")

app_name = "site"
RESPONSE = "<slug:cycle>/<slug:questionnaire>/<slug:party>"
FIGURES = "figures/<slug:cycle>/<slug:questionnaire>"

urlpatterns = [
    path("", home.front, name="front"),
    path("desk/", home.desk, name="desk"),
    path("states/", states.states, name="states"),
    path("states/<str:code>/", states.state, name="state"),
    path("documents/<int:document>/publish/", documents.publish, name="publish_document"),
    path("publications/", publications.publications, name="publications"),
    path("publications/feed.atom", publications.publications_feed, name="publications_feed"),
    path("publications/<slug:code>/", publications.publication, name="publication"),
    path(
        "publications/<slug:code>/document.<published_format:form>",
        publications.publication_file,
        name="publication_file",
    ),
    path("figures/", figures.figures, name="figures"),
    path("figures/<slug:code>/", figures.figures_of_treaty, name="figures_of_treaty"),
    path(f"{FIGURES}/", figures.figures_of, name="figures_of"),
    path(f"{FIGURES}/needs/", figures.figures_needs, name="figures_needs"),
    path(f"{FIGURES}/reporting/", reporting.figures_reporting, name="figures_reporting"),
    path(f"{FIGURES}/figures.<open_data_format:form>", figures.figures_file, name="figures_file"),
    path(f"{FIGURES}/questions/<str:code>/", figures.figures_question, name="figures_question"),
    path("analysis/<slug:cycle>/<slug:questionnaire>/public/", publishing_figures.publish, name="publish_figures"),
    path("search/", search.search_page, name="search"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:number>/again/", jobs.again, name="job_again"),
    path("answers/", published.answers, name="answers"),
    path("answers/open-data.<open_data_format:form>", published.open_data, name="open_data"),
    path(f"answers/{RESPONSE}/", published.answers_of, name="answers_of"),
    path(f"answers/{RESPONSE}/parties/", published.answers_for_parties, name="answers_for_parties"),
    path(f"cycles/{RESPONSE}/receipts/<int:number>/consent/", published.consent, name="consent"),
]
