"""What a published table says, in a sentence computed from it: under the charts, beside them, and as their alt text.

A sentence never ranks channels whose 80 % intervals overlap, and never tells a number that the table does not hold. Its
language is that of the `words` it is given; the charts' is English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from demetra.formats import is_known
from demetra.schema import (
    AUDIENCE_TIMING,
    BUDGET_REC,
    REACH_CTR_TIMESERIES,
    ROI_FORECAST,
    ROI_TIMESERIES,
    require_columns,
)
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from demetra.words import Words

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


def read_roi_forecast(table: pd.DataFrame, *, words: Words = ENGLISH) -> str:
    """Who is forecast to return most, who cannot be told from it, and who is lower."""
    ranked = rank_channels(table).dropna(subset=["roi_forecast"])
    if ranked.empty:
        return words("reading.no_forecast")
    top = ranked.iloc[0]
    level = words("reading.level", value=words.number(top["roi_forecast"]), days=int(top["horizon_days"]))
    if is_known(top["roi_lo80"]):
        interval = words.interval(words.number(top["roi_lo80"]), words.number(top["roi_hi80"]))
        level = words("reading.level_interval", level=level, interval=interval)
    if len(ranked) == 1:
        return words("reading.single", channel=top["channel"], level=level)
    rivals = {name for group in find_ties(table) if top["channel"] in group for name in group}
    if not rivals:
        sure = (ranked["roi_hi80"].iloc[1:] < top["roi_lo80"]).all()
        rest = words("reading.rest_lower" if sure else "reading.rest_unknown")
        return words("reading.highest", channel=top["channel"], level=level, rest=rest)
    tied = ranked["channel"].isin(rivals)
    return _read_tied(ranked.loc[tied], ranked.loc[~tied], words)


def _read_tied(tied: pd.DataFrame, others: pd.DataFrame, words: Words) -> str:
    names = list(tied["channel"])
    lowest, highest = (words.number(tied["roi_forecast"].agg(how)) for how in ("min", "max"))
    span = words("reading.span", interval=highest if lowest == highest else words.interval(lowest, highest))
    if tied["roi_lo80"].max() <= tied["roi_hi80"].min():
        sentence = words("reading.tied", names=name_some(names, words=words), span=span)
    else:
        sentence = words("reading.tied_top", first=names[0], names=name_some(names[1:], words=words), span=span)
    lower = others.loc[others["roi_hi80"] < tied["roi_lo80"].min(), "channel"].tolist()
    if not lower:
        return f"{sentence}."
    key = "reading.lower_one" if len(lower) == 1 else "reading.lower_many"
    return words(key, sentence=sentence, names=name_some(lower, words=words))


def read_roi_timeseries(table: pd.DataFrame, *, as_of: date, words: Words = ENGLISH) -> str:
    """How well ROI and conversion kept to what was predicted the day before, and where they left it lately."""
    require_columns(table, ROI_TIMESERIES, "ROI time series")
    return _read_tracks(table, ("roi", "conversion"), as_of, words)


def read_reach_ctr_timeseries(table: pd.DataFrame, *, as_of: date, words: Words = ENGLISH) -> str:
    """How well reach and CTR kept to what was predicted the day before, and where they left it lately."""
    require_columns(table, REACH_CTR_TIMESERIES, "reach and CTR time series")
    return _read_tracks(table, ("reach", "ctr"), as_of, words)


def measure_coverage(table: pd.DataFrame, metric: str, *, as_of: date) -> float:
    """The share of past days, with both known, whose actual value lay inside the 80 % interval; NaN without any."""
    past = table.loc[pd.to_datetime(table["date"]) <= pd.Timestamp(as_of)]
    known = past.dropna(subset=[f"{metric}_actual", f"{metric}_lo80", f"{metric}_hi80"])
    inside = known[f"{metric}_actual"].between(known[f"{metric}_lo80"], known[f"{metric}_hi80"])
    return float(inside.mean()) if len(inside) else float("nan")


def _read_tracks(table: pd.DataFrame, metrics: Sequence[str], as_of: date, words: Words) -> str:
    shares = {metric: measure_coverage(table, metric, as_of=as_of) for metric in metrics}
    held = [
        f"{words(f'reading.{metric}')} {words.percent(share, 0)}" for metric, share in shares.items() if is_known(share)
    ]
    if not held:
        return words("reading.no_past")
    found = [note for metric in metrics for note in _find_departures(table, metric, as_of, words)]
    kept = words("reading.kept", held=words.join(held))
    if not found:
        return words("reading.nothing_beyond", days=_RECENT_DAYS, kept=kept)
    named = name_some(found, 3, "more", words=words)
    return words("reading.departures", found=named, days=_RECENT_DAYS, kept=kept)


def _find_departures(table: pd.DataFrame, metric: str, as_of: date, words: Words) -> list[str]:
    days = pd.to_datetime(table["date"])
    last = pd.Timestamp(as_of)
    recent = table.loc[(days <= last) & (days > last - pd.Timedelta(days=_RECENT_DAYS))]
    notes: list[tuple[int, str]] = []
    for channel, rows in recent.groupby("channel"):
        sides = {
            "reading.below": int((rows[f"{metric}_actual"] < rows[f"{metric}_lo80"]).sum()),
            "reading.above": int((rows[f"{metric}_actual"] > rows[f"{metric}_hi80"]).sum()),
        }
        for side, count in sides.items():
            if count >= _UNUSUAL_DAYS:
                notes.append((-count, words(side, channel=channel, label=words(f"reading.{metric}"), count=count)))
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


def read_budget(table: pd.DataFrame, *, currency: str = "USD", words: Words = ENGLISH) -> str:
    """How much money to move where, and what that is expected to bring; or that the plan is held."""
    require_columns(table, BUDGET_REC, "budget advice")
    if table[["recommended_budget", "budget_change_pct"]].isna().all().any():
        return words("reading.no_budget")
    if is_held(table):
        return words("reading.keep_budget")
    moves = table.assign(by=(table["recommended_budget"] - table["current_budget"]).astype("float64"))
    moves = moves.loc[moves["budget_change_pct"].abs() >= MOVED_PCT].sort_values("by", key=lambda by: -by.abs())
    raised, cut = moves.loc[moves["by"] > 0], moves.loc[moves["by"] < 0]
    parts = [
        words(key, names=name_some(list(rows["channel"]), 3, words=words), sum=_write_sum(rows["by"], currency, words))
        for key, rows in (("reading.raise", raised), ("reading.cut", cut))
        if len(rows)
    ]
    sentence = words.join(parts)
    return words("reading.plan", moves=f"{sentence[:1].upper()}{sentence[1:]}", uplift=read_uplift(table, words=words))


def _write_sum(amounts: pd.Series, currency: str, words: Words) -> str:
    total = words.money(amounts.abs().sum(), currency, compact=True)
    return words("reading.in_all", sum=total) if len(amounts) > 1 else total


def read_uplift(table: pd.DataFrame, *, words: Words = ENGLISH) -> str:
    """The plan's expected uplift as a clause: `expected return +3.1% (80% interval +0.4% to +5.8%)`."""
    value, low, high = find_uplift(table)
    if not is_known(value):
        return words("reading.uplift_unknown")
    if not is_known(low):
        return words("reading.uplift", value=words.change(value))
    interval = words.interval(words.change(low), words.change(high))
    return words("reading.uplift_interval", value=words.change(value), interval=interval)


