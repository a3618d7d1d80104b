"""Words as the search index holds them. Chinese is written without spaces, so it is cut into pairs of characters."""

import re
import unicodedata
from typing import Final

# The text search configurations of PostgreSQL, each with its stemmer; what is missing is taken word by word.
CONFIGURATIONS: Final = {
    "ar": "arabic",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "ru": "russian",
    "zh": "simple",
}
QUERY_LIMIT: Final = 200
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]+")


def _pairs(run: str) -> str:
    """Each two neighbouring characters as a word, so that any part of a sentence of two characters or more is found."""
    return run if len(run) == 1 else " ".join(run[place : place + 2] for place in range(len(run) - 1))


def words_of(text: str) -> str:
    """A text as it is indexed: in one normal form, Chinese in pairs of characters, everything else as it is."""
    return _HAN.sub(lambda found: f" {_pairs(found.group())} ", unicodedata.normalize("NFKC", text))


def query_of(typed: str) -> str:
    """What a person typed as PostgreSQL's ``websearch_to_tsquery`` reads it; Chinese must stand together as typed."""
    text = unicodedata.normalize("NFKC", typed.replace("\0", ""))[:QUERY_LIMIT]
    return " ".join(_HAN.sub(lambda found: f' "{_pairs(found.group())}" ', text).split())
