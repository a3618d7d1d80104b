"""What the pages of sign-in need: data for the script of passkeys, the QR code, the secret in groups."""

import io
import json
from collections.abc import Iterable
from typing import Any

import qrcode
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

QUIET = 4


@register.filter
def as_json(value: Any) -> str:
    """A value as JSON for a ``data-`` attribute; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A QR code as an ``svg`` element: dark on light in every scheme, without style or script."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = io.StringIO()
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                path.write(f"M{x} {y}h1v1h-1z")
    return format_html(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="220" height="220" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>',
        label,
        len(rows),
        len(rows),
        len(rows),
        len(rows),
        path.getvalue(),
    )


@register.filter
def in_fours(text: str) -> str:
    """A long secret in groups of four, as people copy it."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def signs_in_alone(passkey: WebAuthn) -> bool:
    """Whether a passkey can be used without the password."""
    return passkey.is_passwordless is not False


@register.filter
def wrapped(factors: Iterable[Authenticator]) -> list[Any]:
    """Factors with what the library knows of their kind."""
    return [factor.wrap() for factor in factors]
