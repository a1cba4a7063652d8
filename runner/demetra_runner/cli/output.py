"""Frames and progress on the terminal."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from textwrap import fill
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import typer

from demetra.formats import MISSING, format_plain
from demetra_runner.serialise import as_csv, as_records

if TYPE_CHECKING:
    import pandas as pd

_MARKS = {"running": "…", "succeeded": "✓", "failed": "✗", "skipped": "–", "unchanged": "="}

_SENTENCES: Final = ("reason", "sentence")
"""Columns that are read as text: below a table, in full, and not cut off in it."""
_LONGEST: Final = 120


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def print_frame(frame: pd.DataFrame, form: Format) -> None:
    """Print a frame: CSV and JSON with every digit, ISO dates, and NULL as empty or null; the table to be read."""
    if form is Format.csv:
        typer.echo(as_csv(frame), nl=False)
    elif form is Format.json:
        print_json(as_records(frame))
    elif frame.empty:
        typer.echo("(no rows)")
    else:
        _print_table(frame)


def _print_table(frame: pd.DataFrame) -> None:
    """Numbers rounded, days without their midnight, and sentences below, each after the channel that it is about."""
    days = {name: frame[name].dt.strftime("%Y-%m-%d %H:%M").str.removesuffix(" 00:00") for name in _moments(frame)}
    told = [name for name in _SENTENCES if name in frame]
    cells = frame.assign(**days).drop(columns=told)
    typer.echo(cells.to_string(index=False, na_rep=MISSING, float_format=format_plain, max_colwidth=_LONGEST))
    subjects = frame["channel" if "channel" in frame else frame.columns[0]]
    for name in told:
        typer.echo()
        for subject, sentence in zip(subjects, frame[name], strict=True):
            typer.echo(fill(f"{subject} – {sentence}", width=100, subsequent_indent="  "))


def print_json(value: Any) -> None:
    """Print a JSON document."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def terminal_progress() -> StepProgress:
    """Progress of a run's steps: a line per change on a terminal, nothing elsewhere."""
    return StepProgress(enabled=sys.stderr.isatty())


class StepProgress:
    """Prints `✓ roi-forecast 4.2 s` as steps change; safe to call from several threads."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._began: dict[str, float] = {}

    def __call__(self, step: str, status: str) -> None:
        """Tell of one change."""
        if status == "running":
            self._began[step] = monotonic()
        if self._enabled:
            took = f"  {monotonic() - self._began[step]:.1f} s" if status in ("succeeded", "failed") else ""
            typer.echo(f"  {_MARKS.get(status, ' ')} {step:<24}{status}{took}", err=True)


def _moments(frame: pd.DataFrame) -> list[str]:
    return list(frame.select_dtypes(include=["datetime", "datetimetz"]))
