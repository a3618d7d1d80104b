"""A map with the boundaries that an operator supplies; the application itself knows none and draws none.

The file is GeoJSON in degrees: a collection of features, each an area with the code of its State. It is read once,
checked, projected so that areas keep their sizes, and simplified to what can be seen.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from palermo.reports.logic import drawing, tile_map
from palermo.reports.logic.charts import HOLLOW, Words
from palermo.reports.logic.drawing import EDGE, SHEET, TONES, Pen
from palermo.reports.logic.lettering import harmless
from palermo.reports.logic.tile_map import TileMap

BYTES: Final = 12 * 1024 * 1024
FEATURES: Final = 1000
POINTS: Final = 400_000
DRAWN_POINTS: Final = 20_000
WIDTH: Final = 930.0
# The names under which files keep the ISO code of three letters, the best known first.
PROPERTIES: Final = ("iso3", "iso_a3_eh", "iso_a3", "iso3cd", "iso3_code", "adm0_a3", "code")
TOLERANCE: Final = 0.4
_SMALL: Final = 2.2

Point = tuple[float, float]
Ring = tuple[Point, ...]


class BoundaryError(Exception):
    """What is wrong with the file: where, why, and the way out."""

    def __init__(self, place: str, reason: str, way_out: str) -> None:
        super().__init__(f"{place}: {reason} {way_out}")
        self.place = place
        self.reason = reason
        self.way_out = way_out


@dataclass(frozen=True)
class Boundaries:
    """The areas of each State as rings in the units of the drawing."""

    areas: Mapping[str, tuple[Ring, ...]]
    others: tuple[Ring, ...]
    """Areas without the code of a State: drawn as ground, without a figure."""
    height: float
    source: str = ""


def read(content: bytes, name: str, codes: frozenset[str]) -> Boundaries:
    """The boundaries of a file. Raises ``BoundaryError``, which says place, reason and way out."""
    if len(content) > BYTES:
        raise BoundaryError(
            name,
            f"The file has {len(content) / 1024 / 1024:.1f} MB; at most {BYTES // 1024 // 1024} MB are read.",
            "Take a file of a smaller scale, such as 1:110 million.",
        )
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        place = f"{name}, line {error.lineno}" if isinstance(error, json.JSONDecodeError) else name
        raise BoundaryError(place, "This is not JSON.", "Supply GeoJSON (RFC 7946) in UTF-8.") from error
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise BoundaryError(name, "There is no FeatureCollection.", "Supply GeoJSON with one feature for each area.")
    features = found.get("features")
    if not isinstance(features, list) or not features:
        raise BoundaryError(name, "The list of features is empty.", "Supply one feature for each area.")
    if len(features) > FEATURES:
        raise BoundaryError(
            name, f"There are {len(features)} features; at most {FEATURES} are read.", "Supply States, not provinces."
        )
    areas: dict[str, list[Ring]] = {}
    others: list[Ring] = []
    points = 0
    for number, feature in enumerate(features, start=1):
        place = f"{name}, feature {number}"
        rings = _rings(feature, place)
        points += sum(len(ring) for ring in rings)
        if points > POINTS:
            raise BoundaryError(
                place, f"The file has more than {POINTS} points.", "Take a file of a smaller scale, or simplify it."
            )
        code = _code(feature, codes)
        areas.setdefault(code, []).extend(rings) if code else others.extend(rings)
    if not areas:
        raise BoundaryError(
            name,
            "No feature has the ISO 3166-1 code of a State.",
            f"Give each the code of three letters in one of the properties {', '.join(PROPERTIES)}.",
        )
    if not points:
        raise BoundaryError(name, "No area has a point.", "Give each feature a geometry.")
    return _drawn(areas, others)


def _code(feature: Mapping[str, Any], codes: frozenset[str]) -> str:
    properties = feature.get("properties")
    known = {str(key).lower(): value for key, value in properties.items()} if isinstance(properties, dict) else {}
    for name in PROPERTIES:
        if isinstance(value := known.get(name), str) and value.upper() in codes:
            return value.upper()
    value = feature.get("id")
    return value.upper() if isinstance(value, str) and value.upper() in codes else ""


def _rings(feature: object, place: str) -> list[Ring]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BoundaryError(place, "This is not a feature.", "Supply GeoJSON with one feature for each area.")
    geometry = feature.get("geometry")
    if geometry is None:
        return []
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise BoundaryError(
            place,
            f"Its geometry is {str(kind)[:40]!r}.",
            "Only Polygon and MultiPolygon can be drawn; leave others out.",
        )
    held = geometry.get("coordinates")
    polygons = held if kind == "MultiPolygon" else [held]
    try:
        found = [[_point(point, place) for point in ring] for polygon in polygons for ring in polygon]
    except TypeError as error:
        raise BoundaryError(
            place, "Its coordinates are no lists of points.", "Write each point as [longitude, latitude]."
        ) from error
    for ring in found:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise BoundaryError(
                place, "A ring is not closed or has fewer than four points.", "Repeat the first point at the end."
            )
    return [tuple(ring) for ring in found]


def _point(point: object, place: str) -> Point:
    if isinstance(point, list) and len(point) >= 2:
        x, y = point[0], point[1]
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (x, y)):
            if abs(x) <= 180.0001 and abs(y) <= 90.0001:
                return float(x), float(y)
            raise BoundaryError(
                place,
                f"The point [{x}, {y}] is not on the earth.",
                "Supply degrees of longitude and latitude (EPSG:4326), longitude first.",
            )
    raise BoundaryError(place, "A point is not two numbers.", "Write each point as [longitude, latitude].")


# ── From degrees to the drawing ──────────────────────────────────────────────────────────────────────────────────────

_A: Final = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT: Final = math.sqrt(3) / 2
_EDGE: Final = 2.7066299836960748


def projected(point: Point) -> Point:
    """Degrees in the Equal Earth projection, which keeps areas true to each other."""
    across, up = math.radians(point[0]), math.radians(point[1])
    turn = math.asin(_ROOT * math.sin(up))
    square = turn * turn
    sixth = square**3
    slope = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    x = across * math.cos(turn) / (_ROOT * slope)
    y = turn * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    scale = WIDTH / 2 / _EDGE
    return WIDTH / 2 + x * scale, -y * scale


def _drawn(areas: Mapping[str, Sequence[Ring]], others: Sequence[Ring]) -> Boundaries:
    flat = {code: [[projected(point) for point in ring] for ring in rings] for code, rings in areas.items()}
    rest = [[projected(point) for point in ring] for ring in others]
    everything = [point for rings in (*flat.values(), rest) for ring in rings for point in ring]
    top, bottom = min(y for _x, y in everything), max(y for _x, y in everything)
    tolerance = TOLERANCE
    while True:
        kept = {code: _kept(rings, top, tolerance, whole=True) for code, rings in flat.items()}
        ground = _kept(rest, top, tolerance, whole=False)
        if sum(len(ring) for rings in (*kept.values(), ground) for ring in rings) <= DRAWN_POINTS:
            return Boundaries(kept, ground, bottom - top)
        tolerance *= 1.6


def _kept(rings: Sequence[Sequence[Point]], top: float, tolerance: float, *, whole: bool) -> tuple[Ring, ...]:
    """The rings with the points that can be seen; a State so small that none is left stays as a small square."""
    found: list[Ring] = []
    for ring in rings:
        line = simplified([(x, y - top) for x, y in ring], tolerance)
        if len(line) >= 4 and abs(area(line)) > tolerance * tolerance * 2:
            found.append(tuple((round(x, 1), round(y, 1)) for x, y in line))
    if found or not whole or not rings:
        return tuple(found)
    x, y = rings[0][0][0], rings[0][0][1] - top
    around = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return (tuple((round(x + _SMALL * dx, 1), round(y + _SMALL * dy, 1)) for dx, dy in around),)


def area(ring: Sequence[Point]) -> float:
    """The area of a closed ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False)) / 2


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without the points that lie closer to it than the tolerance (Douglas and Peucker), without recursion."""
    keep = {0, len(line) - 1}
    # A closed ring is parted at its farthest point, as its ends are one.
    far = max(range(len(line)), key=lambda at: math.dist(line[0], line[at]))
    keep.add(far)
    open_parts = [(0, far), (far, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        away, at = max((_distance(line[at], line[first], line[last]), at) for at in range(first + 1, last))
        if away > tolerance:
            keep.add(at)
            open_parts += [(first, at), (at, last)]
    return [line[at] for at in sorted(keep)]


def _distance(point: Point, first: Point, last: Point) -> float:
    across, down = last[0] - first[0], last[1] - first[1]
    long = math.hypot(across, down)
    if not long:
        return math.dist(point, first)
    return abs(across * (first[1] - point[1]) - (first[0] - point[0]) * down) / long


# ── Drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def svg(spec: TileMap, boundaries: Boundaries, words: Words, *, framed: bool = True, mark: str = "") -> str:
    """The map in the boundaries of the file; a State that they do not have is in the table and on the squares."""
    pen = Pen(f"{spec.key}{mark}", WIDTH, words)
    top = drawing.head(spec, pen) if framed else 2.0
    if framed:
        top = drawing.legend(pen, [(item.tone, said) for item, said in tile_map.entries(spec, words)], top) + 6
    pen.out.append(f'<g transform="translate(0 {top:g})" stroke-width="0.5" stroke-linejoin="round">')
    if boundaries.others:
        pen.out.append(f'<path class="map-ground" d="{_path(boundaries.others)}" fill="#f3f1eb" stroke="{EDGE}"/>')
    categories = spec.category_of
    for tile in spec.tiles:
        rings = boundaries.areas.get(tile.code.upper())
        if not rings:
            continue
        category = categories[tile.category]
        shape = _path(rings)
        said = harmless(words.item.format(label=tile.name, value=category.label))
        edge = EDGE if category.tone == HOLLOW else SHEET
        drawn = (
            f'<path class="c{category.tone} map-area" d="{shape}" fill="{TONES[category.tone - 1]}" stroke="{edge}"/>'
        )
        if category.tone > 1:
            pen.patterns.add(category.tone)
            drawn += f'<path d="{shape}" fill="url(#{pen.key}-p{category.tone})"/>'
        pen.out.append(f"<g><title>{said}</title>{drawn}</g>")
    pen.out.append("</g>")
    top += boundaries.height
    if framed:
        top = drawing.foot(replace(spec, notes=(*spec.notes, words.boundaries)), pen, top)
    return drawing.document(pen, top + 2, spec.title, tile_map.sentence(spec, words), framed=framed)


def _path(rings: Iterable[Ring]) -> str:
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring[:-1]) + "Z" for ring in rings)


def absent(spec: TileMap, boundaries: Boundaries) -> list[str]:
    """The names of the States that the file has no area for."""
    return [tile.name for tile in spec.tiles if not boundaries.areas.get(tile.code.upper())]
