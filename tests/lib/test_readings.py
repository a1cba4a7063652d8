"""Sentences are computed from tables, and never rank what the intervals cannot tell apart."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from chart_frames import AS_OF, budget, roi_forecast, timeseries
from hypothesis import given, settings
from hypothesis import strategies as st

from demetra import readings
from demetra.errors import FrameError

SPANS = st.lists(
    st.tuples(st.floats(-1, 9, allow_nan=False), st.floats(0.01, 3), st.floats(0.01, 3)), min_size=1, max_size=9
)


def _table(spans: list[tuple[float, float, float]]) -> pd.DataFrame:
    rows = [(f"c{number}", at, at - below, at + above) for number, (at, below, above) in enumerate(spans)]
    return roi_forecast(*rows)


@settings(max_examples=40, deadline=None)
@given(SPANS)
def test_two_channels_share_a_tie_exactly_when_their_intervals_overlap(spans):
    table = _table(spans).set_index("channel")
    ties = readings.find_ties(table.reset_index())
    for one in table.index:
        for other in table.index[table.index > one]:
            a, b = table.loc[one], table.loc[other]
            overlap = a["roi_lo80"] <= b["roi_hi80"] and b["roi_lo80"] <= a["roi_hi80"]
            assert any({one, other} <= set(group) for group in ties) == overlap


@settings(max_examples=40, deadline=None)
@given(SPANS)
def test_the_order_of_rows_does_not_change_the_ties_or_the_sentence(spans):
    table = _table(spans)
    turned = table.iloc[::-1]
    assert readings.find_ties(table) == readings.find_ties(turned)
    assert readings.read_roi_forecast(table) == readings.read_roi_forecast(turned)


def test_no_tie_holds_another():
    table = roi_forecast(("A", 4, 3, 5), ("B", 3.9, 2.9, 4.9), ("C", 3.1, 2, 3.5))
    assert readings.find_ties(table) == [["A", "B", "C"]]


def test_equal_channels_are_not_ranked_and_the_lower_one_is_named():
    table = roi_forecast(
        ("Twitter", 4.03, 3.7, 4.3),
        ("Facebook", 4.01, 3.8, 4.2),
        ("Instagram", 4.02, 3.6, 4.4),
        ("Pinterest", 0.72, 0.6, 0.8),
    )
    assert readings.read_roi_forecast(table) == (
        "Twitter, Instagram and Facebook cannot be told apart: their 80% intervals overlap (ROI 4.01 to 4.03); "
        "Pinterest is lower than all of these."
    )


def test_a_chain_of_overlaps_is_not_called_a_tie_of_all():
    table = roi_forecast(("A", 5, 4.8, 5.2), ("B", 4, 3, 4.82), ("C", 4.5, 4.85, 5.0))
    text = readings.read_roi_forecast(table)
    assert text.startswith("A is forecast highest, but cannot be told from C and B")


def test_a_clear_winner_is_named_with_its_interval():
    table = roi_forecast(("A", 5, 4.8, 5.2), ("B", 4, 3, 4.5))
    assert readings.read_roi_forecast(table) == (
        "A is forecast highest: ROI 5.00 over the next 14 days (80% interval 4.80 to 5.20); "
        "all other intervals lie lower."
    )


def test_without_intervals_no_order_is_claimed():
    table = roi_forecast(("A", 5, np.nan, np.nan), ("B", 4, 3, 4.5))
    assert readings.read_roi_forecast(table).endswith("not every channel has an interval to compare.")


@pytest.mark.parametrize("rows", [(), (("A", np.nan, np.nan, np.nan),)])
def test_nothing_forecast_is_said_plainly(rows):
    assert readings.read_roi_forecast(roi_forecast(*rows)) == "There is no ROI forecast yet."


def test_coverage_counts_past_days_only_and_equals_a_naive_count():
    table = timeseries(channels=("A", "B"))
    past = table[table["date"] <= pd.Timestamp(AS_OF)]
    naive = [low <= actual <= high for low, actual, high in past[["roi_lo80", "roi_actual", "roi_hi80"]].to_numpy()]
    assert readings.measure_coverage(table, "roi", as_of=AS_OF) == pytest.approx(np.mean(naive))


def test_a_channel_that_left_its_range_for_most_of_a_week_is_named():
    table = timeseries(channels=("A", "B"))
    late = (table["channel"] == "B") & table["date"].between("2026-03-27", "2026-03-31")
    table.loc[late, "conversion_actual"] = 0.0
    text = readings.read_roi_timeseries(table, as_of=AS_OF)
    assert text.startswith("B's conversion rate was below its expected range on 5 of the last 7 days (")


def test_a_quiet_week_is_said_to_be_quiet():
    table = timeseries(("reach", "ctr"), channels=("A",))
    for name in ("reach", "ctr"):
        table[f"{name}_actual"] = table[f"{name}_pred"].where(table["date"] <= pd.Timestamp(AS_OF))
    assert readings.read_reach_ctr_timeseries(table, as_of=AS_OF) == (
        "Nothing was beyond its expected range for most of the last 7 days "
        "(past days inside their 80% interval: reach 100% and CTR 100%)."
    )


def test_a_series_without_past_predictions_makes_no_claim():
    table = timeseries(channels=("A",))
    assert "no past prediction" in readings.read_roi_timeseries(table, as_of=date(2020, 1, 1))


def test_budget_moves_are_summed_by_direction_largest_first():
    text = readings.read_budget(budget({"A": 10.0, "B": 20.0, "C": -30.0, "D": 0.0}))
    assert text == (
        "Raise B and A by $3,000 in all and cut C by $3,000; expected return +3.1% (80% interval +0.4% to +5.9%)."
    )


def test_a_held_plan_is_said_to_be_held():
    table = budget({"A": 0.0, "B": 0.01}, uplift=(0.0, 0.0, 0.0))
    assert readings.is_held(table)
    assert readings.read_budget(table).startswith("Keep every channel's budget")


def test_an_empty_budget_table_says_so():
    assert readings.read_budget(budget({})) == "There is no budget advice yet."


def test_missing_columns_are_named():
    with pytest.raises(FrameError, match="recommended_budget"):
        readings.read_budget(budget({"A": 1.0}).drop(columns="recommended_budget"))
