"""Canonical JSON (RFC 8785) of plain structures, at the speed of the compiled encoder.

A snapshot holds texts, truth values, nothing, small whole numbers, lists and dictionaries whose keys are ASCII; for
these the encoder of the standard library writes the very bytes that RFC 8785 asks for. Anything else is refused, so
that no hash can differ.
"""

import json
from collections.abc import Mapping
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def fast_canonical_json(structure: Mapping[str, Any]) -> str:
    """The same text as ``snapshot.canonical_json``. Raises ``ValueError`` for what no snapshot holds."""
    _check(structure)
    return _ENCODER.encode(structure)


def _check(value: Any) -> None:
    # By exact types, the most frequent first: this walk is the price of being sure.
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise ValueError(f"a snapshot has no key {key!r}")
            if type(item) is not str:
                _check(item)
        return
    if kind is list or kind is tuple:
        for item in value:
            if type(item) is not str:
                _check(item)
        return
    if kind is int and abs(value) < 2**53:
        return
    raise ValueError(f"a snapshot holds no {kind.__name__}: {value!r}")
