"""The budget advice under other limits: the same fit, another total, other bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.palette import choose_colours
from demetra.reports.grids import Grid, lay_out_budget

if TYPE_CHECKING:
    from datetime import date

    from demetra.budget import BudgetLimits, Response
    from demetra.dashboard.contents import Contents
    from demetra.words import Words

_WIDEST: Final = 0.6
"""How far the slider of the total goes, as a share of what is spent now."""


@dataclass(frozen=True)
class Channel:
    """A channel whose budget may be held."""

    name: str
    colour: str
    fixed: bool


@dataclass(frozen=True)
class Limits:
    """Where the sliders stand and how far they go; money for `days` days."""

    days: int
    total: float
    least: float
    most: float
    step: float
    bound: float
    total_shown: str
    bound_shown: str
    channels: list[Channel]


def offer_limits(contents: Contents, *, words: Words) -> Limits | None:
    """The sliders as the published advice has them; None without advice, or with nothing to divide."""
    table = contents.published.tables.get("budget-recommendation")
    current = 0.0 if table is None else float(table["current_budget"].sum())
    if table is None or not current > 0 or len(table) < 2:
        return None
    rules, names = contents.budget, list(table["channel"])
    colours = choose_colours(names)
    step = 10.0 ** max(len(str(int(current))) - 3, 0)
    total = round((rules.total or current) / step) * step
    return Limits(
        days=rules.days,
        total=total,
        least=round((1 - _WIDEST) * current / step) * step,
        most=round((1 + _WIDEST) * current / step) * step,
        step=step,
        bound=rules.bound,
        total_shown=words.money(total, contents.published.currency),
        bound_shown=f"±{words.percent(rules.bound, 0)}",
        channels=[Channel(name, colours[name], name in rules.fixed) for name in names],
    )


def fit_account(history: pd.DataFrame, *, as_of: date) -> Response:
    """How the account responds to spend; this is the slow part, and is done once per published day."""
    from demetra.budget import fit_response

    return fit_response(history, as_of=as_of)


def allocate(response: Response, limits: BudgetLimits, *, contents: Contents, words: Words) -> dict[str, Any]:
    """The advice under these limits: `sentence`, `grid`, `title`.

    Raises:
        InfeasibleLimitsError: the limits contradict each other.
    """
    from demetra.budget import allocate_budget

    forecast = contents.published.tables.get("roi-forecast")
    advice = allocate_budget(response, limits, roi_forecast=forecast)
    grid: Grid = lay_out_budget(advice.table, currency=contents.published.currency, words=words)
    if advice.held:
        sentence = words("what_if.held")
    else:
        low, high = words.change(advice.uplift_lo80), words.change(advice.uplift_hi80)
        value = words.change(advice.expected_uplift_pct)
        sentence = words("what_if.expected", value=value, interval=words.interval(low, high))
    return {"sentence": sentence, "grid": grid, "title": words("title.budget-recommendation")}
