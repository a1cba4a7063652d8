"""What a published table says, in a sentence computed from it: under the charts, beside them, and as their alt text.

A sentence never ranks channels whose 80 % intervals overlap, and never tells a number that the table does not hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.formats import format_change, format_money, format_number, format_percent, is_known, join_words
from demetra.schema import BUDGET_REC, REACH_CTR_TIMESERIES, ROI_FORECAST, ROI_TIMESERIES, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

MOVED_PCT: Final = 0.05
"""A budget that changes by less, in percent, is unchanged: it shows as 0.0 %."""

_RECENT_DAYS: Final = 7
_UNUSUAL_DAYS: Final = 4
"""Out of seven days beyond the same side of an 80 % interval; by chance it happens once in some 370 weeks."""


def rank_channels(table: pd.DataFrame) -> pd.DataFrame:
    """The ROI forecasts from the highest down, unknown ones last, equal ones by name."""
    require_columns(table, ROI_FORECAST, "ROI forecast")
    return table.sort_values(["roi_forecast", "channel"], ascending=[False, True], ignore_index=True)


def find_ties(table: pd.DataFrame) -> list[list[str]]:
    """Groups of channels that cannot be told apart: all their 80 % intervals share a value, and no group holds another.

    A channel may be in several groups, as in a critical-difference diagram (Demšar, 2006), for overlap is not
    transitive. Channels without an interval are in none. Groups and their members are in the order of `rank_channels`.
    """
    known = rank_channels(table).dropna(subset=["roi_lo80", "roi_hi80"])
    spans = list(zip(known["channel"], known["roi_lo80"], known["roi_hi80"], strict=True))
    order = {name: position for position, (name, _, _) in enumerate(spans)}
    found = {frozenset(name for name, low, high in spans if low <= start <= high) for _, start, _ in spans}
    widest = [group for group in found if len(group) > 1 and not any(group < other for other in found)]
    groups = [sorted(group, key=order.__getitem__) for group in widest]
    return sorted(groups, key=lambda group: [order[name] for name in group])


def read_roi_forecast(table: pd.DataFrame) -> str:
    """Who is forecast to return most, who cannot be told from it, and who is lower."""
    ranked = rank_channels(table).dropna(subset=["roi_forecast"])
    if ranked.empty:
        return "There is no ROI forecast yet."
    top = ranked.iloc[0]
    level = f"ROI {format_number(top['roi_forecast'])} over the next {int(top['horizon_days'])} days"
    if is_known(top["roi_lo80"]):
        level += f" (80% interval {format_number(top['roi_lo80'])} to {format_number(top['roi_hi80'])})"
    if len(ranked) == 1:
        return f"{top['channel']} is forecast to return {level}."
    rivals = {name for group in find_ties(table) if top["channel"] in group for name in group}
    if not rivals:
        sure = (ranked["roi_hi80"].iloc[1:] < top["roi_lo80"]).all()
        rest = "all other intervals lie lower" if sure else "not every channel has an interval to compare"
        return f"{top['channel']} is forecast highest: {level}; {rest}."
    tied = ranked["channel"].isin(rivals)
    return _read_tied(ranked.loc[tied], ranked.loc[~tied])


def _read_tied(tied: pd.DataFrame, others: pd.DataFrame) -> str:
    names = list(tied["channel"])
    lowest, highest = (format_number(tied["roi_forecast"].agg(how)) for how in ("min", "max"))
    span = f"ROI {highest}" if lowest == highest else f"ROI {lowest} to {highest}"
    if tied["roi_lo80"].max() <= tied["roi_hi80"].min():
        sentence = f"{name_some(names)} cannot be told apart: their 80% intervals overlap ({span})"
    else:
        sentence = f"{names[0]} is forecast highest, but cannot be told from {name_some(names[1:])} ({span})"
    lower = others.loc[others["roi_hi80"] < tied["roi_lo80"].min(), "channel"].tolist()
    if not lower:
        return f"{sentence}."
    return f"{sentence}; {name_some(lower)} {'is' if len(lower) == 1 else 'are'} lower than all of these."


def read_roi_timeseries(table: pd.DataFrame, *, as_of: date) -> str:
    """How well ROI and conversion kept to what was predicted the day before, and where they left it lately."""
    require_columns(table, ROI_TIMESERIES, "ROI time series")
    return _read_tracks(table, {"roi": "ROI", "conversion": "conversion rate"}, as_of)


def read_reach_ctr_timeseries(table: pd.DataFrame, *, as_of: date) -> str:
    """How well reach and CTR kept to what was predicted the day before, and where they left it lately."""
    require_columns(table, REACH_CTR_TIMESERIES, "reach and CTR time series")
    return _read_tracks(table, {"reach": "reach", "ctr": "CTR"}, as_of)


def measure_coverage(table: pd.DataFrame, metric: str, *, as_of: date) -> float:
    """The share of past days, with both known, whose actual value lay inside the 80 % interval; NaN without any."""
    past = table.loc[pd.to_datetime(table["date"]) <= pd.Timestamp(as_of)]
    known = past.dropna(subset=[f"{metric}_actual", f"{metric}_lo80", f"{metric}_hi80"])
    inside = known[f"{metric}_actual"].between(known[f"{metric}_lo80"], known[f"{metric}_hi80"])
    return float(inside.mean()) if len(inside) else float("nan")


def _read_tracks(table: pd.DataFrame, metrics: dict[str, str], as_of: date) -> str:
    shares = {label: measure_coverage(table, metric, as_of=as_of) for metric, label in metrics.items()}
    held = [f"{label} {format_percent(share, 0)}" for label, share in shares.items() if is_known(share)]
    if not held:
        return "There is no past prediction to compare the actual values with yet."
    found = [note for metric, label in metrics.items() for note in _find_departures(table, metric, label, as_of)]
    kept = f"past days inside their 80% interval: {join_words(held)}"
    if not found:
        return f"Nothing was beyond its expected range for most of the last {_RECENT_DAYS} days ({kept})."
    return f"{name_some(found, 3, 'more')} of the last {_RECENT_DAYS} days ({kept})."


def _find_departures(table: pd.DataFrame, metric: str, label: str, as_of: date) -> list[str]:
    days = pd.to_datetime(table["date"])
    last = pd.Timestamp(as_of)
    recent = table.loc[(days <= last) & (days > last - pd.Timedelta(days=_RECENT_DAYS))]
    notes: list[tuple[int, str]] = []
    for channel, rows in recent.groupby("channel"):
        sides = {
            "below": int((rows[f"{metric}_actual"] < rows[f"{metric}_lo80"]).sum()),
            "above": int((rows[f"{metric}_actual"] > rows[f"{metric}_hi80"]).sum()),
        }
        for side, count in sides.items():
            if count >= _UNUSUAL_DAYS:
                notes.append((-count, f"{channel}'s {label} was {side} its expected range on {count}"))
    return [note for _, note in sorted(notes)]


def is_held(table: pd.DataFrame) -> bool:
    """Whether the budget advice is to leave every channel as it is."""
    return not (table["budget_change_pct"].abs() >= MOVED_PCT).any()


def find_uplift(table: pd.DataFrame) -> tuple[float, float, float]:
    """The whole plan's expected uplift in percent with its 80 % interval; NaN where no row knows it."""
    known = table[["expected_uplift_pct", "uplift_lo80", "uplift_hi80"]].astype("float64")
    known = known.dropna(subset=["expected_uplift_pct"])
    value, low, high = known.iloc[0] if len(known) else (np.nan, np.nan, np.nan)
    return float(value), float(low), float(high)


