"""Audience and timing: each group against what its own mix of channels gives elsewhere, with chance taken seriously.

A cell (an audience, a segment, a location, a weekday) is compared, channel by channel, with the rest of that channel,
weighted by where the cell spends: a location is not praised for being served by the best channel. Errors are those of
`ratios`. All cells and metrics are judged together: the false discovery rate is held at 5 % (Benjamini and Hochberg,
1995), so a page of cells that chance alone filled celebrates one in a page of twenty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.contrasts.ratios import LEAST_DAYS, LEVEL, linearise, long_run_error, quantile, two_sided
from demetra.schema import AUDIENCE_TIMING, GROUPS, require_columns

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

CELL_METRICS: Final = {"roi": ("profit", "spend"), "conversion": ("conversions", "clicks")}
"""Each metric's numerator and denominator; `profit` is revenue - spend."""
LARGEST: Final = 12
"""Groups of a dimension that are judged, those with the highest spend."""


def judge_cells(groups: pd.DataFrame, *, as_of: date, days: int) -> pd.DataFrame:
    """One row per dimension and value, columns `AUDIENCE_TIMING`, the dimensions in the order of `groups`.

    Args:
        groups: columns `GROUPS`: daily sums by dimension, value and channel; the values of a dimension add up to the
            account. NaN in `value` is unknown: it counts among the rest, but is not a cell.
        as_of: the last day.
        days: how many days back from it are looked at.
    """
    require_columns(groups, GROUPS, "groups")
    frame = groups.assign(profit=groups["revenue"] - groups["spend"], date=pd.to_datetime(groups["date"]))
    frame["value"] = frame["value"].astype("object").where(frame["value"].notna(), None)
    calendar = pd.date_range(end=pd.Timestamp(as_of), periods=days)
    frame = frame.loc[frame["date"].isin(calendar)]
    tables = [_judge_dimension(str(name), own, calendar) for name, own in frame.groupby("dimension", sort=False)]
    if not tables:
        return pd.DataFrame(columns=list(AUDIENCE_TIMING))
    table = pd.concat(tables, ignore_index=True)
    chances = table[[f"{metric}_p" for metric in CELL_METRICS]].to_numpy(dtype="float64")
    adjusted = _adjust(chances.ravel()).reshape(chances.shape)
    for place, metric in enumerate(CELL_METRICS):
        table[f"{metric}_p"] = adjusted[:, place]
        table[f"{metric}_verdict"] = _decide(table, metric)
    return table[list(AUDIENCE_TIMING)]


def _judge_dimension(name: str, frame: pd.DataFrame, calendar: pd.DatetimeIndex) -> pd.DataFrame:
    known = frame.dropna(subset=["value"])
    spends = known.groupby("value")["spend"].sum()
    values = sorted(spends.sort_values(ascending=False).index[:LARGEST])
    sums = known.groupby("value")[["rows", "spend", "revenue", "conversions", "clicks"]].sum().loc[values]
    seen = known.groupby("value")["date"].nunique().loc[values].to_numpy(dtype="float64")
    columns: dict[str, object] = {"dimension": name, "value": values, "days": seen}
    for metric, (over, under) in CELL_METRICS.items():
        effect, influence = _contrast(frame, values, calendar, over, under)
        error = long_run_error(influence, seen)
        own_over, own_under = (_spread(frame, values, calendar, column).sum(axis=2) for column in (over, under))
        actual, own = linearise(own_over, own_under)
        reach = quantile(seen) * long_run_error(own, seen)
        enough = seen >= LEAST_DAYS
        columns |= {
            metric: actual,
            f"{metric}_lo95": np.where(enough, actual - reach, np.nan),
            f"{metric}_hi95": np.where(enough, actual + reach, np.nan),
            f"{metric}_expected": actual - effect,
            f"{metric}_p": np.where(enough, two_sided(effect, error, seen), np.nan),
        }
    columns |= {str(name): sums[name].to_numpy() for name in sums}
    return pd.DataFrame(columns)


def _contrast(
    frame: pd.DataFrame, values: list[str], calendar: pd.DatetimeIndex, over: str, under: str
) -> tuple[FloatArray, FloatArray]:
    """Each value's ratio less what the rest of its channels gives, weighted by its own mix, and what each day adds.

    A channel of which the value is all there is compares with nothing and is left out.
    """
    own_over, own_under = (_spread(frame, values, calendar, column) for column in (over, under))
    all_over, all_under = (_spread(frame, None, calendar, column) for column in (over, under))
    rest_over, rest_under = all_over - own_over, all_under - own_under
    spent, left = own_under.sum(axis=0), rest_under.sum(axis=0)
    comparable = (spent > 0) & (left > 1e-9 * np.maximum(spent, 1.0))
    weight = np.where(comparable, spent, 0.0)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    own, own_influence = linearise(own_over, own_under)
    rest, rest_influence = linearise(rest_over, rest_under)
    difference = np.where(comparable, own - rest, 0.0)
    influence = (weight * np.where(comparable, own_influence - rest_influence, 0.0)).sum(axis=2)
    effect = np.where(total[:, 0] > 0, (weight * difference).sum(axis=1), np.nan)
    return effect, influence


def _spread(frame: pd.DataFrame, values: list[str] | None, calendar: pd.DatetimeIndex, column: str) -> FloatArray:
    """A column as an array of days × values × channels, 0 for none; without `values`, of days × 1 × channels."""
    channels = sorted(frame["channel"].unique())
    if values is None:
        table = frame.pivot_table(column, "date", "channel", "sum")
        daily = table.reindex(index=calendar, columns=channels).to_numpy(dtype="float64")
        return np.asarray(np.nan_to_num(daily)[:, None, :])
    table = frame.pivot_table(column, "date", ["value", "channel"], "sum")
    wanted = pd.MultiIndex.from_product([values, channels], names=["value", "channel"])
    cells = np.nan_to_num(table.reindex(index=calendar, columns=wanted).to_numpy(dtype="float64"))
    return np.asarray(cells.reshape(len(calendar), len(values), len(channels)))


def _adjust(chances: FloatArray) -> FloatArray:
    """Benjamini and Hochberg's step-up adjustment of those that are known."""
    adjusted = np.full(chances.shape, np.nan)
    known = np.flatnonzero(~np.isnan(chances))
    order = known[np.argsort(-chances[known])]
    ranks = len(known) - np.arange(len(known))
    adjusted[order] = np.minimum(np.minimum.accumulate(chances[order] * len(known) / np.maximum(ranks, 1)), 1.0)
    return adjusted


def _decide(table: pd.DataFrame, metric: str) -> list[str]:
    """`above` or `below` what is expected, `chance` where luck explains it, `thin` where nothing is told."""
    verdicts = []
    for chance, value, expected in zip(table[f"{metric}_p"], table[metric], table[f"{metric}_expected"], strict=True):
        if np.isnan(chance):
            verdicts.append("thin")
        elif chance >= LEVEL:
            verdicts.append("chance")
        else:
            verdicts.append("above" if value > expected else "below")
    return verdicts
