"""The six languages of the United Nations, their direction, and the choice of a text among them. Plain Python."""

from collections.abc import Mapping
from typing import Final, TypeVar

T = TypeVar("T")

LANGUAGES: Final = ("en", "fr", "es", "ru", "ar", "zh")
FALLBACK: Final = "en"
ENDONYMS: Final = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ru": "Русский",
    "ar": "العربية",
    "zh": "中文",
}
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "ps", "dv", "ug", "yi"})


def direction(language: str) -> str:
    """``rtl`` or ``ltr`` for a language tag such as ``ar`` or ``zh-Hans``."""
    return "rtl" if language.lower().replace("_", "-").split("-")[0] in RIGHT_TO_LEFT else "ltr"


def best(texts: Mapping[str, T], language: str) -> tuple[T, str]:
    """The text in ``language`` or in the nearest fallback, with the language it is in.

    The order is: the language asked for, its base language, English, then the first there is.
    Raises ``LookupError`` if there is no text at all.
    """
    base = language.lower().replace("_", "-").split("-")[0]
    for candidate in (language, base, FALLBACK, *LANGUAGES):
        if texts.get(candidate):
            return texts[candidate], candidate
    for found, text in texts.items():
        if text:
            return text, found
    raise LookupError("no text in any language")
