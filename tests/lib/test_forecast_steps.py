"""Rows a week or a month apart, alone and beside daily ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from forecast_cases import START, check_sound, make_account, make_channel, make_history

from demetra.forecast import forecast_channels
from demetra.schema import METRICS


def test_weekly_data_are_forecast_by_the_week() -> None:
    history = make_channel(60, step_days=7)
    made = forecast_channels(history, horizon_days=28)
    dates = made.daily["date"].unique()
    assert list(np.diff(dates).astype("timedelta64[D]").astype(int)) == [7, 7, 7]
    assert dates[0] == history["date"].iloc[-1] + pd.Timedelta(days=7)
    assert made.daily.groupby("metric").size().eq(4).all()
    check_sound(made)


def test_weekly_data_are_told_to_be_by_the_week() -> None:
    notes = forecast_channels(make_channel(60, step_days=7)).notes
    assert notes["note"].str.startswith("by the week").all()
    assert set(notes["metric"]) == set(METRICS)


def test_weeks_that_begin_on_another_weekday_per_channel_are_forecast_by_the_week() -> None:
    other = make_channel(60, name="TikTok", step_days=7, start=START + pd.Timedelta(days=3))
    made = forecast_channels(make_history(make_channel(60, step_days=7), other), horizon_days=14)
    assert (made.daily.groupby(["channel", "metric"]).size() == 2).all()
    check_sound(made)


def test_a_weekly_channel_among_daily_ones_is_forecast_by_the_week_and_leaves_theirs_as_they_are() -> None:
    daily = make_account(98)
    weekly = make_channel(14, name="VK", step_days=7, start=START + pd.Timedelta(days=6))
    made = forecast_channels(make_history(daily, weekly))
    days = made.daily.groupby("channel")["date"].nunique()
    assert days.to_dict() == {"Facebook": 14, "Instagram": 14, "TikTok": 14, "VK": 2}
    alone = forecast_channels(daily).daily
    pd.testing.assert_frame_equal(made.daily.loc[made.daily["channel"] != "VK"].reset_index(drop=True), alone)


@pytest.mark.parametrize("label", ["MS", "ME"])
def test_rows_a_month_apart_are_no_days(label: str) -> None:
    """A month's sum told as a day's would be thirty times too much."""
    months = make_channel(15).assign(date=pd.date_range("2024-01-01", periods=15, freq=label))
    made = forecast_channels(months)
    assert made.daily.empty
    assert made.past.empty
    assert made.notes["note"].str.contains("a month or more apart").all()
    assert set(made.notes["metric"]) == set(METRICS)
    roi = made.actuals.loc[made.actuals["metric"] == "roi", "actual"]
    np.testing.assert_allclose(roi, months["revenue"] / months["spend"] - 1.0)


def test_a_monthly_channel_leaves_the_others_as_they_are() -> None:
    daily = make_account(150)
    monthly = make_channel(5, name="Print").assign(date=pd.date_range("2025-02-01", periods=5, freq="MS"))
    made = forecast_channels(make_history(daily, monthly))
    pd.testing.assert_frame_equal(made.daily, forecast_channels(daily).daily)


def test_weekly_forecasts_begin_after_as_of() -> None:
    history = make_channel(60, step_days=7)
    made = forecast_channels(history, as_of=history["date"].iloc[-1] + pd.Timedelta(days=15), horizon_days=14)
    assert made.daily["date"].min() == history["date"].iloc[-1] + pd.Timedelta(days=21)
