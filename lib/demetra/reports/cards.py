"""The headline figures, each against the period before, with the right sign of "good"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from demetra.formats import is_known
from demetra.words import ENGLISH, Words

if TYPE_CHECKING:
    import pandas as pd

    from demetra.reports.published import Headline

Tone = Literal["good", "bad", "plain"]


@dataclass(frozen=True)
class Card:
    """One figure: its label, value, change against the period before, whether that is good, and what it means.

    `column` is its name in `metrics.summarise`.
    """

    column: str
    label: str
    value: str
    change: str
    tone: Tone
    meaning: str


@dataclass(frozen=True)
class Figure:
    """How a column of `metrics.summarise` is shown; `good` is the sign of a welcome change, 0 for neither."""

    column: str
    show: Callable[[Words, Any, str], str]
    change: Callable[[Words, float, float], str]
    good: int


def _relative(words: Words, now: float, before: float) -> str:
    return words.change(100 * (now / before - 1)) if before else ""


def _difference(words: Words, now: float, before: float) -> str:
    shown = words.number(now - before)
    return shown if shown.startswith("−") or not shown.strip("0.,") else f"+{shown}"


def _points(words: Words, now: float, before: float) -> str:
    return words("points", change=words.change(100 * (now - before)).replace("%", "").rstrip())


def _money(words: Words, value: Any, currency: str) -> str:
    return words.money(value, currency, compact=True)


def _count(words: Words, value: Any, _: str) -> str:
    return words.count(value, compact=True)


FIGURES: Final = (
    Figure("roi", lambda words, value, _: words.number(value), _difference, 1),
    Figure("spend", _money, _relative, 0),
    Figure("revenue", _money, _relative, 1),
    Figure("conversions", _count, _relative, 1),
    Figure("conversion_rate", lambda words, value, _: words.percent(value, 2), _points, 1),
    Figure("cpa", _money, _relative, -1),
    Figure("clicks", _count, _relative, 1),
    Figure("reach", _count, _relative, 1),
)


def build_cards(headline: Headline, *, currency: str, words: Words = ENGLISH) -> list[Card]:
    """One card per figure, in the order of `FIGURES`; what is unknown is an en dash without a change."""
    return [_build_card(figure, headline.now, headline.before, currency, words) for figure in FIGURES]


def _build_card(figure: Figure, now: pd.DataFrame, before: pd.DataFrame, currency: str, words: Words) -> Card:
    name = figure.column
    value, earlier = (_first(frame, name) for frame in (now, before))
    change = figure.change(words, value, earlier) if is_known(value) and is_known(earlier) else ""
    moved = (value > earlier) - (value < earlier) if any(digit in change for digit in "123456789") else 0
    tone: Tone = "plain" if not moved * figure.good else "good" if moved * figure.good > 0 else "bad"
    shown = figure.show(words, value, currency)
    return Card(name, words(f"metric.{name}"), shown, change, tone, words(f"meaning.{name}"))


def _first(frame: pd.DataFrame, column: str) -> float:
    return float(frame[column].iloc[0]) if len(frame) and is_known(frame[column].iloc[0]) else float("nan")
