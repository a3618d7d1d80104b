"""What the tests of questionnaires share: a small treaty's provisions and a small questionnaire about it."""

from datetime import date
from pathlib import Path

import pytest

from palermo.questionnaires.logic.content import read_folder
from palermo.questionnaires.logic.spec import ProvisionFacts, VersionSpec
from palermo.treaties.logic.kinds import Obligation

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
