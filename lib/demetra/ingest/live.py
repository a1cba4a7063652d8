"""Rows that nobody has to fetch: live sources at the start of each run, and the demo's first history."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from demetra.ingest.report import report_file, sum_up
from demetra.sources.registry import list_sources
from demetra.sources.simulator import Simulator
from demetra.store.loading import open_load, read_stored, store_delivery
from demetra.store.plans import has_plans

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Engine

    from demetra.ingest.report import IngestReport
    from demetra.rules import Rules


def pull_sources(engine: Engine, *, rules: Rules, today: date) -> list[IngestReport]:
    """Ask every live source for what is due and store it; one report per source that delivered.

    Sources are asked outside the transaction, because a platform may take its time. Where the database has changed in
    between, the delivery is dropped: the next run asks again.

    Args:
        engine: the database.
        rules: the business rules; they set the sources up.
        today: the current day, which is not over yet.
    """
    reports = []
    for source in list_sources(rules):
        started = time.perf_counter()
        with engine.connect() as connection:
            stored = read_stored(connection, source.name)
        delivery = source.pull(stored, today=today)
        if delivery is None:
            continue
        with open_load(engine) as connection:
            if read_stored(connection, source.name) != stored:
                continue
            changed = store_delivery(
                connection, delivery, source=source.name, currency=rules.account.currency, started=started
            )
        seconds = time.perf_counter() - started
        report = report_file(delivery, rows_changed=changed, seconds=seconds)
        reports.append(sum_up([report], source=source.name, seconds=seconds))
    return reports


def load_demo(engine: Engine, *, rules: Rules, today: date) -> IngestReport:
    """Fill an empty database with `rules.demo.history_days` days of the simulated market, through yesterday.

    A database that holds any row or plan is left alone; the report then has no files.
    """
    started = time.perf_counter()
    simulator = Simulator(seed=rules.demo.seed, history_days=rules.demo.history_days)
    files = []
    with open_load(engine) as connection:
        stored = read_stored(connection, simulator.name)
        if stored.first is None and not stored.has_others and not has_plans(connection):
            delivery = simulator.begin(today=today)
            changed = store_delivery(
                connection, delivery, source=simulator.name, currency=rules.account.currency, started=started
            )
            files.append(report_file(delivery, rows_changed=changed, seconds=time.perf_counter() - started))
    return sum_up(files, source=simulator.name, seconds=time.perf_counter() - started)