def read_budget(table: pd.DataFrame, *, currency: str = "USD") -> str:
    """How much money to move where, and what that is expected to bring; or that the plan is held."""
    require_columns(table, BUDGET_REC, "budget advice")
    if table[["recommended_budget", "budget_change_pct"]].isna().all().any():
        return "There is no budget advice yet."
    if is_held(table):
        return "Keep every channel's budget: no other split is likely enough to return more."
    moves = table.assign(by=(table["recommended_budget"] - table["current_budget"]).astype("float64"))
    moves = moves.loc[moves["budget_change_pct"].abs() >= MOVED_PCT].sort_values("by", key=lambda by: -by.abs())
    raised, cut = moves.loc[moves["by"] > 0], moves.loc[moves["by"] < 0]
    parts = [
        f"{verb} {name_some(list(rows['channel']), 3)} by {_write_sum(rows['by'], currency)}"
        for verb, rows in (("raise", raised), ("cut", cut))
        if len(rows)
    ]
    sentence = join_words(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}; {read_uplift(table)}."


def _write_sum(amounts: pd.Series, currency: str) -> str:
    total = format_money(amounts.abs().sum(), currency, compact=True)
    return f"{total} in all" if len(amounts) > 1 else total


def read_uplift(table: pd.DataFrame) -> str:
    """The plan's expected uplift as a clause: `expected return +3.1% (80% interval +0.4% to +5.8%)`."""
    value, low, high = find_uplift(table)
    if not is_known(value):
        return "its expected uplift is not known"
    interval = f" (80% interval {format_change(low)} to {format_change(high)})" if is_known(low) else ""
    return f"expected return {format_change(value)}{interval}"


def name_some(names: Sequence[str], most: int = 4, noun: str = "other channels") -> str:
    """Names joined into words, with those beyond `most` counted."""
    if len(names) <= most + 1:
        return join_words(list(names))
    return join_words([*names[:most], f"{len(names) - most} {noun}"])
