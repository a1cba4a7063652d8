from __future__ import annotations

import math

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from demetra.errors import FrameError
from demetra.store.frames import copy_frame, read_frame
from demetra.store.tables import alerts, budgets, ml_roi_timeseries

NAMES = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=30)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def series(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"channel": "Instagram", "date": pd.Timestamp("2026-01-01"), **columns}, index=[0])


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(channel=NAMES, roi=NUMBERS, conversion=NUMBERS)
def test_a_round_trip_keeps_every_value(engine: sa.Engine, channel: str, roi: float | None, conversion: float | None):
    frame = series(channel=channel, roi_actual=roi, conversion_actual=conversion)
    with engine.begin() as connection:
        connection.execute(sa.delete(ml_roi_timeseries))
        copy_frame(connection, ml_roi_timeseries, frame, run_id="run")
        found = read_frame(connection, sa.select(*ml_roi_timeseries.columns)).iloc[0]
    assert found["channel"] == channel
    assert found["date"] == pd.Timestamp("2026-01-01")
    for name, value in (("roi_actual", roi), ("conversion_actual", conversion)):
        assert math.isnan(found[name]) if value is None else found[name] == value


def test_nan_is_stored_as_null(engine: sa.Engine):
    with engine.begin() as connection:
        copy_frame(connection, ml_roi_timeseries, series(roi_actual=float("nan")), run_id="run")
        assert connection.execute(sa.select(ml_roi_timeseries.c.roi_actual)).scalar_one() is None


def test_an_infinite_number_is_refused_and_named(engine: sa.Engine):
    with engine.begin() as connection, pytest.raises(FrameError, match=r"ml_roi_timeseries\.roi_pred"):
        copy_frame(connection, ml_roi_timeseries, series(roi_pred=math.inf), run_id="run")


def test_columns_that_the_table_lacks_are_refused_all_at_once(engine: sa.Engine):
    with engine.begin() as connection, pytest.raises(FrameError) as caught:
        copy_frame(connection, ml_roi_timeseries, series(roi=1.0, mood="good"), run_id="run")
    assert [problem.where for problem in caught.value.problems] == ["roi", "mood"]


def test_missing_required_columns_are_refused(engine: sa.Engine):
    with engine.begin() as connection, pytest.raises(FrameError, match="lacks columns"):
        copy_frame(connection, ml_roi_timeseries, pd.DataFrame({"date": [pd.Timestamp("2026-01-01")]}), run_id="run")


def test_an_empty_table_is_read_with_the_dtypes_of_a_full_one(engine: sa.Engine):
    month = pd.Timestamp("2026-01-01")
    with engine.begin() as connection:
        empty = read_frame(connection, sa.select(*budgets.columns))
        copy_frame(connection, budgets, pd.DataFrame([{"channel": "X", "month": month, "amount": 1.5, "source": "s"}]))
        full = read_frame(connection, sa.select(*budgets.columns))
    assert [kind.kind for kind in empty.dtypes] == [kind.kind for kind in full.dtypes]
    assert full["amount"].tolist() == [1.5]


def test_json_comes_back_as_objects(engine: sa.Engine):
    moment = pd.Timestamp("2026-01-01T10:30:00Z")
    worst = [{"name": 'a "quoted"\nname', "value": 0.5}]
    row = {"alert_type": "roi_drop", "severity": "high", "channel": "X", "message": "m", "action": "a", "worst": worst}
    values = {**row, "first_seen": moment, "last_seen": moment, "occurrences": 3, "run_id": "run"}
    with engine.begin() as connection:
        connection.execute(sa.insert(alerts).values(**values))
        found = read_frame(connection, sa.select(*alerts.columns)).iloc[0]
    assert found["worst"] == worst
    assert found["first_seen"] == moment
    assert pd.isna(found["resolved_at"])
