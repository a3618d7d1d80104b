"""Small filters for the pages of answering; what they show has been decided before."""

from collections.abc import Iterable

from django import template

from palermo.responses.labels import ASPECTS

register = template.Library()

NO_PLACE = "0-no-code"


@register.filter
def coded(address: str, code: str) -> str:
    """An address that was looked up once for the page, for the answer of one question."""
    return address.replace(NO_PLACE, code)


@register.filter
def aspects(codes: Iterable[str]) -> str:
    """The names of aspects, one after the other."""
    return ", ".join(str(ASPECTS.get(code, code)) for code in codes)
