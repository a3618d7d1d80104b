"""Input about people: whom to hand sections to, whom to invite, whom a State has nominated."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import ENDONYMS
from palermo.parties.logic.roles import Role
from palermo.responses.labels import ASPECTS


class PersonForm(forms.Form):
    """Whom one writes to, and in which language."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The invitation goes there. It works for ten days and can be sent again."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    institution = forms.CharField(
        label=_("Institution"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=list(ENDONYMS.items()))
    message = forms.CharField(
        label=_("A few words to the person"),
        max_length=2000,
        required=False,
        help_text=_("They stand in the mail."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class NominationForm(PersonForm):
    """The focal point that a State has named."""

    field_order = ["name", "email", "institution", "language", "message"]


class TeamForm(PersonForm):
    """A deputy or a reader of the whole response."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    field_order = ["role", "name", "email", "institution", "language", "message"]

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        """Offers only the roles that the inviting person may give."""
        super().__init__(*args, **kwargs)
        words: dict[Role, str | Promise] = {
            Role.DEPUTY: _("Deputy: does everything but appoint deputies, clear and submit"),
            Role.READER: _("Reader: reads the whole response and changes nothing"),
        }
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, words[role]) for role in roles]


class HandOverForm(PersonForm):
    """Which sections go to whom, wholly or in part, as a lead or beside one."""

    sections = forms.MultipleChoiceField(
        label=_("Sections"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one section to hand over.")},
    )
    lead = forms.ChoiceField(
        label=_("How the person works on them"),
        choices=[
            ("lead", _("As the lead, who declares the section complete")),
            ("beside", _("Beside a lead: answers a part, and marks it done")),
        ],
        widget=forms.RadioSelect,
    )
    aspects = forms.MultipleChoiceField(
        label=_("Only certain parts of each section"),
        required=False,
        help_text=_("Choose nothing to hand over all of it."),
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["sections", "lead", "aspects", "name", "email", "institution", "language", "message"]

    def __init__(self, *args: Any, sections: Sequence[tuple[str, str]], aspects: Iterable[str], **kwargs: Any) -> None:
        """Offers the sections and aspects of the questionnaire."""
        super().__init__(*args, **kwargs)
        chosen, parts = self.fields["sections"], self.fields["aspects"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        assert isinstance(parts, forms.MultipleChoiceField)
        chosen.choices = list(sections)
        parts.choices = [(aspect, ASPECTS.get(aspect, aspect)) for aspect in aspects]

    @property
    def chosen_sections(self) -> list[str]:
        """The sections that stand ticked, as typed or as preselected."""
        return [str(code) for code in self["sections"].value() or ()]
