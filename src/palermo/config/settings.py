"""Settings, read from the environment; the mode decides the defaults.

``PALERMO_MODE`` is ``production`` (the default), ``demo``, ``development`` or ``test``. Everything that a mode does not
decide has one variable of its own, listed in ``docs/guide/operating.md``.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).resolve().parents[1]
MODES = ("production", "demo", "development", "test")
MODE = os.environ.get("PALERMO_MODE", "production")
if MODE not in MODES:
    raise ImproperlyConfigured(f"PALERMO_MODE is {MODE!r}; it must be one of {', '.join(MODES)}.")
STATE = Path(os.environ.get("PALERMO_STATE", ROOT / "var"))
PRODUCTION = MODE == "production"
DEMONSTRATION = MODE == "demo"
TESTING = MODE == "test"
DEBUG = MODE == "development"


def flag(name: str, default: bool) -> bool:
    """The environment variable ``name`` as a truth value: 1/true/yes/on or 0/false/no/off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def secret_key() -> str:
    """The signing key: ``PALERMO_SECRET_KEY``; outside production, a fixed one that protects nothing."""
    key = os.environ.get("PALERMO_SECRET_KEY", "")
    if key:
        return key
    if MODE == "production":
        raise ImproperlyConfigured(
            "PALERMO_SECRET_KEY is not set. Put a long random text there (at least 50 characters), and keep it secret."
        )
    return f"not-secret-{MODE}-only-for-trials-on-this-machine-0123456789"


def database(url: str) -> dict[str, object]:
    """Django's database settings from ``postgresql://user:password@host:port/name?host=/socket/folder``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// ; Palermo runs on PostgreSQL only.")
    query = parse_qs(parts.query)
    settings: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [unquote(parts.hostname or "")])[0],
        "PORT": str(parts.port or query.get("port", [""])[0]),
        "CONN_MAX_AGE": 60 if MODE != "test" else 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "palermo"},
    }
    return settings


SECRET_KEY = secret_key()
# Earlier keys, after a change: what they signed and encrypted (second factors) is still read.
SECRET_KEY_FALLBACKS = os.environ.get("PALERMO_OLD_SECRET_KEYS", "").split()
ALLOWED_HOSTS = [host for host in os.environ.get("PALERMO_HOSTS", "localhost 127.0.0.1 [::1]").split() if host]
HTTPS = flag("PALERMO_HTTPS", MODE == "production")
# Where links in mail lead; without a slash at the end.
SITE_ADDRESS = (
    os.environ.get("PALERMO_ADDRESS", "")
    or (f"https://{ALLOWED_HOSTS[0]}" if HTTPS and "PALERMO_HOSTS" in os.environ else "http://localhost:8000")
).rstrip("/")
CSRF_TRUSTED_ORIGINS = os.environ.get("PALERMO_ORIGINS", "").split()
# A folder with further kinds of document, beside those of the package (docs/guide/documents.md).
DOCUMENTS = os.environ.get("PALERMO_DOCUMENTS", "")
# A file of boundaries (GeoJSON) for maps; without it maps have squares only. See docs/guide/charts.md.
BOUNDARIES = os.environ.get("PALERMO_BOUNDARIES", "")

DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql:///palermo"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "palermo.base",
    "palermo.parties",
    "palermo.treaties",
    "palermo.questionnaires",
    "palermo.responses",
    "palermo.reports",
    "palermo.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "procrastinate.contrib.django",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "palermo.base.middleware.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "palermo.parties.middleware.require_second_factor",
]

ROOT_URLCONF = "palermo.config.urls"
WSGI_APPLICATION = "palermo.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "palermo.base.frame.page_frame",
            ],
        },
    }
]

# People: e-mail is the name; a passkey or a one-time code is asked of those who can change or read much.
AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    # The tests sign many people in; the real hasher has a test of its own.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "palermo.parties.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "palermo.parties.forms.SignInForm",
    "reset_password": "palermo.parties.forms.ForgottenPasswordForm",
    "reset_password_from_key": "palermo.parties.forms.NewPasswordForm",
    "change_password": "palermo.parties.forms.ChangePasswordForm",
    "set_password": "palermo.parties.forms.SetPasswordForm",
    "reauthenticate": "palermo.parties.forms.ConfirmPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
# An unknown address gets a message of ours (parties.views.ForgottenPassword).
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "30/m/ip"}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "palermo.parties.accounts.FactorAdapter"
MFA_FORMS = {
    "authenticate": "palermo.parties.forms.CodeForm",
    "reauthenticate": "palermo.parties.forms.ConfirmCodeForm",
    "activate_totp": "palermo.parties.forms.ActivateCodesForm",
    "add_webauthn": "palermo.parties.forms.AddPasskeyForm",
    "edit_webauthn": "palermo.parties.forms.RenamePasskeyForm",
    "login_webauthn": "palermo.parties.forms.PasskeySignInForm",
    "authenticate_webauthn": "palermo.parties.forms.PasskeyForm",
    "reauthenticate_webauthn": "palermo.parties.forms.ConfirmPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MODE != "production"
SECOND_FACTOR_REQUIRED = flag("PALERMO_SECOND_FACTOR", MODE == "production")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "site:desk"
LOGOUT_REDIRECT_URL = "site:front"

# Languages: pages in six languages, texts of people in any.
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", _("Arabic")),
    ("zh", _("Chinese")),
    ("en", _("English")),
    ("fr", _("French")),
    ("ru", _("Russian")),
    ("es", _("Spanish")),
]
LANGUAGES_BIDI = ["ar"]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# A deadline is a date that ends at midnight here (decisions of the first day, 18).
DEADLINE_TIME_ZONE = os.environ.get("PALERMO_DEADLINE_TIME_ZONE", "Europe/Vienna")

# Style and scripts: hashed names, compressed, served by the application itself.
STATIC_URL = "static/"
STATIC_ROOT = STATE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": STATE / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE in {"development", "test"}
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE in {"development", "test"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
EVIDENCE_MAX_BYTES = int(os.environ.get("PALERMO_EVIDENCE_MAX_BYTES", 20 * 1024 * 1024))
# The public sees no number of States below it (docs/decisions/0015-figures-for-the-public.md).
FIGURES_THRESHOLD = max(2, int(os.environ.get("PALERMO_FIGURES_THRESHOLD", "5")))

# Mail: the worker sends it; the demonstration and the tests only keep it.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if MODE == "production"
    else "django.core.mail.backends.dummy.EmailBackend"
)
if TESTING:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_HOST = os.environ.get("PALERMO_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PALERMO_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PALERMO_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PALERMO_MAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("PALERMO_MAIL_TLS", False)
DEFAULT_FROM_EMAIL = os.environ.get("PALERMO_MAIL_FROM", "Palermo <palermo@localhost>")

# Sessions, cookies, headers.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "base_cache"}}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "palermo.base.frame.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # Browsers take cookies of these names from this very host only, and over HTTPS only.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if flag("PALERMO_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Attempts to sign in are counted per address of the visitor, which the proxy tells.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS = ["palermo.base.mail", "palermo.reports.tasks"]
# One thread for what takes long (base.tasks.SLOW lets one such job run at a time), one for mail and care.
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 2}
PGTRIGGER_MIGRATIONS = True

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
