"""The frame of a conference document: masthead, numbers of paragraphs and headings, words and dates by language.

It follows what the documents of the United Nations look like in each language: the Arabic ones, for instance, number
headings in words and keep the lines on distribution and date in English.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

Node = dict[str, Any]

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "organization": "United Nations",
        "general": "Distr.: General",
        "limited": "Distr.: Limited",
        "original": "Original: {language}",
        "page": "{page}/{of}",
        "snapshot": "Figures as at {day}, as known at {moment}; snapshot {hash}",
        "generated": "Generated demonstration: a statement of no government",
    },
    "fr": {
        "organization": "Nations Unies",
        "general": "Distr. générale",
        "limited": "Distr. limitée",
        "original": "Original : {language}",
        "page": "{page}/{of}",
        "snapshot": "Chiffres au {day}, tels que connus le {moment} ; copie figée {hash}",
        "generated": "Démonstration générée : n’engage aucun gouvernement",
    },
    "es": {
        "organization": "Naciones Unidas",
        "general": "Distr. general",
        "limited": "Distr. limitada",
        "original": "Original: {language}",
        "page": "{page}/{of}",
        "snapshot": "Cifras al {day}, según lo conocido el {moment}; copia {hash}",
        "generated": "Demostración generada: no es declaración de ningún gobierno",
    },
    "ru": {
        "organization": "Организация Объединенных Наций",
        "general": "Distr.: General",
        "limited": "Distr.: Limited",
        "original": "Original: {language}",
        "page": "{page}/{of}",
        "snapshot": "Данные по состоянию на {day}, известные на {moment}; копия {hash}",
        "generated": "Сгенерированная демонстрация: не является заявлением какого-либо правительства",
    },
    "ar": {
        "organization": "الأمم المتحدة",
        "general": "Distr.: General",
        "limited": "Distr.: Limited",
        "original": "Original: {language}",
        "page": "{page}/{of}",
        "snapshot": "الأرقام حتى {day}، حسبما عُرف في {moment}؛ النسخة المجمّدة {hash}",
        "generated": "عرض مولَّد: ليس بيانا صادرا عن أي حكومة",
    },
    "zh": {
        "organization": "联合国",
        "general": "Distr.: General",
        "limited": "Distr.: Limited",
        "original": "Original: {language}",
        "page": "{page}/{of}",
        "snapshot": "数据截至{day},以{moment}所知为准;快照 {hash}",
        "generated": "生成的演示数据：不代表任何政府的声明",
    },
}
# These mastheads keep the lines on distribution, date and language in English.
IN_ENGLISH: Final = frozenset({"ar", "zh", "ru"})
# The months as Arabic documents of the United Nations write them: by both their names.
ARABIC_MONTHS: Final = (
    "كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيه",
    "تموز/يوليه", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر",
)  # fmt: skip
_ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_ARABIC_FIRST: Final = (
    "أولا", "ثانيا", "ثالثا", "رابعا", "خامسا", "سادسا", "سابعا", "ثامنا", "تاسعا", "عاشرا",
    "حادي عشر", "ثاني عشر", "ثالث عشر", "رابع عشر", "خامس عشر",
)  # fmt: skip
_ARABIC_SECOND: Final = ("ألف", "باء", "جيم", "دال", "هاء", "واو", "زاي", "حاء", "طاء", "ياء", "كاف", "لام", "ميم")
_ABJAD: Final = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"


def roman(number: int) -> str:
    """1 is I."""
    out = ""
    for value, sign in _ROMAN:
        while number >= value:
            out, number = out + sign, number - value
    return out


def letter(number: int) -> str:
    """1 is a, 27 is aa."""
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)


def number_of(level: str, place: int, language: str) -> str:
    """How a paragraph (``p``), an item (``a``, ``i``) or a heading (``1``, ``2``) is numbered in a language."""
    arabic = language == "ar"
    bare = language in {"fr", "es", "ru"}
    match level:
        case "p":
            return f"{place} -" if arabic else f"{place}."
        case "a":
            if arabic:
                return f"({_ABJAD[(place - 1) % len(_ABJAD)]})"
            return f"{letter(place)})" if bare else f"({letter(place)})"
        case "i":
            if arabic:
                return f"‘{place}’"
            return f"{roman(place).lower()})" if bare else f"({roman(place).lower()})"
        case "1":
            return f"{_ARABIC_FIRST[min(place, 15) - 1]} -" if arabic else f"{roman(place)}."
    return f"{_ARABIC_SECOND[(place - 1) % 13]} -" if arabic else f"{chr(64 + (place - 1) % 26 + 1)}."


def numbered(blocks: Sequence[Node], language: str) -> Iterator[Node]:
    """The blocks with their numbers: paragraphs through the whole document, items anew below each, headings."""
    paragraph = item = under = 0
    levels = [0, 0]
    for block in blocks:
        if block["t"] == "Div":
            (identity, classes, pairs), content = block["c"]
            name, number = classes[0], ""
            if name == "p":
                paragraph, item, under = paragraph + 1, 0, 0
                number = number_of("p", paragraph, language)
            elif name == "a":
                item, under = item + 1, 0
                number = number_of("a", item, language)
            elif name == "i":
                under += 1
                number = number_of("i", under, language)
            if number:
                yield {"t": "Div", "c": ((identity, classes, (*pairs, ("number", number))), content)}
                continue
        elif block["t"] == "Header":
            level, (identity, classes, pairs), content = block["c"]
            if not classes and level < 3:
                levels[level - 1] += 1
                if level == 1:
                    levels[1] = 0
                pairs = (*pairs, ("number", number_of(str(level), levels[level - 1], language)))
                yield {"t": "Header", "c": (level, (identity, classes, pairs), content)}
                continue
        yield block


# ── Signs of French ──────────────────────────────────────────────────────────────────────────────────────────────────

_NARROW: Final = "\u202f"
_WIDE: Final = "\u00a0"
_FRENCH: Final = (
    (" ;", f"{_NARROW};"),
    (" !", f"{_NARROW}!"),
    (" ?", f"{_NARROW}?"),
    (" :", f"{_WIDE}:"),
    (" %", f"{_WIDE}%"),
    (" »", f"{_WIDE}»"),
    ("« ", f"«{_WIDE}"),
    ("n° ", f"n°{_WIDE}"),
    ("art. ", f"art.{_WIDE}"),
    ("Art. ", f"Art.{_WIDE}"),
)


def typography(text: str, language: str) -> str:
    """The text with the spaces that must not break, as its language wants them."""
    if language == "fr":
        for plain, bound in _FRENCH:
            text = text.replace(plain, bound)
    return text


def set_signs(nodes: Any, language: str) -> Any:
    """The tree with the signs of the language in every text that is in it; what is in another one stays as it is."""
    if language != "fr":
        return nodes
    if isinstance(nodes, dict):
        if nodes.get("t") == "Str":
            return {"t": "Str", "c": typography(nodes["c"], language)}
        if nodes.get("t") in {"Span", "Div"} and any(name == "lang" for name, _value in nodes["c"][0][2]):
            return nodes
        if nodes.get("t") in {"Header", "Table"} or "c" in nodes:
            return {**nodes, "c": set_signs(nodes["c"], language)}
        return nodes
    if isinstance(nodes, list | tuple):
        return [set_signs(node, language) for node in nodes]
    return nodes


# ── Dates and the masthead ───────────────────────────────────────────────────────────────────────────────────────────


def locale_of(language: str) -> Any:
    """Babel's rules for a language, English as the United Nations writes it."""
    from babel import Locale

    return Locale.parse({"en": "en_GB", "zh": "zh_Hans"}.get(language, language))


