"""Readers who look while runs are published see whole runs only."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.rules import RunRules
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra.store.publication import StepResult, publish, shown_results, stage, stage_chart
from demetra.store.published import read_charts, read_published, snapshot
from demetra.store.runs import finish_run, hold_lock, request_run, start_run
from demetra_runner.outputs import run_directory, write_outputs

RUNS = 50
RESULTS = (
    StepResult("roi-forecast", ("ml_roi_forecast", "ml_dashboards"), "f"),
    StepResult("roi-timeseries", ("ml_roi_timeseries", "ml_dashboards"), "f"),
)


def do_run(settings: Settings, engine: sa.Engine, number: int) -> None:
    """A run whose every result, table and image, says its number."""
    run_id, value = f"run-{number:03}", float(number)
    request_run(engine, run_id, trigger="sync", options={})
    names = [f"channel {n}" for n in range(20)]
    forecast = pd.DataFrame({"channel": names, "roi_forecast": value, "horizon_days": 14, "method": "mean"})
    series = pd.DataFrame({"channel": names, "date": pd.Timestamp("2026-01-01"), "roi_pred": value})
    with hold_lock(engine, run_id, wait=True) as lock, run_directory(settings, run_id) as directory:
        start_run(lock, run_id, steps=[result.step for result in RESULTS])
        stage(engine, run_id, "ml_roi_forecast", forecast)
        stage(engine, run_id, "ml_roi_timeseries", series)
        for result in RESULTS:
            image = f"{number}|".encode() * 10_000
            stage_chart(engine, run_id, result.step, image=image, sha256="", width=1, height=1)
        (directory / "notebooks").mkdir()
        publish(lock, run_id, RESULTS, as_of=date(2026, 1, 1), demo=False, moment=datetime.now(UTC))
        finish_run(lock, run_id, status="succeeded")
        lock.commit()
        rules = RunRules(keep_count=10, keep_days=1)
        write_outputs(settings, engine, directory, run_id=run_id, shown=shown_results(lock), rules=rules)


def watch_tables(settings: Settings, done: multiprocessing.synchronize.Event, seen: multiprocessing.Queue) -> None:
    """Read all published tables and images again and again; report what one snapshot held."""
    engine, found = open_engine(settings, migrate=False), []
    while not done.is_set():
        with snapshot(engine) as connection:
            if not (charts := read_charts(connection)):
                continue
            forecast, series = read_published(connection, "roi-forecast"), read_published(connection, "roi-timeseries")
        numbers = {*forecast["roi_forecast"], *series["roi_pred"]}
        numbers |= {float(part) for image in charts.values() for part in set(image.decode().split("|")) - {""}}
        found.append((len(forecast), len(series), len(charts), frozenset(numbers)))
    seen.put(found)


def watch_raw_tables(settings: Settings, done: multiprocessing.synchronize.Event, seen: multiprocessing.Queue) -> None:
    """Read the newest run of two tables with one plain statement, as a program that knows SQL only does."""
    engine, found = open_engine(settings, migrate=False), []
    newest = sa.text(
        "SELECT (SELECT max(run_id) FROM ml_roi_forecast), (SELECT max(run_id) FROM ml_roi_timeseries),"
        " (SELECT count(*) FROM ml_roi_forecast WHERE run_id = (SELECT max(run_id) FROM ml_roi_forecast))"
    )
    while not done.is_set():
        with engine.connect() as connection:
            one, other, rows = connection.execute(newest).one()
        if one is not None:
            found.append((rows, 0, 0, frozenset({one, other})))
    seen.put(found)


def watch_files(settings: Settings, done: multiprocessing.synchronize.Event, seen: multiprocessing.Queue) -> None:
    """Follow `latest` again and again and read everything in it."""
    found = []
    latest = settings.outputs / "latest"
    while not done.is_set():
        if not latest.exists():
            continue
        directory = latest.resolve()
        try:
            frames = [pd.read_csv(directory / "tables" / f"{name}.csv") for name in ("roi-forecast", "roi-timeseries")]
            images = [path.read_bytes() for path in (directory / "charts").iterdir()]
        except FileNotFoundError:
            assert not directory.exists(), "a run that is there is whole"
            continue
        numbers = {*frames[0]["roi_forecast"], *frames[1]["roi_pred"]}
        numbers |= {float(part) for image in images for part in set(image.decode().split("|")) - {""}}
        found.append((len(frames[0]), len(frames[1]), len(images), frozenset(numbers)))
    seen.put(found)


@contextmanager
def watching(settings: Settings, *watchers: object) -> Iterator[list[list[tuple[int, int, int, frozenset[object]]]]]:
    """Run the watchers in processes of their own during the block; afterwards the list holds what each found."""
    context = multiprocessing.get_context("spawn")
    done, found = context.Event(), []
    queues = [context.Queue() for _ in watchers]
    processes = [
        context.Process(target=watcher, args=(settings, done, queue))
        for watcher, queue in zip(watchers, queues, strict=True)
    ]
    for process in processes:
        process.start()
    try:
        yield found
    finally:
        done.set()
        found += [queue.get(timeout=30) for queue in queues]
        for process in processes:
            process.join()


@pytest.mark.timeout(200)
def test_fifty_publications_are_never_seen_as_a_mixture(settings: Settings, engine: sa.Engine):
    with watching(settings, watch_tables, watch_raw_tables, watch_files) as found:
        for number in range(1, RUNS + 1):
            do_run(settings, engine, number)
    tables, raw, files = found
    for looks in (tables, files):
        assert {(forecast, series, charts) for forecast, series, charts, _ in looks} == {(20, 20, 2)}
    for looks in (tables, raw, files):
        assert all(len(numbers) == 1 for *_, numbers in looks)
        assert len({numbers for *_, numbers in looks}) > 5, "the readers must have looked during the runs"
    assert {rows for rows, *_ in raw} == {20}
    left = sorted(path.name for path in Path(settings.outputs / "runs").iterdir())
    assert left[-1] == f"run-{RUNS:03}"
    assert (settings.outputs / "latest").resolve().name == f"run-{RUNS:03}"
