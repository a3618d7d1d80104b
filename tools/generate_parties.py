"""Refresh what libraries know in the content files on States, organisations and regions.

Run it in an environment of its own, never in that of the application, and without a network:

    python -m venv /tmp/parties && /tmp/parties/bin/pip install hdx-python-country Babel pycountry pypinyin PyYAML
    /tmp/parties/bin/python tools/generate_parties.py [--check]

Kept by hand, never touched here: codes, kinds, groups, dates, earlier names, and every alias that is there already.
Refreshed: ISO codes and M49 codes (and their agreement), sub-regions, the names of today of the States, the sort keys
of Chinese names, and aliases from the Unicode CLDR and ISO 3166.

A change of a name in English is a change of name: it needs a date, so the program stops and says so, and a person
adds a period to `states.yaml` with no names in it, for the program to fill. Other languages are refreshed in place.

`hdx-python-country` reaches for the network when its classes are used; only its packaged table is read here.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import sys
import unicodedata
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parents[1] / "src" / "palermo" / "content"
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
COLUMNS = {"en": "English", "fr": "French", "es": "Spanish", "ru": "Russian", "ar": "Arabic", "zh": "Chinese"}

# The table marks the place of the name with a low line in one name, where the others have a hyphen.
CORRECTIONS = {("NLD", "ar"): "هولندا (مملكة -)"}

# Readings of characters in transcribed names that differ from their everyday reading.
READINGS = {"塞": "sai4", "几": "ji1", "佛": "fo2", "鲜": "xian3", "干": "gan1", "拉": "la1"}

# The CLDR names a territory here, which is not the State.
WITHOUT_LIBRARY_ALIASES = {"PSE"}

HEADERS = {
    "states.yaml": """\
# States, observer States and regional organisations, each with the names it has borne in the six languages.
# A period begins on `from` and ends before `until`; null means without a known beginning or end.
# `code` is the ISO 3166-1 alpha-3 code (EU for the European Union, which has none); `subregion` is the lowest M49
# region. Formal names are given in English only. What could not be verified stands in name-gaps.yaml.
# Aliases help to recognise a name in a search or an import; they are never shown.
# `tools/generate_parties.py` refreshes codes, names of today, Chinese sort keys (pinyin) and aliases.
""",
    "organisations.yaml": """\
# United Nations bodies, intergovernmental organisations and other entities. Periods as in states.yaml.
# `kind` is the kind at the meeting of October 2009; `kinds`, where it changed, gives it by date.
""",
    "regions.yaml": """\
# Regional groups of the United Nations, M49 regions and lists of countries in development. Periods as in states.yaml.
# The codes of M49 regions are their three digits; `parent` is the next larger region.
""",
    "development.yaml": """\
# Which party stood on which list, and when: ldc, lldc, sids (named in regions.yaml). Periods as in states.yaml.
# A graduation that is scheduled but not seen to have taken place has no `until`; see name-gaps.yaml.
""",
}


class _Dumper(yaml.SafeDumper):
    """Safe dumper that never writes anchors and indents lists inside mappings."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Codes made of digits are quoted, so that no reader takes them for numbers."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if value.isdigit() else None)


_Dumper.add_representer(str, _text)


def render(name: str, rows: list[dict[str, Any]]) -> str:
    """The text of the content file `name` for these rows: leaves on one line each."""
    body = yaml.dump(rows, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100_000)
    return HEADERS[name] + body


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write a content file."""
    path.write_text(render(path.name, rows), encoding="utf-8")


def collate(name: str) -> str:
    """A plain key for ordering English names: no accents, no case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


def normal(name: str) -> str:
    """The form in which two spellings of one name are the same."""
    return unicodedata.normalize("NFC", name).replace("’", "'").casefold().strip()


def read_taxonomy() -> dict[str, dict[str, str]]:
    """The table of countries packaged with hdx-python-country, by ISO alpha-3 code, read without importing it."""
    spec = importlib.util.find_spec("hdx.location")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("hdx-python-country is not installed; the first lines of this file say how to install it.")
    (path,) = Path(next(iter(spec.submodule_search_locations))).glob("*C&T Taxonomy.csv")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["ISO 3166-1 Alpha 3-Codes"].strip(): row for row in rows if row["ISO 3166-1 Alpha 3-Codes"].strip()}


def pinyin(name: str) -> str:
    """The sort key of a Chinese name: its syllables with the number of the tone, and the characters to decide ties."""
    from pypinyin import Style
    from pypinyin import pinyin as syllables

    read = syllables(name, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda rest: list(rest))
    flat = [syllable for (syllable,) in read]
    if len(flat) != len(name):
        sys.exit(f"The reading of {name} has {len(flat)} syllables for {len(name)} characters.")
    return " ".join(READINGS.get(character, syllable) for character, syllable in zip(name, flat, strict=True))


