"""Reads a questionnaire's folder (``docs/formats/questionnaire.md``): every complaint names its file and line."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from palermo.base.multilingual import FALLBACK, LANGUAGES
from palermo.base.yaml_source import BadContent, Located, Problem, Problems, Reader, content, parse
from palermo.questionnaires.logic.check import Answerable, Place, check_condition, did_you_mean
from palermo.questionnaires.logic.spec import (
    ASSISTANCE_TYPES,
    CHOICE_KINDS,
    FIXED_VALUES,
    OPTIONAL_KINDS,
    Aspect,
    Change,
    FigureRow,
    Heading,
    Kind,
    ProvisionFacts,
    QuestionSpec,
    QuestionText,
    Rule,
    SectionSpec,
    Supersedes,
    Unit,
    VersionSpec,
    build_version,
    frozen,
    heading_data,
    order_of_dependence,
    text_data,
)
from palermo.questionnaires.logic.syntax import CODE, ConditionError, Expression
from palermo.questionnaires.logic.syntax import parse as parse_condition
from palermo.treaties.logic.kinds import Obligation

STRUCTURE: Final = "questions.yaml"
MAX_CODE: Final = 120
MAX_TEXT: Final = 600
MAX_GUIDANCE: Final = 4000
MAX_TITLE: Final = 300
MAX_QUESTIONS: Final = 5000
GUIDED_KINDS: Final = frozenset(
    {Kind.IMPLEMENTATION, Kind.CHOICE, Kind.CHOICES, Kind.FIGURES, Kind.LEGISLATION, Kind.AUTHORITY, Kind.ASSISTANCE}
)
"""Kinds that nobody should have to answer without guidance."""
QUESTION_KEYS: Final = (
    *("code", "provision", "also", "asks", "kind", "obligation", "relevant", "constraint", "required"),
    *("choices", "rows", "types", "topics", "supersedes"),
)
ENGLISH: Final = f"{FALLBACK}.yaml"

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read: the draft, or the problems that prevent it; remarks prevent nothing."""

    version: VersionSpec | None
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def read_folder(folder: Path, *, provisions: Mapping[str, ProvisionFacts]) -> Loaded:
    """Reads the folder's files and the questionnaire in them."""
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    try:
        files = {path.name: content(path) for path in paths}
    except BadContent as error:
        return Loaded(None, error.problems, ())
    return read_content(files, provisions=provisions)


def read_content(files: Mapping[str, str | bytes], *, provisions: Mapping[str, ProvisionFacts]) -> Loaded:
    """Reads a questionnaire from the contents of its files, by file name."""
    return _Folder(files, provisions).read()


def text_hash(text: QuestionText | Heading) -> str:
    """The mark of an English text that its translations carry as ``source``."""
    data = text_data(text) if isinstance(text, QuestionText) else heading_data(text)
    del data["stale"]
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


class _About(Problems):
    """Problems of one question, section or provision: each begins with its code."""

    def __init__(self, problems: Problems, code: str) -> None:
        self.problems, self.code = problems, code

    def add(self, file: str, line: int, reason: str, remedy: str = "") -> None:
        """Notes one problem."""
        self.problems.add(file, line, f"{self.code}: {reason}" if self.code else reason, remedy)


def about(reader: Reader, code: object) -> Reader:
    """The same values; what is wrong with them is said of ``code``."""
    said = code if isinstance(code, str) and len(code) <= MAX_CODE else ""
    problems = reader.problems.problems if isinstance(reader.problems, _About) else reader.problems
    return Reader(reader.data, reader.file, _About(problems, said))


def only(reader: Reader, *known: str) -> None:
    """Notes every unknown key, with the known one that it resembles."""
    for key in reader.data:
        if key not in known:
            reader.problem(
                key, f"'{_short(key)}' is not known here.", did_you_mean(key, known, f"Known: {', '.join(known)}.")
            )


def word(reader: Reader, key: str, words: type[Word]) -> Word | None:
    """One of a closed list of words."""
    text = reader.text(key)
    known = [known.value for known in words]
    if text and text not in known:
        reader.problem(
            key, f"'{key}' is '{_short(text)}'.", did_you_mean(text, known, f"Allowed are: {', '.join(known)}.")
        )
    return words(text) if text in known else None


