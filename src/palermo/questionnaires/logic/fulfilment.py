"""Which questions apply, and which provisions the answers fulfil. Everything is computed on read, nothing stored."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from palermo.questionnaires.logic.conditions import (
    Expression,
    Value,
    and_terms,
    evaluate,
    judge,
    judge_node,
    references,
)
from palermo.questionnaires.logic.spec import QuestionSpec, Rule, VersionSpec


class Fulfilment(StrEnum):
    """Whether a provision is fulfilled, by its own rule."""

    MET = "met"
    IN_PART = "in_part"
    NOT_MET = "not_met"
    UNANSWERED = "unanswered"


def fulfilment(rule: Rule, answers: Mapping[str, Value], *, today: date | None = None) -> Fulfilment | None:
    """What the answers say of the provision; ``None`` for one that is deliberately not asked.

    ``answers`` are those of ``settled``: ``None`` is not yet known, ``''`` does not apply. In part means that not all
    is fulfilled, but something is: a term of the rule holds, or would hold if an answer *in part* were enough.
    """
    if rule.met_when is None:
        return None
    verdict = judge(rule.met_when, answers, today=today)
    if verdict is None:
        return Fulfilment.UNANSWERED
    if verdict:
        return Fulfilment.MET
    terms = and_terms(rule.met_when.root)
    if any(judge_node(term, answers, lenient=True, today=today) is True for term in terms):
        return Fulfilment.IN_PART
    return Fulfilment.NOT_MET


def fulfilments(version: VersionSpec, values: Mapping[str, Value], *, today: date) -> dict[str, Fulfilment]:
    """The fulfilment of every provision that is asked about, in the order of the rules."""
    answers = settled(version, values, today=today)
    found = ((rule.provision, fulfilment(rule, answers, today=today)) for rule in version.rules.values())
    return {provision: verdict for provision, verdict in found if verdict is not None}


def relevant_codes(
    version: VersionSpec, values: Mapping[str, Value], *, today: date, among: Iterable[str] | None = None
) -> set[str]:
    """The codes of the questions that apply; the answers of those that do not count as empty for the others.

    With ``among``, only these are judged and what they depend on: the values of ``asked_for(version, among)`` suffice.
    """
    wanted = None if among is None else set(among)
    judged = None if wanted is None else asked_for(version, wanted)
    applying: set[str] = set()
    standing: dict[str, Value] = {}
    for code in version.order_of_dependence:
        if judged is not None and code not in judged:
            continue
        if _applies(version.questions[code].relevant, standing, today):
            applying.add(code)
            standing[code] = values.get(code)
    return applying if wanted is None else applying & wanted


def _applies(relevant: Expression | None, standing: Mapping[str, Value], today: date) -> bool:
    return relevant is None or evaluate(relevant, standing, today=today)


def settled(version: VersionSpec, values: Mapping[str, Value], *, today: date) -> dict[str, Value]:
    """The answers as a rule must see them: ``''`` where a question does not apply, ``None`` where nobody knows yet.

    A question whose own relevance hangs on a missing answer is not known either, whatever is parked in it.
    """
    known: dict[str, Value] = {}
    for code in version.order_of_dependence:
        relevant = version.questions[code].relevant
        applies = True if relevant is None else judge(relevant, known, today=today)
        if applies is False:
            known[code] = ""
        elif applies is None:
            known[code] = None
        else:
            known[code] = values.get(code) or None
    return known


def fits(question: QuestionSpec, value: Value, values: Mapping[str, Value], *, today: date) -> bool:
    """Whether an answer satisfies the question's constraint; an empty answer always does."""
    if question.constraint is None or not value:
        return True
    return evaluate(question.constraint, values, today=today, self_value=value)


def affected_by(version: VersionSpec, code: str) -> frozenset[str]:
    """The questions that may appear, disappear or become invalid when the answer to ``code`` changes."""
    found: set[str] = set()
    pending = [code]
    while pending:
        for dependent in version.dependents.get(pending.pop(), frozenset()):
            if dependent not in found:
                found.add(dependent)
                pending.append(dependent)
    return frozenset(found)


def asked_for(version: VersionSpec, codes: Iterable[str]) -> frozenset[str]:
    """The codes whose answers must be known to judge these: themselves, what they refer to, and so on upwards."""
    found: set[str] = set()
    pending = [code for code in codes if code in version.questions]
    while pending:
        code = pending.pop()
        if code in found:
            continue
        found.add(code)
        question = version.questions[code]
        needed = question.depends_on | (references(question.constraint) if question.constraint else frozenset())
        pending.extend(other for other in needed if other in version.questions)
    return frozenset(found)
