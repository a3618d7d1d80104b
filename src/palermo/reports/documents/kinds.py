"""The kinds of document that the Secretariat can make: a folder each, with a description and one source per language.

The folders of the package come first, then those of ``PALERMO_DOCUMENTS``, where a folder of the same name takes the
place of ours. What is wrong with a description is said with its file and line. See ``docs/guide/documents.md``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from palermo.base.multilingual import LANGUAGES, best
from palermo.base.yaml_source import BadContent, Located, Problem, Problems, Reader, content, decoded, read, shown

HERE: Final = Path(__file__).resolve().parent
DESCRIPTION: Final = "document.yaml"
# What a document may be made from (reports.logic.document.PARTS), and what has to be chosen beside the questionnaire.
DATA: Final = ("reporting", "help", "country", "needs", "analysis", "matrix", "practices")
PARAMETERS: Final = ("party",)
FRAME: Final = "conference"
# What shows the answers of single States, which they open themselves; a kind made of it is never public.
SINGLE: Final = ("country", "help", "matrix")
# What follows from answers: States decide who may read them, so that a copy for everybody is cut at freezing.
FROM_ANSWERS: Final = ("analysis", "needs", "practices", *SINGLE)
# What every source may take in: macros, and the words of each language.
SHARED: Final = ("layout.md.j2", "words/ar.yaml", "words/en.yaml", "words/fr.yaml")
_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Kind:
    """One kind of document."""

    code: str
    folder: Path
    order: int
    names: Mapping[str, str]
    titles: Mapping[str, str]
    subtitles: Mapping[str, str]
    summaries: Mapping[str, str]
    data: tuple[str, ...]
    parameters: tuple[str, ...]
    languages: tuple[str, ...]
    landscape: bool = False
    public: bool = False
    """Whether the Secretariat may publish documents of the kind."""

    def name(self, language: str) -> str:
        """What the kind is called in lists; the title, its blanks left open, if it has no name."""
        return best(self.names or self.titles, language)[0].replace("{treaty}", "…").replace("{party}", "…")

    @property
    def has_readers(self) -> bool:
        """Whether it matters who will read a document: it may be public, and follows from what States answered."""
        return self.public and not set(FROM_ANSWERS).isdisjoint(self.data)

    def summary(self, language: str) -> str:
        """What the document is for, in a sentence."""
        return best(self.summaries, language)[0] if self.summaries else ""

    def template(self, language: str) -> str:
        """What messages call the source of a language."""
        return f"{self.code}/{language}.md"

    def sources(self) -> dict[str, str]:
        """Every source of the kind and everything they may take in, by name."""
        texts = {name: _text(HERE / name) for name in SHARED}
        for language in self.languages:
            texts[self.template(language)] = _text(self.folder / f"{language}.md")
        return texts


@dataclass(frozen=True)
class Kinds:
    """All kinds by code, and what is wrong with those that could not be read."""

    found: Mapping[str, Kind] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def _text(path: Path) -> str:
    return decoded(content(path), shown(path)).replace("\r\n", "\n")


def read_kinds(extra: str = "") -> Kinds:
    """The kinds of the package and those of a folder outside it."""
    found: dict[str, Kind] = {}
    problems: list[Problem] = []
    for folder, ours in _folders(extra):
        if ours and not (folder / "en.md").is_file():
            # The national report of a State, which has a frame of its own.
            continue
        try:
            kind = read_kind(folder)
            found[kind.code] = kind
        except BadContent as bad:
            problems += bad.problems
            found.pop(folder.name, None)
    if extra and not Path(extra).is_dir():
        problems.append(Problem(extra, 1, "PALERMO_DOCUMENTS names no folder.", "Create it, or take the setting out."))
    ordered = dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))
    return Kinds(ordered, tuple(problems))


def _folders(extra: str) -> Iterator[tuple[Path, bool]]:
    for place, ours in ((HERE, True), (Path(extra), False)) if extra else ((HERE, True),):
        if place.is_dir():
            for folder in sorted(place.iterdir()):
                if folder.is_dir() and folder.name[0] not in "._" and (not ours or (folder / DESCRIPTION).is_file()):
                    yield folder, ours


def read_kind(folder: Path) -> Kind:
    """One kind from its folder; raises ``BadContent`` with file and line."""
    path = folder / DESCRIPTION
    data = read(path)
    problems = Problems()
    reader = Reader(data, shown(path), problems)
    reader.only(
        "code", "frame", "order", "names", "titles", "subtitles", "summaries", "data", "parameters", "landscape",
        "public",
    )  # fmt: skip
    code = reader.text("code")
    if code and (not _CODE.fullmatch(code) or code != folder.name):
        reader.problem("code", f"The code '{code}' is not the name of the folder.", f"Write 'code: {folder.name}'.")
    reader.one_of("frame", (FRAME,), required=False, default=FRAME)
    languages = tuple(language for language in LANGUAGES if (folder / f"{language}.md").is_file())
    if not languages:
        reader.problem("code", "There is no source beside this description.", "Write at least one, such as en.md.")
    titles = _by_language(reader, "titles", required=True)
    for language in languages:
        if titles and language not in titles:
            reader.problem("titles", f"The title in '{language}' is missing.", f"Add '{language}: …' below 'titles'.")
    kind = Kind(
        code=code,
        folder=folder,
        order=reader.integer("order", required=False, default=100),
        names=_by_language(reader, "names"),
        titles=titles,
        subtitles=_by_language(reader, "subtitles"),
        summaries=_by_language(reader, "summaries"),
        data=_known(reader, "data", DATA, required=True),
        parameters=_known(reader, "parameters", PARAMETERS),
        languages=languages,
        landscape=reader.flag("landscape"),
        public=reader.flag("public"),
    )
    if "country" in kind.data and "party" not in kind.parameters:
        reader.problem("data", "'country' needs a State.", "Add 'parameters: [party]'.")
    for single in SINGLE:
        if kind.public and single in kind.data:
            reader.problem(
                "public", f"'{single}' shows answers of single States, which they open themselves.",
                "Write 'public: false'.",
            )  # fmt: skip
    problems.raise_any()
    return kind


def _by_language(reader: Reader, key: str, *, required: bool = False) -> dict[str, str]:
    value: Any = reader.data.get(key)
    if value is None:
        if required:
            reader.problem(key, f"'{key}' is missing.", f"Write '{key}:' and below it 'en: …' for each language.")
        return {}
    if not isinstance(value, Located):
        reader.problem(key, f"'{key}' must hold a text for each language.", "Write below it lines such as 'en: …'.")
        return {}
    found: dict[str, str] = {}
    for language, text in value.items():
        if language not in LANGUAGES or not isinstance(text, str) or not text.strip():
            reader.problems.add(
                reader.file,
                value.line_of(language),
                f"'{language}' is no language with a text here.",
                f"Languages are: {', '.join(LANGUAGES)}; put the text in quotation marks.",
            )
        else:
            found[language] = text.strip()
    return found


def _known(reader: Reader, key: str, allowed: tuple[str, ...], *, required: bool = False) -> tuple[str, ...]:
    words = reader.words(key, required=required)
    for word in words:
        if word not in allowed:
            reader.problem(key, f"'{word}' is not known in '{key}'.", f"Known are: {', '.join(allowed)}.")
    return words
