from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psutil
import pytest
import sqlalchemy as sa

from demetra.errors import ConfigurationError, NoDataError, ParameterError, RunLockedError, RunStoppedError
from demetra.settings import Secret, Settings
from demetra.store.published import read_published, snapshot
from demetra.store.runs import hold_lock, read_steps, run_status
from demetra.store.tables import channel_daily
from demetra_runner.pipeline import STEPS
from demetra_runner.status import describe_status, read_status
from demetra_runner.sync import Options, RunOutcome, Sync

SYNC_PROCESS = """
import sys
from dataclasses import replace
from pathlib import Path
from demetra.settings import Settings
from demetra_runner.signals import stop_on_sigterm
from demetra_runner.sync import Sync
stop_on_sigterm()
Sync(replace(Settings.from_environment(), checkout=Path(sys.argv[1]))).run()
"""


def statuses(outcome: RunOutcome) -> dict[str, str]:
    return {step.step: step.status for step in outcome.steps}


def recorded(engine: sa.Engine, run_id: str) -> dict[str, str]:
    with engine.connect() as connection:
        return read_steps(connection, run_id).set_index("step")["status"].to_dict()


def published(engine: sa.Engine, table: str) -> list[str]:
    with snapshot(engine) as connection:
        return read_published(connection, table)["run_id"].tolist()


