"""The headline figures, each against the period before, with the right sign of "good"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from demetra.formats import (
    format_change,
    format_count,
    format_money,
    format_number,
    format_percent,
    is_known,
)

if TYPE_CHECKING:
    import pandas as pd

    from demetra.reports.published import Headline

Tone = Literal["good", "bad", "plain"]


@dataclass(frozen=True)
class Card:
    """One figure: its label, value, change against the period before, whether that is good, and what it means."""

    label: str
    value: str
    change: str
    tone: Tone
    meaning: str


@dataclass(frozen=True)
class Figure:
    """How a column of `metrics.summarise` is shown; `good` is the sign of a welcome change, 0 for neither."""

    column: str
    label: str
    show: Callable[[Any, str], str]
    change: Callable[[float, float], str]
    good: int
    meaning: str


def _relative(now: float, before: float) -> str:
    return format_change(100 * (now / before - 1)) if before else ""


def _difference(now: float, before: float) -> str:
    shown = format_number(now - before)
    return shown if shown.startswith("−") or not shown.strip("0.") else f"+{shown}"


def _points(now: float, before: float) -> str:
    return format_change(100 * (now - before)).replace("%", " pts")


def _money(value: Any, currency: str) -> str:
    return format_money(value, currency, compact=True)


def _count(value: Any, _: str) -> str:
    return format_count(value, compact=True)


FIGURES: Final = (
    Figure("roi", "ROI", lambda value, _: format_number(value), _difference, 1, "(revenue − spend) / spend"),
    Figure("spend", "Spend", _money, _relative, 0, "what the ads cost"),
    Figure("revenue", "Revenue", _money, _relative, 1, "what was sold through them"),
    Figure("conversions", "Conversions", _count, _relative, 1, "purchases or other goals reached"),
    Figure(
        "conversion_rate",
        "Conversion rate",
        lambda value, _: format_percent(value, 2),
        _points,
        1,
        "conversions / clicks",
    ),
    Figure("cpa", "Cost per conversion", _money, _relative, -1, "spend / conversions (CPA)"),
    Figure("clicks", "Clicks", _count, _relative, 1, "on all ads"),
    Figure("reach", "Reach", _count, _relative, 1, "summed over days: contacts, not people"),
)


def build_cards(headline: Headline, *, currency: str) -> list[Card]:
    """One card per figure, in the order of `FIGURES`; what is unknown is an en dash without a change."""
    return [_build_card(figure, headline.now, headline.before, currency) for figure in FIGURES]


def _build_card(figure: Figure, now: pd.DataFrame, before: pd.DataFrame, currency: str) -> Card:
    value, earlier = (_first(frame, figure.column) for frame in (now, before))
    change = figure.change(value, earlier) if is_known(value) and is_known(earlier) else ""
    moved = (value > earlier) - (value < earlier) if any(digit in change for digit in "123456789") else 0
    tone: Tone = "plain" if not moved * figure.good else "good" if moved * figure.good > 0 else "bad"
    return Card(figure.label, figure.show(value, currency), change, tone, figure.meaning)


def _first(frame: pd.DataFrame, column: str) -> float:
    return float(frame[column].iloc[0]) if len(frame) and is_known(frame[column].iloc[0]) else float("nan")
