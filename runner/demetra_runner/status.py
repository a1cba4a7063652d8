"""What is published, how fresh it is, what is running, and what went wrong last."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from demetra.store.state import borrow, connect_directly, read_state

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from demetra.settings import Settings


def read_status_of(settings: Settings) -> dict[str, Any]:
    """As `read_status`, in a quarter of the time: nothing heavy is imported where the database is as it should be."""
    with connect_directly(settings) as connection:
        if connection is not None:
            return _arrange(read_state(connection))
    from demetra.store.engine import open_engine

    return read_status(open_engine(settings))


def read_status(engine: Engine) -> dict[str, Any]:
    """The state of the product as JSON-able values.

    Keys: `as_of`, `demo`, `published` (a record per step), `running` and `queued` (runs; the running one with its
    steps), `last_run` with its steps, `errors` (of the last run's steps).
    """
    with borrow(engine) as connection:
        return _arrange(read_state(connection))


def _arrange(state: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    published, runs = (_with_texts(state[name]) for name in ("published", "runs"))
    for run in runs:
        run["steps"] = _with_texts([step for step in state["steps"] if step["run_id"] == run["id"]], leave="run_id")
    running = [run for run in runs if run["status"] == "running"]
    last = next((run for run in runs if run["status"] not in ("queued", "running")), None)
    return {
        "as_of": max((step["as_of"] for step in published), default=None),
        "demo": any(step["demo"] for step in published),
        "published": published,
        "running": running[0] if running else None,
        "queued": [_without_steps(run) for run in runs if run["status"] == "queued"],
        "last_run": last,
        "errors": [step for step in (last["steps"] if last else []) if step["error"]],
    }


def _without_steps(run: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in run.items() if name != "steps"}


def _with_texts(rows: list[dict[str, Any]], *, leave: str = "") -> list[dict[str, Any]]:
    """Rows with days as `2026-03-31` and moments, which are in UTC, as `2026-03-31T08:30:00Z`."""

    def text(value: Any) -> Any:
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        return value.isoformat() if isinstance(value, date) else value

    return [{name: text(value) for name, value in row.items() if name != leave} for row in rows]


def describe_status(status: dict[str, Any]) -> str:
    """The state in a few lines for people."""
    lines = []
    if not status["published"]:
        lines.append("Nothing is published yet. Import a file (`demetra ingest FILE`), then run `demetra sync`.")
    else:
        badge = "  (demo data)" if status["demo"] else ""
        lines.append(f"Data until {status['as_of']}{badge}")
    for step in status["published"]:
        stale = f"  STALE since {step['stale_since']}: {step['stale_reason']}" if step["stale_since"] else ""
        lines.append(f"  {step['step']:<24}published {step['published_at']} by run {step['run_id']}{stale}")
    if running := status["running"]:
        states = ", ".join(f"{step['step']} {step['status']}" for step in running["steps"])
        lines.append(f"Running: {running['id']} since {running['started_at']} ({states})")
    if status["queued"]:
        lines.append("Waiting: " + ", ".join(run["id"] for run in status["queued"]))
    if last := status["last_run"]:
        error = f" {last['error']}" if last["error"] else ""
        lines.append(f"Last run: {last['id']} {last['status']} at {last['finished_at']}.{error}")
    lines += [f"  {step['step']} {step['status']}: {step['error']}" for step in status["errors"]]
    return "\n".join(lines)
