"""Write `docs/untoc-coverage.md`: which question asks about which *shall*, *shall consider* and *may*.

    .venv/bin/python tools/checklist_coverage.py [--check]

The table is made from the treaty's and the checklist's content files, so it is never edited by hand. With `--check`
nothing is written; the program ends with 1 if the table is not up to date.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
if str(SOURCE) not in sys.path:
    sys.path.insert(0, str(SOURCE))

from palermo.base.citation import cite  # noqa: E402
from palermo.questionnaires.logic.content import read_folder  # noqa: E402
from palermo.questionnaires.logic.spec import ProvisionFacts, VersionSpec  # noqa: E402
from palermo.treaties.logic.content import ProvisionSpec, TreatySpec, read_topics, read_treaty  # noqa: E402
from palermo.treaties.logic.kinds import Obligation  # noqa: E402

CONTENT = SOURCE / "palermo" / "content"
TREATY = CONTENT / "treaties" / "untoc"
CHECKLIST = CONTENT / "questionnaires" / "untoc"
TABLE = ROOT / "docs" / "untoc-coverage.md"
LEVELS = {"mandatory": "mandatory", "considered": "to be considered", "optional": "optional", "none": "none"}
VERBS = {"shall-consider": "shall consider", "shall-endeavour": "shall endeavour", "none": ""}


def treaty() -> TreatySpec:
    """The Convention as the content files have it."""
    return read_treaty(TREATY, [topic.code for topic in read_topics(CONTENT / "topics.yaml")])


def facts_of(spec: TreatySpec) -> dict[str, ProvisionFacts]:
    """What the checklist must know of the treaty's articles and limbs, by code."""
    found = {
        limb.code: ProvisionFacts(limb.code, Obligation(limb.obligation), limb.topics, limb.bearer == "state")
        for limb in spec.provisions
    }
    return {spec.code: ProvisionFacts(spec.code), **found}


def checklist(spec: TreatySpec) -> VersionSpec:
    """The checklist; stops with the problems if it cannot be read."""
    loaded = read_folder(CHECKLIST, provisions=facts_of(spec))
    if loaded.version is None:
        raise SystemExit("\n".join(str(problem) for problem in loaded.problems))
    return loaded.version


def asking(version: VersionSpec, provision: str) -> tuple[str, ...]:
    """The codes of the questions that ask about the provision, in the order of the checklist."""
    return tuple(question.code for question in version if provision in question.provisions)


def table(spec: TreatySpec, version: VersionSpec) -> str:
    """The whole document."""
    limbs = [limb for limb in spec.provisions if not limb.is_article and limb.obligation != "none"]
    borne = [limb for limb in limbs if limb.bearer == "state"]
    levels = Counter(limb.obligation for limb in borne)
    left = [limb for limb in borne if limb.code in version.rules and version.rules[limb.code].met_when is None]
    lines = [
        "# What the checklist asks of the Convention",
        "",
        "Made by `tools/checklist_coverage.py` from the content files; a test compares it with them. Here stands every",
        "limb in which the Convention says *shall*, *shall consider*, *shall endeavour*, *may* or the like, with the",
        "questions that ask about it or the reason why none does. Limbs without a demand are left out.",
        "",
        f"Questions: {sum(1 for _ in version)}. Limbs that address States: {len(borne)} "
        f"({levels['mandatory']} mandatory, {levels['considered']} to be considered, {levels['optional']} optional); "
        f"deliberately not asked: {len(left)}. Limbs that address others: {len(limbs) - len(borne)}.",
    ]
    article = ""
    for limb in limbs:
        if limb.article != article:
            article = limb.article
            title = next(one for one in spec.provisions if one.code == article).texts["en"]["title"]
            lines += [
                "",
                f"## {cite(article)} {title}",
                "",
                "| Provision | Limb | Verb | Level | Asked by |",
                "|---|---|---|---|---|",
            ]
        lines.append(_row(limb, version))
    return "\n".join(lines) + "\n"


def _row(limb: ProvisionSpec, version: VersionSpec) -> str:
    codes = asking(version, limb.code)
    rule = version.rules.get(limb.code)
    if rule is not None and rule.met_when is None:
        asked = f"Not asked: {rule.not_asked}"
    elif codes:
        asked = " ".join(f"`{code}`" for code in codes)
    elif limb.bearer != "state":
        asked = f"Not asked: addresses the {limb.bearer}."
    else:
        asked = "**Not asked**"
    verb = VERBS.get(limb.verb, limb.verb)
    return f"| {cite(limb.code)} | `{limb.code}` | {verb} | {LEVELS[limb.obligation]} | {asked} |"


def main() -> int:
    """Writes the table, or compares it."""
    parser = argparse.ArgumentParser(description="Write or check docs/untoc-coverage.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if the table is out of date")
    check = parser.parse_args().check
    spec = treaty()
    wanted = table(spec, checklist(spec))
    if not check:
        TABLE.write_text(wanted, encoding="utf-8")
        return 0
    if TABLE.is_file() and TABLE.read_text(encoding="utf-8") == wanted:
        return 0
    sys.stderr.write(f"{TABLE.name} is out of date: run .venv/bin/python tools/checklist_coverage.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
