"""Addresses of sign-in, second factors and sessions: allauth's own, all of them declared for the access test."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palermo.parties import views
from palermo.parties.access import View, public, signed_in

# The library's forms would take PUT as if it were POST.
_page = require_http_methods(["GET", "HEAD", "POST"])


def _open(route: str, view: View, name: str) -> URLPattern:
    return path(route, public(never_cache(_page(_wrapped(view)))), name=name)


def _closed(route: str, view: View, name: str) -> URLPattern:
    return path(route, signed_in(never_cache(_page(view))), name=name)


def _wrapped(view: View) -> View:
    # A declaration is an attribute; allauth's own function objects are shared, so ours get a wrapper.
    def call(request, *args, **kwargs):  # type: ignore[no-untyped-def]
        return view(request, *args, **kwargs)

    return call


urlpatterns = [
    _open("sign-in/", account.login, "account_login"),
    _open("sign-out/", account.logout, "account_logout"),
    _open("second-factor/", mfa.authenticate, "mfa_authenticate"),
    _open("passkey/", webauthn.login_webauthn, "mfa_login_webauthn"),
    _open("password/reset/", views.forgotten_password, "account_reset_password"),
    _open("password/reset/done/", account.password_reset_done, "account_reset_password_done"),
    # The key contains hyphens itself, so that a plain path would cut it in the wrong place.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        public(never_cache(_page(_wrapped(account.password_reset_from_key)))),
        name="account_reset_password_from_key",
    ),
    _open("password/reset/key/done/", account.password_reset_from_key_done, "account_reset_password_from_key_done"),
    _open("closed/", account.account_inactive, "account_inactive"),
    _closed("password/change/", account.password_change, "account_change_password"),
    _closed("password/set/", account.password_set, "account_set_password"),
    _closed("confirm/", account.reauthenticate, "account_reauthenticate"),
    _closed("confirm/second-factor/", mfa.reauthenticate, "mfa_reauthenticate"),
    _closed("confirm/passkey/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _closed("security/", mfa.index, "mfa_index"),
    _closed("security/code/on/", totp.activate_totp, "mfa_activate_totp"),
    _closed("security/code/off/", totp.deactivate_totp, "mfa_deactivate_totp"),
    _closed("security/recovery/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    _closed("security/recovery/new/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    _closed("security/recovery/file/", recovery.download_recovery_codes, "mfa_download_recovery_codes"),
    _closed("security/passkeys/", webauthn.list_webauthn, "mfa_list_webauthn"),
    _closed("security/passkeys/add/", webauthn.add_webauthn, "mfa_add_webauthn"),
    _closed("security/passkeys/<int:pk>/remove/", views.remove_passkey, "mfa_remove_webauthn"),
    _closed("security/passkeys/<int:pk>/edit/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    path("sessions/", views.sessions, name="usersessions_list"),
]