def long_date(day: datetime.date, language: str) -> str:
    """A date as documents of the language write it."""
    from babel.dates import format_date

    if language == "ar":
        return f"{day.day} {ARABIC_MONTHS[day.month - 1]} {day.year}"
    text = str(format_date(day, format="long", locale=locale_of(language)))
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text


def masthead(given: Mapping[str, str], language: str) -> dict[str, Any]:
    """The texts of the masthead in their places."""
    words = WORDS.get(language, WORDS["en"])
    tongue = "en" if language in IN_ENGLISH else language
    named = locale_of(tongue).languages
    original = str(named.get(given["original"], given["original"]))
    own = str(named.get(language, language))
    lines = [
        words["limited" if given["distribution"] == "limited" else "general"],
        long_date(datetime.date.fromisoformat(given["dated"]), tongue),
    ]
    if given["original"] != language:
        lines.append(own[:1].upper() + own[1:])
    lines.append(words["original"].format(language=original))
    return {
        "organization": words["organization"],
        "symbol": given["symbol"],
        "lines": [typography(line, tongue) for line in lines],
        "lines_language": tongue,
        "body": given["body"],
        "meeting": given["meeting"],
        "session": given["session"],
        "agenda": given["agenda"],
        "title": typography(given["title"], language),
        "subtitle": typography(given["subtitle"], language),
    }


