"""Input of people turned into typed values."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import ENDONYMS
from palermo.parties.models import User


class AcceptInvitationForm(forms.Form):
    """Name and, for a new account, a password typed twice."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least twelve characters. A sentence is easier to remember than a riddle."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("The same password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, user: User | None, **kwargs: object) -> None:
        """Leaves the password out for a person who has one."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user
        if user is not None and user.has_usable_password():
            del self.fields["password"]
            del self.fields["repeated"]

    def clean(self) -> dict[str, object]:
        """Checks the password against the person and its repetition."""
        cleaned = super().clean() or {}
        password, repeated = cleaned.get("password"), cleaned.get("repeated")
        if password:
            try:
                validate_password(password, self.user)
            except ValidationError as error:
                self.add_error("password", error)
            if repeated and password != repeated:
                self.add_error("repeated", _("The two passwords are not the same; type both again."))
        return cleaned


class AccountForm(forms.Form):
    """What a person may change about the own account."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    institution = forms.CharField(
        label=_("Your institution"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(
        label=_("The language of your messages, and of your texts unless you say otherwise"),
        choices=list(ENDONYMS.items()),
    )
