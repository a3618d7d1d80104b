"""Reads behind conference documents: the kinds there are, what is frozen for one, and the documents that are made."""

import datetime
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from palermo.base.errors import Refusal
from palermo.base.multilingual import LANGUAGES, best
from palermo.base.yaml_source import parse
from palermo.parties.models import Group, PartyName
from palermo.parties.queries import as_known, group_name
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.reports.documents.kinds import HERE, Kind, Kinds, read_kinds
from palermo.reports.logic import frozen as copy_of
from palermo.reports.logic.dataset import Dataset, State, exported
from palermo.reports.logic.document import PARTS, Asked, Given
from palermo.reports.logic.needs import scheme
from palermo.reports.logic.practice import practices_asked, told
from palermo.reports.logic.readers import EVERYBODY, Everybody
from palermo.reports.models import Document, Making
from palermo.reports.queries import practice as shared
from palermo.reports.queries.dataset import dataset
from palermo.responses.logic.canonical import fast_canonical_json
from palermo.responses.logic.consent import Level
from palermo.responses.models import CycleQuestionnaire, HelpRequest
from palermo.responses.queries.archive import end_of
from palermo.treaties.models import Topic

REGIONAL: Final = "regional_group"
PRACTICES: Final = "practices"


def kinds() -> Kinds:
    """The kinds of document there are; a folder that is added counts at once."""
    return read_kinds(settings.DOCUMENTS)


def kind_at(code: str) -> Kind | None:
    """The kind of a code."""
    return kinds().found.get(code)


@functools.cache
def _words(language: str) -> Mapping[str, Any]:
    path = HERE / "words" / f"{language}.yaml"
    return parse(path.read_bytes(), path.name) if path.is_file() else {}


def word(kind: str, code: str, language: str) -> str:
    """A word of documents in a language; empty if there is none."""
    found = _words(language).get(kind)
    return str(found.get(code, "")) if isinstance(found, Mapping) else ""


def conference_body(treaty: str, language: str) -> str:
    """The conference of a treaty, as the masthead names it."""
    return word("body", treaty, language)


@dataclass(frozen=True)
class Links:
    """Where the States behind a figure are shown, as at the day and as known at the moment of the copy.

    Addresses carry no language of their own but English: the page offers the other ones.
    """

    cycle: str
    questionnaire: str
    as_at: datetime.date
    known_at: datetime.datetime

    def _page(self, name: str, query: Mapping[str, str | tuple[str, ...]], **arguments: str) -> str:
        """A page of the analysis with both dates; nothing if there is none."""
        dates = {"as_at": self.as_at.isoformat(), "known_at": _zulu(self.known_at)}
        given = {"cycle": self.cycle, "questionnaire": self.questionnaire, **arguments}
        with override("en"):
            try:
                path = reverse(f"reports:{name}", kwargs=given)
            except NoReverseMatch:
                return ""
        return f"{settings.SITE_ADDRESS}{path}?{urlencode({**query, **dates}, doseq=True)}"

    def rates(self, measure: str, slice: str) -> str:
        """The States of a group in a relation."""
        return self._page("rates_states", {"group": slice, "standing": measure})

    def question(self, code: str, value: str) -> str:
        """The States that gave an answer to a question."""
        return self._page("question_states", {"value": value}, code=code)

    def needs(self, **chosen: str | tuple[str, ...]) -> str:
        """The requests that are counted under these codes, or under one of several."""
        return self._page("needs_requests", chosen)

    def practices(self, level: str = "") -> str:
        """What States agreed to share of their practice: all, or what is open so far."""
        return self._page("practice_shared", {"with": level} if level else {})

    def figure(self, part: str, path: str) -> str:
        """The States behind a figure of a document, by its place in the part."""
        return self._page("document_figure", {"figure": path}, part=part)

    def provision(self, code: str, verdict: str) -> str:
        """The States of whose submission a verdict on a provision follows."""
        return self._page("provision_states", {"word": verdict}, provision=code)

    def submission(self, state: State) -> str:
        """What a State has submitted."""
        if state.number is None:
            return ""
        arguments = {"cycle": self.cycle, "questionnaire": self.questionnaire, "party": state.code}
        with override("en"):
            path = reverse("responses:receipt", kwargs={**arguments, "number": state.number})
        return f"{settings.SITE_ADDRESS}{path}"


