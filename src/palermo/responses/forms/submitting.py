"""Input on the way to a submission: the confirmation, a request to reopen, a request for help."""

from django import forms
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import ENDONYMS


class ConfirmForm(forms.Form):
    """One box that is ticked before something that cannot be taken back."""

    confirmed = forms.BooleanField(
        label=_("I have the authority to submit this response for the State, and I submit it."),
        error_messages={"required": _("Tick the box to confirm; without it nothing is submitted.")},
    )


class ReopeningForm(forms.Form):
    """Why a submitted response should be reopened."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=5000,
        help_text=_("What has to be changed, and why. The Secretariat reads this and decides."),
        error_messages={"required": _("Give the reason for which the response should be reopened.")},
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


class HelpForm(forms.Form):
    """What help a State needs to answer at all."""

    text = forms.CharField(
        label=_("What help do you need?"),
        max_length=5000,
        help_text=_(
            "For example: someone who explains the questions, help with collecting figures, a translation, a workshop."
        ),
        error_messages={"required": _("Say in a sentence or two what help you need.")},
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language of this text"), choices=list(ENDONYMS.items()))


class CommentForm(forms.Form):
    """A remark inside the national team."""

    text = forms.CharField(
        label=_("Your comment"),
        max_length=5000,
        error_messages={"required": _("Write something before you send the comment.")},
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language of this text"), choices=list(ENDONYMS.items()))


class FileForm(forms.Form):
    """A file that supports an answer; what it really is, the action looks at."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=1000,
        error_messages={"required": _("Choose a file first."), "missing": _("Choose a file first.")},
    )
