"""Reports that the schedule writes: one a day or one a week, into `outputs/reports/`, by the rule in `demetra.toml`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from demetra.rules import read_rules

if TYPE_CHECKING:
    from pathlib import Path

    from demetra.settings import Settings


def write_due_reports(settings: Settings, *, today: date) -> list[Path]:
    """Write the reports whose day or week has none yet; returns the files written.

    A file is named by the day, or the week's Monday, that it was due on: `demetra-day-2026-03-31.pdf`.

    Raises:
        DemetraError: what is published cannot be read.
        OSError: the folder cannot be written to.
    """
    rules = read_rules(settings.rules_file).reports
    if rules.every == "never":
        return []
    from demetra.reports.files import write_file
    from demetra.results import read_published_results
    from demetra.words import Words

    due = today if rules.every == "day" else today - timedelta(days=today.weekday())
    folder = settings.outputs / "reports"
    paths = {kind: folder / f"demetra-{rules.every}-{due}.{kind}" for kind in rules.kinds}
    missing = {kind: path for kind, path in paths.items() if not path.exists()}
    if not missing or (published := read_published_results(settings)).is_empty:
        return []
    for kind, path in missing.items():
        write_file(published, kind, path, words=Words(rules.language))
    _prune(folder, rules.keep_count)
    return list(missing.values())


def _prune(folder: Path, keep_count: int) -> None:
    """Keep the newest files; what has another name than ours is left alone."""
    ours = sorted(folder.glob("demetra-*-????-??-??.*"), key=lambda path: path.stem[-10:])
    for path in ours[:-keep_count]:
        path.unlink(missing_ok=True)
