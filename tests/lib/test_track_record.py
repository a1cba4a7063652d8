"""Published forecasts are kept, scored when their days come, and told against naive ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from demetra.errors import FrameError
from demetra.schema import (
    ALL_CHANNELS,
    BOUNDS,
    FORECAST_RECORD,
    HORIZON_ROI,
    ROI_FORECAST,
    ROI_TIMESERIES,
    TRACK_RECORD,
)
from demetra.store.publication import StepResult, publish, stage
from demetra.store.published import read_published, read_track_record
from demetra.store.runs import request_run
from demetra.store.track_record import read_forecast_record
from demetra.track_record import summarise_track_record

FIRST_DAY = pd.Timestamp("2026-01-01")
HORIZON = 14


def record(days: int, *, noise: float = 1.0, seed: int = 0, channels: tuple[str, ...] = ("A", "B")) -> pd.DataFrame:
    """One forecast a day for the next, of days around 10; the naive ones are off by twice as much."""
    rng = np.random.default_rng(seed)
    frames = []
    for name in channels:
        dates = FIRST_DAY + pd.to_timedelta(np.arange(1, days + 1), unit="D")
        error = noise * rng.normal(size=days)
        frame = pd.DataFrame({"metric": "roi", "channel": name, "as_of": dates - pd.Timedelta(days=1), "date": dates})
        frame["actual"] = 10.0 + error
        frames.append(
            frame.assign(
                yhat=10.0, lo80=10 - 1.28, hi80=10 + 1.28, lo95=10 - 1.96, hi95=10 + 1.96,
                mean_28=10.0 - error, last_value=10.0 - 2 * error, seasonal_naive=10.0 - 3 * error,
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)[list(FORECAST_RECORD)]


def test_the_best_naive_in_hindsight_is_what_a_forecast_is_held_against():
    table = summarise_track_record(record(200)).set_index("channel")
    assert table.loc["A", "ratio_to_best_naive"] == pytest.approx(0.5)
    assert table.loc["A", "error_mean_28"] == pytest.approx(2 * table.loc["A", "error"])
    assert table.loc[ALL_CHANNELS, "ratio_to_best_naive"] == pytest.approx(0.5)
    assert table.loc["A", "forecasts"] == table.loc["A", "days"] == 200
    assert table["inside_80"].between(0.7, 0.9).all()
    assert table["inside_95"].between(0.9, 1.0).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0, 5))
def test_days_that_have_not_come_count_for_nothing(known: int, ahead: int, noise: float):
    whole = record(known + ahead, noise=noise)
    whole.loc[whole["date"] > FIRST_DAY + pd.Timedelta(days=known), "actual"] = np.nan
    table = summarise_track_record(whole)
    assert list(table) == list(TRACK_RECORD)
    assert table.empty == (known == 0)
    pd.testing.assert_frame_equal(table, summarise_track_record(whole.dropna(subset=["actual"])))
    finite = table.drop(columns=["metric", "channel", "first_day", "last_day"]).to_numpy(dtype="float64")
    assert not np.isinf(finite).any()


def test_a_record_without_its_columns_is_refused():
    with pytest.raises(FrameError, match="seasonal_naive"):
        summarise_track_record(record(3).drop(columns="seasonal_naive"))


def series(as_of: date, *, level: float = 2.0, correction: float = 0.0) -> pd.DataFrame:
    """A published time series: 40 days whose ROI is the day of the month, and a forecast of `level` after them."""
    dates = pd.date_range(pd.Timestamp(as_of) - pd.Timedelta(days=39), periods=40 + HORIZON)
    past = dates <= pd.Timestamp(as_of)
    roi = np.where(past, dates.day + correction, np.nan)
    bounds = {
        f"{name}_{end}": level + (-1 if end[:2] == "lo" else 1) for name in ("roi", "conversion") for end in BOUNDS
    }
    frame = pd.DataFrame({"channel": "Telegram", "date": dates, "roi_actual": roi, "conversion_actual": np.nan})
    return frame.assign(roi_pred=level, conversion_pred=np.nan, **bounds)[list(ROI_TIMESERIES)]


def publish_series(engine: sa.Engine, run_id: str, as_of: date, *, demo: bool = False, **options: float) -> None:
    stage(engine, run_id, "ml_roi_timeseries", series(as_of, **options))
    request_run(engine, run_id, trigger="sync", options={"id": run_id})
    with engine.begin() as connection:
        result = StepResult("roi-timeseries", ("ml_roi_timeseries",), "f")
        publish(connection, run_id, [result], as_of=as_of, demo=demo, moment=datetime(2026, 3, 1, tzinfo=UTC))


def kept(engine: sa.Engine) -> pd.DataFrame:
    with engine.connect() as connection:
        query = "SELECT * FROM forecast_record ORDER BY as_of, date"
        return pd.DataFrame(connection.execute(sa.text(query)).mappings().all())


def scored(engine: sa.Engine) -> pd.DataFrame:
    with engine.connect() as connection:
        return read_forecast_record(connection)


def test_a_forecast_is_kept_and_scored_when_its_days_come_and_again_when_they_are_corrected(engine: sa.Engine):
    publish_series(engine, "one", date(2026, 3, 1))
    waiting = kept(engine)
    assert len(waiting) == HORIZON
    assert waiting["actual"].isna().all()
    assert scored(engine).empty
    with engine.connect() as connection:
        assert list(read_published(connection, "track-record")) == list(TRACK_RECORD)
        assert read_track_record(connection).empty

    publish_series(engine, "two", date(2026, 3, 4))
    due = scored(engine)
    assert due["actual"].tolist() == [2.0, 3.0, 4.0]
    assert due["last_value"].tolist() == [1.0, 1.0, 1.0]
    assert due["seasonal_naive"].tolist() == [23.0, 24.0, 25.0]  # the same weekday of the week before
    assert due["mean_28"].tolist() == pytest.approx([np.mean([*range(2, 29), 1])] * 3)
    assert len(kept(engine)) == 2 * HORIZON

    publish_series(engine, "three", date(2026, 3, 4), correction=0.5)
    assert scored(engine)["actual"].tolist() == [2.5, 3.5, 4.5]


def test_what_was_forecast_is_not_changed_once_its_day_has_come(engine: sa.Engine):
    publish_series(engine, "one", date(2026, 3, 1), level=2.0)
    publish_series(engine, "two", date(2026, 3, 1), level=3.0)  # the last word before the days come
    assert kept(engine)["yhat"].unique().tolist() == [3.0]
    publish_series(engine, "three", date(2026, 3, 4), level=4.0)
    publish_series(engine, "four", date(2026, 3, 1), level=9.0)  # hindsight
    first = kept(engine).query("as_of == @as_of", local_dict={"as_of": date(2026, 3, 1)})
    assert first["yhat"].tolist()[:3] == [3.0, 3.0, 3.0]


def test_recording_the_same_again_changes_nothing(engine: sa.Engine):
    publish_series(engine, "one", date(2026, 3, 1))
    publish_series(engine, "two", date(2026, 3, 4))
    before = kept(engine)
    publish_series(engine, "again", date(2026, 3, 4))
    same = [name for name in before if name != "run_id"]
    pd.testing.assert_frame_equal(kept(engine)[same], before[same])


def load_days(engine: sa.Engine, first: date, revenue: list[float]) -> None:
    """Days that spend 1, 2, 3 … and bring what is given."""
    with engine.begin() as connection:
        for place, amount in enumerate(revenue):
            row = {"day": first + timedelta(days=place), "spend": place + 1, "revenue": amount}
            query = "INSERT INTO channel_daily (channel, date, spend, revenue, rows) VALUES ('Telegram', :day, :spend, "
            connection.execute(
                sa.text(query + ":revenue, 1) ON CONFLICT (channel, date) DO UPDATE SET revenue = :revenue"), row
            )


def publish_horizon(engine: sa.Engine, run_id: str, as_of: date, *, level: float = 2.0) -> None:
    """What a run publishes of a horizon: the days and the whole."""
    bounds = {f"roi_{end}": level + (-1 if end[:2] == "lo" else 1) for end in BOUNDS}
    row = {"channel": "Telegram", "roi_forecast": level, "confidence_score": 0.5, **bounds}
    stage(engine, run_id, "ml_roi_timeseries", series(as_of, level=level))
    whole = pd.DataFrame([{**row, "horizon_days": HORIZON, "method": "blend"}])[list(ROI_FORECAST)]
    stage(engine, run_id, "ml_roi_forecast", whole)
    request_run(engine, run_id, trigger="sync", options={"id": run_id})
    results = [StepResult(name.replace("_", "-"), (f"ml_{name}",), "f") for name in ("roi_timeseries", "roi_forecast")]
    with engine.begin() as connection:
        publish(connection, run_id, results, as_of=as_of, demo=False, moment=datetime(2026, 3, 1, tzinfo=UTC))


def horizons(engine: sa.Engine) -> pd.DataFrame:
    return kept(engine).query("metric == @HORIZON_ROI")


def test_a_whole_horizon_is_judged_by_the_ratio_of_its_sums_when_all_its_days_have_come(engine: sa.Engine):
    publish_horizon(engine, "one", date(2026, 3, 1), level=2.0)
    publish_horizon(engine, "two", date(2026, 3, 1), level=3.0)
    load_days(engine, date(2026, 3, 2), [4.0 * spend for spend in range(1, HORIZON)])
    publish_horizon(engine, "three", date(2026, 3, 14))
    assert horizons(engine)["actual"].isna().all()  # a day is missing yet
    assert horizons(engine)["yhat"].tolist() == [3.0, 2.0]

    load_days(engine, date(2026, 3, 2), [4.0 * spend for spend in range(1, HORIZON + 1)])
    publish_horizon(engine, "four", date(2026, 3, 15))
    first = horizons(engine).iloc[0]
    assert first["actual"] == pytest.approx(3.0)  # not the mean of days, which are the days of the month
    assert first["last_value"] == 1.0
    days = kept(engine).query("metric == 'roi' and as_of == @day", local_dict={"day": date(2026, 3, 1)})
    assert first["seasonal_naive"] == pytest.approx(days["seasonal_naive"].mean())
    with engine.connect() as connection:
        table = read_track_record(connection).set_index(["metric", "channel"])
    assert table.loc[(HORIZON_ROI, "Telegram"), ["forecasts", "days", "inside_80", "error"]].tolist() == [1, 1, 1, 0]

    publish_horizon(engine, "five", date(2026, 3, 1), level=9.0)  # hindsight
    load_days(engine, date(2026, 3, 2), [5.0 * spend for spend in range(1, HORIZON + 1)])  # a correction
    publish_horizon(engine, "six", date(2026, 3, 15))
    assert horizons(engine).iloc[0][["yhat", "actual"]].tolist() == [3.0, 4.0]


def test_a_horizon_with_less_than_half_of_its_days_known_is_not_judged(engine: sa.Engine):
    publish_horizon(engine, "one", date(2026, 3, 1))
    load_days(engine, date(2026, 3, 2), [1.0] * 6)
    publish_horizon(engine, "two", date(2026, 3, 15))
    assert horizons(engine)["actual"].isna().all()
    load_days(engine, date(2026, 3, 2), [1.0] * 7)
    publish_horizon(engine, "three", date(2026, 3, 15))
    assert horizons(engine)["actual"].notna().tolist() == [True, False]


def test_the_simulated_markets_forecasts_do_not_outlive_it(engine: sa.Engine):
    publish_series(engine, "one", date(2026, 3, 1), demo=True)
    publish_series(engine, "two", date(2026, 3, 4), demo=False)
    assert kept(engine)["demo"].tolist() == [False] * HORIZON
    assert scored(engine).empty
