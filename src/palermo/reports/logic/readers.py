"""What a document for everybody may say: which States it names, and which numbers are too small to be told.

A State opens what it submitted section by section. Whatever it has not opened to everybody is cut out of the frozen
copy itself, so that no form of the document can tell more than another (``docs/decisions/0017-…``).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from palermo.questionnaires.logic.spec import VersionSpec
from palermo.reports.logic.dataset import State
from palermo.reports.logic.practice import Opened, readable
from palermo.responses.logic.consent import Level

EVERYBODY: Final = "public"
"""How a frozen copy says that it was made for everybody; one for delegations and the Secretariat says nothing."""


def is_for_everybody(frozen: Mapping[str, Any]) -> bool:
    """Whether a frozen copy was made for everybody."""
    return bool(frozen["about"].get("readers") == EVERYBODY)


@dataclass(frozen=True)
class Everybody:
    """Everybody as the reader of a document."""

    spec: VersionSpec
    opened: Opened
    """How far each State has opened each section of the submission that counts."""
    threshold: int
    """The smallest number of States that is told."""

    def may_read(self, state: State, questions: Collection[str]) -> bool:
        """Whether a State has opened its answers to these questions, of which there is at least one, to everybody."""
        levels = self.opened.get(state.code, {})
        return bool(questions) and all(
            readable(state, self.spec.questions.get(code), self.spec, levels) is Level.PUBLIC for code in questions
        )

    @staticmethod
    def naming(figure: Mapping[str, Any], codes: Iterable[str]) -> dict[str, Any]:
        """A figure that names none but these States, and counts the others beside them."""
        allowed = set(codes)
        states = [code for code in figure["states"] if code in allowed]
        return {**figure, "states": states, "others": figure["n"] - len(states)}

    @staticmethod
    def number(number: int, **more: int) -> dict[str, Any]:
        """A number of States, or of their answers, without names."""
        return {"n": number, "others": number, **more}

    def cut(self, value: Any) -> Any:
        """The data without numbers that are too small: whatever counts others beside those that are named.

        What is left says of how many States there are fewer, and neither how many requests nor where they are listed.
        """
        if isinstance(value, list):
            return [self.cut(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "others" in value and "n" in value and 0 < value["n"] < self.threshold:
            left = {key: item for key, item in value.items() if key != "others"}
            emptied = {"url": ""} if "url" in left else {}
            uncounted = {"requests": None} if "requests" in left else {}
            return {**left, **emptied, **uncounted, "n": None, "fewer": self.threshold}
        return {key: self.cut(item) for key, item in value.items()}
