from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from budget_cases import SOURCES, Source, draw_account, row_of
from hypothesis import given, settings
from hypothesis import strategies as st

from demetra.budget import BudgetLimits, Response, allocate_budget, fit_response, read_minimum
from demetra.budget.limits import project
from demetra.errors import InfeasibleLimitsError


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    return draw_account(SOURCES).history


@pytest.fixture(scope="module")
def response(history: pd.DataFrame) -> Response:
    return fit_response(history)


def conflicts(limits: BudgetLimits, response: Response) -> dict[str, str]:
    with pytest.raises(InfeasibleLimitsError) as caught:
        allocate_budget(response, limits)
    return {problem.where: problem.expected for problem in caught.value.problems}


def test_every_impossible_value_is_named_at_once(response: Response) -> None:
    least = {"minimum": {"Print": 1, "Video": -1}, "target_roi": -2, "target_cpa": 0}
    limits = BudgetLimits(total=-5, days=0, bound=1.5, fixed=("Radio",), caution=float("nan"), **least)
    named = {"total", "days", "bound", "fixed", "caution", "minimum", "minimum of Video", "target_roi", "target_cpa"}
    assert set(conflicts(limits, response)) == named


@pytest.mark.parametrize("days", [20, 35, 50])
def test_the_more_caution_the_less_may_be_lost_and_the_less_is_gained(history: pd.DataFrame, days: int) -> None:
    short = fit_response(history[history["date"] > history["date"].max() - pd.Timedelta(days=days)])
    plans = [allocate_budget(short, BudgetLimits(bound=0.5, caution=caution)) for caution in (0.0, 0.7, 1.8, 5.0)]
    gains = [plan.expected_uplift_pct for plan in plans]
    risks = [plan.expected_uplift_pct - plan.uplift_lo80 for plan in plans]
    assert gains == sorted(gains, reverse=True)
    assert risks == sorted(risks, reverse=True)
    assert gains[0] > gains[2]
    assert plans[3].held


def test_a_minimum_above_the_bound_is_a_conflict(response: Response) -> None:
    current = row_of(allocate_budget(response), "Video")["current_budget"]
    assert "its upper bound" in conflicts(BudgetLimits(minimum={"Video": 2 * current}), response)["minimum of Video"]


def test_a_minimum_for_a_stopped_channel_is_a_conflict(history: pd.DataFrame) -> None:
    late = history["date"] > history["date"].max() - pd.Timedelta(days=60)
    stopped = fit_response(history[(history["channel"] != "Video") | ~late])
    told = conflicts(BudgetLimits(minimum={"Video": 100}), stopped)["minimum of Video"]
    assert told.startswith("nothing: the channel spends nothing now")


def test_a_minimum_for_a_fixed_channel_is_a_conflict(response: Response) -> None:
    current = row_of(allocate_budget(response), "Video")["current_budget"]
    limits = BudgetLimits(fixed=("Video",), minimum={"Video": 1.1 * current})
    assert "its fixed budget" in conflicts(limits, response)["minimum of Video"]


def test_minimums_that_together_exceed_the_total_are_a_conflict(response: Response) -> None:
    least = {row.channel: 1.2 * row.current_budget for row in allocate_budget(response).table.itertuples()}
    assert "what the channels' limits allow together" in conflicts(BudgetLimits(minimum=least), response)["total"]


def test_a_minimum_is_kept(response: Response) -> None:
    current = row_of(allocate_budget(response), "Video")["current_budget"]
    advice = allocate_budget(response, BudgetLimits(minimum={"Video": 0.9 * current}))
    assert row_of(advice, "Video")["recommended_budget"] >= 0.9 * current * (1 - 1e-9)
    assert advice.table["recommended_budget"].sum() == pytest.approx(advice.table["current_budget"].sum(), rel=1e-3)


