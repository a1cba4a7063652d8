from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from budget_cases import SOURCES, Source, draw_account, ratios_of, row_of

from demetra.budget import (
    BudgetLimits,
    Response,
    allocate_budget,
    check_response,
    fit_response,
    search,
    tabulate_outlook,
)
from demetra.errors import FrameError, NoDataError
from demetra.schema import BUDGET_OUTLOOK, HISTORY

SHARED = Path(__file__).resolve().parents[2] / "../shared/data/social_media_advertising"


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    return draw_account(SOURCES).history


@pytest.fixture(scope="module")
def response(history: pd.DataFrame) -> Response:
    return fit_response(history)


# -- the same question, the same answer


def test_renaming_channels_renames_the_advice_and_no_more(history: pd.DataFrame, response: Response) -> None:
    names = {"Search": "Zebra", "Social": "Ant", "Video": "Middle"}
    renamed = allocate_budget(fit_response(history.assign(channel=history["channel"].map(names))))
    before, after = ratios_of(allocate_budget(response)), ratios_of(renamed)
    assert {names[name]: ratio for name, ratio in before.items()} == pytest.approx(after, rel=1e-6)


def test_a_seed_decides_the_draws(history: pd.DataFrame, response: Response) -> None:
    np.testing.assert_array_equal(fit_response(history, seed=0).elasticity, response.elasticity)
    assert not np.array_equal(fit_response(history, seed=1).elasticity, response.elasticity)


def test_a_pickled_response_gives_the_same_advice(response: Response) -> None:
    copy = pickle.loads(pickle.dumps(response))
    pd.testing.assert_frame_equal(allocate_budget(copy).table, allocate_budget(response).table)


def test_days_after_as_of_change_nothing(history: pd.DataFrame) -> None:
    until = date(2025, 8, 31)
    known = allocate_budget(fit_response(history[history["date"] <= pd.Timestamp(until)], as_of=until))
    full = allocate_budget(fit_response(history, as_of=until))
    pd.testing.assert_frame_equal(full.table, known.table)


# -- what the table says


def test_the_roi_forecast_fills_roi_pred(response: Response) -> None:
    outlook = pd.DataFrame({"channel": ["Search", "Video"], "roi_forecast": [2.5, np.nan]})
    table = allocate_budget(response, roi_forecast=outlook).table.set_index("channel")
    assert table.loc["Search", "roi_pred"] == 2.5
    assert table.loc[["Social", "Video"], "roi_pred"].isna().all()
    with pytest.raises(FrameError):
        allocate_budget(response, roi_forecast=outlook.drop(columns="roi_forecast"))


def test_budgets_are_the_current_rate_times_the_days(history: pd.DataFrame, response: Response) -> None:
    recent = history[history["date"] > history["date"].max() - pd.Timedelta(days=28)]
    daily = recent.groupby("channel")["spend"].mean()
    table = allocate_budget(response, BudgetLimits(days=14)).table.set_index("channel")
    assert table["current_budget"].to_numpy() == pytest.approx(14 * daily[table.index].to_numpy())


def test_the_acquisition_cost_is_the_recommended_budget_per_predicted_conversion(response: Response) -> None:
    table = allocate_budget(response).table
    assert table["acquisition_cost"].to_numpy() == pytest.approx(
        (table["recommended_budget"] / table["conversion_pred"]).to_numpy()
    )


def test_predicted_conversions_agree_with_the_truth(history: pd.DataFrame) -> None:
    account = draw_account(SOURCES, demand_sd=0.02)
    advice = allocate_budget(fit_response(account.history))
    for name, ratio in ratios_of(advice).items():
        expected = 30 * SOURCES[name].sold * ratio ** SOURCES[name].elasticity
        assert row_of(advice, name)["conversion_pred"] == pytest.approx(expected, rel=0.15)


def test_the_uplift_is_the_whole_plans_in_every_row(response: Response) -> None:
    advice = allocate_budget(response)
    for column in ("expected_uplift_pct", "uplift_lo80", "uplift_hi80"):
        assert (advice.table[column] == getattr(advice, column)).all()
    assert advice.uplift_lo80 < advice.expected_uplift_pct < advice.uplift_hi80


def test_wider_bounds_gain_more(response: Response) -> None:
    advice = allocate_budget(response, BudgetLimits(bound=0.3))
    assert advice.wider is not None
    assert advice.wider.bound == pytest.approx(0.5)
    assert advice.wider.expected_uplift_pct > advice.expected_uplift_pct


