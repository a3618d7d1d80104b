"""Input of people turned into typed values: invitations, the own account, and the words of sign-in."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from palermo.base.multilingual import ENDONYMS
from palermo.parties.models import User

PASSWORD_HELP = _("At least twelve characters. A sentence is easier to remember than a riddle.")
NEW_PASSWORD = _("Choose a password")
REPEATED = _("The same password once more")


class AcceptInvitationForm(forms.Form):
    """Name and, for a new account, a password typed twice."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=NEW_PASSWORD,
        help_text=PASSWORD_HELP,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=REPEATED,
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


def _reword(form: forms.Form, **words: tuple[Any, Any]) -> None:
    """Gives the fields of a form of the library our labels and hints, and takes grey words out of the inputs."""
    for name, (label, help_text) in words.items():
        field = form.fields[name]
        field.label, field.help_text = label, help_text
        field.widget.attrs.pop("placeholder", None)


class SignInForm(account.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        _reword(self, login=(_("E-mail address"), ""), password=(_("Password"), ""))
        self.fields["login"].widget.attrs.update(autocomplete="username", dir="ltr")
        self.fields["login"].widget.attrs.pop("autofocus", None)


class ConfirmPasswordForm(account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, password=(_("Password"), ""))


class ForgottenPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]
    """Asks for a link to set a new password. Known or not, the address gets a message, and the page says the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, email=(_("E-mail address"), ""))
        self.fields["email"].widget.attrs.update(autocomplete="username", dir="ltr")


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    """The old password, and a new one typed twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(
            self,
            oldpassword=(_("Your password until now"), ""),
            password1=(_("Choose a new password"), PASSWORD_HELP),
            password2=(REPEATED, ""),
        )


class SetPasswordForm(account.SetPasswordForm):  # type: ignore[misc]
    """A first password typed twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, password1=(NEW_PASSWORD, PASSWORD_HELP), password2=(REPEATED, ""))


class NewPasswordForm(account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password typed twice, by one who has the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, password1=(_("Choose a new password"), PASSWORD_HELP), password2=(REPEATED, ""))


CODE_INPUT = {"autocomplete": "one-time-code", "dir": "ltr", "spellcheck": "false", "autocapitalize": "off"}


class CodeForm(factor.AuthenticateForm):  # type: ignore[misc]
    """A one-time code or a recovery code, while signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, code=(_("Code"), _("From your authenticator app, or one of your recovery codes.")))
        self.fields["code"].widget.attrs.update(CODE_INPUT)


class ConfirmCodeForm(factor.ReauthenticateForm):  # type: ignore[misc]
    """A one-time code or a recovery code once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, code=(_("Code"), _("From your authenticator app, or one of your recovery codes.")))
        self.fields["code"].widget.attrs.update(CODE_INPUT)


class ActivateCodesForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, code=(_("The code that your app shows now"), _("Six figures.")))
        self.fields["code"].widget.attrs.update(CODE_INPUT, inputmode="numeric")


class _Ceremony:
    """What a browser sends about a passkey may be anything; whatever the library cannot read is refused in words."""

    errors: Any
    cleaned_data: dict[str, Any]
    fields: dict[str, forms.Field]

    @staticmethod
    def unreadable() -> ValidationError:
        """The sentence for a message that is no passkey."""
        error: ValidationError = mfa_adapter().validation_error("incorrect_code")
        return error


class CredentialField(forms.JSONField):
    """The message of a passkey. What the parser of JSON gives up on is refused too: endless numbers, endless depth."""

    def to_python(self, value: Any) -> Any:
        """The message, read."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise _Ceremony.unreadable() from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form carries when it is shown again."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return None


class AddPasskeyForm(_Ceremony, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words; a passkey signs in alone unless the person says otherwise."""
        super().__init__(*args, **kwargs)
        _reword(self, name=(_("Name"), _("So that you know it again: “Work computer”, “Phone”, “Blue key”.")))
        name = self.fields["name"]
        assert isinstance(name, forms.CharField)
        name.max_length = 100
        self.fields["name"].widget.attrs["maxlength"] = 100
        self.fields["passwordless"].label = _("Sign in with it alone, without the password")
        self.fields["passwordless"].help_text = _(
            "Untick this for an old security key without PIN or fingerprint; it is then asked after the password."
        )
        self.fields["passwordless"].initial = True
        self.fields["credential"] = CredentialField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuses what cannot be read as a passkey."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            raise
        except (TypeError, ValueError, KeyError, AttributeError, LookupError) as error:
            raise self.unreadable() from error
        return cleaned


class _ReadCredential(_Ceremony):
    """Reading the answer of a passkey to the question of the server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Reads the message with our own field."""
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        """Refuses what cannot be read as a passkey."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            raise
        except (TypeError, ValueError, KeyError, AttributeError, LookupError) as error:
            raise self.unreadable() from error


class PasskeySignInForm(_ReadCredential, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone."""


class PasskeyForm(_ReadCredential, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class ConfirmPasskeyForm(_ReadCredential, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more, before something that matters."""


class RenamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says things in our words."""
        super().__init__(*args, **kwargs)
        _reword(self, name=(_("Name"), ""))
        name = self.fields["name"]
        assert isinstance(name, forms.CharField)
        name.max_length = 100
        self.fields["name"].widget.attrs["maxlength"] = 100