def codes(reader: Reader, key: str) -> tuple[str, ...]:
    """A list of codes, each once."""
    found: list[str] = []
    for text in reader.words(key):
        if not CODE.fullmatch(text):
            reader.problem(key, f"'{_short(text)}' in '{key}' is not a code.", "Use a-z, 0-9, dots and hyphens.")
        elif text in found:
            reader.problem(key, f"'{_short(text)}' stands twice in '{key}'.", "Keep one of the two.")
        else:
            found.append(text)
    return tuple(found)


def expression(reader: Reader, key: str) -> Expression | None:
    """A condition."""
    text = reader.text(key, required=False)
    if key in reader.data and not text:
        reader.problem(key, f"'{key}' is empty.", "Write a condition, or remove the key.")
    if not text:
        return None
    try:
        return parse_condition(text)
    except ConditionError as error:
        reader.problem(key, f"'{key}', column {error.column}: {error.reason}", error.way_out)
        return None


@dataclass(slots=True)
class _Folder:
    """One reading: what was found so far."""

    files: Mapping[str, str | bytes]
    provisions: Mapping[str, ProvisionFacts]
    problems: Problems = field(default_factory=Problems)
    remarks: Problems = field(default_factory=Problems)
    questionnaire: str = ""
    sections: dict[str, Reader] = field(default_factory=dict)
    questions: dict[str, Reader] = field(default_factory=dict)
    ruled: dict[str, Reader] = field(default_factory=dict)

    def read(self) -> Loaded:
        for name in self.files:
            if name != STRUCTURE and name.removesuffix(".yaml") not in LANGUAGES:
                wanted = ", ".join(f"{language}.yaml" for language in LANGUAGES)
                self.problems.add(name, 1, "A file of this name means nothing here.", f"Use {STRUCTURE}, {wanted}.")
        for name in (STRUCTURE, ENGLISH):
            if name not in self.files:
                self.problems.add(name, 1, "The file is missing.", "Create it; see docs/formats.")
        version = self.structure()
        if version is not None:
            version = self.with_texts(version)
            self.check_conditions(version)
        problems = tuple(sorted(set(self.problems.found)))
        return Loaded(None if problems else version, problems, tuple(sorted(set(self.remarks.found))))

    def open(self, name: str) -> Reader | None:
        if name not in self.files:
            return None
        try:
            return Reader(parse(self.files[name], name), name, self.problems)
        except BadContent as error:
            self.problems.found.extend(error.problems)
            return None

    # The structure

    def structure(self) -> VersionSpec | None:
        top = self.open(STRUCTURE)
        if top is None:
            return None
        only(top, "code", "treaty", "sections", "provisions")
        self.questionnaire, treaty = top.code("code"), top.code("treaty")
        sections = [
            self.section(about(r, r.data.get("code")), order) for order, r in enumerate(top.items("sections"), 1)
        ]
        if len(self.questions) > MAX_QUESTIONS:
            top.problem(
                "sections", f"There are {len(self.questions)} questions; {MAX_QUESTIONS} are allowed.", "Split it."
            )
            return None
        if not self.questions:
            top.problem("sections", "There is no question.", "Add sections with questions.")
        rules = self.rules(top.mapping("provisions")) if "provisions" in top.data else []
        return build_version(
            questionnaire=self.questionnaire,
            treaty=treaty,
            sections=[section for section in sections if section is not None],
            rules=rules,
        )

    def section(self, reader: Reader, order: int) -> SectionSpec | None:
        only(reader, "code", "article", "questions")
        code = reader.code("code")
        article = self.provision(reader, "article", required=False)
        questions = [
            self.question(about(r, r.data.get("code")), code, article, place)
            for place, r in enumerate(reader.items("questions"), 1)
        ]
        if code in self.sections:
            reader.problem(
                "code", f"The section {code} stands on line {self.sections[code].line} too.", "Join the two."
            )
            return None
        if not code:
            return None
        self.sections[code] = reader
        if "questions" in reader.data and not questions:
            reader.problem("questions", "The section has no question.", "Add one, or remove the section.")
        return SectionSpec(code, order, article, MappingProxyType({}), tuple(q for q in questions if q is not None))

    def question(self, reader: Reader, section: str, article: str, order: int) -> QuestionSpec | None:
        only(reader, *QUESTION_KEYS)
        code = reader.code("code")
        if len(code) > MAX_CODE:
            reader.problem("code", f"The code has {len(code)} characters; {MAX_CODE} are allowed.", "Shorten it.")
            return None
        if code in self.questions:
            reader.problem(
                "code", f"The code stands on line {self.questions[code].line} too.", "Codes are never used twice."
            )
            return None
        if code:
            self.questions[code] = reader
        provision = self.provision(reader, "provision", required=bool(article))
        root = provision or (self.questionnaire if "provision" not in reader.data else "")
        if code and root and not code.startswith(f"{root}."):
            reader.problem("code", "The code does not begin with its provision.", f"Begin it with '{root}.'.")
        kind, asks = word(reader, "kind", Kind), word(reader, "asks", Aspect)
        facts = self.provisions.get(provision, ProvisionFacts(provision))
        obligation = word(reader, "obligation", Obligation) if "obligation" in reader.data else facts.obligation
        relevant, constraint = expression(reader, "relevant"), expression(reader, "constraint")
        supersedes = self.supersedes(reader.mapping("supersedes")) if "supersedes" in reader.data else None
        also = tuple(other for other in codes(reader, "also") if self.known_provision(reader, "also", other))
        topics = codes(reader, "topics") if "topics" in reader.data else facts.topics
        if kind is None or asks is None or obligation is None or not code:
            return None
        required = reader.flag("required", default=kind not in OPTIONAL_KINDS)
        if required and kind is Kind.NOTE:
            reader.problem("required", "A note has no answer and cannot be required.", "Remove the key.")
        return QuestionSpec(
            code=code,
            section=section,
            order=order,
            provision=provision,
            also=also,
            asks=asks,
            kind=kind,
            obligation=obligation,
            required=required,
            relevant=relevant,
            constraint=constraint,
            choices=self.choices(reader, kind),
            rows=self.figure_rows(reader, kind),
            types=self.types(reader, kind),
            topics=topics,
            supersedes=supersedes,
            texts=MappingProxyType({}),
        )

    def provision(self, reader: Reader, key: str, *, required: bool) -> str:
        code = reader.code(key, required=required)
        return code if code and self.known_provision(reader, key, code) else ""

    def known_provision(self, reader: Reader, key: str, code: str) -> bool:
        if code not in self.provisions:
            way = did_you_mean(code, self.provisions, "Use a code of the treaty's file.")
            reader.problem(key, f"The treaty has no provision '{_short(code)}'.", way)
        return code in self.provisions

    def belongs(self, reader: Reader, key: str, allowed: bool) -> bool:
        """Whether the key stands where it should: on the kinds that need it, and only there."""
        present = reader.data.get(key) is not None
        if allowed and not present:
            reader.problem(key, f"'{key}' is missing.", f"This kind of question needs '{key}: [ … ]'.")
        elif present and not allowed:
            reader.problem(key, f"This kind of question has no '{key}'.", "Remove the key, or change the kind.")
        return present and allowed

    def choices(self, reader: Reader, kind: Kind) -> tuple[str, ...]:
        if not self.belongs(reader, "choices", kind in CHOICE_KINDS):
            return ()
        found = codes(reader, "choices")
        if len(found) < 2:
            reader.problem("choices", f"There is {len(found)} choice.", "Offer at least two.")
        return found

    def figure_rows(self, reader: Reader, kind: Kind) -> tuple[FigureRow, ...]:
        if not self.belongs(reader, "rows", kind is Kind.FIGURES):
            return ()
        found: dict[str, FigureRow] = {}
        for row in reader.items("rows"):
            only(row, "code", "unit")
            code, unit = row.code("code"), word(row, "unit", Unit)
            if code in found:
                row.problem("code", f"The row '{_short(code)}' stands twice.", "Keep one of the two.")
            elif code and unit:
                found[code] = FigureRow(code, unit)
        if not found:
            reader.problem("rows", "The table has no row.", "Write rows: [{code: …, unit: count}].")
        return tuple(found.values())

    def types(self, reader: Reader, kind: Kind) -> tuple[str, ...]:
        if not self.belongs(reader, "types", kind is Kind.ASSISTANCE):
            return ()
        found = codes(reader, "types")
        for name in found:
            if name not in ASSISTANCE_TYPES:
                way = did_you_mean(name, ASSISTANCE_TYPES, f"There are: {', '.join(ASSISTANCE_TYPES)}.")
                reader.problem("types", f"There is no type of assistance '{_short(name)}'.", way)
        if not found:
            reader.problem("types", "No type of assistance is offered.", "List at least one.")
        return found

    def supersedes(self, reader: Reader) -> Supersedes | None:
        only(reader, "code", "change")
        code, change = reader.code("code"), word(reader, "change", Change)
        return Supersedes(code, change) if code and change else None

    def rules(self, top: Reader) -> list[Rule]:
        found: list[Rule] = []
        for code, plain in top.mappings():
            reader = about(plain, code)
            known = self.known_provision(about(top, code), code, code)
            only(reader, "met_when", "not_asked")
            met_when, not_asked = (
                expression(reader, "met_when"),
                reader.text("not_asked", required=False, limit=MAX_GUIDANCE),
            )
            if not isinstance(top.data[code], Located):
                continue
            if ("met_when" in reader.data) is ("not_asked" in reader.data):
                top.problem(
                    code, f"{_short(code)}: A rule has either 'met_when' or 'not_asked'.", "Write exactly one of them."
                )
            elif "not_asked" in reader.data and not not_asked:
                reader.problem("not_asked", "There is no reason.", "Say why the duty is not asked about.")
            elif known:
                self.ruled[code] = reader
                found.append(Rule(code, met_when, not_asked))
        return found

    # The texts

    def with_texts(self, version: VersionSpec) -> VersionSpec:
        headings: dict[str, dict[str, Heading]] = {}
        questions: dict[str, dict[str, QuestionText]] = {}
        for language in (FALLBACK, *(other for other in LANGUAGES if other != FALLBACK)):
            self.language(version, language, headings, questions)
        sections = [
            replace(
                section,
                texts=MappingProxyType(headings.get(section.code, {})),
                questions=tuple(
                    replace(q, texts=MappingProxyType(questions.get(q.code, {}))) for q in section.questions
                ),
            )
            for section in version.sections
        ]
        return build_version(
            questionnaire=version.questionnaire,
            treaty=version.treaty,
            sections=sections,
            rules=version.rules.values(),
            texts=headings.get("", {}),
        )

    def language(
        self,
        version: VersionSpec,
        language: str,
        headings: dict[str, dict[str, Heading]],
        questions: dict[str, dict[str, QuestionText]],
    ) -> None:
        top = self.open(f"{language}.yaml")
        if top is None:
            return
        only(top, "questionnaire", "sections", "questions")
        if "questionnaire" in top.data:
            self.heading(top.mapping("questionnaire"), language, headings.setdefault("", {}))
        missing = 0
        for what, known in (("section", self.sections), ("question", self.questions)):
            entries = top.mapping(f"{what}s", required=language == FALLBACK)
            for code, plain in entries.mappings():
                reader = about(plain, code)
                if code not in known:
                    way = did_you_mean(code, known, f"Remove it, or add the {what} to {STRUCTURE}.")
                    entries.problem(code, f"{_short(code)}: There is no {what} of this code.", way)
                elif not isinstance(entries.data[code], Located):
                    continue
                elif what == "section":
                    self.heading(reader, language, headings.setdefault(code, {}))
                else:
                    self.question_text(reader, version.questions.get(code), language, questions.setdefault(code, {}))
            absent = [code for code in known if code not in entries.data]
            missing += len(absent)
            for code in absent if language == FALLBACK else ():
                self.problems.add(
                    ENGLISH, entries.line, f"{code}: The {what} has no text.", f"Add '{code}:' under '{what}s'."
                )
        if missing and language != FALLBACK:
            self.remarks.add(top.file, 1, f"{missing} texts are not translated.", "They are shown in English.")

    def heading(self, reader: Reader, language: str, into: dict[str, Heading]) -> None:
        only(reader, "title", "introduction", "short", *(() if language == FALLBACK else ("source",)))
        title = reader.text("title", limit=MAX_TITLE)
        introduction = reader.text("introduction", required=False, limit=MAX_GUIDANCE)
        heading = Heading(title, introduction, reader.text("short", required=False, limit=MAX_TITLE))
        if title:
            into[language] = replace(heading, stale=self.is_stale(reader, language, into.get(FALLBACK)))

    def question_text(
        self, reader: Reader, question: QuestionSpec | None, language: str, into: dict[str, QuestionText]
    ) -> None:
        only(reader, "text", "guidance", "choices", "rows", *(() if language == FALLBACK else ("source",)))
        text = reader.text("text", limit=MAX_TEXT)
        guidance = reader.text("guidance", required=False, limit=MAX_GUIDANCE)
        if question is None:
            return
        if language == FALLBACK and not guidance and question.kind in GUIDED_KINDS:
            reader.problem("guidance", "There is no guidance.", "Say what is demanded and what counts as yes.")
        choices = self.labels(reader, "choices", question.choices, question.kind)
        rows = self.labels(reader, "rows", tuple(row.code for row in question.rows), question.kind)
        if text:
            written = QuestionText(text, guidance, frozen(choices), frozen(rows))
            into[language] = replace(written, stale=self.is_stale(reader, language, into.get(FALLBACK)))

    def labels(self, reader: Reader, key: str, wanted: Collection[str], kind: Kind) -> dict[str, str]:
        if not wanted:
            if reader.data.get(key) is not None:
                fixed = " Its answers are the same everywhere." if kind in FIXED_VALUES else ""
                reader.problem(key, f"The question has no {key} to be labelled.{fixed}", "Remove the key.")
            return {}
        labels = reader.mapping(key)
        only(labels, *wanted)
        for name in wanted:
            if key in reader.data and labels.data.get(name) is None:
                labels.problem(name, f"'{name}' of '{key}' has no label.", f"Add '{name}: …' under '{key}'.")
        return {name: labels.text(name, limit=MAX_TITLE) for name in wanted if labels.data.get(name) is not None}

    def is_stale(self, reader: Reader, language: str, english: QuestionText | Heading | None) -> bool:
        """Whether the English changed since the translation, as the mark in ``source`` shows."""
        if language == FALLBACK or english is None:
            return False
        mark, source = text_hash(english), reader.text("source", required=False)
        if source == mark:
            return False
        reason = (
            "The English changed since this was translated." if source else "The translation does not mark its source."
        )
        remarks = Reader(reader.data, reader.file, self.remarks)
        if isinstance(reader.problems, _About):
            remarks = about(remarks, reader.problems.code)
        remarks.problem("source", reason, f"Compare it with the English, then write source: '{mark}'.")
        return True

    # Conditions

    def check_conditions(self, version: VersionSpec) -> None:
        known = {question.code: Answerable(question.kind, question.values) for question in version}
        # Questions that could not be read are complained of already; conditions on them are not.
        unread = frozenset(self.questions) - frozenset(known)
        for question in version:
            reader = self.questions[question.code]
            self.check(reader, question.relevant, Place.RELEVANT, known, unread, question.code)
            self.check(reader, question.constraint, Place.CONSTRAINT, known, unread, question.code)
        for rule in version.rules.values():
            self.check(self.ruled[rule.provision], rule.met_when, Place.RULE, known, unread, "")
        _, cycle = order_of_dependence({question.code: question.depends_on for question in version})
        if len(set(cycle)) > 1:
            path = " → ".join(cycle)
            self.questions[cycle[0]].problem(
                "relevant", f"The questions depend on one another: {path}.", "Break the circle."
            )

    def check(
        self,
        reader: Reader,
        condition: Expression | None,
        place: Place,
        known: Mapping[str, Answerable],
        unread: frozenset[str],
        itself: str,
    ) -> None:
        if condition is None:
            return
        for fault in check_condition(condition, place=place, questions=known, itself=itself, unread=unread):
            reader.problem(place.value, f"'{place.value}', column {fault.column}: {fault.reason}", fault.way_out)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"


