"""The content files on parties say what they must: complete, consistent, and true for October 2009 and for today."""

from __future__ import annotations

import datetime
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

CONTENT = Path(__file__).resolve().parents[2] / "src" / "palermo" / "content"
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
MEETING = datetime.date(2009, 10, 1)
TODAY = datetime.date(2026, 11, 24)

# Paragraphs 12 to 18 of the report of October 2009, as printed.
STATES_PARTIES = """
Afghanistan, Algeria, Argentina, Austria, Belarus, Belgium, Bulgaria, Burkina Faso, Canada, Chile, China, Colombia,
Costa Rica, Croatia, Dominican Republic, Ecuador, Egypt, El Salvador, Estonia, Finland, France, Germany, Guatemala,
Hungary, Indonesia, Iraq, Italy, Jordan, Kazakhstan, Kenya, Kuwait, Lebanon, Mexico, Montenegro, Morocco, Namibia,
Netherlands, Norway, Oman, Panama, Paraguay, Peru, Philippines, Poland, Portugal, Qatar, Romania, Russian Federation,
Saudi Arabia, Slovakia, South Africa, Spain, Sudan, Sweden, Switzerland, Syrian Arab Republic, Tunisia, Turkey,
United Kingdom of Great Britain and Northern Ireland, United Republic of Tanzania, United States of America,
Venezuela (Bolivarian Republic of), Zimbabwe
"""
SIGNATORIES = "Angola, Czech Republic, Iran (Islamic Republic of), Ireland, Japan, Pakistan, Republic of Korea, Yemen"
OTHERS = {"European Community": "EU", "Palestine": "PSE"}
ORGANISATIONS = {
    "Office of the United Nations High Commissioner for Refugees": "UNHCR",
    "United Nations Commission on International Trade Law": "UNCITRAL",
    "United Nations Interregional Crime and Justice Research Institute": "UNICRI",
    "Sovereign Military Order of Malta": "SMOM",
    "Asian-African Legal Consultative Organization": "AALCO",
    "International Organization for Migration": "IOM",
    "Organization for Security and Cooperation in Europe": "OSCE",
    "Wassenaar Arrangement on Export Controls for Conventional Arms and Dual-Use Goods and Technologies": "WASSENAAR",
}

# code, the day of the change, the English name of the day before and of the day
CHANGES = [
    ("COD", "1997-05-17", "Zaire", "Democratic Republic of the Congo"),
    ("WSM", "1997-07-04", "Western Samoa", "Samoa"),
    ("TLS", "2002-09-27", "East Timor", "Timor-Leste"),
    ("SRB", "2003-02-04", "Yugoslavia", "Serbia and Montenegro"),
    ("VEN", "2004-11-17", "Venezuela", "Venezuela (Bolivarian Republic of)"),
    ("SRB", "2006-06-03", "Serbia and Montenegro", "Serbia"),
    ("BOL", "2009-04-09", "Bolivia", "Bolivia (Plurinational State of)"),
    ("EU", "2009-12-01", "European Community", "European Union"),
    ("LBY", "2011-09-16", "Libyan Arab Jamahiriya", "Libya"),
    ("PSE", "2012-12-17", "Palestine", "State of Palestine"),
    ("CPV", "2013-10-24", "Cape Verde", "Cabo Verde"),
    ("CZE", "2016-05-17", "Czech Republic", "Czechia"),
    ("SWZ", "2018-04-19", "Swaziland", "Eswatini"),
    ("MKD", "2019-02-14", "the former Yugoslav Republic of Macedonia", "North Macedonia"),
    ("TUR", "2022-06-01", "Turkey", "Türkiye"),
    ("NLD", "2023-03-10", "Netherlands", "Netherlands (Kingdom of the)"),
    ("NRU", "2026-10-01", "Nauru", "Naoero"),
]


def load(name: str) -> list[dict[str, Any]]:
    """The rows of a content file."""
    rows: list[dict[str, Any]] = yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))
    return rows


STATES = load("states.yaml")
ORGANISATION_ROWS = load("organisations.yaml")
REGIONS = load("regions.yaml")
DEVELOPMENT = load("development.yaml")
GAPS = load("name-gaps.yaml")
NAMED = {"states.yaml": STATES, "organisations.yaml": ORGANISATION_ROWS, "regions.yaml": REGIONS}
BY_CODE = {row["code"]: row for rows in NAMED.values() for row in rows}


