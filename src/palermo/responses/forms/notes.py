"""Input about notes verbales, and about what is entered from paper."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from palermo.base.attachments import ACCEPT_ATTRIBUTE, TAKEN
from palermo.base.multilingual import ENDONYMS
from palermo.base.templatetags.base_text import date_words
from palermo.responses.forms.cycles import DayField
from palermo.responses.models import NoteVerbale

MOST_FILES = 10


class FilesInput(forms.ClearableFileInput):
    """An input that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each is judged when it is put on record."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files as a list, empty if there are none."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(item, initial) for item in given]


class NoteForm(forms.Form):
    """A note verbale to put on record."""

    direction = forms.ChoiceField(
        label=_("Which way it went"),
        choices=[("received", _("Received from the State")), ("sent", _("Sent to the State"))],
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(
        label=_("Reference"), max_length=100, help_text=_("As it stands on the note, for example CTOC/CoP/2026/17.")
    )
    dated_on = DayField(
        label=_("Date on the note"),
    )
    language = forms.ChoiceField(label=_("Language of the note"), choices=list(ENDONYMS.items()))
    summary = forms.CharField(
        label=_("What it says"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    uploads = FilesField(
        label=_("Files"),
        required=False,
        help_text=TAKEN,
        widget=FilesInput(attrs={"accept": ACCEPT_ATTRIBUTE}),
    )

    def clean_uploads(self) -> list[UploadedFile]:
        """Not more files than anybody reads."""
        files: list[UploadedFile] = self.cleaned_data["uploads"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("Ten files at most belong to one note; join some of them."))
        return files


class PaperForm(forms.Form):
    """On which note verbale something is entered on behalf of a State."""

    note = forms.TypedChoiceField(
        label=_("Note verbale with which the answers came"),
        coerce=int,
        error_messages={"required": _("Choose the note verbale with which the answers came.")},
    )
    state_asked = forms.BooleanField(
        label=_("The State has asked us in this note to enter its answers."),
        required=False,
        help_text=_("Needed where the State has begun by itself or has a focal point."),
    )

    def __init__(self, *args: Any, notes: Sequence[NoteVerbale], **kwargs: Any) -> None:
        """Offers the notes that were received from the State."""
        super().__init__(*args, **kwargs)
        field = self.fields["note"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(note.pk, f"{note.reference}, {date_words(note.dated_on, 'medium')}") for note in notes]