def _zulu(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def help_asked(asked: CycleQuestionnaire, moment: datetime.datetime) -> list[Asked]:
    """Who had asked for help to answer by a moment. One query."""
    rows = HelpRequest.objects.filter(
        response__cycle=asked.cycle_id, response__questionnaire=asked.questionnaire_id, at__lte=moment
    ).values_list("response__party__code", "at", "answered_at")
    return [
        Asked(code.lower(), at, answered if answered and answered <= moment else None) for code, at, answered in rows
    ]


def given(
    asked: CycleQuestionnaire,
    language: str,
    *,
    as_at: datetime.date,
    known_at: datetime.datetime,
    party: str = "",
    with_practices: bool = False,
    for_everybody: bool = False,
) -> Given:
    """What the figures of documents are computed from, as at a day and as known at a moment.

    With practices, two more queries: who may read what, and the words of what is open to everybody. If everybody will
    read it, who may read what is asked for in any case.
    """
    found = dataset(asked.cycle, asked.questionnaire, language, as_at=as_at, known_at=known_at)
    regions = Group.objects.filter(kind=REGIONAL).order_by("order").values_list("code", flat=True)
    levels = shared.opened(asked, found) if with_practices or for_everybody else {}
    return Given(
        dataset=found,
        regions=list(regions),
        help=help_asked(asked, min(end_of(as_at), known_at)),
        addresses=Links(found.cycle, found.questionnaire, found.as_at, found.known_at),
        party=party,
        told=told(found.states, found.spec, levels) if with_practices else (),
        practices=shared.practices(asked, found, levels, [Level.PUBLIC]) if with_practices else (),
        everybody=Everybody(found.spec, levels, settings.FIGURES_THRESHOLD) if for_everybody else None,
    )


def frozen(
    kind: Kind,
    asked: CycleQuestionnaire,
    *,
    as_at: datetime.date,
    known_at: datetime.datetime,
    party: str = "",
    for_everybody: bool = False,
) -> dict[str, Any]:
    """Everything a document of a kind says, as at a day and as known at a moment: about fifteen queries.

    If everybody will read it, nothing is in it that a State has not opened to everybody.

    Raises ``BadContent`` if a source of the kind cannot be read, and ``Refusal`` if there was no such State.
    """
    sources = kind.sources()
    practices = PRACTICES in kind.data
    if for_everybody and not kind.has_readers:
        raise Refusal(_("Documents of this kind are not made for everybody. Make it for delegations."), "no_readers")
    computed = given(
        asked,
        "en",
        as_at=as_at,
        known_at=known_at,
        party=party,
        with_practices=practices,
        for_everybody=for_everybody,
    )
    found = computed.dataset
    if party and party not in {state.code for state in found.states}:
        raise Refusal(
            _("This State did not exist on the day of the figures. Choose another State, or a later day."), "no_state"
        )
    groups = list(Group.objects.order_by("kind", "order"))
    links = Links(found.cycle, found.questionnaire, found.as_at, found.known_at)
    treaty = asked.questionnaire.instrument
    return {
        "schema": copy_of.SCHEMA,
        "kind": kind.code,
        "titles": dict(kind.titles),
        "subtitles": dict(kind.subtitles),
        "landscape": kind.landscape,
        "sources": sources,
        "site": settings.SITE_ADDRESS,
        "dataset": hashlib.sha256(fast_canonical_json(_plain(exported(found))).encode()).hexdigest(),
        "about": {
            "cycle": {"code": found.cycle, "titles": _titles(asked.cycle.texts)},
            "questionnaire": {"code": found.questionnaire, "titles": _titles(found.spec.texts)},
            "treaty": {
                "code": found.treaty,
                "titles": {
                    **_titles(treaty.texts),
                    **{code: said for code in LANGUAGES if (said := word("treaty", found.treaty, code))},
                },
            },
            "as_at": found.as_at.isoformat(),
            "known_at": _zulu(found.known_at),
            "due_on": asked.cycle.due_on.isoformat(),
            "years": list(found.years),
            "version": found.spec.number,
            "version_sha256": found.spec.sha256,
            "party": party,
            "analysis": links.rates("reported", "whole"),
            "generated": settings.DEMONSTRATION,
            **({"readers": EVERYBODY} if for_everybody else {}),
        },
        "names": _names(found, groups),
        "parts": {
            part: copy_of.addressed(PARTS[part](computed), functools.partial(links.figure, part)) for part in kind.data
        },
    }


def _plain(value: Any) -> Any:
    """Numbers that are not whole as texts, which canonical JSON of ours wants."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return repr(value) if isinstance(value, float) else value


def _titles(texts: Mapping[str, Any]) -> dict[str, str]:
    """The titles of a record or a heading in every language that has one."""
    found = {
        language: str(record.get("title", "") if isinstance(record, Mapping) else record.title)
        for language, record in texts.items()
    }
    return {language: title for language, title in found.items() if title}


def _names(found: Dataset, groups: list[Group]) -> dict[str, Any]:
    """The names of everything a document may speak of, in every language. One query."""
    codes = {state.code for state in found.states}
    rows = PartyName.objects.filter(as_known(found.known_at), validity__contains=found.as_at).select_related("party")
    states = {
        row.party.code.lower(): {
            language: [record["short"], record["sort"]] for language, record in row.texts.items() if record
        }
        for row in rows
        if row.party.code.lower() in codes
    }
    called = {}
    for group in groups:
        called[group.code] = {
            language: group_name(group, language, found.as_at) for language in LANGUAGES if group.texts.get(language)
        }
    spec: VersionSpec = found.spec
    return {
        "states": states,
        "groups": called,
        "sections": {section.code: _titles(section.texts) for section in spec.sections},
        "topics": {
            topic.code: {language: texts["name"] for language, texts in topic.texts.items()}
            for topic in Topic.objects.filter(code__in=sorted(scheme().not_regional_topics))
        },
        "choices": {
            f"{question.code}/{code}": {
                language: text.choices[code] for language, text in question.texts.items() if text.choices.get(code)
            }
            for question in practices_asked(spec)
            for code in question.choices
        },
        "questions": {
            question.code: {language: text.text for language, text in question.texts.items() if text.text}
            for question in spec
        },
        "rows": {
            f"{question.code}/{row.code}": {
                language: text.rows[row.code] for language, text in question.texts.items() if text.rows.get(row.code)
            }
            for question in spec
            for row in question.rows
        },
    }


def documents() -> QuerySet[Document]:
    """Every document, the newest first, with its snapshot (without its data) and who made it."""
    return Document.objects.select_related("snapshot", "made_by").defer("snapshot__data")


def document_at(key: int) -> Document | None:
    """One document with everything behind it. One query."""
    return Document.objects.select_related("snapshot", "made_by").filter(pk=key).first()


def siblings(document: Document) -> list[Document]:
    """The documents from the same snapshot. One query."""
    return list(Document.objects.filter(snapshot=document.snapshot_id).order_by("language", "pk"))


def makings(document: Document) -> dict[str, Making]:
    """How far each file of a document is. One query."""
    return {making.form: making for making in document.makings.all()}


def is_made(document: Document, form: str) -> bool:
    """Whether a file is noted as made. One query."""
    return document.makings.filter(form=form, state=Making.State.DONE).exists()


def asked_for() -> list[CycleQuestionnaire]:
    """What may be reported on: every questionnaire of every cycle, the newest first. One query."""
    return list(
        CycleQuestionnaire.objects.select_related("cycle", "questionnaire__instrument").order_by(
            "-cycle__due_on", "-cycle__pk", "questionnaire__instrument__order", "questionnaire__code"
        )
    )


def asked_title(asked: CycleQuestionnaire, language: str) -> str:
    """Cycle and treaty in words."""
    cycle = best(asked.cycle.texts, language)[0]["title"]
    treaty = best(asked.questionnaire.instrument.texts, language)[0]
    return f"{cycle} · {treaty.get('short') or treaty['title']}"
