"""The index of the search: written anew from content, from what is published, and from what was submitted."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from palermo.base.citation import anchor
from palermo.base.multilingual import LANGUAGES, best
from palermo.parties.logic.kinds import TREATY_PARTIES
from palermo.parties.models import Party, PartyAlias, PartyName
from palermo.questionnaires.logic.spec import Kind
from palermo.questionnaires.models import Questionnaire
from palermo.questionnaires.queries import version_spec
from palermo.responses.models import Submission
from palermo.responses.queries.state import scope_of
from palermo.site.logic.public_text import plain_words
from palermo.site.logic.segment import words_of
from palermo.site.models import Entry, Indexed, PublicEntry, Published, PublishedDocument, SubmittedEntry
from palermo.treaties.models import Provision

BODY_LIMIT = 20_000
BATCH = 20


def _entry(model: type[Entry], *, kind: str, source: str, language: str, title: str, body: str,
           place: Mapping[str, Any], more: str = "", **fields: Any) -> Any:  # fmt: skip
    body = body[:BODY_LIMIT]
    return model(
        kind=kind,
        source=source,
        language=language if language in LANGUAGES else "en",
        title=title,
        body=body,
        words=words_of(f"{title}\n{body}\n{more}"),
        place=dict(place),
        **fields,
    )


@transaction.atomic
def index_content() -> int:
    """Writes the entries of States, treaties and questions anew; gives how many there are."""
    PublicEntry.objects.filter(kind__in=["state", "treaty", "question"]).delete()
    entries = [*_states(), *_treaties(), *_questions()]
    PublicEntry.objects.bulk_create(entries, batch_size=500)
    return len(entries)


def _states() -> Iterator[PublicEntry]:
    """A State is found under every name it bears or bore, in every language, and under its codes."""
    today = timezone.localdate()
    rows = PartyName.objects.filter(withdrawn_at=None, party__kind__in=[kind.value for kind in TREATY_PARTIES])
    now: dict[int, PartyName] = {}
    called: dict[int, set[str]] = {}
    for row in rows:
        called.setdefault(row.party_id, set()).update(
            name for texts in row.texts.values() for name in (texts.get("short"), texts.get("formal")) if name
        )
        if (row.validity.lower is None or row.validity.lower <= today) and (
            row.validity.upper is None or today < row.validity.upper
        ):
            now[row.party_id] = row
    for alias in PartyAlias.objects.filter(party__in=now):
        called[alias.party_id].add(alias.name)
    for party in Party.objects.filter(pk__in=now):
        texts = now[party.pk].texts
        for language in LANGUAGES:
            record, found = best(texts, language)
            if found != language:
                continue
            yield _entry(
                PublicEntry,
                kind="state",
                source=f"state:{party.code}",
                language=language,
                title=record["short"],
                body=record.get("formal", ""),
                more=" ".join([*sorted(called[party.pk]), party.iso2, party.iso3, party.m49]),
                place={"name": "site:state", "arguments": {"code": party.code.lower()}},
            )


def _treaties() -> Iterator[PublicEntry]:
    """The articles of the treaties, each with what its paragraphs demand."""
    articles: dict[int, tuple[Provision, list[Provision]]] = {}
    for provision in Provision.objects.select_related("instrument").order_by("instrument", "order"):
        if provision.is_article:
            articles[provision.pk] = (provision, [])
        elif provision.article_id in articles:
            articles[provision.article_id][1].append(provision)
    for article, limbs in articles.values():
        for language in article.texts:
            demands = [limb.texts[language].get("demand", "") for limb in limbs if language in limb.texts]
            yield _entry(
                PublicEntry,
                kind="treaty",
                source=f"treaty:{article.code}",
                language=language,
                title=article.texts[language].get("title", article.code),
                body=" ".join(filter(None, [article.texts[language].get("demand", ""), *demands])),
                place={
                    "name": "treaties:article",
                    "arguments": {"code": article.instrument.code, "article": article.code.rpartition(".")[2]},
                },
            )


def _questions() -> Iterator[PublicEntry]:
    """The questions of every current version, in each of their languages."""
    for questionnaire in Questionnaire.objects.filter(current__isnull=False):
        assert questionnaire.current_id is not None
        for question in version_spec(questionnaire.current_id):
            if question.kind is Kind.NOTE:
                continue
            for language, text in question.texts.items():
                yield _entry(
                    PublicEntry,
                    kind="question",
                    source=f"question:{question.code}",
                    language=language,
                    title=text.text,
                    body=" ".join([text.guidance, *text.choices.values(), *text.rows.values()]),
                    more=question.code.replace(".", " "),
                    place={
                        "name": "questionnaires:section",
                        "arguments": {"code": questionnaire.code, "section": question.section},
                        "fragment": f"q-{question.code.replace('.', '-')}",
                    },
                )


@transaction.atomic
def index_published(receipt: str) -> None:
    """Brings the public entries of one submission to what is published of it; there may be nothing any more."""
    PublicEntry.objects.filter(source=f"receipt:{receipt}").delete()
    found = Published.objects.filter(receipt=receipt).first()
    if found is None:
        return
    place = {
        "name": "site:answers_of",
        "arguments": {"cycle": found.cycle, "questionnaire": found.questionnaire, "party": found.party},
    }
    PublicEntry.objects.bulk_create(list(_answers(PublicEntry, receipt, found.excerpt, place)), batch_size=500)


@transaction.atomic
def index_document(code: str) -> None:
    """Brings the public entry of one document to what is published of it; there may be nothing any more."""
    PublicEntry.objects.filter(source=f"document:{code}").delete()
    PublicEntry.objects.bulk_create([_document(found) for found in PublishedDocument.objects.filter(code=code)])


@transaction.atomic
def index_documents() -> int:
    """Writes the entries of all published documents anew; gives how many there are."""
    PublicEntry.objects.filter(kind="document").delete()
    found = PublishedDocument.objects.defer("docx", "pdf").iterator(chunk_size=BATCH)
    return len(PublicEntry.objects.bulk_create(map(_document, found), batch_size=500))


def _document(found: PublishedDocument) -> Any:
    return _entry(
        PublicEntry,
        kind="document",
        source=f"document:{found.code}",
        language=found.language,
        title=found.title,
        body=plain_words(found.html),
        more=f"{found.symbol} {found.summary}",
        place={"name": "site:publication", "arguments": {"code": found.code}},
    )


def _answers(
    model: type[Entry], receipt: str, snapshot: Mapping[str, Any], place: Mapping[str, Any], **fields: Any
) -> Iterator[Any]:
    """What a submission says in words: an entry for each answer with a text or a case, one for each law."""
    party = best(snapshot["party"]["names"], "en")[0] if snapshot["party"]["names"] else snapshot["party"]["code"]
    for section in snapshot["sections"]:
        for question in section["questions"]:
            answer = question["answer"]
            language = answer.get("language", "en")
            wording = best(question["wording"], language)[0]["text"]
            here = {**place, "fragment": anchor(question["code"])}
            rows: Iterable[Mapping[str, str]] = answer.get("rows", ())
            if question["kind"] == "legislation":
                for row in rows:
                    yield _entry(
                        model,
                        kind="law",
                        source=f"receipt:{receipt}",
                        language=language,
                        title=row.get("title", ""),
                        body=" ".join(row.get(name, "") for name in ("number", "date", "articles", "extract")).strip(),
                        more=party,
                        place={**here, "party": snapshot["party"]["code"].lower()},
                        **fields,
                    )
            elif question["kind"] != "authority":
                texts = [answer.get("text", ""), answer.get("gloss", "")]
                texts += [value for row in rows for key, value in row.items() if key in WORDED]
                if any(texts):
                    yield _entry(
                        model,
                        kind="answer",
                        source=f"receipt:{receipt}",
                        language=language,
                        title=wording,
                        body="\n".join(filter(None, texts)),
                        more=party,
                        place={**here, "party": snapshot["party"]["code"].lower()},
                        **fields,
                    )


# The fields of rows that hold words of the State; codes and numbers of others are found by analysis, not by search.
WORDED = ("title", "summary", "outcome", "reference", "reason", "institution", "expected_result")


def index_submissions(limit: int = 1000) -> int:
    """Takes submissions into the index that are not in it yet, a few in a transaction; gives how many were taken."""
    done = 0
    while done < limit:
        with transaction.atomic():
            waiting = list(
                Submission.objects.exclude(receipt__in=Indexed.objects.values("receipt"))
                .select_related("response__cycle", "response__questionnaire", "response__party")
                .order_by("pk")[: min(BATCH, limit - done)]
            )
            if not waiting:
                break
            entries: list[SubmittedEntry] = []
            for submission in waiting:
                response = submission.response
                place = {
                    "name": "reports:submitted_report",
                    "arguments": {
                        "cycle": response.cycle.code,
                        "questionnaire": response.questionnaire.code,
                        "party": response.party.code.lower(),
                        "number": submission.number,
                    },
                }
                entries += _answers(
                    SubmittedEntry,
                    submission.receipt,
                    json.loads(submission.snapshot),
                    place,
                    scope=scope_of(response),
                )
            # Only what a State said last is found; earlier submissions stay on record.
            earlier = [
                receipt
                for submission in waiting
                for receipt in Submission.objects.filter(
                    response=submission.response_id, number__lt=submission.number
                ).values_list("receipt", flat=True)
                if submission.number > 1
            ]
            SubmittedEntry.objects.filter(source__in=[f"receipt:{receipt}" for receipt in earlier]).delete()
            SubmittedEntry.objects.bulk_create(entries, batch_size=500)
            Indexed.objects.bulk_create([Indexed(receipt=s.receipt) for s in waiting], ignore_conflicts=True)
        done += len(waiting)
    return done


@transaction.atomic
def forget_submissions() -> None:
    """Empties the index of what was submitted, so that it is written anew."""
    SubmittedEntry.objects.all().delete()
    Indexed.objects.all().delete()
