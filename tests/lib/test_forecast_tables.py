from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from forecast_cases import make_account, make_channel, make_history

from demetra.errors import FrameError
from demetra.forecast import (
    Forecast,
    backtest_summary,
    forecast_channels,
    reach_ctr_timeseries,
    roi_forecast_table,
    roi_timeseries,
)
from demetra.schema import REACH_CTR_TIMESERIES, ROI_FORECAST, ROI_TIMESERIES


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    return make_history(make_account(120), make_channel(90, name="Stopped"))


@pytest.fixture(scope="module")
def forecast(history: pd.DataFrame) -> Forecast:
    return forecast_channels(history)


def test_the_roi_series_has_the_past_with_actuals_and_the_future_without(forecast: Forecast) -> None:
    series = roi_timeseries(forecast, history_days=30)
    assert list(series) == list(ROI_TIMESERIES)
    one = series.loc[series["channel"] == "Instagram"]
    past, future = one.loc[one["date"] <= forecast.as_of], one.loc[one["date"] > forecast.as_of]
    assert len(past) == 30
    assert len(future) == 14
    assert past[["roi_actual", "roi_pred", "conversion_actual", "conversion_pred"]].notna().all().all()
    assert future[["roi_actual", "conversion_actual"]].isna().all().all()
    assert future.drop(columns=["roi_actual", "conversion_actual"]).notna().all().all()


def test_actuals_are_the_ratios_of_the_history(history: pd.DataFrame, forecast: Forecast) -> None:
    series = roi_timeseries(forecast, history_days=400).merge(history, on=["channel", "date"])
    assert len(series) == len(history)
    np.testing.assert_allclose(series["roi_actual"], series["revenue"] / series["spend"] - 1)
    np.testing.assert_allclose(series["conversion_actual"], series["conversions"] / series["clicks"])


def test_the_reach_series_has_reach_and_ctr(history: pd.DataFrame, forecast: Forecast) -> None:
    series = reach_ctr_timeseries(forecast, history_days=10)
    assert list(series) == list(REACH_CTR_TIMESERIES)
    past = series.loc[series["date"] <= forecast.as_of].merge(history, on=["channel", "date"])
    np.testing.assert_allclose(past["reach_actual"], past["reach"])
    np.testing.assert_allclose(past["ctr_actual"], past["clicks"] / past["impressions"])


def test_a_stopped_channel_keeps_its_past_and_has_no_future(forecast: Forecast) -> None:
    series = roi_timeseries(forecast, history_days=60)
    stopped = series.loc[series["channel"] == "Stopped"]
    assert stopped["roi_actual"].notna().all()
    assert stopped["date"].max() <= forecast.as_of


def test_one_roi_figure_in_the_series_and_in_the_table(history: pd.DataFrame, forecast: Forecast) -> None:
    series = roi_timeseries(forecast)
    table = roi_forecast_table(history, series)
    assert list(table) == list(ROI_FORECAST)
    future = series.loc[series["date"] > forecast.as_of].groupby("channel")["roi_pred"].mean()
    served = table.dropna(subset="roi_forecast").set_index("channel")
    assert served["roi_forecast"].to_dict() == future.to_dict()
    whole = forecast.horizon.loc[forecast.horizon["metric"] == "roi"].set_index("channel")
    assert served["roi_forecast"].to_dict() == pytest.approx(whole["value"].to_dict())
    assert (served["roi_lo80"] <= served["roi_forecast"]).all()
    assert (served["roi_forecast"] <= served["roi_hi80"]).all()


def test_a_channel_without_forecast_keeps_its_row_and_tells_why(history: pd.DataFrame, forecast: Forecast) -> None:
    table = roi_forecast_table(history, roi_timeseries(forecast)).set_index("channel")
    assert np.isnan(table.loc["Stopped", "roi_forecast"])
    assert "stopped" in table.loc["Stopped", "method"]
    assert len(table) == 4


def test_tables_of_a_history_that_cannot_be_forecast_are_typed_and_hold_its_past() -> None:
    history = make_channel(2)
    forecast = forecast_channels(history)
    series = roi_timeseries(forecast)
    assert len(series) == 2
    assert series["roi_pred"].isna().all()
    assert series["date"].dtype.kind == "M"
    assert roi_forecast_table(history, series)["roi_forecast"].isna().all()
    assert backtest_summary(forecast).columns.tolist() == [
        "metric",
        "baseline",
        "blend_mase",
        "baseline_mase",
        "ratio",
        "channels",
    ]


def test_a_series_of_other_columns_is_refused(history: pd.DataFrame) -> None:
    with pytest.raises(FrameError, match="roi_pred"):
        roi_forecast_table(history, pd.DataFrame({"channel": [], "date": []}))
