"""What the tests of questionnaires share: a small treaty's provisions and a small questionnaire about it."""

from datetime import date
from pathlib import Path

import pytest

from palermo.questionnaires.logic.content import read_folder
from palermo.questionnaires.logic.spec import ProvisionFacts, VersionSpec
from palermo.treaties.logic.kinds import Obligation
from palermo.treaties.models import Instrument, Provision, Topic

FOLDER = Path(__file__).parent / "content" / "tiny"
TODAY = date(2026, 11, 24)


def facts_of_tiny() -> dict[str, ProvisionFacts]:
    return {
        facts.code: facts
        for facts in (
            ProvisionFacts("tiny.1", topics=("criminalization",)),
            ProvisionFacts("tiny.1.1", Obligation.MANDATORY, ("criminalization", "corruption")),
            ProvisionFacts("tiny.1.2", Obligation.CONSIDERED, ("criminalization",)),
            ProvisionFacts("tiny.2"),
            ProvisionFacts("tiny.2.1", Obligation.MANDATORY),
            ProvisionFacts("tiny.2.2", Obligation.MANDATORY),
            ProvisionFacts("tiny.2.3", Obligation.MANDATORY, borne_by_states=False),
        )
    }


@pytest.fixture
def provisions() -> dict[str, ProvisionFacts]:
    return facts_of_tiny()


@pytest.fixture
def files() -> dict[str, str]:
    return {path.name: path.read_text() for path in FOLDER.glob("*.yaml")}


@pytest.fixture(scope="session")
def version() -> VersionSpec:
    loaded = read_folder(FOLDER, provisions=facts_of_tiny())
    assert loaded.problems == ()
    assert loaded.version is not None
    return loaded.version


@pytest.fixture
def tiny_treaty(db: None) -> Instrument:
    """The treaty that the small questionnaire is about, with the provisions of ``facts_of_tiny``."""
    treaty = Instrument.objects.create(
        code="tiny",
        kind="convention",
        symbol="A/RES/0/0",
        adopted_on=date(2000, 11, 15),
        deposits_for_entry=1,
        days_to_entry=90,
        binds_after_days=30,
        denunciation_after_months=12,
        texts={"en": {"title": "A tiny convention"}},
    )
    articles: dict[str, Provision] = {}
    for order, facts in enumerate(facts_of_tiny().values(), 1):
        article = articles.get(facts.code.rpartition(".")[0])
        row = Provision.objects.create(
            code=facts.code,
            instrument=treaty,
            article=article,
            parent=article,
            order=order,
            is_article=article is None,
            obligation=facts.obligation.value,
            verb="none",
            bearer="state" if facts.borne_by_states else "conference",
        )
        row.topics.set(
            [Topic.objects.get_or_create(code=code, order=place)[0] for place, code in enumerate(facts.topics)]
        )
        if article is None:
            articles[row.code] = row
    return treaty
