"""How a provision is cited: ``untoc.6.1.a.i`` is article 6, paragraph 1 (a) (i). Plain Python."""

import re
from typing import Final

_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_ABJAD: Final = dict(zip("abcdefghijklmnopqrstuvwxyz", "أبجدهوزحطيكلمنسعفصقرشتثخ", strict=False))
_NUMBER: Final = re.compile(r"\d+(bis|ter|quater)?")

# article · paragraph · limb inside a paragraph, by language; {} is the number or letter
_WORDS: Final = {
    "en": ("Art. {}", ", para. {}", " ({})"),
    "fr": ("Art. {}", ", par. {}", " {})"),
    "es": ("Art. {}", ", párr. {}", " {})"),
    "ru": ("Ст. {}", ", п. {}", " {})"),
    "ar": ("المادة {}", "، الفقرة {}", " ({})"),
    "zh": ("第{}条", "第{}款", "({})"),
}


def anchor(code: str) -> str:
    """Where an answer stands on a page that shows several: the id of its place."""
    return f"q-{code.replace('.', '-')}"


def limbs(code: str) -> tuple[str, ...]:
    """Article, paragraph and letters of a provision's or a question's code; aspects behind them are left out."""
    found: list[str] = []
    for part in code.lower().split(".")[1:]:
        number = _NUMBER.fullmatch(part)
        if not found and not number:
            return ()
        if number and len(found) >= 2:
            break
        if not number and not (len(part) == 1 and part.isascii() and part.isalpha()) and part not in _ROMAN:
            break
        found.append(part)
    return tuple(found)


def cite(code: str, language: str = "en") -> str:
    """The provision as a lawyer cites it in ``language``; empty where the code names no article."""
    parts = limbs(code)
    if not parts:
        return ""
    base = language.lower().replace("_", "-").split("-")[0]
    article, paragraph, limb = _WORDS.get(base, _WORDS["en"])
    cited = article.format(parts[0])
    lettered = False
    for part in parts[1:]:
        if part[0].isdigit():
            cited += paragraph.format(part)
            continue
        cited += _limb(part, limb, roman=lettered, language=base)
        lettered = True
    return cited


def _limb(part: str, pattern: str, *, roman: bool, language: str) -> str:
    """The letter of a limb; Arabic counts letters by abjad and writes the roman ones as quoted figures."""
    if language != "ar":
        return pattern.format(part)
    if (roman or len(part) > 1) and part in _ROMAN:
        return f" ‘{_ROMAN.index(part) + 1}’"
    return pattern.format(_ABJAD.get(part, part))
