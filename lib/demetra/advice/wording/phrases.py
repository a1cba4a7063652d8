"""What a language brings to the texts by rules: its phrases and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """One language. `nouns` are the forms after 1, 2 and 5, in the case that the sentences need."""

    sentences: Mapping[str, str]
    labels: Mapping[str, str]
    evidence: Mapping[str, str]
    sides: Mapping[str, str]
    drivers: Mapping[str, str]
    nouns: Mapping[str, tuple[str, str, str]]
    span: str
    level: str
