"""The same validation as on the pages, for many responses; and what of them is on record already."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.errors import Refusal
from palermo.questionnaires.logic.fulfilment import fits, relevant_codes
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions.answers import question_of
from palermo.responses.actions.archive.items import Archived, Item, Looked, Ready, Stored
from palermo.responses.logic.completeness import progress, sketch
from palermo.responses.logic.content import Content, Given, Remark, condition_values, settle
from palermo.responses.models import Answer, Cycle, CycleQuestionnaire, RequestRank, Response, ResponseState, Submission


class Checking:
    """Validates one chunk after the other; remembers whom it has seen."""

    def __init__(self, *, cycle: Cycle, asked: CycleQuestionnaire) -> None:
        self.cycle = cycle
        self.questionnaire = asked.questionnaire
        self.version = asked.version_id
        self.seen: set[int] = set()

    def ready(self, items: Sequence[Item], done: Archived) -> list[Ready]:
        """What of these is to be written; what is there with equal content is put down as unchanged."""
        self._refuse_twice(items)
        there = self._stored(items)
        ready: list[Ready] = []
        unequal: list[str] = []
        for item in items:
            found = there.get(item.party.pk)
            one = self._validated(item, found.version if found else self.version, done)
            if found is not None:
                if one.is_equal(found):
                    done.unchanged.append(one.code)
                    continue
                if found.begun or found.submitted_at is not None:
                    unequal.append(one.code)
                    continue
                one.key, one.is_new = found.key, False
            ready.append(one)
        if unequal:
            raise Refusal(
                _(
                    "These States have another response on record already: %(parties)s. Nothing of theirs was "
                    "changed; take them out, or reopen what is on record."
                )
                % {"parties": ", ".join(sorted(unequal))},
                "response_differs",
            )
        return ready

    def _refuse_twice(self, items: Sequence[Item]) -> None:
        twice = []
        for item in items:
            if item.party.pk in self.seen:
                twice.append(item.party.code)
            self.seen.add(item.party.pk)
        if twice:
            raise Refusal(
                _("These States are named twice: %(parties)s. Leave one response of each.")
                % {"parties": ", ".join(sorted(twice))},
                "twice",
            )

    def _stored(self, items: Sequence[Item]) -> dict[int, Stored]:
        """What is on record of these States; four queries, the first of which holds everybody else off."""
        rows = list(
            Response.objects.select_for_update()
            .filter(cycle=self.cycle, questionnaire=self.questionnaire, party__in=[item.party.pk for item in items])
            .order_by("pk")
        )
        keys = [row.pk for row in rows]
        contents: dict[int, dict[str, Any]] = {}
        orders: dict[int, list[str]] = {}
        submitted: dict[int, datetime.datetime] = {}
        for key, code, form in Answer.objects.filter(response__in=keys).values_list(
            "response_id", "question_id", "content"
        ):
            contents.setdefault(key, {})[str(code)] = form
        for key, request in (
            RequestRank.objects.filter(response__in=keys).order_by("rank").values_list("response_id", "request")
        ):
            orders.setdefault(key, []).append(str(request))
        for key, at in Submission.objects.filter(response__in=keys).order_by("number").values_list("response_id", "at"):
            submitted[key] = at
        return {
            row.party_id: Stored(
                key=row.pk,
                version=row.version_id,
                begun=row.begun_at is not None or row.pk in contents,
                submitted_at=submitted.get(row.pk),
                final=row.state == ResponseState.FINAL,
                contents=contents.get(row.pk, {}),
                order=tuple(orders.get(row.pk, ())),
            )
            for row in rows
        }

    def _validated(self, item: Item, version: int, done: Archived) -> Ready:
        """The response as it will be stored: the same settling as on the pages, and what follows from conditions."""
        spec = version_spec(version)
        contents: dict[str, Content] = {}
        remarks: dict[str, tuple[Remark, ...]] = {}
        code = str(item.party.code)
        for given in item.given:
            question = question_of(spec, given.code)
            if given.code in contents:
                raise Refusal(
                    _("%(party)s answers the question “%(code)s” twice.") % {"party": code, "code": given.code}, "twice"
                )
            content, found = settle(question, self._identified(code, given), values=given.values)
            if found:
                remarks[given.code] = tuple(found)
            if content.canonical():
                contents[given.code] = content
        forms = {name: content.canonical() for name, content in contents.items()}
        one = Ready(item=item, spec=spec, version=version, contents=contents, forms=forms)
        self._check_times(one)
        if not contents:
            return one
        day = timezone.localdate(one.answered_at)
        values = condition_values(spec.questions, contents)
        relevant = relevant_codes(spec, values, today=day)
        one.sections = progress(
            spec,
            {name: sketch(content, str(spec.questions[name].kind)) for name, content in contents.items()},
            today=day,
            relevant=relevant,
        )
        self._check_order(one, relevant)
        looked = Looked(
            remarks=remarks,
            missing=tuple(name for section in one.sections.values() for name in section.missing),
            parked=tuple(name for section in one.sections.values() for name in section.parked),
            unfit=tuple(
                name
                for name in contents
                if name in relevant
                and spec.questions[name].constraint is not None
                and not fits(spec.questions[name], values.get(name), values, today=day)
            ),
        )
        if looked and item.submitted_at is not None:
            done.looked[code] = looked
        return one

    def _identified(self, party: str, given: Given) -> Content:
        """A row that comes without an identity gets one that is the same when the import is repeated."""
        if all(row.uuid for row in given.content.rows):
            return given.content
        name = f"palermo:{self.cycle.code}:{self.questionnaire.code}:{party}:{given.code}"
        return replace(
            given.content,
            rows=tuple(
                row if row.uuid else replace(row, uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}:{place}")))
                for place, row in enumerate(given.content.rows)
            ),
        )

    def _check_times(self, one: Ready) -> None:
        item = one.item
        times = [item.invited_at, item.answered_at, item.submitted_at, item.final_at]
        given = [at for at in times if at is not None]
        if given != sorted(given) or (item.final_at is not None and item.submitted_at is None):
            raise Refusal(
                _("The dates of %(party)s are not in order: invited, answered, submitted, final.")
                % {"party": one.code},
                "times",
            )
        if (one.contents and item.answered_at is None and item.submitted_at is None) or (
            item.submitted_at is not None and not one.contents
        ):
            raise Refusal(
                _("The response of %(party)s needs both answers and the date on which they were given.")
                % {"party": one.code},
                "times",
            )

    def _check_order(self, one: Ready, relevant: set[str]) -> None:
        order = list(one.item.order)
        if not order:
            return
        requests = {
            row.uuid
            for name, content in one.contents.items()
            if str(one.spec.questions[name].kind) == "assistance"
            for row in content.rows
        }
        if len(set(order)) != len(order) or set(order) != requests:
            raise Refusal(
                _("The order of requests of %(party)s does not name every request once.") % {"party": one.code},
                "order",
            )
