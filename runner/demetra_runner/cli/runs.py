"""Commands about runs: `sync`, `status`, `runs`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from demetra.settings import Settings
from demetra_runner.cli.output import Format, print_frame, print_json, terminal_progress


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(sync)
    app.command()(status)
    app.command("runs")(list_runs)


def sync(
    only: Annotated[str | None, typer.Option(help="One step: its name or its notebook's", metavar="STEP")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the data end")] = None,
    horizon: Annotated[int | None, typer.Option(min=1, max=365, help="Days ahead", metavar="DAYS")] = None,
    force: Annotated[bool, typer.Option("--force", help="Compute what has not changed, too")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Exit 3 where another run is under way")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")] = False,
) -> None:
    """Do one run now. Exit 0: all well; 1: some step failed; 3: another run is under way (--no-wait)."""
    from demetra_runner.delivery import deliver_apart
    from demetra_runner.signals import stop_on_sigterm
    from demetra_runner.sync import Options, Sync

    stop_on_sigterm()
    options = Options(only=only, as_of=as_of.date() if as_of else None, horizon_days=horizon, force=force)
    settings = Settings.from_environment()
    work = Sync(settings, progress=terminal_progress())
    try:
        outcome = work.run(options=options, wait=not no_wait)
    finally:
        deliver_apart(settings)
    if as_json:
        print_json(outcome.as_json())
    else:
        typer.echo(f"Run {outcome.run_id} {outcome.status} in {outcome.seconds:.1f} s. {outcome.message}")
    raise typer.Exit(outcome.exit_code)


def status(as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON")] = False) -> None:
    """Tell what is published, how fresh it is, what is running, and the last errors."""
    from demetra_runner.status import describe_status, read_status_of

    found = read_status_of(Settings.from_environment())
    if as_json:
        print_json(found)
    else:
        typer.echo(describe_status(found))


def list_runs(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest")] = 20,
    form: Annotated[Format, typer.Option("--format", help="How to print them")] = Format.table,
) -> None:
    """List the newest runs."""
    from demetra.store.engine import open_engine
    from demetra.store.published import snapshot
    from demetra.store.runs import read_runs, settle_interrupted

    engine = open_engine(Settings.from_environment())
    settle_interrupted(engine)
    with snapshot(engine) as connection:
        print_frame(read_runs(connection, limit=limit).drop(columns="options"), form)
