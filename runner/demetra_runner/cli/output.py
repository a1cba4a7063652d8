"""Frames and progress on the terminal."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, Any

import typer

from demetra_runner.serialise import as_csv, as_records

if TYPE_CHECKING:
    import pandas as pd

_MARKS = {"running": "…", "succeeded": "✓", "failed": "✗", "skipped": "–", "unchanged": "="}


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def print_frame(frame: pd.DataFrame, form: Format) -> None:
    """Print a frame: CSV and JSON with every digit, ISO dates, and NULL as empty or null; the table rounded."""
    if form is Format.csv:
        typer.echo(as_csv(frame), nl=False)
    elif form is Format.json:
        print_json(as_records(frame))
    elif frame.empty:
        typer.echo("(no rows)")
    else:
        days = {name: frame[name].dt.strftime("%Y-%m-%d %H:%M").str.removesuffix(" 00:00") for name in _moments(frame)}
        typer.echo(
            frame.assign(**days).to_string(index=False, na_rep="–", float_format="{:,.4g}".format, max_colwidth=60)
        )


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