# ── Coverage: every duty is asked about, or it is said why not ──────────────────────────────────────────────────────


def coverage(version: VersionSpec, provisions: Iterable[ProvisionFacts]) -> dict[str, tuple[str, ...]]:
    """For each duty or option of States in the treaty, the codes that ask about it, in order."""
    asking: dict[str, list[str]] = {facts.code: [] for facts in provisions if facts.must_be_covered}
    for question in version:
        for provision in question.provisions:
            if provision in asking:
                asking[provision].append(question.code)
    return {provision: tuple(found) for provision, found in asking.items()}


def gaps_in_coverage(version: VersionSpec, provisions: Iterable[ProvisionFacts]) -> tuple[Problem, ...]:
    """The duties without a rule, and those with a rule that nothing asks about."""
    found: list[Problem] = []
    for provision, asking in coverage(version, provisions).items():
        rule = version.rules.get(provision)
        if rule is None:
            remedy = "Add met_when, or not_asked with the reason, under provisions."
            found.append(Problem(STRUCTURE, 1, f"{provision}: No rule says when it is fulfilled.", remedy))
        elif rule.met_when is not None and not asking:
            remedy = "Name it in 'provision' or 'also' of the questions that ask about it."
            found.append(Problem(STRUCTURE, 1, f"{provision}: No question asks about it.", remedy))
    return tuple(found)
