"""Reads behind the change between cycles: what each question of a version replaces in the versions before."""

from palermo.questionnaires.logic.spec import Change
from palermo.questionnaires.models import Supersession


def replaced_between(questionnaire: str, earlier: int, later: int) -> list[dict[str, tuple[str, Change]]]:
    """For each version after the earlier up to the later, the latest first, what its questions replace. One query.

    A question that kept its code replaces itself, whatever else it takes up.
    """
    found: dict[int, dict[str, tuple[str, Change]]] = {number: {} for number in range(later, earlier, -1)}
    rows = Supersession.objects.filter(
        version__questionnaire__code=questionnaire, version__number__gt=earlier, version__number__lte=later
    ).values_list("version__number", "question", "replaces", "change")
    for number, question, replaces, change in rows.order_by("pk"):
        if question not in found[number] or question == replaces:
            found[number][question] = (replaces, Change(change))
    return list(found.values())
