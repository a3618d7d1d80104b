"""Words for codes of lower apps, in the reader's language."""

from palermo.parties.words import ROLE_NAMES

__all__ = ["ROLE_NAMES"]
