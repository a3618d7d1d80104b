"""Input of the two-way channel and of reminders."""

import re
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import ENDONYMS
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.actions.messages import LONGEST, LONGEST_SUBJECT
from palermo.responses.actions.reminders import FARTHEST
from palermo.responses.forms.cycles import DayField
from palermo.responses.queries.messages import about
from palermo.responses.queries.wording import section_title

Choices = list[tuple[str, object]]


def about_choices(spec: VersionSpec, language: str) -> Choices:
    """The response as a whole, or one of its questions, by section."""
    found: Choices = [("", _now("The response as a whole"))]
    for section in spec.sections:
        group = []
        for question in section.questions:
            if question.is_answered:
                cited, wording, _language = about(spec, question.code, language)
                group.append((question.code, f"{cited} – {wording}" if cited else wording))
        if group:
            found.append((section_title(section, language), group))
    return found


class MessageForm(forms.Form):
    """A message."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST,
        error_messages={
            "required": _("Write something before you send the message."),
            "max_length": _("The message is too long: %(show_value)s characters of %(limit_value)s. Send it in parts."),
        },
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=_("Language of this text"),
        choices=list(ENDONYMS.items()),
        error_messages={"invalid_choice": _("Choose the language of the message from the list.")},
    )


class AboutForm(MessageForm):
    """A message with what it is about."""

    code = forms.ChoiceField(
        label=_("What it is about"),
        required=False,
        error_messages={
            "invalid_choice": _("This question is not part of the questionnaire; choose one from the list.")
        },
    )
    field_order: tuple[str, ...] = ("code", "text", "language")

    def __init__(self, *args: object, about: Choices, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["code"].choices = about  # type: ignore[attr-defined]


class ClarificationForm(AboutForm):
    """What the Secretariat asks, about what, and until when."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=LONGEST_SUBJECT,
        help_text=_("A few words, such as: the year of the figures."),
        error_messages={"required": _("Say in a few words what the clarification is about.")},
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    due_on = DayField(
        label=_("The State answers until"),
        error_messages={
            "required": _("Give the day until which the State should answer."),
        },
    )
    field_order = ("code", "subject", "text", "language", "due_on")


def days_from(text: str) -> list[int]:
    """The whole numbers in a list such as ``30, 7, 1``; raises ``ValueError`` with what is none."""
    found = []
    for word in re.split(r"[\s,;،、]+", text.strip()):
        if not word:
            continue
        if not (word.isascii() and word.isdigit() and len(word) <= 3):
            raise ValueError(word[:20])
        found.append(int(word))
    return found


class _DaysField(forms.CharField):
    """Numbers of days with commas between them."""

    def clean(self, value: object) -> list[int]:
        """The numbers."""
        text = super().clean(value)
        try:
            days = days_from(text)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(word)s” is no number of days. Write whole numbers with commas between them, such as 30, 7, 1."),
                params={"word": str(error)},
            ) from error
        if any(number > FARTHEST for number in days):
            raise forms.ValidationError(_("A reminder lies within a year of the due date."))
        return days


class ScheduleForm(forms.Form):
    """On which days States are reminded."""

    before = _DaysField(
        label=_("Days before the due date"),
        required=False,
        max_length=100,
        help_text=_("Whole numbers with commas between them, such as 30, 7, 1; 0 is the day itself."),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "dir": "ltr"}),
    )
    after = _DaysField(
        label=_("Days after the due date"),
        required=False,
        max_length=100,
        help_text=_("Such as 1, 14. Leave a line empty if there should be none."),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "dir": "ltr"}),
    )

    @property
    def days_before(self) -> list[int]:
        """The schedule as it is kept: below zero after the due date."""
        return [*self.cleaned_data["before"], *(-days for days in self.cleaned_data["after"])]

    @staticmethod
    def values(schedule: Sequence[int]) -> dict[str, object]:
        """A schedule as the form shows it."""
        return {
            "before": ", ".join(str(days) for days in sorted(schedule, reverse=True) if days >= 0),
            "after": ", ".join(str(-days) for days in sorted(schedule, reverse=True) if days < 0),
        }
