"""Commands that stay: `schedule`, `serve`, `up`, `lab`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from demetra.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on; other than loopback needs DEMETRA_API_TOKEN")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The dashboard's port")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(schedule)
    app.command()(serve)
    app.command()(up)
    app.command()(lab)


def schedule() -> None:
    """Run at once and then every DEMETRA_SYNC_MINUTES, until stopped."""
    from demetra_runner.schedule import Schedule
    from demetra_runner.signals import stop_on_sigterm, wait_for_stop

    stop_on_sigterm()
    settings = Settings.from_environment()
    with Schedule(settings, run_at_once=True):
        typer.echo(f"A run now and every {settings.sync_minutes} minutes. Ctrl-C stops.", err=True)
        wait_for_stop()


def serve(host: Host = "127.0.0.1", port: Port = 8866) -> None:
    """Serve the dashboard, until stopped."""
    from demetra.store.engine import open_engine
    from demetra_runner.dashboard import Dashboard
    from demetra_runner.signals import stop_on_sigterm, wait_for_stop

    stop_on_sigterm()
    settings = Settings.from_environment()
    open_engine(settings)
    with Dashboard(settings, host=host, port=port) as dashboard:
        dashboard.wait_until_ready()
        typer.echo(f"Dashboard: {dashboard.address}   Ctrl-C stops.")
        wait_for_stop(dashboard.check)


def up(host: Host = "127.0.0.1", port: Port = 8866) -> None:
    """Start everything: database, demo data where there is none, a first run, schedule and dashboard."""
    from demetra_runner.signals import stop_on_sigterm
    from demetra_runner.up import bring_up

    stop_on_sigterm()
    bring_up(Settings.from_environment(), host=host, port=port)


def lab() -> None:
    """Open JupyterLab on the notebooks; each runs as it is, on a scratch run that nobody is shown."""
    settings = Settings.from_environment()
    arguments = ["-m", "jupyterlab", f"--ServerApp.root_dir={settings.notebooks}", "--ServerApp.ip=127.0.0.1"]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - our own interpreter
