"""Gathers the facts from the steps' results, and from nothing else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra import metrics
from demetra.advice.facts import DAYS, Facts
from demetra.advice.ledger import Ledger
from demetra.advice.measures import RECENT
from demetra.advice.order import order_forecasts, order_recent
from demetra.advice.troubles import record_incidents
from demetra.formats import is_known
from demetra.names import clean_name, clean_names
from demetra.readings import MOVED_PCT, find_ties, find_uplift
from demetra.schema import BREACHES, BUDGET_REC, HISTORY, ROI_FORECAST, require_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_CHANNELS: Final = 12


def gather_facts(
    roi_forecast: pd.DataFrame,
    budget_rec: pd.DataFrame,
    breaches: pd.DataFrame,
    history: pd.DataFrame,
    drivers: pd.DataFrame | None = None,
    *,
    as_of: date,
    currency: str,
    demo: bool = False,
    budget_days: int = 30,
) -> Facts:
    """Gather what may be said: the last 28 days up to `as_of`, forecasts, budget advice, incidents and drivers.

    Args:
        roi_forecast: `schema.ROI_FORECAST`.
        budget_rec: `schema.BUDGET_REC`, amounts over `budget_days` days.
        breaches: `schema.BREACHES`.
        history: `schema.HISTORY`.
        drivers: `feature, importance, noise` of the campaign model; None where none was fitted.
        as_of: the last complete day.
        currency: ISO 4217.
        demo: whether the figures come from the simulated market.
        budget_days: how many days the budget advice is for.

    Raises:
        FrameError: a frame lacks columns.
    """
    _check_frames(roi_forecast, budget_rec, breaches, history)
    day = pd.Timestamp(as_of)
    recent = history.loc[(history["date"] > day - pd.Timedelta(days=DAYS)) & (history["date"] <= day)]
    first = day - pd.Timedelta(days=DAYS - 1) if recent.empty else recent["date"].min()
    channels = _choose_channels(recent, roi_forecast, budget_rec)
    known = roi_forecast.loc[roi_forecast["channel"].isin(list(channels))]
    ties = tuple(tuple(sorted(channels[name] for name in group)) for group in find_ties(known))
    horizon = int(roi_forecast["horizon_days"].iloc[0]) if len(roi_forecast) else 0
    ledger = Ledger(channels)
    _record_recent(ledger, recent)
    _record_forecasts(ledger, roi_forecast)
    _record_budget(ledger, budget_rec)
    incidents = record_incidents(ledger, breaches)
    _record_scope(ledger, ties, days=(day - first).days + 1, horizon=horizon, budget_days=budget_days)
    moves = {channels[name]: _direction(change) for name, change in _pairs(budget_rec, "budget_change_pct", channels)}
    return Facts(
        as_of=day.date(),
        first_day=first.date(),
        horizon_days=horizon,
        budget_days=budget_days,
        currency=currency,
        demo=demo,
        channels=tuple(channels.values()),
        table=tuple(ledger.facts),
        order={"roi": order_forecasts(known, channels), **order_recent(recent, channels)},
        ties=ties,
        moves=moves,
        evidence={channels[name]: str(word) for name, word in _pairs(budget_rec, "evidence", channels)},
        trends=_find_trends(ledger),
        incidents=incidents,
        drivers=None if drivers is None else _name_drivers(drivers),
    )


def _check_frames(
    roi_forecast: pd.DataFrame, budget_rec: pd.DataFrame, breaches: pd.DataFrame, history: pd.DataFrame
) -> None:
    require_columns(roi_forecast, ROI_FORECAST, "ROI forecast")
    require_columns(budget_rec, BUDGET_REC, "budget advice")
    require_columns(breaches, BREACHES, "breaches")
    require_columns(history, HISTORY, "history")


def _choose_channels(recent: pd.DataFrame, *tables: pd.DataFrame) -> dict[str, str]:
    """The channels to speak of, most recent spend first, each with its clean name."""
    spend = recent.groupby("channel", observed=True)["spend"].sum().sort_values(ascending=False, kind="stable")
    others = sorted({str(name) for table in tables for name in table["channel"]} - set(map(str, spend.index)))
    return clean_names([*map(str, spend.index), *others][:MOST_CHANNELS])


def _record_recent(ledger: Ledger, recent: pd.DataFrame) -> None:
    account = metrics.summarise(recent).iloc[0]
    for measure in RECENT:
        ledger.add(measure, account[measure])
    for _, row in metrics.summarise(recent, by=["channel"]).iterrows():
        if str(row["channel"]) in ledger.channels:
            for measure in RECENT:
                ledger.add(measure, row[measure], str(row["channel"]))


def _record_forecasts(ledger: Ledger, table: pd.DataFrame) -> None:
    for _, row in table.iterrows():
        channel = str(row["channel"])
        if channel in ledger.channels:
            for measure in ("roi_forecast", "roi_lo80", "roi_hi80"):
                ledger.add(measure, row[measure], channel)
            ledger.add("confidence", row["confidence_score"], channel)


def _record_budget(ledger: Ledger, table: pd.DataFrame) -> None:
    for _, row in table.iterrows():
        channel = str(row["channel"])
        if channel in ledger.channels:
            ledger.add("current_budget", row["current_budget"], channel)
            ledger.add("recommended_budget", row["recommended_budget"], channel)
            ledger.add("budget_change", row["budget_change_pct"], channel)
    if len(table):
        ledger.add("current_budget", table["current_budget"].astype("float64").sum())
        ledger.add("recommended_budget", table["recommended_budget"].astype("float64").sum())
        for measure, value in zip(("uplift", "uplift_lo80", "uplift_hi80"), find_uplift(table), strict=True):
            ledger.add(measure, value)


def _record_scope(
    ledger: Ledger, ties: tuple[tuple[str, ...], ...], *, days: int, horizon: int, budget_days: int
) -> None:
    """How many days and channels are spoken of, and what the intervals and the confidence mean."""
    ledger.add("days", days)
    ledger.add("horizon", horizon)
    ledger.add("budget_days", budget_days)
    ledger.add("level", 80)
    ledger.add("tolerance", 10)
    ledger.add("channels", len(ledger.channels))
    ledger.add("active_channels", sum(1 for name in ledger.channels.values() if ledger.find("spend", name)))
    for size in sorted({len(group) for group in ties}):
        ledger.add("tied_channels", size)


def _find_trends(ledger: Ledger) -> dict[str, int]:
    trends: dict[str, int] = {}
    for channel in ledger.channels.values():
        recent, low, high = (ledger.find(name, channel) for name in ("roi", "roi_lo80", "roi_hi80"))
        if recent is not None and low is not None and high is not None:
            trends[channel] = 1 if recent < low else -1 if recent > high else 0
    return trends


def _pairs(table: pd.DataFrame, column: str, channels: dict[str, str]) -> Iterable[tuple[str, Any]]:
    return ((str(name), value) for name, value in zip(table["channel"], table[column], strict=True) if name in channels)


def _direction(change: Any) -> int:
    if not is_known(change) or abs(float(change)) < MOVED_PCT:
        return 0
    return 1 if float(change) > 0 else -1


def _name_drivers(drivers: pd.DataFrame) -> tuple[str, ...]:
    """Features whose importance exceeds twice its noise, strongest first, at most five."""
    beyond = drivers.loc[drivers["importance"].astype("float64") > 2 * drivers["noise"].astype("float64")]
    ranked = beyond.sort_values("importance", ascending=False, kind="stable")
    return tuple(clean_name(str(name)) for name in ranked["feature"].head(5))
