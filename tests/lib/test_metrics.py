from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demetra.errors import NoDataError
from demetra.metrics import last_complete_day, ratios, summarise
from demetra.schema import HISTORY

SUMS = {"spend": 50.0, "revenue": 200.0, "conversions": 4.0, "clicks": 100.0, "impressions": 10_000.0}


def history(*, days: int, channels: tuple[str, ...] = ("A", "B"), last: float = 1000.0) -> pd.DataFrame:
    """Steady days; the last one of every channel has `last` impressions."""
    dates = pd.date_range("2026-01-01", periods=days)
    rows = [
        {"channel": channel, "date": day, **SUMS, "impressions": last if day == dates[-1] else 1000.0}
        for channel in channels
        for day in dates
    ]
    return pd.DataFrame(rows, columns=list(HISTORY))


def test_the_ratios_are_those_of_the_design():
    row = ratios(pd.DataFrame([SUMS])).iloc[0]
    assert row["roi"] == 3.0
    assert row["roas"] == 4.0
    assert row["ctr"] == 0.01
    assert row["conversion_rate"] == 0.04
    assert row["cpc"] == 0.5
    assert row["cpm"] == 5.0
    assert row["cpa"] == 12.5


def test_a_zero_denominator_gives_nan_never_zero_or_infinity():
    row = ratios(pd.DataFrame([dict.fromkeys(SUMS, 0.0) | {"revenue": 5.0, "clicks": 0.0}])).iloc[0]
    assert row[["roi", "roas", "ctr", "conversion_rate", "cpc", "cpm", "cpa"]].isna().all()


@given(
    spend=st.lists(st.floats(0.01, 1e6), min_size=2, max_size=5),
    revenue=st.lists(st.floats(0, 1e6), min_size=5, max_size=5),
)
def test_a_ratio_of_a_group_is_the_ratio_of_its_sums(spend: list[float], revenue: list[float]):
    frame = history(days=len(spend), channels=("A",)).assign(spend=spend, revenue=revenue[: len(spend)])
    expected = (sum(revenue[: len(spend)]) - sum(spend)) / sum(spend)
    assert summarise(frame)["roi"].iloc[0] == pytest.approx(expected)
    assert summarise(frame, by=["channel"])["roi"].iloc[0] == pytest.approx(expected)


def test_a_measure_that_is_unknown_everywhere_stays_unknown():
    assert np.isnan(summarise(history(days=3).assign(reach=np.nan))["reach"].iloc[0])


def test_the_last_day_is_complete_when_it_looks_like_the_others():
    assert last_complete_day(history(days=30)) == pd.Timestamp("2026-01-30")


def test_a_thin_last_day_is_still_being_filled():
    assert last_complete_day(history(days=30, last=200.0)) == pd.Timestamp("2026-01-29")


def test_a_last_day_that_lacks_a_steady_channel_and_volume_is_incomplete():
    frame = history(days=30)
    partly = frame[~((frame["channel"] == "B") & (frame["date"] == frame["date"].max()))]
    assert last_complete_day(partly) == pd.Timestamp("2026-01-29")


def test_only_one_day_is_ever_left_out():
    frame = history(days=30)
    frame.loc[frame["date"] >= "2026-01-28", "impressions"] = 100.0
    assert last_complete_day(frame) >= pd.Timestamp("2026-01-29")


def test_a_week_that_is_still_being_filled_is_left_out():
    weekly = history(days=10).assign(
        date=lambda frame: pd.Timestamp("2026-01-05") + 7 * (frame["date"] - pd.Timestamp("2026-01-01"))
    )
    last = weekly["date"] == weekly["date"].max()
    assert last_complete_day(weekly) == weekly["date"].max()
    partly = weekly.assign(impressions=weekly["impressions"].where(~last, 3 / 7 * weekly["impressions"]))
    assert last_complete_day(partly) == weekly["date"].max() - pd.Timedelta(days=7)


def test_a_short_history_is_taken_as_it_is():
    assert last_complete_day(history(days=3, last=1.0)) == pd.Timestamp("2026-01-03")


def test_an_empty_history_is_an_error():
    with pytest.raises(NoDataError):
        last_complete_day(history(days=1).head(0))
