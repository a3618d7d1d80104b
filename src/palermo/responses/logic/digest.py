"""A submission in the short form that analysis reads: values, verdicts, requests and figures, without the long texts.

``answers`` holds every question that applied to the State. Its value is None where nothing was said, a code or a list
of codes for choices (``none-of-these`` among them), ``{"cannot": reason}`` where the State says that it cannot answer,
``{"number": …}`` or ``{"date": …}`` for these kinds, and True where the answer is a text or rows. A question that is
missing did not apply.
"""

from collections.abc import Mapping
from typing import Any, Final

from palermo.responses.logic.content import NONE_OF_THESE, from_canonical, is_unanswered

SCHEMA: Final = 1
CHOICE_KINDS: Final = frozenset({"implementation", "yes_no", "choice", "choices", "assistance"})
PLAIN_KINDS: Final = frozenset({"number", "date"})


def digest(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The digest of a submission's snapshot (``responses.logic.snapshot``)."""
    ranks = {uuid: place for place, uuid in enumerate(snapshot["order_of_requests"], start=1)}
    answers: dict[str, Any] = {}
    figures: dict[str, dict[str, dict[str, str]]] = {}
    requests: list[dict[str, Any]] = []
    cases: list[dict[str, str]] = []
    for section in snapshot["sections"]:
        for question in section["questions"]:
            code, form = question["code"], question["answer"]
            answers[code] = value_of(question["kind"], form)
            rows = form.get("rows", ())
            if question["kind"] == "figures":
                table: dict[str, dict[str, str]] = {}
                for row in rows:
                    number = row.get("number", "") or ("not_collected" if row.get("not_collected") else "")
                    if number:
                        table.setdefault(row.get("row", ""), {})[row.get("year", "")] = number
                if table:
                    figures[code] = table
            elif question["kind"] == "assistance" and form.get("value") == "yes":
                requests += [
                    {
                        "uuid": row["uuid"],
                        "code": code,
                        "section": section["code"],
                        "provision": question["provision"],
                        "rank": ranks.get(row["uuid"]),
                        **{key: row[key] for key in REQUEST_FIELDS if row.get(key)},
                    }
                    for row in rows
                ]
            elif question["kind"] == "cases":
                cases += [
                    {
                        "uuid": row["uuid"],
                        "code": code,
                        "section": section["code"],
                        **{key: row[key] for key in CASE_FIELDS if row.get(key)},
                    }
                    for row in rows
                ]
    requests.sort(key=lambda item: item["rank"] or len(ranks) + 1)
    return {
        "answers": answers,
        "provisions": {item["code"]: item["status"] for item in snapshot["provisions"]},
        "requests": requests,
        "figures": figures,
        "cases": cases,
    }


REQUEST_FIELDS: Final = ("type", "urgency", "by_date", "institution", "received", "received_from", "more_would_help")
CASE_FIELDS: Final = ("title", "year", "convention_used", "outcome")


def value_of(kind: str, form: Mapping[str, Any]) -> Any:
    """The short form of one answer's canonical form."""
    if is_unanswered(from_canonical(form), kind):
        return None
    if form.get("cannot_answer"):
        return {"cannot": form.get("reason", "")}
    value = form.get("value")
    if value == NONE_OF_THESE or (kind in CHOICE_KINDS and value is not None):
        return value
    if kind in PLAIN_KINDS and value is not None:
        return {"number" if kind == "number" else "date": value}
    return True