def test_a_launch_of_a_few_days_stays_where_it_is(history: pd.DataFrame) -> None:
    launch = history["date"].max() - pd.Timedelta(days=8)
    young = history[(history["channel"] != "Search") | (history["date"] > launch)]
    row = row_of(allocate_budget(fit_response(young)), "Search")
    assert row["budget_change_pct"] == 0
    assert row["reason"] == "unchanged: 8 days of history are too few to judge by"


def test_without_revenue_conversions_decide(history: pd.DataFrame) -> None:
    advice = allocate_budget(fit_response(history.assign(revenue=np.nan)))
    assert "per conversion" in row_of(advice, "Search")["reason"]
    assert ratios_of(advice)["Search"] > 1


def test_without_conversions_revenue_decides(history: pd.DataFrame) -> None:
    advice = allocate_budget(fit_response(history.assign(conversions=np.nan)))
    assert ratios_of(advice)["Search"] > 1
    assert advice.table["conversion_pred"].isna().all()


def test_no_sales_at_all_are_not_called_unknown(history: pd.DataFrame) -> None:
    advice = allocate_budget(fit_response(history.assign(conversions=0.0, revenue=0.0)))
    sentence = "unchanged: no channel has sold anything, so there is nothing to judge by"
    assert set(advice.table["reason"]) == {sentence}
    unknown = allocate_budget(fit_response(history.assign(conversions=np.nan, revenue=np.nan)))
    assert unknown.table["reason"].str.contains("neither conversions nor revenue are known").all()


def test_what_moves_with_the_total_but_less_or_more_says_so(response: Response) -> None:
    total = 30 * response.panel.current.sum()
    more = allocate_budget(response, BudgetLimits(total=1.15 * total, bound=0.2))
    less = allocate_budget(response, BudgetLimits(total=0.85 * total, bound=0.2))
    for advice, change in ((more, 15.0), (less, -15.0)):
        for row in advice.table.to_dict("records"):
            moved, told = row["budget_change_pct"], row["reason"]
            assert ("share of the new total larger" in told) == (change < 0 and change < moved < 0)
            assert ("share of the new total smaller" in told) == (change > 0 and 0 < moved < change)
    reasons = pd.concat([more.table["reason"], less.table["reason"]])
    assert reasons.str.contains("share of the new total (?:larger|smaller)").any()