def test_minimums_are_read_however_the_channel_is_spelt_and_all_that_cannot_be_are_named() -> None:
    assert read_minimum(["google_ads=500", " vk = 3.5 "]) == {"Google Ads": 500.0, "VK": 3.5}
    with pytest.raises(InfeasibleLimitsError) as caught:
        read_minimum(["VK", "Telegram=much", "VK=1"])
    assert [problem.found for problem in caught.value.problems] == ["'VK'", "'Telegram=much'"]


def test_a_target_that_needs_a_move_gets_one(response: Response) -> None:
    spend, revenue = response.panel.current.sum(), response.level.mean(axis=0).sum()
    advice = allocate_budget(response, BudgetLimits(target_roi=float(1.02 * revenue / spend - 1)))
    assert not advice.held
    assert advice.expected_uplift_pct >= 1.8


def test_a_target_out_of_reach_names_the_best_that_is_attainable(response: Response) -> None:
    named = conflicts(BudgetLimits(target_roi=500.0, target_cpa=1e-4), response)
    assert named["target_roi"].startswith("at most")
    assert named["target_cpa"].startswith("at least")
    attainable = {name: float(re.findall(r"[\d.]*\d", expected)[0]) for name, expected in named.items()}
    for name, value in attainable.items():
        allocate_budget(response, BudgetLimits(**{name: value}))


def test_a_target_that_the_history_knows_nothing_about_is_refused(history: pd.DataFrame) -> None:
    blind = fit_response(history.assign(revenue=np.nan))
    assert conflicts(BudgetLimits(target_roi=1.0), blind) == {"target_roi": "a history with revenue"}


def test_a_new_total_is_split_as_now_where_nothing_better_is_likely() -> None:
    account = draw_account({name: Source(swing=0.01) for name in ("A", "B", "C")}, days=21)
    response = fit_response(account.history)
    total = 1.2 * float(response.panel.current.sum()) * 30
    advice = allocate_budget(response, BudgetLimits(total=total))
    assert advice.held
    assert advice.table["budget_change_pct"].to_numpy() == pytest.approx(20)
    assert advice.table["reason"].str.startswith("+20%, its share of the new total unchanged").all()


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12),
    share=st.floats(0, 1),
)
def test_projection_sums_to_the_total_within_the_bounds(values: list[tuple[float, float, float]], share: float) -> None:
    budgets, down, up = map(np.array, zip(*values, strict=True))
    lower, upper = budgets * (1 - down), budgets * (1 + up)
    total = float(lower.sum() + share * (upper.sum() - lower.sum()))
    found = project(budgets, lower, upper, total)
    assert found.sum() == pytest.approx(total, rel=1e-9, abs=1e-6)
    assert np.all(found >= lower - 1e-9)
    assert np.all(found <= upper + 1e-9)


@settings(max_examples=30, deadline=None)
@given(
    share=st.floats(0.8, 1.2),
    bound=st.floats(0.2, 1.0),
    fixed=st.sets(st.sampled_from(sorted(SOURCES)), max_size=1),
    least=st.floats(0, 0.79),
)
def test_whatever_the_limits_the_budgets_keep_them(
    response: Response, share: float, bound: float, fixed: set[str], least: float
) -> None:
    current = allocate_budget(response).table.set_index("channel")["current_budget"]
    free = 1 if not fixed else sum(current.drop(list(fixed))) / current.sum()
    total = float(current.sum()) * (1 + (share - 1) * free * min(1.0, bound / 0.2))
    minimum = {name: float(least * current[name]) for name in current.index}
    limits = BudgetLimits(total=total, bound=bound, fixed=tuple(fixed), minimum=minimum)
    table = allocate_budget(response, limits).table.set_index("channel")
    budgets = table["recommended_budget"]
    assert budgets.sum() == pytest.approx(total, rel=1e-3)
    assert np.all(budgets <= current * (1 + bound) * (1 + 1e-9))
    assert np.all(budgets >= current * np.maximum(1 - bound, least) * (1 - 1e-9))
    for name in fixed:
        assert budgets[name] == pytest.approx(current[name])