def is_alive(process: psutil.Process) -> bool:
    """Whether a process still does anything; a zombie that nobody collects does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_changed_is_computed_published_and_written_and_nothing_else(checkout: Settings, engine: sa.Engine):
    first = Sync(checkout).run()
    assert (first.status, first.exit_code, first.as_of) == ("succeeded", 0, date(2026, 2, 9))
    assert statuses(first) == {step.name: "succeeded" for step in STEPS} == recorded(engine, first.run_id)
    assert published(engine, "roi-forecast") == published(engine, "recommendations") == [first.run_id]
    directory = checkout.outputs / "runs" / first.run_id
    assert (checkout.outputs / "latest").resolve() == directory.resolve()
    assert {path.name for path in (directory / "notebooks").iterdir()} == {step.notebook for step in STEPS}
    assert (directory / "tables" / "roi-forecast.csv").read_text().startswith("run_id,channel,roi_forecast")
    assert (directory / "tables" / "track-record.csv").read_text().startswith("metric,channel,forecasts")
    assert (directory / "tables" / "budget-outlook.csv").read_text().startswith("run_id,kind,sentence")
    assert "<html" in (directory / "report.html").read_text()

    unchanged = Sync(checkout).run()
    assert (unchanged.status, unchanged.exit_code) == ("unchanged", 0)
    assert set(statuses(unchanged).values()) == {"unchanged"}
    assert published(engine, "roi-forecast") == [first.run_id]
    assert [path.name for path in (checkout.outputs / "runs").iterdir()] == [first.run_id]

    rules = checkout.rules_file.read_text()
    checkout.rules_file.write_text(rules.replace("bound = 0.30", "bound = 0.20"))
    changed = Sync(checkout).run()
    computed = {name for name, status in statuses(changed).items() if status == "succeeded"}
    assert computed == {"budget-recommendation", "recommendations"}
    assert published(engine, "roi-forecast") == [first.run_id]
    assert published(engine, "budget-recommendation") == [changed.run_id]

    alone = Sync(checkout).run(options=Options(only="03_roi_forecast", force=True))
    assert statuses(alone) == {"roi-forecast": "succeeded"}
    with snapshot(engine) as connection:
        series_read = read_published(connection, "roi-forecast")["channel"].tolist()
    assert series_read == [first.run_id], "a step alone reads what is published"


def test_a_failed_step_stops_what_needs_it_and_nothing_else_and_its_last_result_stays(
    checkout: Settings, engine: sa.Engine, rewrite: Callable[..., None]
):
    first = Sync(checkout).run()
    rewrite("roi-forecast", "raise ValueError('no luck')")
    second = Sync(checkout).run(options=Options(force=True))
    assert (second.status, second.exit_code) == ("failed", 1)
    assert statuses(second) == {
        "roi-timeseries": "succeeded",
        "reach-ctr-timeseries": "succeeded",
        "roi-forecast": "failed",
        "alerts": "succeeded",
        "audience-timing": "succeeded",
        "budget-recommendation": "skipped",
        "recommendations": "skipped",
    }
    assert published(engine, "roi-forecast") == published(engine, "recommendations") == [first.run_id]
    assert published(engine, "roi-timeseries") == [second.run_id]
    told = describe_status(read_status(engine))
    assert "no luck" in told
    assert "STALE since" in told
    assert "budget-recommendation skipped: It needs roi-forecast, which failed." in told

    rewrite("roi-forecast")
    third = Sync(checkout).run()
    assert third.status == "succeeded"
    assert "STALE" not in describe_status(read_status(engine))


def test_the_horizon_and_the_day_reach_the_notebooks(checkout: Settings, rewrite: Callable[..., None]):
    rewrite("roi-timeseries", "assert (horizon_days, as_of) == (7, '2026-01-20')", "assert False, 'seen'")
    outcome = Sync(checkout).run(options=Options(only="roi-timeseries", as_of=date(2026, 1, 20), horizon_days=7))
    assert "cell 4: AssertionError: seen" in (outcome.steps[0].error or "")


def test_the_data_do_not_end_on_a_mistyped_day_of_the_future(checkout: Settings, engine: sa.Engine):
    stray = datetime.now(UTC).date() + timedelta(days=365)
    with engine.begin() as connection:
        connection.execute(sa.insert(channel_daily).values(channel="TikTok", date=stray, spend=10.0, rows=1))
    assert Sync(checkout).run(options=Options(only="roi-timeseries")).as_of == date(2026, 2, 9)


def test_an_unknown_step_is_an_error_before_anything_is_recorded(checkout: Settings, engine: sa.Engine):
    with pytest.raises(ParameterError, match="roi-forecast"):
        Sync(checkout).run(options=Options(only="roi"))
    assert read_status(engine)["last_run"] is None


def test_a_route_to_nobody_is_named_before_anything_is_recorded(checkout: Settings, engine: sa.Engine):
    with checkout.rules_file.open("a") as rules:
        rules.write('[[notifications.routes]]\nto = "nobody"\n')
    told = replace(checkout, notify_urls=Secret("ops=json://127.0.0.1:1/"))
    with pytest.raises(ConfigurationError, match="nobody"):
        Sync(told).run()
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM runs")).scalar() == 0


def test_an_empty_database_is_said_and_recorded(settings: Settings, engine: sa.Engine):
    with pytest.raises(NoDataError, match="demetra ingest"):
        Sync(settings).run()
    last = read_status(engine)["last_run"]
    assert last["status"] == "failed"
    assert "holds no rows" in last["error"]


def test_a_run_does_not_start_beside_another_one(checkout: Settings, engine: sa.Engine):
    with hold_lock(engine, "other", wait=True), pytest.raises(RunLockedError):
        Sync(checkout).run(wait=False)
    assert read_status(engine)["queued"] == []


def test_stopping_ends_the_kernels_and_publishes_nothing(
    checkout: Settings, engine: sa.Engine, rewrite: Callable[..., None]
):
    rewrite("alerts", "import time; time.sleep(60)")
    sync = Sync(checkout)

    def stop_when_alerts_work() -> None:
        while not (running := read_status(engine)["running"]) or not any(
            step["step"] == "alerts" and step["status"] == "running" for step in running["steps"]
        ):
            time.sleep(0.1)
        sync.stop()

    stopper = threading.Thread(target=stop_when_alerts_work)
    stopper.start()
    with pytest.raises(RunStoppedError):
        sync.run()
    stopper.join()
    last = read_status(engine)["last_run"]
    assert last["status"] == "interrupted"
    assert not {"running", "pending"} & {step["status"] for step in last["steps"]}
    assert read_status(engine)["published"] == []
    assert not list((checkout.outputs / "runs").iterdir())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_runner_that_is_killed_leaves_a_true_status_and_no_kernel(
    checkout: Settings,
    engine: sa.Engine,
    environment: dict[str, str],
    rewrite: Callable[..., None],
    number: signal.Signals,
):
    rewrite("alerts", "import time; time.sleep(60)")
    command = [sys.executable, "-c", SYNC_PROCESS, str(checkout.checkout)]
    with (
        tempfile.TemporaryDirectory(prefix="wk-") as runtime,  # so that the fork server is this runner's own child
        subprocess.Popen(command, env={**environment, "XDG_RUNTIME_DIR": runtime}, stderr=subprocess.DEVNULL) as runner,
    ):
        while not (running := read_status(engine)["running"]) or not any(
            step["step"] == "alerts" and step["status"] == "running" for step in running["steps"]
        ):
            assert runner.poll() is None
            time.sleep(0.1)
        while len(children := psutil.Process(runner.pid).children(recursive=True)) < 2:  # the server and a kernel
            time.sleep(0.05)
        os.kill(runner.pid, number)
        deadline = time.monotonic() + 10
        while (any(map(is_alive, children)) or read_status(engine)["running"]) and time.monotonic() < deadline:
            time.sleep(0.1)
    assert not any(map(is_alive, children))
    assert run_status(engine, running["id"]) == "interrupted"
    assert not {"running", "pending"} & set(recorded(engine, running["id"]).values())
    rewrite("alerts")
    assert Sync(checkout).run(options=Options(only="alerts")).status == "succeeded"
    assert not list((checkout.outputs / "runs").glob(".partial*"))
