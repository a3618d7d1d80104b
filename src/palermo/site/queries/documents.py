"""Documents of the Secretariat that everybody may read, and how far a document is on its way there."""

import datetime
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Length

from palermo.base.multilingual import LANGUAGES
from palermo.reports.documents.kinds import FROM_ANSWERS
from palermo.reports.logic.frozen import counting_fewer
from palermo.reports.logic.readers import is_for_everybody
from palermo.reports.models import PUBLIC, Document, Making
from palermo.responses.logic.consent import Level
from palermo.responses.models import Consent
from palermo.site.models import PublishedDocument
from palermo.site.queries.published import as_public

# The text and the files of a document: what lists do not need.
WHOLE: Final = ("html", "docx", "pdf")
FILES: Final = ("docx", "pdf")


@dataclass(frozen=True)
class Publication:
    """One document in the languages in which it is published, by the code of the language."""

    texts: Mapping[str, PublishedDocument]

    @property
    def latest(self) -> PublishedDocument:
        """The language that was published last."""
        return max(self.texts.values(), key=lambda item: (item.published_at, item.code))

    @property
    def key(self) -> str:
        """What stays when it is published again or in one more language."""
        return self.latest.code.rpartition("-")[0]

    @property
    def urn(self) -> str:
        """The name by which readers of a feed know it again."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"publications/{self.key}").urn

    @property
    def languages(self) -> list[str]:
        """The languages in the order of the interface."""
        return [language for language in LANGUAGES if language in self.texts]

    def best(self, language: str) -> PublishedDocument:
        """The text in a language, else in English, else in the first there is."""
        for wanted in (language, "en", *self.languages):
            if wanted in self.texts:
                return self.texts[wanted]
        return self.latest


def grouped(found: Iterable[PublishedDocument]) -> list[Publication]:
    """The same document in several languages as one, the newest first."""
    groups: dict[str, dict[str, PublishedDocument]] = {}
    for item in found:
        groups.setdefault(item.code.rpartition("-")[0], {})[item.language] = item
    made = [Publication(texts) for texts in groups.values()]
    return sorted(made, key=lambda one: (one.latest.published_at, one.key), reverse=True)


def _heads() -> QuerySet[PublishedDocument]:
    """What lists show."""
    return PublishedDocument.objects.defer(*WHOLE).annotate(docx_size=Length("docx"), pdf_size=Length("pdf"))


def publications() -> list[Publication]:
    """Every published document, the newest first. One query."""
    with as_public():
        return grouped(_heads())


def publication(code: str) -> PublishedDocument | None:
    """One document in one language with its text, without the files. One query."""
    with as_public():
        return (
            PublishedDocument.objects.defer(*FILES)
            .annotate(docx_size=Length("docx"), pdf_size=Length("pdf"))
            .filter(code=code)
            .first()
        )


def beside(found: PublishedDocument) -> list[PublishedDocument]:
    """The same document in the other languages. One query."""
    stem = found.code.rpartition("-")[0]
    with as_public():
        return list(
            PublishedDocument.objects.defer(*WHOLE)
            .filter(code__in=[f"{stem}-{language}" for language in LANGUAGES])
            .exclude(code=found.code)
            .order_by("language")
        )


def published_at(code: str) -> datetime.datetime | None:
    """When it was published, for a reader who asks whether there is anything newer. One query."""
    with as_public():
        return PublishedDocument.objects.filter(code=code).values_list("published_at", flat=True).first()


def published_file(code: str, form: str) -> bytes | None:
    """A file of a document, byte for byte as the Secretariat took it. One query."""
    with as_public():
        found = PublishedDocument.objects.filter(code=code).values_list(form, flat=True).first()
    return None if found is None else bytes(found)


# ── On the way ───────────────────────────────────────────────────────────────────────────────────────────────────────


def code_of(document: Document) -> str:
    """Under which address a document stands: its symbol, or what it is about, and its language."""
    snapshot = document.snapshot
    named = document.symbol or f"{snapshot.kind} {snapshot.questionnaire} {snapshot.cycle} {snapshot.as_at}"
    stem = re.sub(r"[^a-z0-9]+", "-", named.lower()).strip("-") or snapshot.sha256[:16]
    return f"{stem[:110]}-{document.language}"


@dataclass(frozen=True)
class Standing:
    """How far a document is on its way to the public."""

    code: str
    making: Making | None
    # What stands at the address now, without text and files; another document perhaps.
    there: PublishedDocument | None
    is_published: bool


def standing(document: Document) -> Standing:
    """How far a document is, and what stands at its address. Two queries."""
    code = code_of(document)
    there = PublishedDocument.objects.defer(*WHOLE).filter(code=code).first()
    return Standing(
        code=code,
        making=Making.objects.filter(document=document, form=PUBLIC).first(),
        there=there,
        is_published=there is not None and there.figures == document.snapshot.sha256,
    )


@dataclass(frozen=True)
class Disclosed:
    """What the public would learn from a document beside its totals."""

    treaty: str
    # Figures that count States, but fewer than the threshold of public figures; a conference document hides none.
    small: int
    names_answers: bool
    """Whether the text names States with what they answered or asked for."""
    for_everybody: bool
    """Whether the copy was made for everybody, without what States have not opened and without small numbers."""
    generated: bool

    @property
    def stays(self) -> bool:
        """Whether it tells what States have not opened, so that it cannot be published as it is."""
        return self.names_answers and not self.for_everybody

    @property
    def needs_word(self) -> bool:
        """Whether somebody has to say that the conference has asked for it."""
        return bool(self.small) or self.names_answers


def closed_since(document: Document) -> bool:
    """Whether a State has taken back what was open to everybody since the copy was made. One query."""
    snapshot = document.snapshot
    return (
        Consent.objects.filter(
            submission__response__cycle__code=snapshot.cycle,
            submission__response__questionnaire__code=snapshot.questionnaire,
            at__gt=snapshot.made_at,
        )
        .exclude(level=Level.PUBLIC)
        .exists()
    )


def disclosed(document: Document) -> Disclosed:
    """What the frozen copy of a document would tell. No query."""
    data = json.loads(document.snapshot.data)
    return Disclosed(
        treaty=data["about"]["treaty"]["code"],
        small=counting_fewer(data["parts"], settings.FIGURES_THRESHOLD),
        names_answers=not set(FROM_ANSWERS).isdisjoint(data["parts"]),
        for_everybody=is_for_everybody(data),
        generated=bool(data["about"].get("generated")),
    )
