"""What a matrix is narrowed to."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from palermo.reports.logic.matrix import Filter

Choices = Sequence[tuple[str, str]]
LABELS: Final = {
    "section": _("Section or article"),
    "asks": _("What is asked"),
    "kind": _("Kind of answer"),
    "region": _("Regional group"),
    "development": _("Development list"),
    "legal": _("Legal status"),
}


class MatrixForm(forms.Form):
    """Choices by field; what is no choice is said on the form and left out."""

    reported = forms.BooleanField(label=_("Only States that reported"), required=False)

    def __init__(self, data: Mapping[str, Any], choices: Mapping[str, Choices]) -> None:
        super().__init__(data)
        for name, label in LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", _("All")), *choices[name]],
                error_messages={"invalid_choice": _("There is no such choice; nothing is narrowed by it.")},
            )
        self.order_fields([*LABELS, "reported"])
        self.is_valid()

    @property
    def chosen(self) -> Filter:
        """The filter; without what could not be used."""
        return Filter(**{name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)})

    @property
    def query(self) -> dict[str, str]:
        """The filter as it stands in addresses."""
        return {
            name: "on" if name == "reported" else str(value)
            for name, value in self.cleaned_data.items()
            if value
        }  # fmt: skip

    @property
    def problems(self) -> list[str]:
        """The sentences about what could not be used, each with the name of its field."""
        return [
            f"{self.fields[name].label}: {message}" for name, said in self.errors.items() for message in said
        ]  # fmt: skip
