"""Commands that stay: `schedule`, `serve`, `up`, `lab`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from demetra.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on; other than loopback needs DEMETRA_API_TOKEN")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The dashboard's port")]
ApiPort = Annotated[int, typer.Option(min=1, max=65535, help="The REST API's port")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(schedule)
    app.command()(serve)
    app.command()(up)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(lab)


def schedule() -> None:
    """Run at once and then every DEMETRA_SYNC_MINUTES, until stopped."""
    from demetra_runner.requests import Requests
    from demetra_runner.schedule import Schedule
    from demetra_runner.signals import until_stopped, wait_for_stop

    settings = Settings.from_environment()
    with until_stopped(), Requests(settings), Schedule(settings, run_at_once=True):
        typer.echo(f"A run now and every {settings.sync_minutes} minutes. Ctrl-C stops.", err=True)
        wait_for_stop()


def serve(host: Host = "127.0.0.1", port: Port = 8866, api_port: ApiPort = 8000) -> None:
    """Serve the dashboard and the REST API, and do the runs that they are asked for, until stopped."""
    from demetra.store.engine import open_engine
    from demetra_runner.api.server import Api
    from demetra_runner.dashboard import Dashboard
    from demetra_runner.requests import Requests
    from demetra_runner.signals import until_stopped, wait_for_stop

    settings = Settings.from_environment()
    dashboard = Dashboard(settings, host=host, port=port, api_port=api_port)
    engine = open_engine(settings)  # held, so that the embedded server does not start and stop with each visitor
    with until_stopped(), Requests(settings), Api(settings, engine, host=host, port=api_port) as api, dashboard:
        dashboard.wait_until_ready()
        typer.echo(f"Dashboard   {dashboard.address}\nAPI         {api.address}\nCtrl-C stops.")
        wait_for_stop(dashboard.check, api.check)
    engine.dispose()


def up(host: Host = "127.0.0.1", port: Port = 8866, api_port: ApiPort = 8000) -> None:
    """Start everything: database, demo data where there is none, a first run, schedule, dashboard and REST API."""
    from demetra_runner.signals import until_stopped
    from demetra_runner.up import bring_up

    with until_stopped():
        bring_up(Settings.from_environment(), host=host, port=port, api_port=api_port)


def lab(context: typer.Context) -> None:
    """Open JupyterLab on the notebooks; each runs as it is, on a scratch run that nobody is shown.

    Further options go to JupyterLab, --no-browser for one.
    """
    from demetra_runner.kernels import jupyter_path, kernel_options

    settings = Settings.from_environment()
    options = [f"--ServerApp.root_dir={settings.notebooks}", "--ServerApp.ip=127.0.0.1"]
    for name, section in kernel_options(warm_kernels=settings.warm_kernels).items():
        options += [f"--{name}.{option}={value}" for option, value in section.items()]
    options += context.args
    os.environ["JUPYTER_PATH"] = jupyter_path()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # as in a container; loopback only, and with JupyterLab's own token
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options])  # noqa: S606 - our own interpreter
