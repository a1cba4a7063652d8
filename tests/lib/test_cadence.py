from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from demetra.cadence import DAY, MONTH, WEEK, detect_step, drop_stray_days, split_by_step

DAYS = pd.date_range("2026-01-01", "2026-03-31")


def rows(channel: str, dates: pd.DatetimeIndex) -> pd.DataFrame:
    return pd.DataFrame({"channel": channel, "date": dates})


def steps(*frames: pd.DataFrame) -> dict[str, int]:
    parts = split_by_step(pd.concat(frames, ignore_index=True))
    return {channel: step for step, part in parts for channel in part["channel"].unique()}


def test_weekly_dates_are_recognised() -> None:
    assert detect_step(pd.date_range("2025-01-06", periods=10, freq="7D")) == WEEK
    assert detect_step(pd.date_range("2025-01-06", periods=10, freq="D")) == DAY
    assert detect_step(pd.date_range("2025-01-06", periods=2, freq="7D")) == DAY


def test_each_channel_has_its_own_step() -> None:
    found = steps(
        rows("VK", pd.date_range("2025-01-06", periods=60, freq="D")),
        rows("TikTok", pd.date_range("2025-01-08", periods=9, freq="7D")),
        rows("Print", pd.date_range("2025-01-01", periods=5, freq="MS")),
        rows("Radio", pd.date_range("2025-01-31", periods=5, freq="ME")),
        rows("TV", pd.date_range("2025-01-01", periods=5, freq="QS")),
    )
    assert found == {"VK": DAY, "TikTok": WEEK, "Print": MONTH, "Radio": MONTH, "TV": MONTH}


def test_weeks_that_begin_on_different_weekdays_are_weeks_all_the_same() -> None:
    starts = ("2025-01-06", "2025-01-09")
    assert set(steps(*(rows(f"c{day}", pd.date_range(day, periods=10, freq="7D")) for day in starts)).values()) == {
        WEEK
    }


def test_flights_missing_days_and_few_rows_are_no_other_step() -> None:
    daily = rows("VK", pd.date_range("2025-01-06", periods=60, freq="D"))
    flights = rows(
        "TV", pd.date_range("2025-01-06", periods=9, freq="D").append(pd.date_range("2025-04-01", periods=9))
    )
    sparse = rows("Print", pd.DatetimeIndex(["2025-01-06", "2025-01-17", "2025-01-28", "2025-02-10", "2025-02-21"]))
    new = rows("Radio", pd.DatetimeIndex(["2025-02-20", "2025-02-27"]))
    assert set(steps(daily, flights, sparse, new).values()) == {DAY}


def test_a_new_channel_counts_as_the_others_are() -> None:
    weekly = rows("VK", pd.date_range("2025-01-06", periods=10, freq="7D"))
    assert steps(weekly, rows("TV", pd.DatetimeIndex(["2025-03-04"])))["TV"] == WEEK


def test_no_row_is_lost() -> None:
    history = pd.concat(
        [
            rows("VK", pd.date_range("2025-01-06", periods=60)),
            rows("TV", pd.date_range("2025-01-01", periods=6, freq="MS")),
        ]
    )
    parted = pd.concat([part for _, part in split_by_step(history)])
    assert sorted(parted["date"]) == sorted(history["date"])


@pytest.mark.parametrize("stray", [["2027-03-31"], ["2026-04-30"], ["2026-05-01", "2026-05-02", "2027-05-01"]])
def test_mistyped_days_of_the_future_do_not_count(stray: list[str]) -> None:
    history = rows("VK", DAYS.append(pd.DatetimeIndex(stray)))
    kept = drop_stray_days(history, today=date(2026, 4, 1))
    pd.testing.assert_frame_equal(kept, rows("VK", DAYS))


@pytest.mark.parametrize(
    ("dates", "today"),
    [
        (DAYS, date(2026, 4, 1)),
        (DAYS, date(2026, 3, 30)),  # where it is already tomorrow
        (DAYS, date(2020, 1, 1)),  # a clock that is wrong
        (DAYS.append(pd.DatetimeIndex(["2026-06-01"])), date(2026, 6, 1)),  # a restart after a pause
        (pd.date_range("2026-01-01", periods=6, freq="MS"), date(2026, 5, 20)),  # rows for months
        (pd.DatetimeIndex(["2027-01-01"]), date(2026, 4, 1)),
        (DAYS[:0], date(2026, 4, 1)),
    ],
)
def test_days_without_a_gap_before_them_and_days_that_have_come_count(dates: pd.DatetimeIndex, today: date) -> None:
    history = rows("VK", dates)
    pd.testing.assert_frame_equal(drop_stray_days(history, today=today), history)
