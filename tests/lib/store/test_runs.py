from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from demetra.errors import RunLockedError, RunStoppedError
from demetra.store.runs import (
    abandon_run,
    finish_run,
    hold_lock,
    new_run_id,
    read_runs,
    read_steps,
    record_step,
    request_run,
    run_status,
    running_run,
    settle_interrupted,
    start_run,
)

HOLDER = """
import sys, time
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra.store.runs import hold_lock, record_step, request_run, start_run
engine = open_engine(Settings.from_environment(), migrate=False)
run_id = request_run(engine, "killed", trigger="sync", options={})
with hold_lock(engine, run_id, wait=True) as lock:
    start_run(lock, run_id, steps=["roi-timeseries", "alerts"])
    record_step(engine, run_id, "alerts", status="running", attempts=1)
    print("held", flush=True)
    time.sleep(60)
"""


def request(engine: sa.Engine, **options: object) -> str:
    return request_run(engine, new_run_id(datetime.now(UTC)), trigger="sync", options=options)


def test_run_ids_sort_by_time():
    earlier = new_run_id(datetime(2026, 1, 9, 23, 59, 59, tzinfo=UTC))
    assert earlier < new_run_id(datetime(2026, 1, 10, tzinfo=UTC))


def test_equal_requests_that_wait_are_one(engine: sa.Engine):
    assert request(engine, force=True) == request(engine, force=True)


def test_requests_with_other_options_wait_beside_each_other(engine: sa.Engine):
    assert request(engine) != request(engine, only="alerts")


def test_a_request_during_a_run_is_queued_once(engine: sa.Engine):
    first = request(engine)
    with hold_lock(engine, first, wait=True) as lock:
        start_run(lock, first, steps=["alerts"])
        second, third = request(engine), request(engine)
        finish_run(lock, first, status="succeeded")
        lock.commit()
    assert first != second == third
    assert run_status(engine, second) == "queued"


def test_without_waiting_a_held_lock_is_an_error_that_names_the_run(engine: sa.Engine):
    first = request(engine)
    with hold_lock(engine, first, wait=True) as lock:
        start_run(lock, first, steps=["alerts"])
        with pytest.raises(RunLockedError) as caught, hold_lock(engine, "other", wait=False):
            pass
    assert caught.value.run_id == first


def test_waiting_for_the_lock_can_be_stopped(engine: sa.Engine):
    stop = threading.Event()
    with hold_lock(engine, "one", wait=True):
        stop.set()
        with pytest.raises(RunStoppedError), hold_lock(engine, "two", wait=True, stopped=stop.is_set):
            pass


def test_the_lock_is_free_again_after_an_error_inside(engine: sa.Engine):
    with pytest.raises(ZeroDivisionError), hold_lock(engine, "one", wait=True) as lock:  # noqa: PT012
        lock.execute(sa.text("SELECT 1"))
        raise ZeroDivisionError
    with hold_lock(engine, "two", wait=False):
        pass


def test_a_killed_run_is_interrupted_for_whoever_looks_next(engine: sa.Engine, environment: dict[str, str]):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], env=environment, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        settle_interrupted(engine)
        assert run_status(engine, "killed") == "running"
        holder.kill()
    for _ in range(100):
        settle_interrupted(engine)
        if run_status(engine, "killed") != "running":
            break
        threading.Event().wait(0.05)
    assert run_status(engine, "killed") == "interrupted"
    with engine.connect() as connection:
        assert running_run(connection) is None
        assert set(read_steps(connection, "killed")["status"]) == {"interrupted"}


def test_the_next_holder_of_the_lock_settles_a_killed_run(engine: sa.Engine, environment: dict[str, str]):
    with subprocess.Popen([sys.executable, "-c", HOLDER], env=environment, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    with hold_lock(engine, "next", wait=True):
        assert run_status(engine, "killed") == "interrupted"


def test_an_abandoned_run_leaves_no_step_pending(engine: sa.Engine):
    run_id = request(engine)
    with hold_lock(engine, run_id, wait=True) as lock:
        start_run(lock, run_id, steps=["roi-timeseries", "alerts"])
        record_step(engine, run_id, "alerts", status="succeeded", attempts=1)
        abandon_run(engine, run_id, status="failed", error="no room")
        steps = read_steps(lock, run_id).set_index("step")["status"].to_dict()
        assert steps == {"alerts": "succeeded", "roi-timeseries": "interrupted"}
        newest = read_runs(lock).iloc[0]
    assert (newest["status"], newest["error"]) == ("failed", "no room")