def normal(name: str) -> str:
    """The form in which two spellings of a name are one."""
    return unicodedata.normalize("NFC", name).replace("’", "'").casefold().strip()


def holds(period: dict[str, Any], day: datetime.date) -> bool:
    """Whether a period contains a day: from its beginning, until before its end."""
    begun = period["from"] is None or period["from"] <= day
    return begun and (period["until"] is None or day < period["until"])


def name_on(row: dict[str, Any], day: datetime.date, language: str = "en") -> str:
    """The one name of an entry on a day; nothing before it exists."""
    first = row["names"][0]["from"]
    if first is not None and day < first:
        return ""
    (period,) = [period for period in row["names"] if holds(period, day)]
    short: str = period[language]["short"]
    return short


def resolve(rows: list[dict[str, Any]], name: str, day: datetime.date) -> list[str]:
    """The codes of the entries that bore a name, in English, on a day."""
    return [row["code"] for row in rows if normal(name_on(row, day)) == normal(name)]


def listed(text: str) -> list[str]:
    """The names of a printed enumeration."""
    return [name.strip() for name in text.replace("\n", " ").split(",")]


def broken(periods: list[dict[str, Any]]) -> bool:
    """Whether periods overlap, leave a day out, run backwards or do not reach today."""
    joints = [(a["until"], b["from"]) for a, b in zip(periods, periods[1:], strict=False)]
    backwards = [p for p in periods if p["from"] and p["until"] and p["from"] >= p["until"]]
    return any(a is None or a != b for a, b in joints) or bool(backwards) or periods[-1]["until"] is not None


def duplicates(values: list[Any]) -> list[Any]:
    """The values that occur more than once, apart from None."""
    return [value for value, count in Counter(values).items() if value is not None and count > 1]


def test_states_have_the_known_counts() -> None:
    counts = Counter((row["kind"], row["un_member_since"] is not None) for row in STATES)
    assert counts == {
        ("state", True): 193,
        ("observer_state", False): 2,
        ("regional_organisation", False): 1,
        ("state", False): 2,
    }
    assert {row["code"] for row in STATES if row["kind"] == "state" and not row["un_member_since"]} == {"COK", "NIU"}


@pytest.mark.parametrize("key", ["code", "iso2", "iso3", "m49"])
def test_codes_of_parties_are_unique(key: str) -> None:
    assert duplicates([row[key] for row in STATES]) == []


def test_codes_are_unique_across_files() -> None:
    assert duplicates([row["code"] for rows in NAMED.values() for row in rows]) == []


def test_codes_have_their_form() -> None:
    wrong = [
        row["code"]
        for row in STATES
        if row["kind"] != "regional_organisation"
        and (row["code"] != row["iso3"] or len(row["iso3"]) != 3 or len(row["iso2"]) != 2 or not row["m49"].isdigit())
    ]
    assert wrong == []
    assert {len(row["m49"]) for row in STATES if row["m49"]} == {3}


@pytest.mark.parametrize("file", NAMED)
def test_names_follow_each_other_without_gap_or_overlap(file: str) -> None:
    assert [row["code"] for row in NAMED[file] if broken(row["names"])] == []


@pytest.mark.parametrize("file", NAMED)
def test_names_are_in_six_languages_or_on_the_list_of_gaps(file: str) -> None:
    missing = [gap for gap in GAPS if gap["file"] == file and gap["missing"]]
    gaps = {(gap["code"], language) for gap in missing for language in gap["languages"] or LANGUAGES}
    absent = [
        (row["code"], language)
        for row in NAMED[file]
        for period in row["names"]
        for language in LANGUAGES
        if not period.get(language, {}).get("short", "").strip()
    ]
    assert [pair for pair in absent if pair not in gaps] == []


@pytest.mark.parametrize("file", NAMED)
def test_names_are_written_in_the_script_of_their_language(file: str) -> None:
    scripts = {"ru": "CYRILLIC", "ar": "ARABIC", "zh": "CJK"}
    wrong = [
        (row["code"], language)
        for row in NAMED[file]
        for period in row["names"]
        for language in LANGUAGES
        for letter in period[language]["short"]
        if letter.isalpha() and not unicodedata.name(letter).startswith(scripts.get(language, "LATIN"))
    ]
    assert wrong == []


