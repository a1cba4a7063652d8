"""Forecasts in the shapes that steps publish and commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from demetra.forecast.channels import DAILY, Forecast, forecast_channels
from demetra.schema import BOUNDS, REACH_CTR_TIMESERIES, ROI_FORECAST, ROI_TIMESERIES

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE: Final = DAILY


def forecast_table(forecast: Forecast) -> pd.DataFrame:
    """The future, one row per channel, metric and day: `channel, metric, date, yhat, lo80, hi80, lo95, hi95, method`."""
    return forecast.daily[list(TABLE)].copy()


def past_table(forecast: Forecast) -> pd.DataFrame:
    """The one-step-ahead predictions of the past, with `actual`: the columns of `demetra forecast --history`."""
    return forecast.past.copy()


def roi_timeseries(forecast: Forecast, *, history_days: int = 90) -> pd.DataFrame:
    """ROI and conversion by channel and day: the last `history_days` days and the future (`schema.ROI_TIMESERIES`)."""
    return _timeseries(forecast, {"roi": "roi", "conversion": "conversion_rate"}, ROI_TIMESERIES, history_days)


def reach_ctr_timeseries(forecast: Forecast, *, history_days: int = 90) -> pd.DataFrame:
    """Reach and CTR by channel and day: the last `history_days` days and the future (`schema.REACH_CTR_TIMESERIES`)."""
    return _timeseries(forecast, {"reach": "reach", "ctr": "ctr"}, REACH_CTR_TIMESERIES, history_days)


def _timeseries(
    forecast: Forecast, metrics: Mapping[str, str], columns: tuple[str, ...], history_days: int
) -> pd.DataFrame:
    since = forecast.as_of - pd.Timedelta(days=history_days)
    keys = ["channel", "date"]
    joined: pd.DataFrame | None = None
    for name, metric in metrics.items():
        rows = pd.concat([forecast.past.loc[forecast.past["date"] > since], forecast.daily])
        rows = rows.loc[rows["metric"] == metric, [*keys, "actual", "yhat", *BOUNDS]]
        renamed = {"actual": f"{name}_actual", "yhat": f"{name}_pred", **{bound: f"{name}_{bound}" for bound in BOUNDS}}
        rows = rows.rename(columns=renamed)
        joined = rows if joined is None else joined.merge(rows, on=keys, how="outer")
    if joined is None:
        return pd.DataFrame(columns=list(columns))
    return joined.sort_values(keys, ignore_index=True)[list(columns)]


def roi_forecast_table(
    history: pd.DataFrame, timeseries: pd.DataFrame, *, as_of: pd.Timestamp | None = None, horizon_days: int = 14
) -> pd.DataFrame:
    """The ROI forecast of each channel over the horizon (`schema.ROI_FORECAST`).

    `roi_forecast` is the mean of the future `roi_pred` of `timeseries`, so that it is the same figure as there;
    intervals and confidence come from the backtest of that aggregate.
    """
    forecast = forecast_channels(history, metrics=("roi",), as_of=as_of, horizon_days=horizon_days)
    future = timeseries.loc[timeseries["date"] > forecast.as_of]
    path = future.groupby("channel")["roi_pred"].mean()
    table = forecast.horizon.rename(columns={bound: f"roi_{bound}" for bound in BOUNDS})
    table = table.assign(roi_forecast=table["channel"].map(path))
    return table[list(ROI_FORECAST)].reset_index(drop=True)


def backtest_summary(forecast: Forecast) -> pd.DataFrame:
    """Per metric, the blend's backtest error over each baseline's; below 1 the blend is better."""
    rows = forecast.backtest
    served = rows.assign(part=rows["error"] * rows["weight"]).groupby("metric")["part"].sum()
    baselines = rows.loc[rows["baseline"]].groupby(["metric", "method"])["error"].mean().unstack()
    return baselines.rdiv(served / rows["channel"].nunique(), axis=0).reset_index()
