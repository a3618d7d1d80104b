"""System checks: settings under which Palermo would not keep its people and their answers safe."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

SHORTEST_KEY = 50
LOCAL = {"localhost", "127.0.0.1", "::1"}


@register(Tags.security)
def demonstration_stays_apart(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """One click signs anybody in there, so it never runs on a database that may hold real answers."""
    name = str(settings.DATABASES["default"]["NAME"])
    if settings.DEMONSTRATION and "demo" not in name:
        return [
            Error(
                f"The demonstration would run on the database “{name}”; in it, one click signs anybody in as anybody.",
                hint="Run ./palermo demo without DATABASE_URL, or name a database with “demo” in its name.",
                id="palermo.E001",
            )
        ]
    return []


@register(Tags.security)
def secret_key_is_long(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Sessions, links and second factors hang on it."""
    if settings.PRODUCTION and (len(settings.SECRET_KEY) < SHORTEST_KEY or len(set(settings.SECRET_KEY)) < 10):
        return [
            Error(
                "The secret key is too short or too simple; with it, anybody could sign in as anybody.",
                hint=f"Put at least {SHORTEST_KEY} random characters into PALERMO_SECRET_KEY.",
                id="palermo.E002",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def second_factor_is_required(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whoever can submit for a State proves twice who it is."""
    if settings.PRODUCTION and not settings.SECOND_FACTOR_REQUIRED:
        return [
            Warning(
                "Focal points, the Secretariat and administrators may sign in with a password alone.",
                hint="Take PALERMO_SECOND_FACTOR out of the environment.",
                id="palermo.W001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def address_is_ours(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Links in mail lead to the site itself, over HTTPS; no host is taken for ours that is not."""
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    address = urlsplit(settings.SITE_ADDRESS)
    if not address.hostname or address.hostname in LOCAL or (settings.HTTPS and address.scheme != "https"):
        found.append(
            Warning(
                f"Links in mail would begin with {settings.SITE_ADDRESS}, where nobody else arrives safely.",
                hint="Put the public address, beginning with https://, into PALERMO_ADDRESS.",
                id="palermo.W002",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "Palermo would answer under any host name.",
                hint="Write the names of this site into PALERMO_HOSTS.",
                id="palermo.E003",
            )
        )
    return found