def test_a_search_that_runs_out_of_steps_keeps_the_better_plan_that_it_has(
    response: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(search._OPTIONS, "maxiter", 1)
    advice = allocate_budget(response)
    assert not advice.held
    assert ratios_of(advice)["Video"] < 1 < ratios_of(advice)["Search"]
    assert advice.table["recommended_budget"].sum() == pytest.approx(30 * response.panel.current.sum(), rel=1e-3)


def test_a_channel_without_known_sales_stays_where_it_is(history: pd.DataFrame) -> None:
    unknown = history["channel"] == "Video"
    advice = allocate_budget(fit_response(history.assign(conversions=history["conversions"].mask(unknown))))
    assert row_of(advice, "Video")["reason"] == "unchanged: its conversions are not known"
    assert row_of(advice, "Video")["budget_change_pct"] == 0


def test_an_optimiser_that_fails_is_no_advice(response: Response) -> None:
    broken = replace(response, elasticity=np.full_like(response.elasticity, np.nan))
    with np.errstate(invalid="ignore"):
        advice = allocate_budget(broken)
    assert advice.held
    assert advice.expected_uplift_pct == 0
    assert (advice.table["recommended_budget"] == advice.table["current_budget"]).all()
    assert advice.table["reason"].str.contains("the search for a better plan failed").all()


def test_weekly_rows_are_weeks(history: pd.DataFrame) -> None:
    weekly = by_week(history, "MON")
    assert weekly["date"].max() == pd.Timestamp("2025-09-29"), "the last week has two days and must not count"
    daily, summed = (allocate_budget(fit_response(rows)).table for rows in (history, weekly))
    assert summed["current_budget"].to_numpy() == pytest.approx(daily["current_budget"].to_numpy(), rel=0.1)
    assert summed["conversion_pred"].sum() == pytest.approx(daily["conversion_pred"].sum(), rel=0.2)


def by_week(rows: pd.DataFrame, first_day: str) -> pd.DataFrame:
    weeks = rows.set_index("date").groupby("channel")[list(HISTORY[2:])]
    return weeks.resample(f"W-{first_day}", label="left", closed="left").sum().reset_index()[list(HISTORY)]


@pytest.mark.parametrize("others", ["daily", "SUN"])
def test_channels_reported_by_other_steps_are_brought_onto_one(history: pd.DataFrame, others: str) -> None:
    weekly = history["channel"] == "Video"
    rest = history[~weekly] if others == "daily" else by_week(history[~weekly], others)
    mixed = allocate_budget(fit_response(pd.concat([rest, by_week(history[weekly], "MON")], ignore_index=True)))
    daily = allocate_budget(fit_response(history))
    known, told = daily.table["current_budget"].to_numpy(), mixed.table["current_budget"].to_numpy()
    assert told == pytest.approx(known, rel=0.1)
    assert mixed.table["conversion_pred"].sum() == pytest.approx(daily.table["conversion_pred"].sum(), rel=0.2)
    assert ratios_of(mixed)["Video"] < 1 < ratios_of(mixed)["Search"]


def test_a_small_channel_that_posts_once_a_week_leaves_the_others_their_days(history: pd.DataFrame) -> None:
    small = history["channel"] == "Video"
    posts = history[small & (history["date"].dt.day_of_week == 0)]
    panel = fit_response(pd.concat([history[~small], posts], ignore_index=True)).panel
    assert panel.period_days == 1
    rate = dict(zip(panel.channels, panel.current, strict=True))
    assert 0 < rate["Video"] < 0.25 * rate["Search"]


def test_an_empty_history_is_an_error(history: pd.DataFrame) -> None:
    with pytest.raises(NoDataError):
        fit_response(history, as_of=date(2020, 1, 1))
    with pytest.raises(FrameError):
        fit_response(history.drop(columns="spend"))


# -- experiment and check


def test_thin_evidence_brings_an_experiment() -> None:
    account = draw_account({name: Source(sold=20, swing=0.02) for name in ("A", "B", "C")}, days=60)
    advice = allocate_budget(fit_response(account.history))
    assert advice.experiment is not None
    assert advice.experiment.channel in {"A", "B", "C"}
    assert 14 <= advice.experiment.days <= 56
    assert "10% more spend" in advice.experiment.resolves


def test_strong_evidence_needs_no_experiment() -> None:
    account = draw_account({name: Source(sold=400) for name in ("A", "B", "C")}, days=365)
    advice = allocate_budget(fit_response(account.history))
    assert set(advice.table["evidence"]) == {"strong"}
    assert advice.experiment is None


def test_the_outlook_tells_of_the_experiment_and_of_wider_bounds_only_where_they_would_add() -> None:
    account = draw_account({name: Source(sold=20, swing=0.02) for name in ("A", "B", "C")}, days=60)
    thin = allocate_budget(fit_response(account.history))
    assert thin.experiment is not None
    table = tabulate_outlook(thin).set_index("kind")
    assert list(tabulate_outlook(thin)) == list(BUDGET_OUTLOOK)
    assert thin.experiment.channel in table.loc["experiment", "sentence"]
    assert f"{thin.experiment.days} days" in table.loc["experiment", "sentence"]
    alone = {"Search": SOURCES["Search"]}
    assert tabulate_outlook(allocate_budget(fit_response(draw_account(alone).history))).empty


def test_the_check_covers_the_true_elasticities(response: Response) -> None:
    check = check_response(response).set_index("channel")
    for name, source in SOURCES.items():
        assert check.loc[name, "elasticity_lo80"] - 0.1 <= source.elasticity <= check.loc[name, "elasticity_hi80"] + 0.1


def test_the_response_predicts_better_than_constant_returns(response: Response) -> None:
    check = check_response(response)
    assert check["fit_error"].mean() < check["constant_return_error"].mean()


# -- the public data


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data")
def test_on_the_public_data_pinterest_gives_and_the_others_are_not_ranked() -> None:
    rows = pd.read_csv(next(SHARED.glob("*_iso.csv.gz")))
    spend = rows["Acquisition_Cost"].astype("str").str.replace(r"[$,]", "", regex=True).astype("float64")
    measures = {
        "spend": spend,
        "revenue": spend * (1 + rows["ROI"]),
        "conversions": rows["Conversion_Rate"] * rows["Clicks"],
        "clicks": rows["Clicks"].astype("float64"),
        "impressions": rows["Impressions"].astype("float64"),
    }
    keys = {"channel": rows["Channel_Used"].astype("str"), "date": pd.to_datetime(rows["Date"])}
    history = pd.DataFrame({**keys, **measures}).groupby(["channel", "date"], as_index=False).sum()
    advice = allocate_budget(fit_response(history.assign(reach=np.nan, engagements=np.nan)[list(HISTORY)]))
    ratios = ratios_of(advice)
    assert ratios["Pinterest"] == pytest.approx(0.7, abs=1e-3)
    assert ratios["Instagram"] == pytest.approx(ratios["Facebook"], abs=1e-3)
    assert ratios["Instagram"] == pytest.approx(ratios["Twitter"], abs=1e-3)
    assert 0 < advice.expected_uplift_pct < 8