def refresh_codes(state: dict[str, Any], row: dict[str, str]) -> dict[str, Any]:
    """The State with its codes from the table, once ISO 3166 as held by pycountry agrees with them."""
    import pycountry

    country = pycountry.countries.get(alpha_3=state["code"])
    m49 = row["m49 numerical code"].zfill(3)
    iso2 = row["ISO 3166-1 Alpha 2-Codes"].strip()
    if country is None or (country.alpha_2, country.numeric) != (iso2, m49):
        sys.exit(f"{state['code']}: the table has {iso2} and {m49}, ISO 3166 has {country}.")
    subregion = (row["Intermediate Region Code"].strip() or row["Sub-region Code"].strip()).zfill(3)
    return {
        "code": state["code"],
        "kind": state["kind"],
        "iso2": iso2,
        "iso3": state["code"],
        "m49": m49,
        "groups": state["groups"],
        "subregion": subregion,
        "un_member_since": state["un_member_since"],
        "names": state["names"],
        "aliases": state["aliases"],
    }


def refresh_names(state: dict[str, Any], row: dict[str, str]) -> None:
    """Put the names of today into the last period."""
    period = state["names"][-1]
    today = {
        language: CORRECTIONS.get((state["code"], language), " ".join(row[f"{column} Short"].split()))
        for language, column in COLUMNS.items()
    }
    before = period.get("en", {}).get("short")
    if before and normal(before) != normal(today["en"]):
        sys.exit(
            f"{state['code']}: “{before}” is now “{today['en']}”. End that period and add one from the day of change."
        )
    for language in LANGUAGES:
        period[language] = {"short": today[language]}
    if row["English Formal"].strip():
        period["en"]["formal"] = row["English Formal"].strip()


def refresh_sort(row: dict[str, Any]) -> None:
    """Give every Chinese name its sort key."""
    for period in row["names"]:
        if "zh" in period:
            period["zh"]["sort"] = pinyin(period["zh"]["short"])


def library_aliases(state: dict[str, Any]) -> list[tuple[str, str]]:
    """Names of a State in the CLDR, in the six languages, and in ISO 3166, in English."""
    import pycountry
    from babel import Locale

    found = []
    for language in LANGUAGES:
        name = Locale(language).territories.get(state["iso2"])
        if name:
            found.append((" ".join(name.split()), language))
    country = pycountry.countries.get(alpha_3=state["code"])
    for attribute in ("name", "common_name", "official_name"):
        name = getattr(country, attribute, None)
        if name:
            found.append((name, "en"))
    return found


def names_of(state: dict[str, Any]) -> set[str]:
    """Every name and alias a State has or had, in the form for comparing."""
    names = {normal(period[language]["short"]) for period in state["names"] for language in LANGUAGES}
    return names | {normal(alias["name"]) for alias in state["aliases"]}


def refresh_aliases(states: list[dict[str, Any]]) -> None:
    """Add names that libraries use and the United Nations today does not, unless another State bears or bore them."""
    bearers: dict[str, set[str]] = {}
    for state in states:
        for name in names_of(state):
            bearers.setdefault(name, set()).add(state["code"])
    for state in states:
        if state["code"] in WITHOUT_LIBRARY_ALIASES:
            continue
        today = state["names"][-1]
        known = {(normal(today[language]["short"]), language) for language in LANGUAGES}
        known |= {(normal(alias["name"]), alias["language"]) for alias in state["aliases"]}
        formal = normal(today["en"].get("formal", ""))
        known |= {(formal, "en"), (formal.removeprefix("the "), "en")}
        for name, language in library_aliases(state):
            if (normal(name), language) not in known and bearers.get(normal(name), set()) <= {state["code"]}:
                known.add((normal(name), language))
                bearers.setdefault(normal(name), set()).add(state["code"])
                state["aliases"].append({"name": name, "language": language})


def generate() -> dict[str, list[dict[str, Any]]]:
    """The refreshed rows of the three files."""
    table = read_taxonomy()
    files = {
        name: yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))
        for name in ("states.yaml", "organisations.yaml", "regions.yaml")
    }
    states = []
    for state in files["states.yaml"]:
        row = table.get(state["code"])
        if state["kind"] != "regional_organisation":
            if row is None:
                sys.exit(f"{state['code']} is not in the table of hdx-python-country.")
            state = refresh_codes(state, row)
            refresh_names(state, row)
        states.append(state)
    files["states.yaml"] = states
    for rows in files.values():
        for entry in rows:
            refresh_sort(entry)
    refresh_aliases(states)
    return files


def main() -> None:
    """Refresh the files, or with `--check` only say which would change."""
    parser = argparse.ArgumentParser(description="Refresh the content files on States, organisations and regions.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file would change")
    check = parser.parse_args().check
    stale = []
    for name, rows in generate().items():
        if (CONTENT / name).read_text(encoding="utf-8") != render(name, rows):
            stale.append(name)
            if not check:
                write(CONTENT / name, rows)
    outcome = "would change" if check else "written"
    sys.stdout.write(f"{', '.join(stale)} {outcome}\n" if stale else "nothing to change\n")
    if check and stale:
        sys.exit(1)


if __name__ == "__main__":
    main()
