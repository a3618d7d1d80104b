"""Instruments with their provisions."""

import datetime
from collections.abc import Iterable

from palermo.treaties.models import Instrument, Provision


def make_instrument(code: str = "quiz", provisions: Iterable[str] = ()) -> Instrument:
    """A convention with these provisions; an article has one dot in its code, its limbs have more."""
    instrument, created = Instrument.objects.get_or_create(
        code=code,
        defaults={
            "kind": "convention",
            "symbol": "A/RES/0/1",
            "adopted_on": datetime.date(2000, 11, 15),
            "deposits_for_entry": 1,
            "days_to_entry": 90,
            "binds_after_days": 30,
            "denunciation_after_months": 12,
            "texts": {"en": {"title": "A convention for tests", "short": "Test Convention"}},
        },
    )
    if not created:
        return instrument
    articles: dict[str, Provision] = {}
    for order, provision in enumerate(sorted(provisions, key=lambda code: (code.count("."), code)), 1):
        article = articles.get(".".join(provision.split(".")[:2]))
        row = Provision.objects.create(
            code=provision,
            instrument=instrument,
            article=article,
            parent=article,
            order=order,
            is_article=article is None,
            kind="criminalization" if article is None else "",
            obligation="none" if article is None else "mandatory",
            verb="none" if article is None else "shall",
            bearer="state",
            texts={"en": {"title": f"Article {provision}", "demand": f"Do what {provision} says."}},
        )
        if article is None:
            articles[provision] = row
    return instrument
