"""Importing files: all of them are read and judged before any of them is stored, in one transaction."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from demetra.errors import Problem, UnreadableFileError
from demetra.ingest.report import report_file, sum_up
from demetra.sources.base import FILES
from demetra.sources.columns import check_mapping
from demetra.sources.files import ParsedFile, read_file
from demetra.store.history import SIMULATOR
from demetra.store.loading import open_load, store_delivery, withdraw_source
from demetra.store.plans import read_column_map, remember_column_map

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from demetra.ingest.report import IngestReport


def ingest_files(
    engine: Engine,
    paths: Sequence[Path],
    *,
    source: str | None = None,
    mapping: Mapping[str, str] | None = None,
    currency: str = "USD",
    dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
) -> IngestReport:
    """Import files of rows or month plans.

    Args:
        engine: the database.
        paths: CSV, TSV or XLSX files, gzipped or not.
        source: what the files come from; rows of different sources never replace each other. Default `files`.
        mapping: our column -> theirs (or `=constant`), or `date_order` -> DMY or MDY. Remembered for the source;
            constants only for a source that was named, because unnamed files have no channel in common.
        currency: the account's, ISO 4217; rows in another are rejected.
        dry_run: read and report, but store nothing and remember nothing.
        progress: is told a sentence per step.

    Raises:
        UnreadableFileError: some file cannot be understood; everything that is wrong with any of them is told, and
            nothing of any of them is stored.
    """
    started = time.perf_counter()
    tell = progress or (lambda _: None)
    name = source if source is not None else FILES
    given = dict(mapping or {})
    problems = [*check_mapping(given), *_check_source(name), *_check_paths(paths)]
    if problems:
        raise UnreadableFileError("Nothing was loaded", problems)
    with engine.connect() as connection:
        remembered = read_column_map(connection, name)
    parsed = _read_all(paths, given, remembered, currency, tell)
    if dry_run:
        reports = [report_file(file, rows_changed=0, seconds=seconds) for file, seconds in parsed]
        return sum_up(reports, source=name, seconds=time.perf_counter() - started, dry_run=True)
    reports = []
    with open_load(engine) as connection:
        real_rows = any(file.rows.num_rows for file, _ in parsed)  # a plan alone leaves the simulated market in place
        withdrawn = withdraw_source(connection, SIMULATOR) if real_rows else 0
        for file, seconds in parsed:
            tell(f"Storing {file.rows_loaded:,} rows of {file.file_name}")
            began = time.perf_counter() - seconds
            changed = store_delivery(connection, file, source=name, currency=currency, started=began)
            reports.append(report_file(file, rows_changed=changed, seconds=time.perf_counter() - began))
        remember_column_map(connection, name, _choose_remembered(given, named=source is not None))
    elapsed = time.perf_counter() - started
    return sum_up(reports, source=name, seconds=elapsed, demo_rows_withdrawn=withdrawn)


def _read_all(
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    remembered: Mapping[str, str],
    currency: str,
    tell: Callable[[str], None],
) -> list[tuple[ParsedFile, float]]:
    """Each file's rows, and the seconds that reading it took."""
    parsed: list[tuple[ParsedFile, float]] = []
    problems: list[Problem] = []
    for path in paths:
        tell(f"Reading {path.name}")
        began = time.perf_counter()
        try:
            file = read_file(path, mapping=mapping, remembered=remembered, currency=currency)
        except UnreadableFileError as error:
            problems += error.problems
        else:
            file = replace(file, notes=(*file.notes, *_note_future_days(file.rows)))
            parsed.append((file, time.perf_counter() - began))
    if problems:
        raise UnreadableFileError("Nothing was loaded", problems)
    return parsed


def _note_future_days(rows: pa.Table) -> list[str]:
    """Days after tomorrow, as today has not the same date everywhere."""
    later = pc.greater(rows.column("date"), pa.scalar(datetime.now(UTC).date() + timedelta(days=1)))
    count = pc.sum(later).as_py()
    if not count:
        return []
    last = pc.max(rows.column("date")).as_py()
    return [f"{count} {'row is' if count == 1 else 'rows are'} dated in the future, {last} the last; is that meant?"]


def _check_source(name: str) -> list[Problem]:
    if name == SIMULATOR:
        return [Problem("--source", f"{name!r}, which is the simulated market", "another name for real rows")]
    return [] if name.strip() else [Problem("--source", "an empty name", "a name like 'facebook'")]


def _check_paths(paths: Sequence[Path]) -> list[Problem]:
    return [] if paths else [Problem("The import", "no files", "at least one file")]


def _choose_remembered(mapping: Mapping[str, str], *, named: bool) -> dict[str, str]:
    return {ours: theirs for ours, theirs in mapping.items() if named or not theirs.startswith("=")}
