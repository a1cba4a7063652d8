"""The command line. Each command imports what it needs when it runs, so that `--help` and `status` answer at once."""

from __future__ import annotations

import sys

import typer

from demetra.errors import DemetraError, RunLockedError
from demetra_runner.cli import alerts, data, models, notify, processes, runs

app = typer.Typer(
    name="demetra",
    help="What every ad channel returned, what it will return, and where the next unit of budget should go.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help in plain text: Rich takes longer to import than everything else together
)
for module in (data, runs, models, alerts, notify, processes):
    module.register(app)


def main() -> None:
    """Run a command; a problem that a user can act on is one message and an exit code, never a traceback."""
    try:
        app()
    except RunLockedError as error:
        typer.echo(str(error), err=True)
        sys.exit(3)
    except DemetraError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
