"""Input of the pages: the day for which status is asked."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DayForm(forms.Form):
    """The day as at which the parties are counted; today, if none is given."""

    on = forms.DateField(
        label=_("Parties as at"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("No day was given; today is shown."),
            "invalid": _("This is not a date. Write year, month and day, such as 2009-10-01."),
        },
    )

    def clean_on(self) -> date:
        """Nobody knows who will be a party."""
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future. Choose today or an earlier day."))
        return day

    @property
    def day(self) -> date:
        """The day that was asked for, or today."""
        if self.is_valid():
            found: date = self.cleaned_data["on"]
            return found
        return timezone.localdate()
