"""Input of the Secretariat that adds a question to a running cycle."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from palermo.base.citation import cite
from palermo.questionnaires.labels import KINDS
from palermo.questionnaires.logic.spec import Aspect, Kind, VersionSpec
from palermo.questionnaires.logic.supplement import (
    ADDED_KINDS,
    ELEMENT,
    MOST_CHOICES,
    NewQuestion,
    choices_from_lines,
)
from palermo.responses.queries.wording import section_title

ASPECTS = {
    Aspect.IMPLEMENTATION: _("The law: whether and how it is carried out"),
    Aspect.MEASURES: _("Laws and measures"),
    Aspect.PRACTICE: _("Use in practice"),
    Aspect.DIFFICULTIES: _("Difficulties"),
    Aspect.GENERAL: _("Something general"),
}


class NewQuestionForm(forms.Form):
    """One question that is added, in English first; translations come with the next file."""

    section = forms.ChoiceField(label=_("Section"))
    provision = forms.ChoiceField(
        label=_("Provision"), help_text=_("The paragraph of the treaty that the question is about.")
    )
    asks = forms.ChoiceField(
        label=_("What it asks about"), choices=[(aspect.value, label) for aspect, label in ASPECTS.items()]
    )
    element = forms.RegexField(
        regex=rf"^{ELEMENT.pattern}$",
        max_length=40,
        label=_("Short word"),
        help_text=_("It ends the code by which the question is known for ever, such as cybercrime."),
        error_messages={"invalid": _("Use small letters a to z, digits and single hyphens only, such as dark-net.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    text = forms.CharField(
        label=_("The question, in English"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "lang": "en"})
    )
    guidance = forms.CharField(
        label=_("Guidance, in English"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )
    kind = forms.ChoiceField(label=_("How it is answered"))
    choices = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        max_length=2000,
        help_text=_("One in a line. Only for questions with answers to choose from."),
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
    )
    required = forms.BooleanField(label=_("It must be answered before the section is complete"), required=False)

    def __init__(self, *args: Any, spec: VersionSpec, language: str, **kwargs: Any) -> None:
        """Offers the sections and provisions of the questionnaire."""
        super().__init__(*args, **kwargs)
        self.spec = spec
        section = self.fields["section"]
        provision = self.fields["provision"]
        kind = self.fields["kind"]
        assert isinstance(section, forms.ChoiceField)
        assert isinstance(provision, forms.ChoiceField)
        assert isinstance(kind, forms.ChoiceField)
        section.choices = [(item.code, section_title(item, language)) for item in spec.sections]
        provision.choices = [
            (code, cite(code, language))
            for code in dict.fromkeys(
                code
                for item in spec.sections
                for code in (item.article, *(question.provision for question in item.questions))
                if code
            )
        ]
        kind.choices = [(item.value, KINDS[item.value]) for item in ADDED_KINDS]

    def clean(self) -> dict[str, Any]:
        """A question of choice has two answers at least; others have none. The provision stands in the section."""
        cleaned = super().clean() or {}
        found = choices_from_lines(cleaned.get("choices", ""))
        if cleaned.get("kind") in (Kind.CHOICE, Kind.CHOICES):
            if not 2 <= len(found) <= MOST_CHOICES:
                self.add_error("choices", _("Write between 2 and 20 different answers, one in a line."))
        elif found and "kind" in cleaned:
            self.add_error("choices", _("This kind of question has no answers to choose from; leave the field empty."))
        section, provision = cleaned.get("section"), cleaned.get("provision")
        if section and provision:
            here = self.spec.section(section)
            known = {here.article, *(question.provision for question in here.questions)}
            if provision not in known:
                self.add_error("provision", _("This provision belongs to another section; choose one of this section."))
        return cleaned

    @property
    def question(self) -> NewQuestion:
        """The question as the form gives it."""
        data = self.cleaned_data
        return NewQuestion(
            section=data["section"],
            provision=data["provision"],
            asks=Aspect(data["asks"]),
            element=data["element"],
            kind=Kind(data["kind"]),
            text=" ".join(data["text"].split()),
            guidance=data["guidance"].strip(),
            choices=choices_from_lines(data["choices"]),
            required=data["required"],
        )
