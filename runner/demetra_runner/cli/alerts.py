"""Commands about incidents: `alerts list`, `show`, `read`, `ack`, `snooze`, `resolve`, `simulate`."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from demetra.errors import ParameterError, Problem
from demetra.settings import Settings
from demetra_runner.cli.output import Format, print_frame, print_json
from demetra_runner.serialise import as_json

if TYPE_CHECKING:
    from sqlalchemy import Engine

Number = Annotated[int, typer.Argument(help="The incident's number, as `demetra alerts list` shows it", metavar="ID")]
Author = Annotated[str | None, typer.Option(help="Who does it; default: you, as this machine knows you")]
Note = Annotated[str, typer.Option(help="Why, for those who read its history")]

SHOWN = ("id", "severity", "status", "channel", "alert_type", "since", "first_seen", "message", "is_read")

commands = typer.Typer(help="What needs attention, and what becomes of it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="alerts")


@commands.command("list")
def list_alerts(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too")] = False,
    unread: Annotated[bool, typer.Option("--unread", help="Only those that nobody has read")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print them")] = Format.table,
) -> None:
    """List the open incidents, the gravest first."""
    from demetra.store.incidents import read_incidents
    from demetra.store.published import snapshot

    with snapshot(_open()) as connection:
        incidents = read_incidents(connection, resolved=everything, unread=unread)
    print_frame(incidents[list(SHOWN)] if form is Format.table else incidents, form)


@commands.command("show")
def show_alert(number: Number, form: Annotated[Format, typer.Option("--format")] = Format.table) -> None:
    """Show one incident with its history."""
    from demetra.store.incidents import read_incident
    from demetra.store.published import snapshot

    with snapshot(_open()) as connection:
        incident = as_json(read_incident(connection, number))
    if form is Format.table:
        typer.echo(_describe(incident))
    else:
        print_json(incident)


@commands.command("read")
def read_alert(number: Number) -> None:
    """Mark an incident as read."""
    from demetra.store.incidents import mark_incident_read

    mark_incident_read(_open(), number)
    typer.echo(f"Incident {number} is marked as read.")


@commands.command("ack")
def acknowledge(number: Number, author: Author = None, note: Note = "") -> None:
    """Say that somebody has taken it on."""
    from demetra.store.incidents import acknowledge_incident

    acknowledge_incident(_open(), number, author=author or getpass.getuser(), moment=datetime.now(UTC), note=note)
    typer.echo(f"Incident {number} is acknowledged.")


@commands.command("snooze")
def snooze(
    number: Number,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="A day or a moment, in UTC")
    ] = None,
    hours: Annotated[float | None, typer.Option(min=0.01, max=8784, help="For so many hours")] = None,
    author: Author = None,
    note: Note = "",
) -> None:
    """Let nobody be told of it for a time: `--hours 24`, or `--until 2026-04-01`."""
    from demetra.store.incidents import snooze_incident

    now = datetime.now(UTC)
    if (until is None) == (hours is None):
        problem = Problem("--until, --hours", "both" if until else "neither", "exactly one of them")
        raise ParameterError("The incident cannot be snoozed", [problem])
    moment = until.replace(tzinfo=UTC) if until else now + timedelta(hours=hours or 0)
    if moment <= now:
        problem = Problem("--until", f"{moment:%Y-%m-%d %H:%M} UTC", "a moment to come")
        raise ParameterError("The incident cannot be snoozed", [problem])
    snooze_incident(_open(), number, until=moment, author=author or getpass.getuser(), moment=now, note=note)
    typer.echo(f"Incident {number} is snoozed until {moment:%Y-%m-%d %H:%M} UTC.")


@commands.command("resolve")
def resolve(number: Number, author: Author = None, note: Note = "") -> None:
    """Close it by hand; it opens again when data of a later day still show it."""
    from demetra.store.incidents import resolve_incident

    resolve_incident(_open(), number, author=author or getpass.getuser(), moment=datetime.now(UTC), note=note)
    typer.echo(f"Incident {number} is resolved.")


@commands.command("simulate")
def simulate(
    rule: Annotated[str, typer.Argument(help="A rule's name, switched on or not")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day to replay")],
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last; default: of the data")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it")] = Format.table,
) -> None:
    """Replay history and show what a rule would have raised; nothing is stored and nobody is told."""
    from demetra.alerts.simulate import simulate_rule
    from demetra.metrics import last_complete_day
    from demetra.rules import read_rules
    from demetra.store.history import read_budgets, read_campaigns, read_history
    from demetra.store.published import snapshot

    rules = read_rules(Settings.from_environment().rules_file)
    with snapshot(_open()) as connection:
        history = read_history(connection, until=as_of.date() if as_of else None)
        last = as_of.date() if as_of else last_complete_day(history, today=datetime.now(UTC).date()).date()
        campaigns = read_campaigns(connection, since=since.date() - timedelta(days=31), until=last)
        budgets = read_budgets(connection)
    found = simulate_rule(rule, campaigns, history, budgets, since=since.date(), as_of=last, rules=rules)
    print_frame(found, form)
    if form is Format.table:
        typer.echo(f"{rule}: {len(found)} incidents between {since:%Y-%m-%d} and {last}.", err=True)


def _open() -> Engine:
    from demetra.store.engine import open_engine

    return open_engine(Settings.from_environment())


def _describe(incident: dict[str, Any]) -> str:
    head = f"{incident['id']}  {incident['severity']}  {incident['channel']}  {incident['alert_type']}"
    state = incident["status"] + (f" until {incident['snoozed_until']}" if incident["snoozed_until"] else "")
    lines = [f"{head}  ({state})", incident["message"], f"Do: {incident['action']}"]
    if incident["silenced_by"]:
        lines.append(f"Not told, as {incident['silenced_by']} of the same channel explains it.")
    for event in incident["events"]:
        note = f": {event['note']}" if event["note"] else ""
        lines.append(f"  {event['at']}  {event['event']} by {event['author']}{note}")
    return "\n".join(lines)
