"""The arrays that know each day's past alone, against plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from forecast_cases import make_account, make_channel
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from demetra.forecast.blend import blend_methods
from demetra.forecast.lags import learn_methods
from demetra.forecast.levels import last_season, running_mean, smooth, weekday_profile
from demetra.forecast.methods import compute_methods
from demetra.forecast.panel import build_panels, find_stops, lay_out

VALUES = hnp.arrays(np.float64, (20, 2), elements=st.one_of(st.floats(0.1, 100.0), st.just(np.nan)))


@given(values=VALUES, half_life=st.floats(0.5, 30.0))
@settings(max_examples=25, deadline=None)
def test_smoothing_is_the_discounted_mean_of_what_is_known(values: np.ndarray, half_life: float) -> None:
    weights = np.isfinite(values).astype(float)
    found = smooth(values, weights, half_life=half_life)
    for day in range(20):
        age = 0.5 ** ((day - np.arange(day + 1)) / half_life)[:, None] * weights[: day + 1]
        with np.errstate(invalid="ignore"):
            expected = np.nansum(age * np.nan_to_num(values[: day + 1]), axis=0) / age.sum(axis=0)
        np.testing.assert_allclose(found[day], expected, rtol=1e-9)


@given(values=VALUES, window=st.integers(1, 25))
@settings(max_examples=25, deadline=None)
def test_a_running_mean_is_the_mean_of_its_window(values: np.ndarray, window: int) -> None:
    found = running_mean(values, np.isfinite(values).astype(float), window=window)
    expected = pd.DataFrame(values).rolling(window, min_periods=1).mean().to_numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_weights_make_a_mean_the_ratio_of_sums() -> None:
    ratio, spend = np.array([[1.0], [3.0], [np.nan]]), np.array([[10.0], [30.0], [0.0]])
    np.testing.assert_allclose(running_mean(ratio, spend)[:, 0], [1.0, 2.5, 2.5])


def test_the_last_season_holds_each_weekdays_last_known_value() -> None:
    values = np.arange(16.0)[:, None]
    values[9] = np.nan
    assert last_season(values, season=7)[15, :, 0].tolist() == [14.0, 15.0, 2.0, 10.0, 11.0, 12.0, 13.0]


def test_a_weekday_profile_of_noise_is_flat_and_a_real_one_is_found() -> None:
    rng = np.random.default_rng(3)
    factor = np.array([1.3, 1.0, 1.0, 1.0, 1.0, 0.9, 0.8])
    noise = rng.lognormal(0.0, 0.2, (140, 2))
    flat = weekday_profile(noise, season=7)[-1]
    found = weekday_profile(noise * np.tile(factor, 20)[:, None], season=7)[-1]
    assert np.abs(flat - 1.0).max() < 0.1
    np.testing.assert_allclose(found, np.broadcast_to(factor[:, None], (7, 2)), atol=0.12)
    assert np.allclose(weekday_profile(noise, season=7)[:14], 1.0)


def test_a_channel_borrows_the_weekdays_of_its_account() -> None:
    """A noisy channel among steady ones with the same weekdays gets a profile nearer the truth than alone."""
    rng = np.random.default_rng(5)
    factor = np.array([1.3, 1.1, 1.0, 1.0, 1.0, 0.9, 0.7])
    truth = np.tile(factor, 8)[:, None]
    noisy = truth * rng.lognormal(0.0, 0.6, (56, 1))
    steady = truth * rng.lognormal(0.0, 0.1, (56, 3))
    alone = weekday_profile(noisy, season=7)[-1, :, 0]
    together = weekday_profile(np.hstack([noisy, steady]), season=7)[-1, :, 0]
    assert np.abs(together - factor).mean() < 0.6 * np.abs(alone - factor).mean()


def test_no_method_knows_a_later_day() -> None:
    """Changing the last 20 days leaves what every method, and the blend, said before them."""
    history = make_account(130)
    changed = history.copy()
    changed.loc[changed["date"] > changed["date"].max() - pd.Timedelta(days=20), ["revenue", "clicks"]] *= 3.0
    for metric in ("roi", "ctr"):
        told = []
        for each in (history, changed):
            panel = build_panels(lay_out(each, as_of=each["date"].max()), [metric])[0]
            simple = compute_methods(panel)
            methods = [*simple, *learn_methods(panel, simple, horizon=5)]
            told.append([*methods, blend_methods(methods, panel, horizon=5)])
        for one, two in zip(*told, strict=True):
            for step in (1, 5):
                np.testing.assert_array_equal(one.ahead(step)[:-20], two.ahead(step)[:-20])


@pytest.mark.parametrize(("days", "horizon", "expected"), [(60, 14, 0), (100, 90, 0), (100, 14, 2)])
def test_learned_methods_wait_for_a_history_and_refuse_a_long_horizon(days: int, horizon: int, expected: int) -> None:
    history = make_channel(days)
    panel = build_panels(lay_out(history, as_of=history["date"].max()), ["roi"])[0]
    assert len(learn_methods(panel, compute_methods(panel), horizon=horizon)) == expected


def test_regression_on_lags_finds_a_decay_that_levels_miss() -> None:
    """ROI that falls back to its mean by a third a day: the regression earns its place against the best level."""
    rng = np.random.default_rng(2)
    pull = np.zeros(300)
    for day in range(1, 300):
        pull[day] = 0.67 * pull[day - 1] + rng.normal(0.0, 0.5)
    history = make_channel(300, roi=3.0 + pull, spread=0.01)
    panel = build_panels(lay_out(history, as_of=history["date"].max()), ["roi"])[0]
    simple = compute_methods(panel)
    blend = blend_methods([*simple, *learn_methods(panel, simple, horizon=7)], panel, horizon=7)
    weights = {method.name: blend.weights[index, -1, 0] for index, method in enumerate(blend.methods)}
    assert weights["regression on lags"] == max(weights.values())


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("1" * 20 + "0" * 6, False), ("1" * 20 + "0" * 7, True), (("1" * 5 + "0" * 10) * 3, False), ("0" * 30, False)],
)
def test_a_stop_is_a_week_of_nothing_and_longer_than_ever(pattern: str, expected: bool) -> None:
    active = np.array([[day == "1"] for day in pattern])
    assert find_stops(active, step_days=1)[-1, 0] == expected


def test_a_flight_is_waited_for_four_weeks_at_most() -> None:
    active = np.array([[day == "1"] for day in "1" + "0" * 60 + "1" + "0" * 28])
    assert find_stops(active, step_days=1)[-1, 0]
    assert not find_stops(active, step_days=1)[-2, 0]


def test_rows_of_one_channel_and_day_are_added_together() -> None:
    history = make_channel(10)
    twice = lay_out(pd.concat([history, history]), as_of=history["date"].max())
    np.testing.assert_allclose(twice.measures["spend"][:, 0], 2 * history["spend"])
