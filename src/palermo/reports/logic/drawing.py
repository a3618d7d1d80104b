"""What every chart and every map is drawn with: the pen, its tones and patterns, and what stands around a drawing.

A drawing carries literal colours, so that a file of it stands by itself; on a page the classes let the style sheet put
its own, light or dark. Colour is never alone: each series has a pattern, a mark or a dash besides, and each figure is
written out. See ``docs/guide/charts.md``.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from palermo.reports.logic.charts import HOLLOW, Told, Words, standing
from palermo.reports.logic.lettering import SIZE, harmless, turned, width_of, wrapped

WIDE: Final = 680.0
NARROW: Final = 340.0
FONT: Final = "Noto Sans, Noto Sans Arabic, Noto Sans CJK SC, Arial, sans-serif"
LINE: Final = 17.0
# Literal colours of a file; the style sheet has the same by the names c1 to c8.
TONES: Final = ("#0b4a85", "#9a5200", "#17623d", "#7a3f98", "#9c231a", "#0f6a73", "#5d6671", "#ffffff")
INK: Final = "#1a222d"
QUIET: Final = "#545e6b"
EDGE: Final = "#7b838d"
RULE: Final = "#e0dcd2"
SHEET: Final = "#ffffff"

Anchor = Literal["start", "middle", "end"]
_OTHER: Final[dict[Anchor, Anchor]] = {"start": "end", "middle": "middle", "end": "start"}


def _at(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") if number else "0"


class Pen:
    """Draws from the beginning of the line: for right-to-left languages it turns places and anchors round."""

    def __init__(self, key: str, width: float, words: Words) -> None:
        self.key = key
        self.width = width
        self.words = words
        self.out: list[str] = []
        self.shift = 0.0
        self.room = width
        self.patterns: set[int] = set()

    def x(self, x: float, width: float = 0) -> str:
        """A place along the line."""
        x += self.shift
        return _at(self.width - x - width if self.words.right_to_left else x)

    def rect(self, x: float, y: float, width: float, height: float, tone: int, edge: bool = False) -> None:
        """A filled rectangle with its pattern."""
        if width <= 0:
            return
        place = f'x="{self.x(x, width)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"'
        stroke = f' stroke="{EDGE}"' if edge or tone == HOLLOW else ""
        self.out.append(f'<rect class="c{tone}" {place} fill="{TONES[tone - 1]}"{stroke}/>')
        if tone > 1:
            self.patterns.add(tone)
            self.out.append(f'<rect {place} fill="url(#{self.key}-p{tone})"/>')

    def plate(self, x: float, y: float, width: float, height: float, tone: int, edge: bool = False) -> None:
        """A plain rectangle of the tone below a text."""
        place = f'x="{self.x(x, width)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"'
        look = "chart-plate" if tone == HOLLOW and not edge else f"c{tone}"
        stroke = f' stroke="{EDGE}"' if tone == HOLLOW and edge else ""
        self.out.append(f'<rect class="{look}" {place} fill="{TONES[tone - 1]}"{stroke}/>')

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """An outline."""
        place = f'x="{self.x(x, width)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"'
        self.out.append(f'<rect class="chart-frame" {place} fill="none" stroke="{EDGE}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: Anchor = "start",
        size: float = SIZE,
        look: str = "",
        whole: str = "",
    ) -> None:
        """A line of text; ``look`` is ``quiet``, ``strong`` or ``on`` (on a tone)."""
        if not text:
            return
        fill = {"quiet": QUIET, "on": SHEET}.get(look, INK)
        anchor = _OTHER[anchor] if self.words.right_to_left else anchor
        more = ' font-weight="600"' if look == "strong" else ""
        more += "" if anchor == "start" else f' text-anchor="{anchor}"'
        more += "" if size == SIZE else f' font-size="{_at(size)}"'
        title = f"<title>{harmless(whole)}</title>" if whole else ""
        self.out.append(
            f'<text class="chart-{look or "ink"}" x="{self.x(x)}" y="{_at(y)}" fill="{fill}"{more}>'
            f"{title}{turned(text, self.words.right_to_left)}</text>"
        )

    def lines(
        self, x: float, y: float, text: str, room: float, *, most: int = 3, size: float = SIZE, look: str = ""
    ) -> float:
        """A text in as many lines as it needs; the height they take."""
        made = wrapped(text, room, size, most)
        height = LINE * size / SIZE
        cut = " ".join(text.split()) if made[-1].endswith("…") else ""
        for place, line in enumerate(made):
            self.text(x, y + place * height, line, size=size, look=look, whole=cut if place == 0 else "")
        return len(made) * height

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str = "rule") -> None:
        """A straight line."""
        stroke = {"rule": RULE, "edge": EDGE}[look]
        self.out.append(
            f'<line class="chart-{look}" x1="{self.x(x1)}" y1="{_at(y1)}" x2="{self.x(x2)}" y2="{_at(y2)}" '
            f'stroke="{stroke}"/>'
        )

    def path(self, points: Sequence[tuple[float, float]], tone: int) -> None:
        """A line through points, with the dash of its tone."""
        made = " ".join(f"{self.x(x)},{_at(y)}" for x, y in points)
        dash = f' stroke-dasharray="{_DASHES[tone - 1]}"' if _DASHES[tone - 1] else ""
        colour = EDGE if tone == HOLLOW else TONES[tone - 1]
        self.out.append(
            f'<polyline class="l{tone}" points="{made}" fill="none" stroke="{colour}" stroke-width="2.25" '
            f'stroke-linejoin="round"{dash}/>'
        )

    def dot(self, x: float, y: float, tone: int, size: float = 5.5) -> None:
        """A mark whose form goes with the tone."""
        middle = float(self.x(x))
        colour = SHEET if tone == HOLLOW else TONES[tone - 1]
        if tone % 4 == 1:
            form = f'<circle cx="{_at(middle)}" cy="{_at(y)}" r="{_at(size)}"'
        else:
            corners = _CORNERS[tone % 4]
            made = " ".join(f"{_at(middle + size * across)},{_at(y + size * down)}" for across, down in corners)
            form = f'<polygon points="{made}"'
        self.out.append(
            f'{form} class="c{tone} chart-dot" fill="{colour}" stroke="{SHEET if tone != HOLLOW else EDGE}"/>'
        )


_DASHES: Final = ("", "7 4", "2 3", "10 3 2 3", "4 2", "12 4", "1 4", "3 6")
_CORNERS: Final = {
    2: ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
    3: ((0.0, -1.25), (1.2, 0.9), (-1.2, 0.9)),
    0: ((0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)),
}
# The lines of each pattern in a square of 8: on a tone they are of the colour of the sheet.
_PATTERNS: Final = {
    2: '<path d="M-2 2 2 -2M0 8 8 0M6 10 10 6"/>',
    3: '<path d="M0 4H8"/>',
    4: '<path d="M4 0V8"/>',
    5: '<path d="M0 0 8 8M8 0 0 8"/>',
    6: '<path d="M4 3.9V4.1" stroke-linecap="round" stroke-width="3"/>',
    7: '<path d="M-2 6 2 10M0 0 8 8M6 -2 10 2"/>',
    8: '<path d="M0 4H8M4 0V8"/>',
}


def patterns(key: str, tones: Iterable[int]) -> str:
    """The patterns of the tones of a drawing; their names begin with its key."""
    made: list[str] = []
    for tone in sorted(tones):
        look, stroke = ("chart-hatch-out", "#c9cdd2") if tone == HOLLOW else ("chart-hatch", SHEET)
        made.append(
            f'<pattern id="{key}-p{tone}" class="{look}" width="8" height="8" patternUnits="userSpaceOnUse" '
            f'stroke="{stroke}" stroke-width="1.1" fill="none">{_PATTERNS[tone]}</pattern>'
        )
    return "".join(made)


def document(pen: Pen, height: float, title: str, text: str, *, framed: bool, group: bool = False) -> str:
    """The whole drawing around what a pen drew; as a group if there are links in it, which a picture would hide."""
    size = f'viewBox="0 0 {_at(pen.width)} {_at(height)}"'
    size += f' width="{_at(pen.width)}" height="{_at(height)}"' if framed else ""
    ground = f'<rect width="{_at(pen.width)}" height="{_at(height)}" fill="{SHEET}"/>' if framed else ""
    defs = patterns(pen.key, pen.patterns)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg" {size} role="{"group" if group else "img"}" '
        f'aria-labelledby="{pen.key}-t {pen.key}-d" lang="{harmless(pen.words.language)}" direction="ltr" '
        f'font-family="{FONT}" font-size="{_at(SIZE)}">'
        f'<title id="{pen.key}-t">{harmless(title)}</title><desc id="{pen.key}-d">{harmless(text)}</desc>'
        f"{f'<defs>{defs}</defs>' if defs else ''}{ground}{''.join(pen.out)}</svg>"
    )


def head(chart: Told, pen: Pen) -> float:
    """The title and what was counted, inside a file; where the drawing may go on."""
    top = 18.0
    top += pen.lines(0, top, chart.title, pen.width - 4, size=16, look="strong", most=4)
    if chart.subtitle:
        top += pen.lines(0, top, chart.subtitle, pen.width - 4, look="quiet", most=6)
    return top


def foot(chart: Told, pen: Pen, top: float) -> float:
    """Day, source and notes, inside a file; where it ends."""
    words = pen.words
    unit = str(getattr(chart, "unit", ""))
    top += 18
    for said in (
        words.unit.format(unit=unit) if unit else "",
        standing(chart, words),
        words.source.format(source=chart.source) if chart.source else "",
        *chart.notes,
    ):
        if said:
            top += pen.lines(0, top, said, pen.width - 4, size=11, look="quiet", most=8)
    return top - 10


def legend(
    pen: Pen, entries: Sequence[tuple[int, str]], top: float, *, marks: bool = False, lines: bool = False,
    letters: Sequence[str] = (),
) -> float:  # fmt: skip
    """The tones with their words, one after the other; where the drawing may go on."""
    x, tallest = 0.0, LINE
    for place, (tone, label) in enumerate(entries):
        made = wrapped(label, pen.room - 28, most=3)
        wide = 34 + max(width_of(line) for line in made)
        if x and x + wide > pen.room:
            x, top, tallest = 0.0, top + tallest + 5, LINE
        if lines:
            pen.path([(x, top + 9), (x + 22, top + 9)], tone)
        elif marks:
            pen.dot(x + 10, top + 9, tone)
        elif letters:
            pen.plate(x + 1, top, 18, 17, tone, edge=True)
            pen.text(x + 10, top + 13, letters[place], anchor="middle", size=12, look="ink" if tone == HOLLOW else "on")
        else:
            pen.rect(x, top + 2, 20, 14, tone)
        for at, line in enumerate(made):
            pen.text(x + 27, top + 13 + at * LINE, line)
        tallest = max(tallest, len(made) * LINE)
        x += wide + 8
    return top + tallest + 10
