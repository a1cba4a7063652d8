from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from demetra.settings import Settings
from demetra.store.runs import hold_lock
from demetra_runner.schedule import Schedule
from demetra_runner.status import read_status


def wait_for(what: Callable[[], Any], *, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def runs(engine: sa.Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(sa.text("SELECT trigger, status FROM runs ORDER BY queued_at"))
        ]


def ticking(settings: Settings) -> Settings:
    """A tick every second and a half."""
    return replace(settings, sync_minutes=0.025)


def test_ticks_that_meet_a_run_wait_as_one_and_the_next_ones_find_nothing_changed(
    checkout: Settings, engine: sa.Engine
):
    with Schedule(ticking(checkout), run_at_once=True):
        with hold_lock(engine, "other", wait=True):
            wait_for(lambda: read_status(engine)["queued"])
            time.sleep(4)
            assert runs(engine) == [("schedule", "queued")]
        wait_for(lambda: runs(engine)[:2] == [("schedule", "succeeded"), ("schedule", "unchanged")])


def test_a_run_that_cannot_be_done_is_recorded_and_the_schedule_goes_on(
    settings: Settings, engine: sa.Engine, caplog: pytest.LogCaptureFixture
):
    with Schedule(ticking(settings), run_at_once=True):
        wait_for(lambda: runs(engine)[:2] == [("schedule", "failed"), ("schedule", "failed")])
    assert "demetra ingest" in caplog.text


def test_stopping_does_not_wait_for_another_run(settings: Settings, engine: sa.Engine):
    with hold_lock(engine, "other", wait=True):
        with Schedule(settings, run_at_once=True):
            wait_for(lambda: read_status(engine)["queued"])
            began = time.monotonic()
        assert time.monotonic() - began < 10
