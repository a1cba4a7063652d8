"""Forecasts of ROI, conversion rate, reach and CTR per channel, with intervals, from a history alone."""

from demetra.forecast.channels import Forecast, forecast_channels
from demetra.forecast.tables import (
    backtest_summary,
    forecast_table,
    past_table,
    reach_ctr_timeseries,
    roi_forecast_table,
    roi_timeseries,
)

__all__ = [
    "Forecast",
    "backtest_summary",
    "forecast_channels",
    "forecast_table",
    "past_table",
    "reach_ctr_timeseries",
    "roi_forecast_table",
    "roi_timeseries",
]
