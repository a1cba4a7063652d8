from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa
from test_schedule import runs, wait_for

from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra.store.runs import (
    ask_for_run,
    finish_run,
    hold_lock,
    next_request,
    read_steps,
    request_run,
    run_status,
    start_run,
)
from demetra_runner.requests import Requests
from demetra_runner.sync import Options


def test_what_is_asked_for_is_executed_at_once_and_once(
    settings: Settings, engine: sa.Engine, caplog: pytest.LogCaptureFixture
):
    """Without rows a run fails at once, and says so in its record: that is enough to count executions."""
    with Requests(settings), Requests(settings):
        with ThreadPoolExecutor(8) as askers:
            began = time.monotonic()
            answers = list(askers.map(lambda _: ask_for_run(engine, trigger="api"), range(8)))
            assert time.monotonic() - began < 1
        wait_for(lambda: all(run_status(engine, answer) == "failed" for answer in answers), seconds=5)
    assert set(runs(engine)) == {("api", "failed")}
    assert "Traceback" not in caplog.text, "a run that started twice would break the key of its steps"


def test_a_request_that_meets_a_run_names_it_and_is_still_queued(engine: sa.Engine):
    first = ask_for_run(engine, trigger="api")
    with hold_lock(engine, first, wait=True) as lock:
        start_run(lock, first, steps=["alerts"])
        assert ask_for_run(engine, trigger="dashboard") == first
        assert ask_for_run(engine, trigger="dashboard") == first
        finish_run(lock, first, status="succeeded")
        lock.commit()
    assert runs(engine) == [("api", "succeeded"), ("dashboard", "queued")]


def test_a_request_after_a_killed_run_does_not_name_it(engine: sa.Engine):
    dead = ask_for_run(engine, trigger="api")
    with engine.connect() as connection:
        start_run(connection, dead, steps=["alerts"])
    assert ask_for_run(engine, trigger="api") != dead
    assert run_status(engine, dead) == "interrupted"


def test_a_request_outlives_the_process_that_took_it(checkout: Settings, engine: sa.Engine):
    asked = request_run(engine, "asked", trigger="api", options={"only": "roi-timeseries"})
    with hold_lock(engine, "other", wait=True):
        with Requests(checkout):
            time.sleep(0.5)
            began = time.monotonic()
        assert time.monotonic() - began < 5, "stopping does not wait for another run"
    assert run_status(engine, asked) == "queued"
    with Requests(checkout):
        wait_for(lambda: run_status(engine, asked) == "succeeded")
    with engine.connect() as connection:
        assert list(read_steps(connection, asked)["status"]) == ["succeeded"], "one step was asked for"


def test_who_waits_for_a_turn_keeps_it_until_it_is_clearly_dead(engine: sa.Engine):
    wanted = Options(only="alerts", force=True).as_json()
    request_run(engine, "waiting", trigger="sync", options=wanted)
    assert next_request(engine) is None
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE runs SET queued_at = now() - interval '1 minute'"))
    found = next_request(engine)
    assert found is not None
    assert (found[0], Options.from_json(found[1])) == ("waiting", Options(only="alerts", force=True))


def test_a_request_that_cannot_be_done_is_told_and_the_next_one_served(
    settings: Settings, engine: sa.Engine, caplog: pytest.LogCaptureFixture
):
    with Requests(settings):
        for count in (1, 2):
            ask_for_run(engine, trigger="api")
            wait_for(lambda count=count: runs(engine) == [("api", "failed")] * count)
    assert caplog.text.count("demetra ingest") == 1


def test_a_database_that_was_away_is_used_again(settings: Settings, engine: sa.Engine):
    with Requests(settings), closing(engine.raw_connection()) as connection:
        connection.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        asked = ask_for_run(other := open_engine(settings, migrate=False), trigger="api")
        wait_for(lambda: run_status(engine, asked) == "failed")
        other.dispose()
