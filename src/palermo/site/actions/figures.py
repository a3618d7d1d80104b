"""Editions of figures for the public: published, withdrawn, and checked again when a State opens something."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.reports.logic.needs import scheme
from palermo.reports.queries.dataset import dataset
from palermo.responses.logic.scopes import cycle_scope
from palermo.responses.models import CycleQuestionnaire
from palermo.site.logic import figures as logic
from palermo.site.models import FiguresEdition, PublishedFigures
from palermo.site.queries import figures as queries


def _lock(cycle: str, questionnaire: str) -> CycleQuestionnaire:
    """One edition at a time."""
    return (
        CycleQuestionnaire.objects.select_for_update(of=("self",))
        .select_related("cycle", "questionnaire__instrument")
        .get(cycle__code=cycle, questionnaire__code=questionnaire)
    )


@transaction.atomic
def publish_figures(
    *,
    by: User | None,
    asked: CycleQuestionnaire,
    as_at: datetime.date | None = None,
    known_at: datetime.datetime | None = None,
) -> PublishedFigures:
    """Publishes what was reported, counted, as at a day and as known at a moment, in the place of the last edition.

    Refuses if so few States differ from an earlier edition that the difference would tell what they said.
    """
    place = {"cycle": asked.cycle.code, "questionnaire": asked.questionnaire.code}
    draft = queries.draft(_lock(**place), as_at=as_at, known_at=known_at)
    if draft.refusal:
        raise Refusal(draft.refusal, "too_few_changes")
    moment = timezone.now()
    dates = {"as_at": draft.found.as_at, "known_at": draft.found.known_at, "published_at": moment}
    FiguresEdition.objects.create(
        **place,
        **dates,
        number=draft.number,
        published_by=by,
        receipts={"states": logic.receipts_of(draft.found), "hidden": logic.packed(draft.figures.hidden)},
    )
    PublishedFigures.objects.filter(**place).delete()
    published = PublishedFigures.objects.create(
        **place,
        **dates,
        treaty=draft.found.treaty,
        edition=draft.number,
        threshold=settings.FIGURES_THRESHOLD,
        reported=draft.reported,
        generated=settings.DEMONSTRATION,
        data=logic.written(draft.figures),
    )
    record(
        by=by,
        action="publish_figures",
        scope=cycle_scope(**place),
        subject=f"{place['questionnaire']} {draft.number}",
        detail={"as_at": draft.found.as_at.isoformat(), "reported": draft.reported, "hidden": draft.hidden},
    )
    return published


@transaction.atomic
def withdraw_figures(*, by: User, asked: CycleQuestionnaire) -> None:
    """Takes the edition away from the public; it stays on record, and the next is compared with it all the same."""
    place = {"cycle": asked.cycle.code, "questionnaire": asked.questionnaire.code}
    _lock(**place)
    published = PublishedFigures.objects.filter(**place).defer("data").first()
    if published is None:
        raise Refusal(_("No figures are published here at the moment."), "not_published")
    published.delete()
    record(
        by=by,
        action="withdraw_figures",
        scope=cycle_scope(**place),
        subject=f"{place['questionnaire']} {published.edition}",
    )


@transaction.atomic
def check_figures(*, by: User | None, cycle: str, questionnaire: str) -> int:
    """Hides in the edition what can be worked out since States opened more; gives how many numbers are hidden anew.

    Nothing that was hidden is ever shown by it, also not if a State has closed what it had opened.
    """
    published = PublishedFigures.objects.filter(cycle=cycle, questionnaire=questionnaire).first()
    if published is None:
        return 0
    asked = _lock(cycle, questionnaire)
    earlier = [edition for edition in queries.editions(cycle, questionnaire) if edition.number < published.edition]
    shown = logic.read(published.data)
    found = dataset(asked.cycle, asked.questionnaire, "en", as_at=published.as_at, known_at=published.known_at)
    checked = logic.figures(
        found,
        queries.ever_opened(found),
        scheme(),
        threshold=published.threshold,
        earlier=queries.before(earlier),
        stored=shown,
    )
    anew = len(checked.hidden - shown.hidden)
    if anew:
        published.data = logic.written(checked)
        published.save(update_fields=["data"])
        record(
            by=by,
            action="check_figures",
            scope=cycle_scope(cycle=cycle, questionnaire=questionnaire),
            subject=f"{questionnaire} {published.edition}",
            detail={"hidden": anew},
        )
    return anew
