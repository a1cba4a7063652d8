from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from demetra.sources.base import Stored
from demetra.sources.market import CHANNELS
from demetra.sources.simulator import LAUNCHED, NAME, OUT, OUTAGE_DAYS, Market, Simulator
from demetra.store.history import SIMULATOR

TODAY = date(2026, 11, 22)
SIMULATED = Simulator(seed=20260101, history_days=365)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """A year of the market."""
    return SIMULATED.begin(today=TODAY).rows.to_pandas().astype({"channel": str})


def test_the_store_knows_it_by_the_same_name():
    assert NAME == SIMULATOR


def test_it_begins_with_the_whole_history_through_yesterday(rows: pd.DataFrame):
    assert rows["date"].min() == TODAY - timedelta(days=365)
    assert rows["date"].max() == TODAY - timedelta(days=1)
    assert set(rows["channel"]) == {channel.name for channel in CHANNELS}


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    first, again, other = (Simulator(seed=seed, history_days=28).begin(today=TODAY).rows for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_days_that_come_later_do_not_change_earlier_ones():
    start = date(2026, 1, 1)
    whole = SIMULATED.deliver(start, start, date(2026, 3, 31)).rows.to_pylist()
    parts = [
        SIMULATED.deliver(start, first, last).rows.to_pylist()
        for first, last in ((start, date(2026, 2, 10)), (date(2026, 2, 11), date(2026, 3, 31)))
    ]
    assert whole == parts[0] + parts[1]


@pytest.mark.parametrize("days", [28, 60, 365, 1000])
def test_every_history_shows_a_launch_and_an_outage(days: int):
    market = Market(1, TODAY - timedelta(days=days), days)
    assert market.start < market.launch < TODAY
    first, last = market.outage
    assert market.start < first < last < TODAY - timedelta(days=1)


def test_one_channel_starts_in_the_middle_and_another_has_a_gap(rows: pd.DataFrame):
    days = rows.groupby("channel")["date"].nunique()
    assert days.drop([LAUNCHED, OUT]).eq(365).all()
    assert days[LAUNCHED] == 365 - 120
    assert days[OUT] == 365 - OUTAGE_DAYS


def test_figures_are_plausible(rows: pd.DataFrame):
    assert (rows["reach"] <= rows["impressions"]).all()
    assert (rows["clicks"] <= rows["impressions"]).all()
    assert (rows["conversions"] <= rows["clicks"]).all()
    assert (rows["spend"] > 0).all()
    assert rows["engagement_score"].between(1, 10).all()
    assert not rows.isna().any().any()


def test_channels_reach_about_their_parameters(rows: pd.DataFrame):
    sums = rows.groupby("channel")[["spend", "revenue", "impressions", "clicks", "conversions"]].sum()
    for channel in CHANNELS:
        got = sums.loc[channel.name]
        assert got["revenue"] / got["spend"] - 1 == pytest.approx(channel.roi, abs=0.35)
        assert 1000 * got["spend"] / got["impressions"] == pytest.approx(channel.cpm, rel=0.05)
        assert got["clicks"] / got["impressions"] == pytest.approx(channel.ctr, rel=0.05)


def test_revenue_follows_the_true_response(rows: pd.DataFrame):
    """Days of high and of low spend earn what the curve says, but for a trend, which is the same for both."""
    daily = rows.groupby(["channel", "date"])[["spend", "revenue"]].sum().reset_index()
    for channel in CHANNELS:
        days = daily[daily["channel"] == channel.name].sort_values("spend")
        low, high = days.iloc[: len(days) // 2], days.iloc[len(days) // 2 :]
        earned = [half["revenue"].sum() / channel.respond(half["spend"].to_numpy()).sum() for half in (low, high)]
        assert earned[1] / earned[0] == pytest.approx(1, abs=0.1)
        assert high["revenue"].sum() / high["spend"].sum() < low["revenue"].sum() / low["spend"].sum()


def test_plans_cover_each_month_of_each_running_channel():
    delivery = SIMULATED.begin(today=TODAY)
    plans = delivery.plans.to_pandas()
    assert plans["month"].min() == date(2025, 11, 1)
    assert plans["month"].max() == date(2026, 11, 1)
    assert plans.groupby("channel").size().drop(LAUNCHED).eq(13).all()
    assert (plans["amount"] % 100 == 0).all()
    assert delivery.rows_read == delivery.rows.num_rows + len(plans)


def test_it_goes_on_where_it_stopped():
    stored = Stored(first=date(2026, 1, 1), last=date(2026, 11, 18), has_others=False)
    delivery = SIMULATED.pull(stored, today=TODAY)
    assert delivery is not None
    assert sorted(set(delivery.rows.column("date").to_pylist())) == [date(2026, 11, day) for day in (19, 20, 21)]


@pytest.mark.parametrize(
    "stored",
    [
        Stored(first=None, last=None, has_others=False),
        Stored(first=None, last=None, has_others=True),
        Stored(first=date(2026, 1, 1), last=date(2026, 11, 18), has_others=True),
        Stored(first=date(2026, 1, 1), last=date(2026, 11, 21), has_others=False),
    ],
    ids=["empty", "real rows", "both", "up to date"],
)
def test_it_delivers_nothing_beside_real_rows_before_it_began_or_when_nothing_is_due(stored: Stored):
    assert SIMULATED.pull(stored, today=TODAY) is None