@pytest.mark.parametrize("file", NAMED)
def test_chinese_names_have_one_numbered_syllable_per_character(file: str) -> None:
    names = [(row["code"], period["zh"]) for row in NAMED[file] for period in row["names"]]
    assert [code for code, name in names if len(name["sort"].split()) != len(name["short"])] == []
    assert [code for code, name in names if not all(s[-1] in "12345" for s in name["sort"].split())] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("day", [MEETING, TODAY])
def test_no_two_parties_bear_one_name_on_one_day(language: str, day: datetime.date) -> None:
    assert duplicates([normal(name_on(row, day, language)) or None for row in STATES]) == []


def test_an_alias_belongs_to_one_party() -> None:
    owners: dict[str, set[str]] = {}
    for row in STATES + ORGANISATION_ROWS:
        names = [period[language]["short"] for period in row["names"] for language in LANGUAGES]
        for name in names + [alias["name"] for alias in row["aliases"]]:
            owners.setdefault(normal(name), set()).add(row["code"])
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


def test_aliases_are_in_a_known_language_and_not_said_twice() -> None:
    for row in STATES + ORGANISATION_ROWS:
        assert {alias["language"] for alias in row["aliases"]} <= set(LANGUAGES), row["code"]
        assert duplicates([(normal(a["name"]), a["language"]) for a in row["aliases"]]) == [], row["code"]


def test_every_state_of_the_report_resolves_as_it_was_called_in_2009() -> None:
    names = listed(STATES_PARTIES) + listed(SIGNATORIES)
    assert len(names) == 63 + 8
    found = {name: resolve(STATES, name, MEETING) for name in names}
    assert {name: codes for name, codes in found.items() if len(codes) != 1} == {}
    assert len({codes[0] for codes in found.values()}) == 71
    assert {BY_CODE[codes[0]]["kind"] for codes in found.values()} == {"state"}


@pytest.mark.parametrize(("name", "code"), OTHERS.items())
def test_other_parties_of_the_report_resolve(name: str, code: str) -> None:
    assert resolve(STATES, name, MEETING) == [code]


@pytest.mark.parametrize(("name", "code"), ORGANISATIONS.items())
def test_every_organisation_of_the_report_resolves(name: str, code: str) -> None:
    assert resolve(ORGANISATION_ROWS, name, MEETING) == [code]


def test_organisations_are_those_of_the_report_and_its_secretariat() -> None:
    assert {row["code"]: row["kind"] for row in ORGANISATION_ROWS} == {
        "UNODC": "un_body",
        "UNHCR": "un_body",
        "UNCITRAL": "un_body",
        "UNICRI": "un_body",
        "SMOM": "entity",
        "AALCO": "intergovernmental",
        "IOM": "intergovernmental",
        "OSCE": "intergovernmental",
        "WASSENAAR": "intergovernmental",
    }
    (iom,) = [row for row in ORGANISATION_ROWS if row["code"] == "IOM"]
    assert [kind["kind"] for kind in iom["kinds"]] == ["intergovernmental", "un_related_organization"]
    assert not broken(iom["kinds"])


@pytest.mark.parametrize(("code", "day", "before", "after"), CHANGES)
def test_a_change_of_name_takes_effect_on_its_day(code: str, day: str, before: str, after: str) -> None:
    change = datetime.date.fromisoformat(day)
    assert name_on(BY_CODE[code], change - datetime.timedelta(days=1)) == before
    assert name_on(BY_CODE[code], change) == after


def test_the_changes_of_english_names_are_exactly_those_known() -> None:
    found = {
        (row["code"], later["from"].isoformat(), earlier["en"]["short"], later["en"]["short"])
        for row in STATES
        for earlier, later in zip(row["names"], row["names"][1:], strict=False)
        if earlier["en"]["short"] != later["en"]["short"]
    }
    assert found == set(CHANGES)


def test_names_before_and_after_a_change_are_told_in_each_language() -> None:
    macedonia = BY_CODE["MKD"]
    before, after = datetime.date(2019, 2, 13), datetime.date(2019, 2, 14)
    assert {
        language: (name_on(macedonia, before, language), name_on(macedonia, after, language)) for language in LANGUAGES
    } == {
        "en": ("the former Yugoslav Republic of Macedonia", "North Macedonia"),
        "fr": ("ex-République yougoslave de Macédoine", "Macédoine du Nord"),
        "es": ("ex República Yugoslava de Macedonia", "Macedonia del Norte"),
        "ru": ("бывшая югославская Республика Македония", "Северная Македония"),
        "ar": ("جمهورية مقدونيا اليوغوسلافية السابقة", "مقدونيا الشمالية"),
        "zh": ("前南斯拉夫的马其顿共和国", "北马其顿"),
    }


