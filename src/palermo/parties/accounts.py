"""How allauth behaves here: nobody signs up alone, mail goes into our outbox, and secrets are kept encrypted."""

import base64
import time
from functools import cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from palermo.parties import actions, queries
from palermo.parties.access import needs_second_factor
from palermo.parties.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitations only; every message to a person goes through our outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Try again, or ask for a new password below."
        ),
        "too_many_login_attempts": _(
            "There were too many attempts that failed. Wait five minutes, or ask for a new password below."
        ),
        "rate_limited": _("There were too many attempts. Wait a minute, then try again."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password until now."),
        "incorrect_code": _("This code is not valid. Wait for the next one, and type it without delay."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a focal point is nominated, a contributor is invited."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the own account."""
        return reverse("parties:account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail begins with the address of the site, whatever the request says about its host."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.SITE_ADDRESS) + path.replace("UID-KEY", key)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Sends the link in the person's language."""
        with override(user.language):
            link = self.get_reset_password_from_key_url(f"{context['uid']}-{context['key']}")
        actions.send_password_link(by=None, user=user, link=link)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing of the library's own mail is sent; the two messages that we need are written by our actions."""
        raise NotImplementedError(f"No mail is written for {template_prefix}.")

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Writes every change of password and second factor into the audit log, and tells the person."""
        actions.note_account_change(by=user, what=template_prefix.rsplit("/", 1)[-1])

    def login(self, request: HttpRequest, user: User) -> None:
        """Signs in and writes it into the audit log."""
        super().login(request, user)
        methods = [str(record.get("type") or record["method"]) for record in get_authentication_records(request, user)]
        actions.note_sign_in(by=user, methods=methods)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Writes a refused attempt into the audit log."""
        actions.note_refused_sign_in(by=None, email=str(credentials.get("email", "")))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has signed in a moment ago is not asked for the password again."""
        request = context.request
        latest = max((record["at"] for record in get_authentication_records(request, request.user)), default=0.0)
        if time.time() - latest < REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to confirm who one is, in our words."""
        words = {
            "reauthenticate": _("With your password"),
            "mfa_reauthenticate": _("With a one-time code or a recovery code"),
            "mfa_reauthenticate:webauthn": _("With a passkey"),
        }
        return [method | {"description": words[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """The page that says that the account is closed."""
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the desk."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)


@cache
def _cipher(*keys: str) -> MultiFernet:
    """Encrypts with the first key and reads what any of them encrypted."""

    def fernet(key: str) -> Fernet:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"palermo second factor").derive(key.encode())
        return Fernet(base64.urlsafe_b64encode(derived))

    return MultiFernet([fernet(key) for key in keys])


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: named after the site, kept encrypted, and never given up by one who must have one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not valid, or no longer. Try once more."),
        "cannot_delete_authenticator": _(
            "Your role asks for a passkey or one-time codes, and this is all you have. Set up another one first."
        ),
    }

    def get_totp_issuer(self) -> str:
        """What the app shows above the code."""
        return gettext("Palermo")

    def _get_site_name(self) -> str:
        return gettext("Palermo")

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """The name that a new passkey has until the person writes another."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        """A copy of the database alone does not give anybody's second factor away."""
        return _cipher(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The counterpart of ``encrypt``."""
        return _cipher(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of a person whose role asks for one."""
        if not settings.SECOND_FACTOR_REQUIRED or not needs_second_factor(authenticator.user):
            return True
        return queries.second_factors(authenticator.user).exclude(pk=authenticator.pk).exists()
