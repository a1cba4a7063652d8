"""How published forecasts did once their days had come: against the naive ones, and whether the intervals held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.schema import ALL_CHANNELS, FORECAST_RECORD, NAIVE, RECORDED_METRICS, TRACK_RECORD, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEVELS: Final = ("80", "95")


def summarise_track_record(record: pd.DataFrame) -> pd.DataFrame:
    """Score the forecasts of a record (columns `FORECAST_RECORD`) whose day has come; columns `TRACK_RECORD`.

    One row per metric (`RECORDED_METRICS`) and channel, after one for all channels together. `error` and those of the
    naive forecasts are mean absolute ones over the same days; `ratio_to_best_naive` is `error` over the least of
    theirs, which is known in hindsight only, so about 1 is good; `inside_80` and `inside_95` are the shares of days
    inside the intervals. `forecasts` counts days on which a forecast was published, `days` the channel's days judged,
    each as often as it was forecast. Of `HORIZON_ROI` horizons count, by their last day, and those of successive days
    overlap. For all channels the ratio is the geometric mean, and errors, which differ in size, are left out.

    Raises:
        FrameError: the record lacks columns.
    """
    require_columns(record, FORECAST_RECORD, "forecast record")
    due = record.dropna(subset=["actual", "yhat"])
    due = due.assign(
        error=(due["actual"] - due["yhat"]).abs(),
        **{f"error_{name}": (due["actual"] - due[name]).abs() for name in NAIVE},
        **{f"inside_{level}": _is_inside(due, level) for level in _LEVELS},
    )
    by_metric = {metric: due.loc[due["metric"] == metric] for metric in RECORDED_METRICS}
    rows = [row for metric, own in by_metric.items() for row in _summarise_metric(own, metric)]
    table = pd.DataFrame(rows, columns=list(TRACK_RECORD))
    return table.astype(
        {
            **dict.fromkeys(("metric", "channel"), "str"),
            **dict.fromkeys(("forecasts", "days"), "int64"),
            **dict.fromkeys(("first_day", "last_day"), "datetime64[us]"),
            **dict.fromkeys(TRACK_RECORD[6:], "float64"),
        }
    )


def _is_inside(due: pd.DataFrame, level: str) -> pd.Series:
    """1 where the day came inside the interval, 0 where not; NaN without one."""
    low, high = due[f"lo{level}"], due[f"hi{level}"]
    return due["actual"].between(low, high).astype("float64").where(low.notna() & high.notna())


def _summarise_metric(due: pd.DataFrame, metric: str) -> list[dict[str, object]]:
    if due.empty:
        return []
    channels = [_summarise_rows(own, metric, str(name)) for name, own in due.groupby("channel")]
    ratios = np.array([row["ratio_to_best_naive"] for row in channels], dtype="float64")
    known = ratios[np.isfinite(ratios) & (ratios > 0)]
    whole = _summarise_rows(due, metric, ALL_CHANNELS)
    whole |= dict.fromkeys(("error", *(f"error_{name}" for name in NAIVE)), np.nan)
    whole["ratio_to_best_naive"] = float(np.exp(np.log(known).mean())) if known.size else np.nan
    return [whole, *channels]


def _summarise_rows(due: pd.DataFrame, metric: str, channel: str) -> dict[str, object]:
    errors = {name: float(due[name].mean()) for name in ("error", *(f"error_{name}" for name in NAIVE))}
    best = _least([errors[f"error_{name}"] for name in NAIVE])
    return {
        "metric": metric,
        "channel": channel,
        "forecasts": due["as_of"].nunique(),
        "days": len(due),
        "first_day": due["date"].min(),
        "last_day": due["date"].max(),
        **errors,
        "ratio_to_best_naive": errors["error"] / best if best > 0 else np.nan,
        **{f"inside_{level}": float(due[f"inside_{level}"].mean()) for level in _LEVELS},
    }


def _least(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return min(known, default=np.nan)
