"""Forecasts in the shapes that steps publish and commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demetra.forecast.channels import BLEND, forecast_channels
from demetra.schema import BOUNDS, REACH_CTR_TIMESERIES, ROI_FORECAST, ROI_TIMESERIES, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from demetra.forecast.channels import Forecast


def forecast_table(forecast: Forecast) -> pd.DataFrame:
    """The future by channel, metric and day: `channel, metric, date, yhat, lo80, hi80, lo95, hi95, method`."""
    return forecast.daily.copy()


def past_table(forecast: Forecast) -> pd.DataFrame:
    """The past's one-step-ahead predictions with `actual`: `channel, metric, date, actual, yhat, bounds, method`."""
    return forecast.past.copy()


def roi_timeseries(forecast: Forecast, *, history_days: int = 90) -> pd.DataFrame:
    """ROI and conversion rate by channel and day, `schema.ROI_TIMESERIES`.

    The last `history_days` days with their actuals (NaN where undefined) and what was predicted the day before, then
    the future, which has predictions alone.
    """
    return _join(forecast, {"roi": "roi", "conversion": "conversion_rate"}, ROI_TIMESERIES, history_days)


def reach_ctr_timeseries(forecast: Forecast, *, history_days: int = 90) -> pd.DataFrame:
    """Reach and CTR by channel and day, `schema.REACH_CTR_TIMESERIES`; rows as in `roi_timeseries`."""
    return _join(forecast, {"reach": "reach", "ctr": "ctr"}, REACH_CTR_TIMESERIES, history_days)


def _join(forecast: Forecast, metrics: Mapping[str, str], columns: Sequence[str], history_days: int) -> pd.DataFrame:
    keys = ["channel", "date"]
    predicted = pd.concat([forecast.past.drop(columns="actual"), forecast.daily], ignore_index=True)
    first = forecast.as_of - pd.Timedelta(days=history_days)
    sides = []
    for name, metric in metrics.items():
        actual = forecast.actuals.loc[forecast.actuals["metric"] == metric, [*keys, "actual"]]
        rows = predicted.loc[predicted["metric"] == metric, [*keys, "yhat", *BOUNDS]].merge(actual, "outer", on=keys)
        names = {"actual": f"{name}_actual", "yhat": f"{name}_pred", **{end: f"{name}_{end}" for end in BOUNDS}}
        sides.append(rows.loc[rows["date"] > first].rename(columns=names))
    joined = sides[0].merge(sides[1], "outer", on=keys)
    return joined.sort_values(keys, ignore_index=True)[list(columns)]


def roi_forecast_table(
    history: pd.DataFrame, timeseries: pd.DataFrame, *, as_of: date | None = None, horizon_days: int = 14
) -> pd.DataFrame:
    """The ROI forecast of each channel over the horizon, `schema.ROI_FORECAST`.

    `roi_forecast` is the mean of the future `roi_pred` of `timeseries` (`schema.ROI_TIMESERIES`, made from the same
    history), so the two are one figure; intervals and confidence come from the backtest of that aggregate. A channel
    without a forecast keeps its row: NaN, and `method` tells why.

    Raises:
        FrameError: a frame lacks columns.
        NoDataError: the history has no rows up to `as_of`.
    """
    require_columns(timeseries, ROI_TIMESERIES, "ROI time series")
    forecast = forecast_channels(history, metrics=("roi",), as_of=as_of, horizon_days=horizon_days)
    future = timeseries.loc[pd.to_datetime(timeseries["date"]) > forecast.as_of]
    path = future.groupby("channel")["roi_pred"].mean()
    table = forecast.horizon.rename(columns={end: f"roi_{end}" for end in BOUNDS})
    without = forecast.notes.loc[~forecast.notes["channel"].isin(table["channel"])]
    reasons = without.rename(columns={"note": "method"}).assign(horizon_days=horizon_days)
    table = pd.concat([table, reasons], ignore_index=True) if len(reasons) else table
    table = table.assign(roi_forecast=table["channel"].map(path).astype("float64"))
    return table.sort_values("channel", ignore_index=True)[list(ROI_FORECAST)]


def backtest_summary(forecast: Forecast) -> pd.DataFrame:
    """The blend against each baseline: `metric, baseline, blend_mase, baseline_mase, ratio, channels`.

    Geometric means over the channels; `ratio` below 1 means that the blend was better.
    """
    rows = forecast.backtest.loc[forecast.backtest["error"] > 0, ["channel", "metric", "method", "error", "baseline"]]
    blend = rows.loc[rows["method"] == BLEND, ["channel", "metric", "error"]]
    pairs = rows.loc[rows["baseline"]].merge(blend, on=["channel", "metric"], suffixes=("", "_blend"))
    logs = pairs.assign(baseline_mase=np.log(pairs["error"]), blend_mase=np.log(pairs["error_blend"]))
    grouped = logs.groupby(["metric", "method"], sort=False)
    means = grouped[["blend_mase", "baseline_mase"]].mean().apply(np.exp)
    table = means.assign(ratio=means["blend_mase"] / means["baseline_mase"], channels=grouped["channel"].nunique())
    return table.reset_index().rename(columns={"method": "baseline"})
