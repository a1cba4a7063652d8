from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from forecast_cases import (
    NUMBERS,
    START,
    WEEKDAYS,
    check_sound,
    make_account,
    make_channel,
    make_history,
    set_measures,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from demetra.errors import FrameError, NoDataError
from demetra.forecast import Forecast, backtest_summary, forecast_channels, forecast_table, past_table
from demetra.metrics import ratios
from demetra.schema import HISTORY, MEASURES, METRICS


@pytest.fixture(scope="module")
def account() -> pd.DataFrame:
    return make_account()


@pytest.fixture(scope="module")
def forecast(account: pd.DataFrame) -> Forecast:
    return forecast_channels(account)


def test_every_channel_and_metric_gets_each_day_of_the_horizon(account: pd.DataFrame, forecast: Forecast) -> None:
    days = forecast.daily.groupby(["channel", "metric"])["date"].agg(["min", "max", "count"])
    assert set(days.index) == {(channel, metric) for channel in account["channel"].unique() for metric in METRICS}
    assert (days["count"] == 14).all()
    assert (days["min"] == forecast.as_of + pd.Timedelta(days=1)).all()
    assert (days["max"] == forecast.as_of + pd.Timedelta(days=14)).all()
    check_sound(forecast)


def test_the_tables_of_the_command_have_the_columns_agreed(forecast: Forecast) -> None:
    assert list(forecast_table(forecast)) == ["channel", "metric", "date", *NUMBERS, "method"]
    assert list(past_table(forecast)) == ["channel", "metric", "date", "actual", *NUMBERS, "method"]


@pytest.mark.parametrize("days", [12, 34, 36, 60, 69, 70, 71, 72, 110, 115])
def test_past_predictions_do_not_change_when_later_days_are_cut_off(
    account: pd.DataFrame, forecast: Forecast, days: int
) -> None:
    cut = account["date"].min() + pd.Timedelta(days=days - 1)
    earlier = forecast_channels(account.loc[account["date"] <= cut], as_of=cut).past
    kept = forecast.past.loc[forecast.past["date"] <= cut].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, earlier, check_exact=True)
    assert len(earlier) >= 4 * (days - 8)


def test_a_past_prediction_is_the_forecast_made_the_day_before(account: pd.DataFrame, forecast: Forecast) -> None:
    day = forecast.as_of - pd.Timedelta(days=25)
    made = forecast_channels(account, as_of=day, horizon_days=14).daily
    first = made.loc[made["date"] == day + pd.Timedelta(days=1)].set_index(["channel", "metric"])["yhat"]
    told = forecast.past.loc[forecast.past["date"] == day + pd.Timedelta(days=1)]
    pd.testing.assert_series_equal(told.set_index(["channel", "metric"])["yhat"], first, check_exact=True)


def test_rows_after_as_of_change_nothing(account: pd.DataFrame) -> None:
    day = account["date"].max() - pd.Timedelta(days=30)
    with_later = forecast_channels(account, as_of=day, metrics=("roi",))
    without = forecast_channels(account.loc[account["date"] <= day], as_of=day, metrics=("roi",))
    pd.testing.assert_frame_equal(with_later.daily, without.daily, check_exact=True)


def test_swapping_channel_names_swaps_the_answers(account: pd.DataFrame, forecast: Forecast) -> None:
    swap = {"Facebook": "TikTok", "TikTok": "Instagram", "Instagram": "Facebook"}
    renamed = forecast_channels(account.assign(channel=account["channel"].map(swap)))
    keys = ["channel", "metric", "date"]
    expected = forecast.daily.assign(channel=forecast.daily["channel"].map(swap)).sort_values(keys, ignore_index=True)
    found = renamed.daily.sort_values(keys, ignore_index=True)
    np.testing.assert_allclose(found[NUMBERS], expected[NUMBERS], rtol=1e-6)


def test_the_order_of_rows_makes_no_difference(account: pd.DataFrame, forecast: Forecast) -> None:
    shuffled = forecast_channels(account.sample(frac=1.0, random_state=1))
    pd.testing.assert_frame_equal(shuffled.daily, forecast.daily)


@given(factor=st.floats(0.01, 1000.0))
@settings(max_examples=5, deadline=None)
def test_another_currency_leaves_roi_as_it_is(factor: float) -> None:
    history = make_account(60)
    other = history.assign(spend=history["spend"] * factor, revenue=history["revenue"] * factor)
    one, two = (forecast_channels(each, metrics=("roi",)) for each in (history, other))
    np.testing.assert_allclose(one.daily[NUMBERS], two.daily[NUMBERS], rtol=1e-4)