def test_groups_have_the_known_sizes_today() -> None:
    members = [row for row in STATES if row["un_member_since"]]
    counts = Counter(period["group"] for row in members for period in row["groups"] if holds(period, TODAY))
    assert counts == {"african": 54, "asia-pacific": 54, "eastern-european": 23, "grulac": 33, "weog": 29}
    others = {row["code"]: row["groups"][-1]["group"] for row in STATES if not row["un_member_since"]}
    assert others == {"VAT": "none", "PSE": "asia-pacific", "EU": "none", "COK": "none", "NIU": "none"}


def test_groups_follow_each_other_and_are_named() -> None:
    assert [row["code"] for row in STATES if broken(row["groups"])] == []
    named = {row["code"] for row in REGIONS if row["kind"] == "regional_group"}
    assert {period["group"] for row in STATES for period in row["groups"]} == named


def test_every_subregion_is_a_named_region_without_parts() -> None:
    parents = {row["parent"] for row in REGIONS}
    lowest = {
        row["code"] for row in REGIONS if row["kind"] in {"subregion", "intermediate"} and row["code"] not in parents
    }
    assert {row["subregion"] for row in STATES if row["kind"] != "regional_organisation"} == lowest


def test_regions_reach_the_world() -> None:
    assert Counter(row["kind"] for row in REGIONS) == {
        "regional_group": 6,
        "world": 1,
        "region": 5,
        "subregion": 17,
        "intermediate": 7,
        "development_list": 3,
    }
    for row in REGIONS:
        if row["kind"] in {"region", "subregion", "intermediate"}:
            step, seen = row, []
            while step["parent"] is not None:
                seen.append(step["code"])
                step = BY_CODE[step["parent"]]
            assert (step["code"], len(seen)) == ("001", {"region": 1, "subregion": 2, "intermediate": 3}[row["kind"]])


def test_development_lists_have_the_known_sizes() -> None:
    def size(name: str, day: datetime.date) -> int:
        return sum(1 for row in DEVELOPMENT if row["list"] == name and holds(row, day))

    assert {name: size(name, TODAY) for name in ("ldc", "lldc", "sids")} == {"ldc": 44, "lldc": 32, "sids": 39}
    assert size("ldc", MEETING) == 49
    assert size("ldc", datetime.date(2013, 1, 1)) == 49
    assert size("ldc", datetime.date(2021, 1, 1)) == 46


@pytest.mark.parametrize(
    ("party", "first_day_outside"),
    [
        ("MDV", "2011-01-01"),
        ("WSM", "2014-01-01"),
        ("GNQ", "2017-06-04"),
        ("VUT", "2020-12-04"),
        ("BTN", "2023-12-13"),
        ("STP", "2024-12-13"),
    ],
)
def test_a_graduation_ends_the_listing_on_its_day(party: str, first_day_outside: str) -> None:
    (row,) = [row for row in DEVELOPMENT if (row["list"], row["party"]) == ("ldc", party)]
    assert row["until"] == datetime.date.fromisoformat(first_day_outside)
    assert not holds(row, row["until"])


def test_development_rows_name_known_parties_once() -> None:
    assert {row["party"] for row in DEVELOPMENT} <= {row["code"] for row in STATES}
    assert {row["list"] for row in DEVELOPMENT} == {r["code"] for r in REGIONS if r["kind"] == "development_list"}
    assert duplicates([(row["list"], row["party"]) for row in DEVELOPMENT]) == []


def test_every_undated_development_entry_is_on_the_list_of_gaps() -> None:
    undated = {row["list"] for row in DEVELOPMENT if row["from"] is None}
    assert undated <= {gap["code"] for gap in GAPS if gap["file"] == "development.yaml" and gap["missing"]}


def test_gaps_say_where_what_and_why() -> None:
    for gap in GAPS:
        assert set(gap) == {"file", "code", "what", "languages", "missing", "reason"}, gap
        assert gap["file"] in {*NAMED, "development.yaml"}
        assert gap["code"] == "*" or gap["code"] in BY_CODE, gap["code"]
        assert set(gap["languages"] or []) <= set(LANGUAGES)
        assert gap["what"].strip()
        assert gap["reason"].strip()
