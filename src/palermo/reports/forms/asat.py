"""The two dates of every figure: as at which day, and as known at which moment."""

import datetime
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palermo.base.templatetags.base_text import date_words
from palermo.responses.queries.archive import day_of, end_of, today


class AsAtForm(forms.Form):
    """As at a day (today by default) and as known at a moment (now by default).

    What cannot be read is said on the form, and the default is used; a file is refused instead.
    """

    as_at = forms.DateField(
        label=_("As at"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a date. Write year, month and day, such as 2009-10-01.")},
    )
    known_at = forms.CharField(
        label=_("As known at"),
        required=False,
        max_length=40,
        help_text=_("What came into the record later is left out. A day, such as 2009-10-01, or a moment."),
        widget=forms.TextInput(attrs={"placeholder": "2026-11-24"}),
    )

    def __init__(self, data: Mapping[str, Any], *, earliest: datetime.date | None = None) -> None:
        super().__init__(data)
        self.earliest = earliest
        self.now = timezone.now()
        self.is_valid()

    def clean_as_at(self) -> datetime.date | None:
        """Nobody knows what will be, and before the treaty there was nothing to report on."""
        day: datetime.date | None = self.cleaned_data["as_at"]
        if day is None:
            return None
        if day > today():
            raise forms.ValidationError(_("This day lies in the future. Choose today or an earlier day."))
        if self.earliest and day < self.earliest:
            raise forms.ValidationError(
                _("On this day there was no treaty to report on. Choose %(day)s or a later day."),
                params={"day": date_words(self.earliest)},
            )
        return day

    def clean_known_at(self) -> datetime.datetime | None:
        """A day means its end, or now if it is today."""
        text: str = self.cleaned_data["known_at"].strip()
        if not text:
            return None
        try:
            moment = end_of(datetime.date.fromisoformat(text))
            if moment.date() == today():
                return None
        except (ValueError, OverflowError):
            moment = self._moment(text)
        if moment > self.now:
            raise forms.ValidationError(_("This moment lies in the future. Leave it empty for what is known now."))
        return moment

    def _moment(self, text: str) -> datetime.datetime:
        """A moment; without an offset it is by the clock of the seat. A plus sign may have become a space."""
        try:
            moment = datetime.datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.DEADLINE_TIME_ZONE))
            return zoned.astimezone(datetime.UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(
                _("This is not a day or a moment. Write it such as 2009-10-01 or 2009-10-01T12:00.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """What was known at a moment does not say how things stood on a later day."""
        data = super().clean() or self.cleaned_data
        known, day = data.get("known_at"), data.get("as_at")
        if known is not None and day is not None and day_of(known) < day:
            self.add_error("known_at", _("This lies before the day itself. Choose that day or a later moment."))
        return data

    @property
    def day(self) -> datetime.date:
        """The day asked for; that of the moment of knowledge if only this was asked for; or today."""
        return self.cleaned_data.get("as_at") or day_of(self.moment)

    @property
    def moment(self) -> datetime.datetime:
        """The moment asked for, or now: the same each time it is asked."""
        return self.cleaned_data.get("known_at") or self.now

    @property
    def chosen(self) -> dict[str, str]:
        """What was asked for, as it stands in addresses; nothing for today and now."""
        given = {}
        if self.cleaned_data.get("as_at"):
            given["as_at"] = self.day.isoformat()
        if self.cleaned_data.get("known_at"):
            given["known_at"] = self.moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
        return given

    @property
    def pinned(self) -> dict[str, str]:
        """Both, so that the address shows the same figures for ever."""
        moment = self.moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
        return {"as_at": self.day.isoformat(), "known_at": moment}

    @property
    def problems(self) -> list[str]:
        """The sentences about what could not be used."""
        return [str(message) for messages in self.errors.values() for message in messages]
