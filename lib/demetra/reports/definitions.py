"""What the words of the page and of a report mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demetra.words import Words


def list_definitions(words: Words) -> list[tuple[str, str]]:
    """Each word with its meaning."""
    entries = (
        ("metric.roi", "words.roi"),
        ("words.rates", "words.rates_mean"),
        ("metric.cpa", "meaning.cpa"),
        ("column.interval80", "words.interval"),
        ("column.confidence", "words.confidence"),
        ("metric.reach", "words.reach"),
    )
    return [(words(word), words(meaning)) for word, meaning in entries]
