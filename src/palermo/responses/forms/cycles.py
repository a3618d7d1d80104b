"""Input of the Secretariat: a new cycle, whom to invite, a decision on reopening."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import ENDONYMS, FALLBACK, best, direction
from palermo.questionnaires.models import Questionnaire
from palermo.responses.models import CycleQuestionnaire
from palermo.responses.queries.cycles import Candidate, questionnaires_to_open

YEARS = (1990, 2100)
MOST_YEARS = 10
RESERVED = frozenset({"open", "help"})

CLOSES_HELP = _(
    "After this day nothing is taken any more, unless a State has been given more time. Leave it empty to take "
    "answers at any time, as late."
)


class DateInput(forms.DateInput):
    """A date as browsers ask for it; typed as year-month-day where they do not."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"placeholder": "2026-11-24"})


class DayField(forms.DateField):
    """A day, asked for in one way everywhere."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "invalid": _("Write year, month and day, for example 2027-06-30."),
            **kwargs.pop("error_messages", {}),
        }
        super().__init__(widget=DateInput(), error_messages=messages, **kwargs)


class YearField(forms.IntegerField):
    """A year that figures may be asked for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=YEARS[0],
            max_value=YEARS[1],
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            **kwargs,
        )


class QuestionnairesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Questionnaires to tick, by their titles in a language."""

    language = FALLBACK

    def label_from_instance(self, obj: Questionnaire) -> str:
        """The title of a questionnaire."""
        return questionnaire_label(obj, self.language)


def _refuse_closing_before_due(form: forms.Form, cleaned: Mapping[str, Any]) -> None:
    """The hard deadline does not lie before the soft one."""
    due, closes = cleaned.get("due_on"), cleaned.get("closes_on")
    if due is not None and closes is not None and closes < due:
        form.add_error("closes_on", _("The last day for answers lies before the day on which they are due."))


class CycleForm(forms.Form):
    """A new cycle: code, title in English and perhaps in other languages, due date, years, questionnaires."""

    code = forms.RegexField(
        regex=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=40,
        label=_("Code"),
        help_text=_(
            "It stands in every address and cannot be changed: small letters, digits and hyphens, such as 2026."
        ),
        error_messages={"invalid": _("Use small letters a to z, digits and single hyphens only, such as 2026-first.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    due_on = DayField(
        label=_("Due on"),
        help_text=_("Responses are due at the end of this day."),
    )
    closes_on = DayField(
        label=_("Last day for answers"),
        required=False,
        help_text=CLOSES_HELP,
    )
    first_year = YearField(label=_("First year of figures"))
    last_year = YearField(label=_("Last year of figures"))
    questionnaires = QuestionnairesField(
        label=_("Questionnaires"),
        queryset=Questionnaire.objects.none(),
        help_text=_("Those with a published version. Every new response gets the version that is current now."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one questionnaire for the cycle.")},
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        """Adds one title for each language; only the English one is demanded."""
        super().__init__(*args, **kwargs)
        field = self.fields["questionnaires"]
        assert isinstance(field, QuestionnairesField)
        field.queryset = questionnaires_to_open()
        field.language = language
        for code, name in ENDONYMS.items():
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title in English") if code == FALLBACK else name,
                max_length=200,
                required=code == FALLBACK,
                widget=forms.TextInput(attrs={"lang": code, "dir": direction(code)}),
            )
        self.order_fields(
            ["code", f"title_{FALLBACK}", "due_on", "closes_on", "first_year", "last_year", "questionnaires"]
        )

    @property
    def other_titles(self) -> list[forms.BoundField]:
        """The titles in the other languages."""
        return [self[f"title_{code}"] for code in ENDONYMS if code != FALLBACK]

    def clean_code(self) -> str:
        """A word of the addresses cannot be a cycle."""
        code = str(self.cleaned_data["code"])
        if code in RESERVED:
            raise forms.ValidationError(_("This word is used by the pages themselves; choose another code."))
        return code

    def clean_due_on(self) -> Any:
        """A deadline lies ahead."""
        due = self.cleaned_data["due_on"]
        if due <= timezone.localdate():
            raise forms.ValidationError(_("The due date lies in the past; choose a day to come."))
        return due

    def clean(self) -> dict[str, Any]:
        """The years stand in order and fit into a table."""
        cleaned = super().clean() or {}
        _refuse_closing_before_due(self, cleaned)
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first is not None and last is not None:
            if last < first:
                self.add_error("last_year", _("The last year lies before the first; exchange them."))
            elif last - first >= MOST_YEARS:
                self.add_error("last_year", _("Figures can be asked for ten years at most; choose a later first year."))
        return cleaned

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """The titles as a cycle keeps them, without empty languages."""
        titles = {code: str(self.cleaned_data.get(f"title_{code}", "")).strip() for code in ENDONYMS}
        return {code: {"title": title} for code, title in titles.items() if title}


def questionnaire_label(questionnaire: Questionnaire, language: str) -> str:
    """The title of a questionnaire, or its code if it has none."""
    try:
        return str(best(questionnaire.texts, language)[0]["title"])
    except (LookupError, KeyError):
        return questionnaire.code


BASIS_LABELS = {
    "bound": _("The States parties for which the treaty is in force on the day"),
    "deposited": _("The States that have deposited their instrument by the day, in force or not yet"),
    "signatories": _("The signatories that have not deposited an instrument by the day"),
    "non_parties": _("The States that have not deposited an instrument by the day, signatories among them"),
    "observers": _("Observer States and regional organisations that have not deposited an instrument by the day"),
    "by_hand": _("Only those chosen by hand below"),
}


class InviteForm(forms.Form):
    """Which States are invited to answer, and which of the cycle's questionnaires."""

    asked = forms.TypedMultipleChoiceField(
        label=_("Questionnaires"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For each the status of the States towards its own treaty counts."),
        error_messages={"required": _("Choose at least one questionnaire.")},
    )
    basis = forms.ChoiceField(label=_("Whom to invite"), widget=forms.RadioSelect)
    on = DayField(
        label=_("On the day"),
    )
    parties = forms.TypedMultipleChoiceField(
        label=_("Chosen by hand, besides"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        candidates: list[Candidate],
        counts: Mapping[str, int],
        asked: Sequence[CycleQuestionnaire],
        language: str,
        **kwargs: Any,
    ) -> None:
        """Offers everybody who has not been invited; ``counts`` says how many States each choice means today."""
        super().__init__(*args, **kwargs)
        basis = self.fields["basis"]
        assert isinstance(basis, forms.ChoiceField)
        basis.choices = [
            (code, gettext("%(label)s (today: %(count)s)") % {"label": label, "count": counts[code]})
            if code in counts
            else (code, label)
            for code, label in BASIS_LABELS.items()
        ]
        field = self.fields["parties"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(item.party.pk, item.name) for item in candidates if not item.invited]
        if len(asked) < 2:
            del self.fields["asked"]
        else:
            several = self.fields["asked"]
            assert isinstance(several, forms.TypedMultipleChoiceField)
            several.choices = [(item.pk, questionnaire_label(item.questionnaire, language)) for item in asked]

    def clean(self) -> dict[str, Any]:
        """By hand means that somebody is chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("basis") == "by_hand" and not cleaned.get("parties") and "parties" not in self.errors:
            self.add_error("parties", _("Choose at least one State, or choose another way above."))
        return cleaned


class DeadlinesForm(forms.Form):
    """The soft and the hard deadline of a cycle that runs."""

    due_on = DayField(
        label=_("Due on"),
        help_text=_("Responses are due at the end of this day; what comes later is taken, and shown as late."),
    )
    closes_on = DayField(
        label=_("Last day for answers"),
        required=False,
        help_text=CLOSES_HELP,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        help_text=_("It stands in the record of the cycle."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        """The hard deadline does not lie before the soft one."""
        cleaned = super().clean() or {}
        _refuse_closing_before_due(self, cleaned)
        return cleaned


class ExtensionForm(forms.Form):
    """More time for one State."""

    due_on = DayField(
        label=_("New date for this State"),
        help_text=_("Its response is taken until the end of this day, and is not late."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        help_text=_("It stands in the record, and in the mail to the focal point and the deputies."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class ReasonForm(forms.Form):
    """The reason of a step that stays on record."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("It stands in the record."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class ReopeningDecisionForm(forms.Form):
    """Grant or refuse, with the words that the State reads."""

    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[
            ("yes", _("Reopen the response; the submission made is kept")),
            ("no", _("Leave the response as it was submitted")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(
        label=_("Words to the focal point"),
        required=False,
        max_length=2000,
        help_text=_("They stand in the mail. A refusal needs a reason."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        cleaned = super().clean() or {}
        if cleaned.get("granted") is False and not str(cleaned.get("decision", "")).strip():
            self.add_error("decision", _("Give the reason for which the response stays as it was submitted."))
        return cleaned