@given(factor=st.floats(0.1, 100.0))
@settings(max_examples=5, deadline=None)
def test_reach_scales_with_reach(factor: float) -> None:
    history = make_account(60)
    one = forecast_channels(history, metrics=("reach",))
    two = forecast_channels(history.assign(reach=history["reach"] * factor), metrics=("reach",))
    np.testing.assert_allclose(one.daily[NUMBERS] * factor, two.daily[NUMBERS], rtol=1e-4)


def test_the_horizon_value_is_the_mean_of_its_days(forecast: Forecast) -> None:
    means = forecast.daily.groupby(["channel", "metric"])["yhat"].mean()
    values = forecast.horizon.set_index(["channel", "metric"])["value"]
    pd.testing.assert_series_equal(values.sort_index(), means.sort_index(), check_names=False)


def test_noise_is_forecast_by_its_mean_and_intervals_hold() -> None:
    """Twelve accounts of three channels that are noise around known levels, 14 days held back."""
    inside, off = {"80": [], "95": []}, []
    for seed in range(12):
        channels = [make_channel(134, name=f"c{index}", seed=100 * seed + index) for index in range(3)]
        history = make_history(*channels)
        day = START + pd.Timedelta(days=119)
        made = forecast_channels(history, as_of=day, metrics=("roi", "ctr", "reach"))
        realised = ratios(history).melt(["channel", "date"], ["roi", "ctr", "reach"], "metric", "actual")
        both = made.daily.merge(realised, on=["channel", "metric", "date"])
        for level, found in inside.items():
            found.append(both["actual"].between(both[f"lo{level}"], both[f"hi{level}"]).mean())
        off.append((made.daily.loc[made.daily["metric"] == "roi", "yhat"] - 2.0).abs().mean())
    assert np.mean(inside["80"]) == pytest.approx(0.80, abs=0.03)
    assert np.mean(inside["95"]) == pytest.approx(0.95, abs=0.02)
    assert np.mean(off) < 0.12  # a day's own spread is 0.6


def test_intervals_of_ten_days_are_no_wider_than_they_need_be() -> None:
    inside = []
    for seed in range(25):
        channels = [make_channel(24, name=f"c{index}", seed=10 * seed + index) for index in range(3)]
        history = make_history(*channels)
        made = forecast_channels(history, metrics=("roi",), as_of=START + pd.Timedelta(days=9))
        days = made.daily.merge(history, on=["channel", "date"])
        inside.append((days["revenue"] / days["spend"] - 1.0).between(days["lo80"], days["hi80"]).mean())
    assert 0.72 < np.mean(inside) < 0.89


def test_weekdays_are_found_where_they_are() -> None:
    reach = forecast_channels(make_channel(120, weekday=True), metrics=("reach",)).daily
    found = reach.groupby(reach["date"].dt.day_of_week)["yhat"].mean()
    np.testing.assert_allclose(found / found.mean(), np.array(WEEKDAYS) / np.mean(WEEKDAYS), atol=0.12)


def test_weekdays_are_not_found_where_they_are_not() -> None:
    reach = forecast_channels(make_channel(120), metrics=("reach",)).daily["yhat"]
    assert reach.max() / reach.min() < 1.1


def test_a_level_that_moved_is_followed() -> None:
    path = np.where(np.arange(150) < 100, 1.0, 4.0)
    roi = forecast_channels(make_channel(150, roi=path), metrics=("roi",)).daily["yhat"]
    assert roi.between(3.5, 4.5).all()


def test_the_blend_is_near_the_best_baseline_in_its_backtest(forecast: Forecast) -> None:
    summary = backtest_summary(forecast)
    assert set(summary["baseline"]) == {"mean", "28-day mean", "last value", "seasonal naive"}
    best = summary.groupby("metric")["ratio"].max()
    assert (best < 1.05).all()
    assert (summary.loc[summary["baseline"] == "last value", "ratio"] < 0.85).all()


def test_weights_of_the_methods_add_up_to_one(forecast: Forecast) -> None:
    methods = forecast.backtest.loc[forecast.backtest["method"] != "blend"]
    np.testing.assert_allclose(methods.groupby(["channel", "metric"])["weight"].sum(), 1.0)
    assert {"xgboost on lags", "regression on lags", "mean, parts"} <= set(methods["method"])


def test_reported_errors_agree_with_a_plain_computation() -> None:
    history = make_channel(60)
    made = forecast_channels(history, metrics=("reach",), horizon_days=2)
    reach = history["reach"].to_numpy()
    errors: dict[int, list[float]] = {}
    for step in (1, 2):
        for origin in range(60 - step):
            errors.setdefault(origin + step, []).append(abs(reach[origin + step] - reach[: origin + 1].mean()))
    seasonal_naive = np.abs(reach[7:] - reach[:-7]).mean()
    expected = np.mean([np.mean(of_day) for of_day in errors.values()]) / seasonal_naive
    told = made.backtest.loc[made.backtest["method"] == "mean", "error"]
    assert float(told.iloc[0]) == pytest.approx(expected)


