"""What is asked before a document is made: about what, as at when, in which language, under which masthead."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import ENDONYMS, LANGUAGES
from palermo.reports.documents.kinds import Kind
from palermo.reports.forms.asat import AsAtForm
from palermo.reports.logic.readers import EVERYBODY
from palermo.reports.queries.documents import asked_title, conference_body
from palermo.responses.models import CycleQuestionnaire

READERS = [("delegations", _("Delegations and the Secretariat")), (EVERYBODY, _("Everybody"))]
DISTRIBUTIONS = [("general", _("General")), ("limited", _("Limited"))]
MASTHEAD = ("symbol", "distribution", "dated", "original", "body", "meeting", "session", "agenda")
SYMBOL = r"^[A-Z0-9][A-Za-z0-9.()/_-]{0,59}$"


class _Date(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"placeholder": "2026-11-24"})


def _line(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=200, strip=True, help_text=help_text)


class MastheadForm(forms.Form):
    """What stands above a document, in its own language."""

    language = forms.ChoiceField(label=_("Language of the document"))
    symbol = forms.RegexField(
        regex=SYMBOL,
        label=_("Symbol"),
        required=False,
        max_length=60,
        help_text=_("Such as CTOC/COP/WG.2/2009/2. A draft has none."),
        error_messages={
            "invalid": _(
                "A symbol has letters, digits, points, hyphens and strokes, such as CTOC/COP/WG.2/2009/2. "
                "Leave it empty for a draft."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )
    distribution = forms.ChoiceField(label=_("Distribution"), choices=DISTRIBUTIONS)
    dated = forms.DateField(
        label=_("Date of the document"),
        input_formats=["%Y-%m-%d"],
        widget=_Date(),
        error_messages={"invalid": _("Write year, month and day, for example 2026-11-24.")},
    )
    original = forms.ChoiceField(label=_("Original language"), choices=[(code, ENDONYMS[code]) for code in LANGUAGES])
    body = _line(_("Body"), _("The conference; empty for the conference of the treaty."))
    meeting = _line(_("Meeting"), _("The working group, if it is one."))
    session = _line(_("Session, place and dates"), _("Such as: Vienna, 1–2 October 2009."))
    agenda = _line(_("Item of the agenda"), _("Such as: Item 2 of the provisional agenda."))

    def __init__(self, *args: Any, kind: Kind, today: datetime.date, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(code, ENDONYMS[code]) for code in kind.languages]  # type: ignore[attr-defined]
        first = language if language in kind.languages else kind.languages[0]
        for name, value in {"language": first, "dated": today, "original": "en"}.items():
            self.initial.setdefault(name, value)

    def masthead(self, treaty: str) -> dict[str, str]:
        """The masthead as plain texts."""
        data = self.cleaned_data
        found = {name: str(data.get(name) or "") for name in MASTHEAD}
        found["dated"] = data["dated"].isoformat()
        found["body"] = found["body"] or conference_body(treaty, data["language"])
        return found


class DocumentForm(MastheadForm):
    """A document of a kind: what it is about and the day of its figures, then its masthead."""

    about = forms.ChoiceField(
        label=_("Cycle and treaty"), error_messages={"invalid_choice": _("Choose one of the cycles in the list.")}
    )
    party = forms.ChoiceField(
        label=_("State"), error_messages={"invalid_choice": _("Choose one of the States in the list.")}
    )
    as_at = forms.CharField(
        label=_("Figures as at"),
        required=False,
        max_length=40,
        help_text=_("A day such as 2009-10-01; today if left empty."),
        widget=_Date(),
    )
    known_at = forms.CharField(
        label=_("As known at"),
        required=False,
        max_length=40,
        help_text=_("What came into the record later is left out. A day or a moment; now if left empty."),
    )
    readers = forms.ChoiceField(
        label=_("Who will read it"),
        initial="delegations",
        choices=READERS,
        widget=forms.RadioSelect,
        help_text=_(
            "Only a document for everybody can be published. It names a State with what it answered only where the "
            "State has opened that section to everybody, and tells no small numbers of States."
        ),
        error_messages={name: _("Choose one of the two.") for name in ("required", "invalid_choice")},
    )
    field_order = ("about", "party", "as_at", "known_at", "readers", "language")

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        asked_for: Sequence[CycleQuestionnaire],
        states: Sequence[tuple[str, str]],
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, kind=kind, language=language, **kwargs)
        self.asked_for = {f"{item.cycle.code}/{item.questionnaire.code}": item for item in asked_for}
        self.dates: AsAtForm | None = None
        about: Any = self.fields["about"]
        about.choices = [(key, asked_title(item, language)) for key, item in self.asked_for.items()]
        if "party" in kind.parameters:
            party: Any = self.fields["party"]
            party.choices = [("", _("Choose a State")), *states]
        else:
            del self.fields["party"]
        if not kind.has_readers:
            del self.fields["readers"]

    def clean(self) -> dict[str, Any]:
        """The two dates are read as on every page of the analysis; what is wrong with them is said here."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        asked = self.asked
        given: Mapping[str, str] = {name: data.get(name, "") for name in ("as_at", "known_at")}
        self.dates = AsAtForm(given, earliest=asked.questionnaire.instrument.adopted_on if asked else None)
        for name, errors in self.dates.errors.items():
            if name in self.fields:
                self.add_error(name, list(errors))
        return data

    def pin(self) -> None:
        """Puts both dates into the fields, so that what is made next has the same figures."""
        if self.dates is not None:
            self.data = {**{name: self.data[name] for name in self.data}, **self.dates.pinned}

    @property
    def for_everybody(self) -> bool:
        """Whether everybody will read it."""
        return self.cleaned_data.get("readers") == EVERYBODY

    @property
    def asked(self) -> CycleQuestionnaire | None:
        """The questionnaire of a cycle that was chosen."""
        return self.asked_for.get(self.cleaned_data.get("about", ""))
