"""What is published, how fresh it is, what is running, and what went wrong last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demetra.store.publication import read_publications
from demetra.store.published import snapshot
from demetra.store.runs import read_runs, read_steps, settle_interrupted
from demetra_runner.serialise import as_records

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Engine


def read_status(engine: Engine) -> dict[str, Any]:
    """The state of the product as JSON-able values.

    Keys: `as_of`, `demo`, `published` (a record per step), `running` and `queued` (runs; the running one with its
    steps), `last_run` with its steps, `errors` (of the last run's steps).
    """
    settle_interrupted(engine)
    with snapshot(engine) as connection:
        published, recent = read_publications(connection), read_runs(connection, limit=50)
        ended = recent[~recent["status"].isin(["queued", "running"])]
        running = recent[recent["status"] == "running"]
        steps = {run_id: read_steps(connection, run_id) for run_id in (*running["id"], *ended["id"].head(1))}
    last = [_with_steps(run, steps) for run in as_records(ended.head(1))]
    return {
        "as_of": published["as_of"].max().date().isoformat() if len(published) else None,
        "demo": bool(published["demo"].any()),
        "published": as_records(published.drop(columns="fingerprint")),
        "running": next((_with_steps(run, steps) for run in as_records(running)), None),
        "queued": as_records(recent[recent["status"] == "queued"]),
        "last_run": last[0] if last else None,
        "errors": [step for step in (last[0]["steps"] if last else []) if step["error"]],
    }


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


def _with_steps(run: dict[str, Any], steps: dict[str, pd.DataFrame]) -> dict[str, Any]:
    return {**run, "steps": as_records(steps[run["id"]].drop(columns=["run_id", "fingerprint"]))}
