"""Everything at once, in one process tree: database, first run, schedule, API, dashboard."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from demetra.errors import NoDataError
from demetra.ingest import load_demo
from demetra.notify.receivers import read_receivers
from demetra.rules import read_rules
from demetra.store.engine import open_engine
from demetra.store.published import count_rows
from demetra_runner.api.server import Api
from demetra_runner.cli.output import terminal_progress
from demetra_runner.dashboard import Dashboard, prepare_pages_quietly
from demetra_runner.requests import Requests
from demetra_runner.schedule import Schedule
from demetra_runner.signals import wait_for_stop
from demetra_runner.sync import Sync

if TYPE_CHECKING:
    from demetra.settings import Settings


def bring_up(settings: Settings, *, host: str, port: int, api_port: int) -> None:
    """Start everything and stay until interrupted; then stop all of it, the embedded database last."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("demetra_runner").setLevel(logging.INFO)
    dashboard = Dashboard(settings, host=host, port=port, api_port=api_port)
    rules = read_rules(settings.rules_file)
    read_receivers(settings, rules)
    typer.echo("Database …")
    engine = open_engine(settings)
    with engine.connect() as connection:
        empty = count_rows(connection, "imports") == 0
    if empty:
        report = load_demo(engine, rules=rules, today=datetime.now(UTC).date())
        typer.echo(f"The database was empty: loaded {report.rows_loaded:,} rows of a simulated market (demo data).")
    with Requests(settings), Api(settings, engine, host=host, port=api_port) as api, dashboard:
        typer.echo("First run …")
        try:
            typer.echo(Sync(settings, progress=terminal_progress()).run(trigger="start").message)
        except NoDataError as error:
            typer.echo(str(error))
        prepare_pages_quietly(settings)
        dashboard.wait_until_ready()
        with Schedule(settings, run_at_once=False):
            typer.echo(f"Dashboard   {dashboard.address}")
            typer.echo(f"API         {api.address}")
            typer.echo(f"Results     {settings.outputs / 'latest'}")
            typer.echo(f"A run every {settings.sync_minutes} minutes. Ctrl-C stops everything.")
            wait_for_stop(dashboard.check, api.check)
