"""Reads a treaty's folder (``docs/formats/treaty.md``) into plain dataclasses and refuses what is doubtful."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from palermo.base.multilingual import LANGUAGES
from palermo.base.yaml_source import BadContent, Problem, Problems, Reader, read, read_items, shown
from palermo.treaties.logic.kinds import ArticleKind, Bearer, InstrumentKind, Obligation, Verb

Texts = dict[str, dict[str, str]]

# Which verb can carry which force. A treaty sometimes obliges by *may* ("may be inferred from objective factual
# circumstances") or by *shall seek*; but a *shall* is never optional.
FORCE: dict[Obligation, tuple[Verb, ...]] = {
    Obligation.MANDATORY: (Verb.SHALL, Verb.SHALL_ENDEAVOUR, Verb.MAY),
    Obligation.CONSIDERED: (Verb.SHALL_CONSIDER, Verb.SHALL_ENDEAVOUR, Verb.SHOULD, Verb.ENCOURAGED, Verb.MAY),
    Obligation.OPTIONAL: (Verb.MAY, Verb.ENCOURAGED, Verb.SHOULD),
    Obligation.NONE: (Verb.NONE,),
}


@dataclass(frozen=True)
class TopicSpec:
    """A topic as the content file has it."""

    code: str
    order: int
    texts: Texts


@dataclass
class ProvisionSpec:
    """An article or a limb of one as the content files have it."""

    code: str
    order: int
    line: int
    article: str = ""
    parent: str = ""
    kind: str = ""
    obligation: str = Obligation.NONE.value
    verb: str = Verb.NONE.value
    bearer: str = Bearer.STATE.value
    notify: bool = False
    part: str = ""
    topics: tuple[str, ...] = ()
    texts: Texts = field(default_factory=dict)

    @property
    def is_article(self) -> bool:
        """Whether this is an article and not a limb of one."""
        return not self.article


@dataclass
class TreatySpec:
    """A treaty as its folder has it."""

    code: str
    kind: str
    parent: str
    order: int
    symbol: str
    adopted_on: date | None
    opened_on: date | None
    in_force_on: date | None
    deposits_for_entry: int
    days_to_entry: int
    binds_after_days: int
    denunciation_after_months: int
    complete: bool
    texts: Texts
    provisions: list[ProvisionSpec]


HEAD = (
    "code",
    "kind",
    "parent",
    "order",
    "symbol",
    "adopted_on",
    "opened_on",
    "in_force_on",
    "deposits_for_entry",
    "days_to_entry",
    "binds_after_days",
    "denunciation_after_months",
    "complete",
    "articles",
)
LIMB = ("code", "obligation", "verb", "bearer", "topics", "notify", "part")


def read_topics(path: Path) -> list[TopicSpec]:
    """The topics of ``topics.yaml``; raises ``BadContent``."""
    problems = Problems()
    topics: dict[str, TopicSpec] = {}
    for order, item in enumerate(read_items(path, problems)):
        item.only("code", *LANGUAGES)
        code = item.code("code")
        item.text("en")
        if code in topics:
            item.problem("code", f"The topic '{code}' is here twice.", "Keep one of the two.")
        texts = {language: {"name": item.text(language)} for language in LANGUAGES if language in item.data}
        topics[code] = TopicSpec(code, order, texts)
    problems.raise_any()
    return list(topics.values())


def read_treaty(folder: Path, topics: Collection[str]) -> TreatySpec:
    """The treaty in a folder; raises ``BadContent`` with everything that is wrong with its files."""
    path = folder / "treaty.yaml"
    problems = Problems()
    head = Reader(read(path), shown(path), problems)
    head.only(*HEAD)
    code = head.code("code")
    if code and code != folder.name:
        head.problem("code", f"The code '{code}' is not the folder's name '{folder.name}'.", "Rename one of the two.")
    kind = head.one_of("kind", [kind.value for kind in InstrumentKind])
    spec = TreatySpec(
        code=code,
        kind=kind,
        parent=head.code("parent", required=kind == InstrumentKind.PROTOCOL),
        order=head.integer("order", required=False),
        symbol=head.text("symbol", limit=100),
        adopted_on=head.day("adopted_on"),
        opened_on=head.day("opened_on", required=False),
        in_force_on=head.day("in_force_on", required=False),
        deposits_for_entry=head.integer("deposits_for_entry", least=0),
        days_to_entry=head.integer("days_to_entry", least=0),
        binds_after_days=head.integer("binds_after_days", least=0),
        denunciation_after_months=head.integer("denunciation_after_months", least=0),
        complete=head.flag("complete"),
        texts={},
        provisions=[],
    )
    if kind == InstrumentKind.CONVENTION and spec.parent:
        head.problem("parent", "A convention has no parent.", "Remove the line, or make it a protocol.")
    known: dict[str, ProvisionSpec] = {}
    for item in head.items("articles", required=spec.complete):
        _read_article(item, spec, known, topics)
    _read_texts(folder, spec, known, problems)
    problems.raise_any()
    spec.provisions = list(known.values())
    return spec


def _read_article(item: Reader, spec: TreatySpec, known: dict[str, ProvisionSpec], topics: Collection[str]) -> None:
    item.only("code", "kind", "topics", "provisions")
    code = item.code("code")
    article = ProvisionSpec(
        code=code,
        order=len(known) + 1,
        line=item.line,
        kind=item.one_of("kind", [kind.value for kind in ArticleKind]),
        topics=_topics(item, topics),
    )
    prefix, _, number = code.rpartition(".")
    if code and prefix != spec.code:
        item.problem("code", f"'{code}' is not an article of {spec.code}.", f"Write {spec.code}.{number or code}.")
    if not code or not _new(item, known, article):
        return
    for limb in item.items("provisions", required=False):
        _read_limb(limb, article, known, topics)


def _read_limb(limb: Reader, article: ProvisionSpec, known: dict[str, ProvisionSpec], topics: Collection[str]) -> None:
    limb.only(*LIMB)
    spec = ProvisionSpec(
        code=limb.code("code"),
        order=len(known) + 1,
        line=limb.line,
        article=article.code,
        obligation=limb.one_of("obligation", [kind.value for kind in Obligation], default=Obligation.NONE),
        verb=limb.one_of("verb", [kind.value for kind in Verb], default=Verb.NONE),
        bearer=limb.one_of("bearer", [kind.value for kind in Bearer], default=Bearer.STATE),
        notify=limb.flag("notify"),
        part=limb.code("part", required=False),
        topics=_topics(limb, topics),
    )
    allowed = FORCE[Obligation(spec.obligation)]
    if spec.verb not in allowed:
        limb.problem(
            "verb",
            f"The verb '{spec.verb}' does not go with the obligation '{spec.obligation}'.",
            f"With it go: {', '.join(allowed)}.",
        )
    if spec.part and not spec.code.endswith(f".{spec.part}"):
        limb.problem("part", f"The code does not end in '.{spec.part}'.", "Name the part as the code ends.")
    if not spec.code:
        return
    if spec.code == article.code:
        # An article of a single paragraph is its own limb.
        if article.verb != Verb.NONE:
            limb.problem("code", f"'{spec.code}' is here twice.", "Keep one of the two.")
        article.obligation, article.verb, article.bearer = spec.obligation, spec.verb, spec.bearer
        article.notify, article.topics = spec.notify, spec.topics or article.topics
        return
    if not spec.code.startswith(f"{article.code}."):
        limb.problem("code", f"'{spec.code}' does not lie in {article.code}.", "Move it to its article.")
        return
    parts = spec.code.split(".")
    above = (".".join(parts[:length]) for length in range(len(parts) - 1, 1, -1))
    spec.parent = next((code for code in above if code in known), article.code)
    _new(limb, known, spec)


def _new(item: Reader, known: dict[str, ProvisionSpec], spec: ProvisionSpec) -> bool:
    if spec.code in known:
        item.problem(
            "code",
            f"'{spec.code}' stands on line {known[spec.code].line} already.",
            "Codes are unique: change or remove it.",
        )
        return False
    known[spec.code] = spec
    return True


def _topics(item: Reader, topics: Collection[str]) -> tuple[str, ...]:
    words = item.words("topics")
    for word in words:
        if word not in topics:
            item.problem("topics", f"The topic '{word}' is not known.", "Add it to topics.yaml, or use one from there.")
    return tuple(dict.fromkeys(words))


def _read_texts(folder: Path, spec: TreatySpec, known: Mapping[str, ProvisionSpec], problems: Problems) -> None:
    for path in sorted(folder.glob("*.yaml")):
        if path.name != "treaty.yaml" and path.stem not in LANGUAGES:
            problems.add(
                shown(path), 1, "The file is not named after a language.", f"Known languages: {', '.join(LANGUAGES)}."
            )
    for language in LANGUAGES:
        path = folder / f"{language}.yaml"
        if language != "en" and not path.exists():
            continue
        try:
            texts = Reader(read(path), shown(path), problems)
        except BadContent as bad:
            problems.found.extend(bad.problems)
            continue
        texts.only("treaty", "articles", "provisions")
        title = texts.mapping("treaty", required=language == "en")
        title.only("title", "short", "adopted_at", "opened_at")
        if language == "en":
            title.text("title")
            title.text("short")
        spec.texts[language] = dict(title.texts())
        _place(texts, language, known)
        if language == "en":
            _demand_english(path, known, problems)
    spec.texts = {language: found for language, found in spec.texts.items() if found}


def _place(texts: Reader, language: str, known: Mapping[str, ProvisionSpec]) -> None:
    """Puts the sentences of one language to their provisions."""
    articles = texts.mapping("articles", required=False)
    for code, item in articles.mappings():
        item.only("title", "short")
        article = known.get(code)
        if article is None or not article.is_article:
            articles.problem(code, f"'{code}' is no article of treaty.yaml.", "Correct the code, or add the article.")
            continue
        article.texts.setdefault(language, {}).update(item.texts())
    provisions = texts.mapping("provisions", required=False)
    for code, sentence in provisions.texts().items():
        provision = known.get(code)
        if provision is None:
            provisions.problem(code, f"'{code}' is not in treaty.yaml.", "Correct the code, or add the provision.")
            continue
        provision.texts.setdefault(language, {})["demand"] = sentence


def _demand_english(path: Path, known: Mapping[str, ProvisionSpec], problems: Problems) -> None:
    """Every article has an English title, and every limb an English sentence; other languages may lag behind."""
    for provision in known.values():
        texts = provision.texts.get("en", {})
        wanted: list[str] = ["title"] if provision.is_article else []
        if not provision.is_article or provision.verb != Verb.NONE:
            wanted.append("demand")
        problems.found.extend(
            Problem(
                shown(path),
                1,
                f"The English {word} of '{provision.code}' is missing.",
                "Add it under articles." if word == "title" else "Add it under provisions.",
            )
            for word in wanted
            if not texts.get(word)
        )


def as_row(provision: ProvisionSpec) -> dict[str, Any]:
    """The columns of a provision that stand in the file itself."""
    return {
        "order": provision.order,
        "is_article": provision.is_article,
        "kind": provision.kind,
        "obligation": provision.obligation,
        "verb": provision.verb,
        "bearer": provision.bearer,
        "notify": provision.notify,
        "part": provision.part,
        "texts": provision.texts,
    }
