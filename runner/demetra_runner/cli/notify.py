"""Commands about notifications: `notify test`, `notify deliver`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from demetra.errors import ConfigurationError, Problem
from demetra.settings import Settings

if TYPE_CHECKING:
    from demetra.notify.courier import Delivered
    from demetra.rules import Rules

commands = typer.Typer(help="Who is told of alerts and failed runs.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="notify")


@commands.command("test")
def test() -> None:
    """Send one message to every receiver of DEMETRA_NOTIFY_URLS. Exit 1 where one did not take it."""
    from demetra.notify.courier import send_test

    settings, rules = _read()
    _tell(send_test(settings, rules=rules))


@commands.command("deliver")
def deliver() -> None:
    """Deliver what is due now; `up` and `schedule` do so by themselves. Exit 1 where a receiver did not take it."""
    from demetra.notify.courier import deliver_due
    from demetra.store.engine import open_engine

    settings, rules = _read()
    _tell(deliver_due(open_engine(settings), settings, rules=rules, now=datetime.now(UTC)))


def _read() -> tuple[Settings, Rules]:
    from demetra.rules import read_rules

    settings = Settings.from_environment()
    if settings.notify_urls is None:
        problem = Problem("DEMETRA_NOTIFY_URLS", "nothing", "an address", "See .env.example and docs/alerts.md.")
        raise ConfigurationError("There is nobody to tell", [problem])
    return settings, read_rules(settings.rules_file)


def _tell(delivered: list[Delivered]) -> None:
    for each in delivered:
        reason = f": {each.outcome.error}" if each.outcome.error else ""
        typer.echo(f"{each.receiver}  {each.outcome.status}{reason}  ({each.title})")
    if any(each.outcome.status != "sent" for each in delivered):
        raise typer.Exit(1)
