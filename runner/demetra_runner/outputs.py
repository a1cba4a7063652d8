"""A run on disk: written aside, renamed when it is whole, and pruned by the rule in `demetra.toml`.

`outputs/runs/<run_id>/` holds everything that is published after that run: `charts/*.png`, `tables/*.csv`,
`report.html`, the executed `notebooks/` of this run, and `manifest.json`, which says which run each step's result is
from. `outputs/latest` is a link that is replaced last, so that a reader who follows it finds one whole run.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from demetra.rules import RunRules
    from demetra.settings import Settings

PARTIAL: Final = ".partial-"


@contextmanager
def run_directory(settings: Settings, run_id: str) -> Iterator[Path]:
    """A directory to write a run into, aside from the finished ones; whatever is left of it afterwards is removed.

    Only the holder of the run lock writes here, so what killed runs left behind can be removed first.
    """
    runs = settings.outputs / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    for abandoned in runs.glob(f"{PARTIAL}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    directory = runs / f"{PARTIAL}{run_id}"
    directory.mkdir()
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def are_current(settings: Settings, shown: Mapping[str, Any]) -> bool:
    """Whether `latest` holds what is published; `shown` is `store.publication.shown_results`."""
    try:
        manifest = json.loads((settings.outputs / "latest" / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    return bool(manifest.get("steps") == shown)


def write_outputs(
    settings: Settings, engine: Engine, directory: Path, *, run_id: str, shown: Mapping[str, Any], rules: RunRules
) -> None:
    """Complete a run's directory with everything that is published, show it as `latest`, and prune old runs."""
    from demetra.reports import render_report
    from demetra.results import read_published_results
    from demetra_runner.serialise import as_csv

    published = read_published_results(settings, engine)
    beside = {"track-record": published.track_record, "budget-outlook": published.budget_outlook}
    for name, frame in {**published.tables, **beside}.items():
        if frame.columns.empty:  # its step has not published anything yet
            continue
        _write(directory / "tables" / f"{name}.csv", as_csv(frame).encode())
    for name, image in published.charts.items():
        _write(directory / "charts" / f"{name}.png", image)
    _write(directory / "report.html", render_report(published).encode())
    as_of = published.as_of and published.as_of.isoformat()
    manifest = {"run_id": run_id, "as_of": as_of, "demo": published.demo, "steps": shown}
    _write(directory / "manifest.json", json.dumps(manifest, indent=2).encode())
    finished = directory.with_name(run_id)
    directory.rename(finished)
    _point_latest(settings.outputs, finished)
    _prune(settings.outputs, rules)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _point_latest(outputs: Path, target: Path) -> None:
    """Replace the link in one step: a reader sees the old run or the new one."""
    aside = outputs / f".latest-{target.name}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(target.relative_to(outputs))
    aside.replace(outputs / "latest")


def _prune(outputs: Path, rules: RunRules) -> None:
    """Remove runs that are neither among the newest `keep_count` nor younger than `keep_days`; never `latest`."""
    oldest = f"{datetime.now(UTC) - timedelta(days=rules.keep_days):%Y%m%dT%H%M%SZ}"
    shown = (outputs / "latest").resolve().name
    finished = sorted(path for path in (outputs / "runs").iterdir() if not path.name.startswith(PARTIAL))
    for path in finished[: -rules.keep_count]:
        if path.name < oldest and path.name != shown:
            shutil.rmtree(path, ignore_errors=True)
