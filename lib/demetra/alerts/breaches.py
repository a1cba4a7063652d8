"""A row of `schema.BREACHES`: what was found, as facts and as a sentence in the account's language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from demetra.sayings import say_action, say_incident
from demetra.words import Language, Words


@dataclass(frozen=True)
class Voice:
    """The language of the account, and its currency (ISO 4217)."""

    language: Language
    currency: str

    def describe(self, *, facts: Mapping[str, Any], **row: Any) -> dict[str, Any]:
        """A row of `schema.BREACHES` out of what is peculiar to it, its sentence made of the facts."""
        usual = {"occurrences": 0, "worst": [], "expected_value": None, "expected_lo": None, "expected_hi": None}
        told = {name: _as_json(value) for name, value in facts.items()} | {"currency": self.currency}
        found = {**usual, "silenced_by": None, **row, "facts": told}
        words = Words(self.language)
        return {**found, "message": say_incident(found, words), "action": say_action(found, words)}


def _as_json(value: Any) -> Any:
    """Days as text, and None for what is not a finite number: JSON has neither."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value