def read_audience_timing(table: pd.DataFrame, *, words: Words = ENGLISH) -> str:
    """Which audiences, segments, places and weekdays stand out by more than chance, the surest first."""
    require_columns(table, AUDIENCE_TIMING, "audience and timing")
    shows: dict[str, Callable[[Any], str]] = {"roi": words.number, "conversion": lambda value: words.percent(value, 2)}
    found = []
    for metric, show in shows.items():
        for row in table.loc[table[f"{metric}_verdict"].isin(["above", "below"])].to_dict("records"):
            facts = {"value": show(row[metric]), "expected": show(row[f"{metric}_expected"])}
            name = name_cell(row["dimension"], row["value"], words)
            told = words("audience.stands_out", name=name, metric=words(f"reading.{metric}"), **facts)
            found.append((float(row[f"{metric}_p"]), told))
    if not found:
        return words("audience.nothing")
    return words("audience.found", names=name_some([told for _, told in sorted(found)], 3, "more", words=words))


def name_cell(dimension: str, value: str, words: Words) -> str:
    """What readers call a value of a dimension: a weekday (1 to 7) by its name, others as they are."""
    return words.choose(f"weekday.{value}", value) if dimension == "weekday" else value


def name_some(names: Sequence[str], most: int = 4, rest: str = "others", *, words: Words = ENGLISH) -> str:
    """Names joined into words, with those beyond `most` counted (`rest`: the catalogue's words for them)."""
    if len(names) <= most + 1:
        return words.join(list(names))
    return words.join([*names[:most], words(rest, count=len(names) - most)])