# Traps ---------------------------------------------------------------------------------------------------------------


def test_a_stopped_channel_is_flagged_and_not_extrapolated() -> None:
    made = forecast_channels(make_history(make_channel(100), make_channel(80, name="TikTok")))
    assert set(made.daily["channel"]) == {"Instagram"}
    assert set(made.horizon["channel"]) == {"Instagram"}
    notes = made.notes.loc[made.notes["channel"] == "TikTok", "note"]
    assert notes.str.contains("stopped").all()
    assert notes.str.contains("2025-03-26").all()
    assert made.past.loc[made.past["channel"] == "TikTok", "date"].max() == pd.Timestamp("2025-03-26")


def test_a_channel_whose_rows_go_on_at_zero_is_stopped_too() -> None:
    quiet = set_measures(make_channel(100, name="TikTok"), 0.0, since=80)
    made = forecast_channels(make_history(make_channel(100), quiet))
    assert set(made.daily["channel"]) == {"Instagram"}


def test_a_short_break_does_not_stop_a_channel() -> None:
    made = forecast_channels(make_history(make_channel(100), make_channel(96, name="TikTok")))
    assert set(made.daily["channel"]) == {"Instagram", "TikTok"}


def test_a_channel_in_flights_is_waited_for() -> None:
    flights = make_channel(100, name="TikTok")
    flights.loc[(np.arange(100) // 10) % 2 == 1, list(MEASURES)] = 0.0
    made = forecast_channels(make_history(make_channel(100), flights), metrics=("roi",))
    roi = made.daily.loc[made.daily["channel"] == "TikTok", "yhat"]
    assert roi.between(1.5, 2.5).all()


def test_gaps_are_unknown_and_zero_days_are_zero() -> None:
    full = make_channel(120)
    odd = np.arange(120) % 2 == 1
    gaps = forecast_channels(full.loc[~odd | (np.arange(120) == 119)], metrics=("reach",)).daily["yhat"].mean()
    zeros = full.copy()
    zeros.loc[odd & (np.arange(120) < 119), list(MEASURES)] = 0.0
    halved = forecast_channels(zeros, metrics=("reach",)).daily["yhat"].mean()
    assert gaps == pytest.approx(full["reach"].mean(), rel=0.1)
    assert halved == pytest.approx(full["reach"].mean() / 2, rel=0.15)


def test_days_without_spend_have_no_roi_and_do_not_pull_it_down() -> None:
    history = make_channel(90)
    history.loc[::3, ["spend", "revenue"]] = 0.0
    made = forecast_channels(history, metrics=("roi",))
    assert made.daily["yhat"].between(1.6, 2.4).all()
    assert made.actuals["actual"].isna().sum() == 30
    assert made.past.loc[made.past["actual"].isna(), "yhat"].notna().all()


def test_a_trailing_day_that_is_still_being_filled_is_left_out() -> None:
    history = make_channel(90)
    history.loc[history.index[-1], list(MEASURES)] *= 0.1
    made = forecast_channels(history)
    assert made.as_of == history["date"].iloc[-2]
    assert made.daily["date"].min() == history["date"].iloc[-1]


def test_a_channel_that_started_last_week_borrows_the_intervals_of_the_others() -> None:
    young = make_channel(10, name="TikTok", start=START + pd.Timedelta(days=110))
    made = forecast_channels(make_history(make_channel(120), young))
    check_sound(made)
    rows = made.daily.loc[made.daily["channel"] == "TikTok"]
    assert (rows["method"] == "means").all()
    assert (rows["hi80"] > rows["lo80"]).all()
    assert made.notes["note"].str.contains("limited: means only, 10 days").all()


def test_under_five_weeks_the_means_serve() -> None:
    made = forecast_channels(make_channel(30, weekday=True))
    assert (made.daily["method"] == "means").all()
    serving = made.backtest.loc[made.backtest["weight"] > 0, "method"]
    assert set(serving) <= {"mean", "28-day mean", "mean, parts", "28-day mean, parts", "blend"}
    check_sound(made)


def test_a_channel_that_starts_after_as_of_is_not_known_yet() -> None:
    late = make_channel(20, name="TikTok", start=START + pd.Timedelta(days=70))
    made = forecast_channels(make_history(make_channel(90), late), as_of=START + pd.Timedelta(days=60))
    assert set(made.daily["channel"]) | set(made.notes["channel"]) == {"Instagram"}


def test_one_row_gives_a_reason_and_no_numbers() -> None:
    made = forecast_channels(make_channel(1))
    assert made.daily.empty
    assert len(made.notes) == len(METRICS)
    assert made.notes["note"].str.contains("only 1").all()


def test_a_constant_is_forecast_by_itself_with_certainty() -> None:
    measures = dict.fromkeys(MEASURES, 100.0) | {"revenue": 300.0}
    made = forecast_channels(make_channel(80).assign(**measures), metrics=("roi",))
    np.testing.assert_allclose(made.daily[NUMBERS], 2.0)
    assert made.horizon["confidence_score"].tolist() == [1.0]


def test_all_unknown_gives_a_reason_per_metric() -> None:
    made = forecast_channels(set_measures(make_channel(50), np.nan))
    assert made.daily.empty
    assert made.past.empty
    assert set(made.notes["metric"]) == set(METRICS)


def test_unknown_revenue_costs_roi_alone() -> None:
    made = forecast_channels(make_channel(60).assign(revenue=np.nan))
    assert set(made.daily["metric"]) == {"conversion_rate", "reach", "ctr"}
    assert made.notes["metric"].tolist() == ["roi"]


def test_ten_years_of_days_are_forecast_soundly() -> None:
    made = forecast_channels(make_channel(3650, weekday=True), metrics=("roi",))
    check_sound(made)
    assert len(made.past) > 3600


def test_infinite_values_count_as_unknown() -> None:
    history = make_channel(60)
    history.loc[20, "revenue"] = np.inf
    made = forecast_channels(history, metrics=("roi",))
    check_sound(made)
    assert made.actuals["actual"].isna().sum() == 1


def test_refunds_beyond_the_revenue_do_not_push_roi_below_minus_one() -> None:
    history = make_channel(80)
    made = forecast_channels(history.assign(revenue=-0.2 * history["spend"]), metrics=("roi",))
    assert made.daily["yhat"].eq(-1.0).all()
    check_sound(made)


@given(
    days=st.integers(1, 45),
    holes=st.lists(st.integers(0, 44), max_size=20),
    zeros=st.lists(st.integers(0, 44), max_size=20),
    horizon=st.integers(1, 20),
    seed=st.integers(0, 5),
)
@settings(max_examples=20, deadline=None)
def test_any_small_history_gets_an_answer_or_a_reason(
    days: int, holes: list[int], zeros: list[int], horizon: int, seed: int
) -> None:
    history = make_channel(days, seed=seed)
    history.loc[history.index.isin(zeros), list(MEASURES)] = 0.0
    history = history.loc[~history.index.isin(holes) | (history.index == 0)]
    made = forecast_channels(history, as_of=START + pd.Timedelta(days=days - 1), horizon_days=horizon)
    check_sound(made)
    answered = set(made.daily["metric"])
    explained = set(made.notes["metric"])
    assert answered | explained == set(METRICS)
    assert (made.daily.groupby("metric").size() == horizon).all()


def test_no_rows_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(NoDataError, match="Import a file"):
        forecast_channels(make_channel(5).iloc[:0])
    with pytest.raises(NoDataError, match="2020-01-01"):
        forecast_channels(make_channel(5), as_of=pd.Timestamp("2020-01-01"))


def test_a_metric_that_does_not_exist_is_named() -> None:
    with pytest.raises(FrameError, match="'cpa'"):
        forecast_channels(make_channel(5), metrics=("roi", "cpa"))


def test_dates_as_text_are_refused() -> None:
    history = make_channel(5)
    with pytest.raises(FrameError, match="to_datetime"):
        forecast_channels(history.assign(date=history["date"].astype("str")), as_of=pd.Timestamp("2025-01-10"))


@pytest.mark.shared_data
def test_the_real_channels_are_forecast_at_their_means(shared_data: Path) -> None:
    """The public rows: Pinterest returns 0.72, the other three 4.0, and nothing tells those apart."""
    rows = pd.read_csv(shared_data / "social_media_advertising/Social_Media_Advertising_first30k_iso.csv.gz")
    spend = rows["Acquisition_Cost"].str.replace(r"[$,]", "", regex=True).astype(float)
    parts = {
        "spend": spend,
        "revenue": spend * (1 + rows["ROI"]),
        "conversions": rows["Conversion_Rate"] * rows["Clicks"],
    }
    parts |= {
        "clicks": rows["Clicks"],
        "impressions": rows["Impressions"],
        "reach": rows["Impressions"],
        "engagements": 0,
    }
    frame = pd.DataFrame({"channel": rows["Channel_Used"], "date": pd.to_datetime(rows["Date"]), **parts})
    history = frame.groupby(["channel", "date"], as_index=False)[list(MEASURES)].sum()[list(HISTORY)]
    roi = forecast_channels(history, metrics=("roi",)).horizon.set_index("channel")
    assert roi.loc["Pinterest", "value"] == pytest.approx(0.72, abs=0.03)
    others = roi.drop(index="Pinterest")
    assert others["value"].between(3.85, 4.15).all()
    assert others["lo80"].max() < others["hi80"].min()
