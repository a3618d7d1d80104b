"""Addresses of cycles and responses. A section is *general* or holds a hyphen; the words of other pages hold none."""

from django.urls import path, register_converter

from palermo.responses.views import answering


class SectionConverter:
    """The code of a section, such as ``general`` or ``art-5``; never a word that names another page."""

    regex = "general|[a-z]+-[a-z0-9-]+"

    def to_python(self, value: str) -> str:
        """The code as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The code as it stands in the address."""
        return value


register_converter(SectionConverter, "section")

RESPONSE = "<slug:cycle>/<slug:questionnaire>/<slug:party>"
SECTION = f"{RESPONSE}/<section:section>"

app_name = "responses"
urlpatterns = [
    path(f"{RESPONSE}/", answering.hub, name="hub"),
    path(f"{SECTION}/", answering.section, name="section"),
    path(f"{SECTION}/save/", answering.save_section, name="save_section"),
    path(f"{SECTION}/save/<str:code>/", answering.save_answer, name="save_answer"),
    path(f"{SECTION}/answers/<str:code>/history/", answering.history, name="history"),
    path(f"{SECTION}/answers/<str:code>/conflict/", answering.conflict, name="conflict"),
    path(f"{SECTION}/answers/<str:code>/flag/", answering.flag, name="flag"),
    # ── Team, submitting, cycles, files ──
]
