"""The public pages of States: who they are, and which treaties they are bound by."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palermo.base.citation import cite
from palermo.base.multilingual import ENDONYMS
from palermo.parties.access import public
from palermo.parties.logic.kinds import TREATY_PARTIES, GroupKind, PartyKind
from palermo.parties.models import Party
from palermo.parties.queries import NameHistory, group_name, groups_of, name_history, parties, parties_sorted
from palermo.site.queries.figures import requests_of
from palermo.site.queries.published import published_of
from palermo.site.views.figures import request_rows
from palermo.treaties.logic.status import Standing
from palermo.treaties.queries import all_standings, generated_instruments, status_of
from palermo.treaties.words import ACTS, STANDING_TAGS, STANDINGS


@public
@require_safe
def states(request: HttpRequest) -> HttpResponse:
    """All States and regional organisations, in the order of the reader's language, with their treaties."""
    language, today = get_language() or "en", timezone.localdate()
    standings = all_standings()
    groups = groups_of(None, on=today, kind=GroupKind.UN_GROUP.value)
    rows = [
        {
            "name": name,
            "url": reverse("site:state", kwargs={"code": party.code.lower()}),
            "groups": [group_name(group, language, today) for group in groups.get(party.pk, ())],
            "cells": [_cell(found.get(party.pk, Standing()), today) for found in standings.values()],
        }
        for party, name in parties_sorted(language, parties(*TREATY_PARTIES), on=today)
    ]
    context = {"rows": rows, "instruments": list(standings), "today": today, "generated": bool(generated_instruments())}
    return render(request, "site/states.html", context)


def _cell(found: Standing, today: date) -> dict[str, Any]:
    word = found.word(today)
    return {"code": word, "word": STANDINGS[word], "tag": STANDING_TAGS[word], "day": found.deposited_on}


@public
@require_safe
def state(request: HttpRequest, code: str) -> HttpResponse:
    """One State: its names, now and before, its groups, and how it stands towards each treaty."""
    if not (code.isascii() and code.isalnum()):
        raise Http404
    party = Party.objects.filter(code=code.upper(), kind__in=[kind.value for kind in TREATY_PARTIES]).first()
    language, today = get_language() or "en", timezone.localdate()
    history: NameHistory | None = name_history(party, language, today) if party else None
    if party is None or history is None:
        raise Http404
    found = status_of(party, today)
    published = published_of(party.code)
    statuses = [
        {
            "instrument": one.instrument,
            "word": STANDINGS[one.word],
            "tag": STANDING_TAGS[one.word],
            "signed": one.signed,
            "deposited": one.deposited,
            "act": ACTS[one.standing.deposited_as.value] if one.deposited and one.standing.deposited_as else "",
            "bound": one.standing.bound_on if one.word == "party" else None,
        }
        for one in found
    ]
    context = {
        "party": party,
        "history": history,
        "languages_of_name": [
            {"language": ENDONYMS[code], "code": code, "words": words} for code, words in history.now.items()
        ],
        "groups": [group_name(group, language, today) for group in groups_of([party], on=today).get(party.pk, ())],
        "is_state": party.kind != PartyKind.REGIONAL_ORGANISATION.value,
        "statuses": statuses,
        "generated": any(one.generated for one in found),
        "published": published,
        "requests": [
            {
                "citation": cite(question["provision"], language),
                "url": reverse(
                    "site:answers_of", kwargs={"cycle": cycle, "questionnaire": asked, "party": party.code.lower()}
                )
                + f"#{section}",
                "rows": request_rows(question),
            }
            for cycle, asked, section, question in (requests_of(party.code) if published else ())
        ],
        "crumbs": [(_("States"), reverse("site:states")), (history.name.short, "")],
    }
    return render(request, "site/state.html", context)
