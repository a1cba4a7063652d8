from __future__ import annotations

import re
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from demetra.budget import BudgetLimits, allocate_budget, check_response, fit_response
from demetra.errors import InfeasibleLimitsError
from demetra.schema import BUDGET_REC, HISTORY
from demetra.words import Words, retell

CHANNELS = ("Instagram", "TikTok", "Telegram", "Google Ads")


def market(
    *, days: int = 180, elasticities: tuple[float, ...] = (0.6,) * 4, scale: float = 8.0, seed: int = 1
) -> pd.DataFrame:
    """Channels whose conversions are `scale` * spend ** elasticity with Poisson noise; 40 of revenue a conversion."""
    rng = np.random.default_rng(seed)
    frames = []
    for name, elasticity in zip(CHANNELS, elasticities, strict=False):
        spend = 300 * np.exp(0.35 * rng.standard_normal(days))
        conversions = rng.poisson(scale * (spend / 300) ** elasticity).astype(float)
        day = pd.date_range("2026-01-01", periods=days)
        measures = {
            "spend": spend,
            "revenue": 40 * conversions,
            "conversions": conversions,
            "clicks": 20 * conversions + 50,
        }
        frames.append(pd.DataFrame({"channel": name, "date": day, **measures, "impressions": 1e4, "reach": 9e3}))
    return pd.concat(frames).assign(engagements=np.nan)[list(HISTORY)].reset_index(drop=True)


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    return market(elasticities=(0.9, 0.6, 0.6, 0.1), scale=60.0)


@pytest.fixture(scope="module")
def response(history: pd.DataFrame):
    return fit_response(history)


@hypothesis_settings(max_examples=25, deadline=None)
@given(share=st.floats(0.75, 1.25), bound=st.floats(0.0, 0.6))
def test_the_advice_sums_to_the_total_and_keeps_its_bounds(response, share: float, bound: float):
    current = allocate_budget(response).table["current_budget"]
    total = float(current.sum()) * share
    limits = BudgetLimits(total=total, bound=bound)
    if not 1 - bound <= share <= 1 + bound:
        with pytest.raises(InfeasibleLimitsError):
            allocate_budget(response, limits)
        return
    table = allocate_budget(response, limits).table
    assert table["recommended_budget"].sum() == pytest.approx(total, rel=1e-3)
    ratio = table["recommended_budget"] / table["current_budget"]
    assert ratio.between(1 - bound - 1e-6, 1 + bound + 1e-6).all()
    assert table["budget_change_pct"].to_numpy() == pytest.approx(100 * (ratio.to_numpy() - 1), abs=1e-6)


def test_the_table_has_the_columns_and_says_why(response):
    table = allocate_budget(response).table
    assert list(table.columns) == list(BUDGET_REC)
    assert table["reason"].str.len().min() > 10
    russian = [retell(reason, "reason", Words("ru")) for reason in table["reason"]]
    assert [told for told in russian if re.search("[A-Za-z]{2,}", told)] == []
    assert set(table["evidence"]) <= {"strong", "moderate", "weak", "none"}
    assert table[["current_budget", "recommended_budget"]].notna().all(axis=None)


def test_the_same_history_gives_the_same_advice(history: pd.DataFrame, response):
    again = allocate_budget(fit_response(history)).table
    pd.testing.assert_frame_equal(again, allocate_budget(response).table)


def test_the_order_of_the_rows_does_not_matter(history: pd.DataFrame, response):
    shuffled = history.sample(frac=1, random_state=3)
    found = allocate_budget(fit_response(shuffled)).table.set_index("channel")["recommended_budget"].sort_index()
    expected = allocate_budget(response).table.set_index("channel")["recommended_budget"].sort_index()
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_money_goes_where_the_next_unit_returns_more(response):
    change = allocate_budget(response).table.set_index("channel")["budget_change_pct"]
    assert change["Instagram"] > 0 > change["Google Ads"]


def test_equal_channels_are_left_alone():
    moved = []
    for seed in range(6):
        table = allocate_budget(fit_response(market(seed=seed, days=120))).table
        shift = (table["recommended_budget"] - table["current_budget"]).abs().sum() / 2
        moved.append(shift / table["current_budget"].sum())
    assert float(np.mean(moved)) < 0.05


def test_a_fixed_channel_does_not_move(response):
    table = allocate_budget(response, BudgetLimits(fixed=("Google Ads",))).table.set_index("channel")
    assert table.loc["Google Ads", "recommended_budget"] == pytest.approx(table.loc["Google Ads", "current_budget"])


def test_limits_that_contradict_each_other_are_named(response):
    with pytest.raises(InfeasibleLimitsError, match="Nowhere"):
        allocate_budget(response, BudgetLimits(fixed=("Nowhere",)))
    with pytest.raises(InfeasibleLimitsError):
        allocate_budget(response, BudgetLimits(total=1.0))


def test_a_stopped_channel_is_not_revived(history: pd.DataFrame):
    stopped = history[~((history["channel"] == "Instagram") & (history["date"] > "2026-04-15"))]
    table = allocate_budget(fit_response(stopped, as_of=history["date"].max())).table.set_index("channel")
    if "Instagram" in table.index:
        assert table.loc["Instagram", "recommended_budget"] == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows[rows["channel"] == "TikTok"], id="one channel"),
        pytest.param(lambda rows: rows[rows["date"] < "2026-01-08"], id="a week"),
        pytest.param(lambda rows: rows[rows["date"] < "2026-01-02"], id="a day"),
        pytest.param(lambda rows: rows.assign(conversions=0.0, revenue=0.0), id="no conversions"),
        pytest.param(lambda rows: rows.assign(revenue=np.nan), id="revenue unknown"),
        pytest.param(lambda rows: rows.assign(spend=300.0), id="steady spend"),
        pytest.param(lambda rows: rows[rows["date"].dt.day_of_week == 0], id="weekly"),
    ],
)
def test_a_history_that_tells_little_gets_an_answer_with_a_reason(history: pd.DataFrame, change):
    table = allocate_budget(fit_response(change(history))).table
    assert len(table) >= 1
    assert np.isfinite(table[["current_budget", "recommended_budget"]].to_numpy(dtype=float)).all()
    assert table["recommended_budget"].sum() == pytest.approx(table["current_budget"].sum(), rel=1e-3)
    assert table["reason"].str.len().min() > 10
    russian = [retell(reason, "reason", Words("ru")) for reason in table["reason"]]
    assert [told for told in russian if re.search("[A-Za-z]{2,}", told)] == []


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.0, 20.0), min_size=4, max_size=4), st.integers(0, 3), st.floats(1.0, 5.0))
def test_more_spend_never_sells_less(response, ratios: list[float], channel: int, more: float):
    less = np.array(ratios)
    raised = less.copy()
    raised[channel] *= more
    below, slopes = response.evaluate(response.level, less)
    above, _ = response.evaluate(response.level, raised)
    assert np.all(np.isfinite(above))
    assert np.all(above.sum(axis=1) >= below.sum(axis=1) * (1 - 1e-9))
    assert slopes.min() >= -1e-9


def test_a_what_if_reuses_the_fit(response):
    began = perf_counter()
    for bound in np.linspace(0.05, 0.5, 10):
        allocate_budget(response, BudgetLimits(bound=float(bound)))
    assert perf_counter() - began < 10, "ten what-ifs are no ten fits"


def test_the_check_names_every_channel(response):
    assert set(check_response(response)["channel"]) == set(CHANNELS)