def masthead_html(head: Mapping[str, Any], *, title_element: str) -> str:
    """The masthead as HTML."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in head["lines"])
    parts = [
        f'<div class="mast"><p class="organization">{escape(head["organization"])}</p>'
        f'<p class="symbol"><bdi dir="ltr">{escape(head["symbol"])}</bdi></p></div>',
        f'<div class="mast under"><p class="body">{escape(head["body"])}</p>'
        f'<div class="detail" lang="{head["lines_language"]}" dir="{_way(head["lines_language"])}">{lines}</div></div>',
    ]
    parts += [f'<p class="{name}">{escape(head[name])}</p>' for name in ("meeting", "session", "agenda") if head[name]]
    parts.append(f'<{title_element} class="title">{escape(head["title"])}</{title_element}>')
    if head["subtitle"]:
        parts.append(f'<p class="subtitle">{escape(head["subtitle"])}</p>')
    return f'<header class="un-head">{"".join(parts)}</header>\n'


def _way(language: str) -> str:
    return "rtl" if language == "ar" else "ltr"


def masthead_docx(head: Mapping[str, Any], *, right_to_left: bool, width: int) -> str:
    """The masthead as WordprocessingML, to stand first in the body."""
    mirrored = "<w:bidiVisual/>" if right_to_left else ""
    rtl = "<w:rtl/>" if right_to_left else ""

    def run(text: str, rtl: str = rtl) -> str:
        return f'<w:r><w:rPr>{rtl}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'

    def paragraph(style: str, text: str, *, foreign: bool = False) -> str:
        turned = '<w:bidi w:val="0"/>' if foreign and right_to_left else ""
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{turned}</w:pPr>{run(text, "" if foreign else rtl)}</w:p>'

    def cell(share: int, content: str) -> str:
        return f'<w:tc><w:tcPr><w:tcW w:w="{share}" w:type="dxa"/></w:tcPr>{content}</w:tc>'

    start, end = width * 62 // 100, width - width * 62 // 100
    rule = '<w:tblBorders><w:bottom w:val="single" w:sz="{}" w:space="0" w:color="000000"/></w:tblBorders>'

    def table(borders: str, cells: str) -> str:
        return (
            f'<w:tbl><w:tblPr>{mirrored}<w:tblW w:w="{width}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="0000"/></w:tblPr><w:tblGrid><w:gridCol w:w="{start}"/><w:gridCol w:w="{end}"/>'
            f"</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
        )

    lines = "".join(paragraph("MastheadDetail", line, foreign=head["lines_language"] != "ar") for line in head["lines"])
    out = table(
        rule.format(8),
        cell(start, paragraph("MastheadOrganization", head["organization"]))
        + cell(end, paragraph("MastheadSymbol", head["symbol"], foreign=True)),
    )
    # Two tables that touch would become one.
    out += '<w:p><w:pPr><w:pStyle w:val="MastheadGap"/></w:pPr></w:p>'
    out += table(rule.format(18), cell(start, paragraph("MastheadBody", head["body"])) + cell(end, lines))
    for name, style in (("meeting", "Meeting"), ("session", "Session"), ("agenda", "Session")):
        if head[name]:
            out += paragraph(style, head[name])
    out += paragraph("Title", head["title"])
    if head["subtitle"]:
        out += paragraph("Subtitle", head["subtitle"])
    return out
