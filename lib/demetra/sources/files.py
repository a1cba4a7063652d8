"""Files of rows or plans: path in, checked rows out, no database.

CSV, TSV and their kin, gzipped or not, and XLSX; recognised by content, not by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from demetra.errors import Problem, UnreadableFileError
from demetra.sources.base import Delivery
from demetra.sources.columns import MONTH_PLANS, read_header
from demetra.sources.dates import parse_dates, parse_months
from demetra.sources.decoding import decode, is_workbook, unpack
from demetra.sources.delimited import read_delimited
from demetra.sources.grid import refuse
from demetra.sources.headers import fold
from demetra.sources.plans import read_plans
from demetra.sources.rows import check_units, read_rows, take_cells
from demetra.sources.verdicts import count_reasons
from demetra.sources.workbook import read_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from demetra.sources.columns import Layout
    from demetra.sources.dates import Days
    from demetra.sources.grid import Grid
    from demetra.sources.rows import Outcome

_DERIVED: Final = {
    "roi": "revenue = spend · (1 + ROI)",
    "roas": "revenue = spend · ROAS",
    "conversion_rate": "conversions = conversion rate · clicks",
}
_EXAMPLES: Final = 3
_REASONS: Final = 10


@dataclass(frozen=True)
class ColumnReading:
    """How a column was read: their name, ours, what its cells are, who matched the two, and examples from the file."""

    theirs: str
    ours: str
    how: str
    origin: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class ParsedFile(Delivery):
    """A file's rows, and how they were found: how cells are laid out, how columns were read, and what was not read."""

    path: str = ""
    layout: str = ""
    columns: tuple[ColumnReading, ...] = ()
    unused: tuple[str, ...] = ()


def read_file(
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    currency: str = "USD",
    absent: Mapping[str, str] | None = None,
) -> ParsedFile:
    """Read a file of rows or of month plans.

    Args:
        path: CSV, TSV or XLSX, gzipped or not.
        mapping: our column -> theirs, or -> `=constant`; `date_order` -> DMY or MDY.
        remembered: such a mapping from earlier; it counts where the file has the columns that it names.
        currency: the account's; rows in another are rejected.
        absent: our column -> `=constant`, for needed columns that the file lacks.

    Raises:
        UnreadableFileError: nothing of the file can be used; with everything that is wrong with it.
    """
    where = str(path)
    given, earlier = dict(mapping or {}), dict(remembered or {})
    data = _read_bytes(path, where)
    grid = _read_grid(data, {fold(name) for name in (*given.values(), *earlier.values())}, where)
    layout, problems = read_header(grid.header, mapping=given, remembered=earlier, where=where, absent=absent)
    days = _read_days(grid, layout)
    problems += check_units(layout, currency, where)
    problems += _check_order(layout, days, where)
    if problems or days is None:
        raise UnreadableFileError("Nothing was loaded", problems)
    plans = layout.format == MONTH_PLANS
    outcome = (read_plans if plans else read_rows)(grid, layout, days=days, currency=currency)
    if not outcome.rows.num_rows:
        raise UnreadableFileError("Nothing was loaded", _explain_nothing(outcome, where))
    return ParsedFile(
        file_name=path.name,
        format=layout.format,
        sha256=sha256(data).hexdigest(),
        rows_read=outcome.rows_read,
        **{"plans" if plans else "rows": outcome.rows},
        rows_merged=outcome.rows_merged,
        rejected=tuple(outcome.rejected),
        notes=(*grid.notes, *outcome.notes),
        path=where,
        layout=grid.layout,
        columns=_describe_columns(grid, layout, outcome),
        unused=layout.unused,
    )


def _read_bytes(path: Path, where: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise refuse(where, "no such file") from error
    except IsADirectoryError as error:
        raise refuse(where, "a folder", remedy="Name the files in it.") from error
    except OSError as error:
        raise refuse(where, f"a file that cannot be read ({error.strerror})") from error


def _read_grid(data: bytes, known: set[str], where: str) -> Grid:
    content = unpack(data, where)
    if is_workbook(content, where):
        return read_workbook(content, known=known, where=where)
    return read_delimited(decode(content, where), known=known, where=where)


def _read_days(grid: Grid, layout: Layout) -> Days | None:
    """The file's dates or months, None where it has none."""
    plans = layout.format == MONTH_PLANS
    column = layout.columns.get("month" if plans else "date")
    if column is None:
        return None
    return (parse_months if plans else parse_dates)(take_cells(grid, column), order=layout.date_order)


def _check_order(layout: Layout, days: Days | None, where: str) -> list[Problem]:
    if days is None or days.contradiction is None:
        return []
    column = layout.columns["month" if layout.format == MONTH_PLANS else "date"].theirs
    found = f"dates in {column!r} that can be read two ways: {days.contradiction}"
    remedy = "Say it with --map date_order=DMY or --map date_order=MDY, or write dates as YYYY-MM-DD."
    return [Problem(where, found, "dates whose order of day and month shows", remedy)]


def _explain_nothing(outcome: Outcome, where: str) -> list[Problem]:
    if not outcome.rejected:
        return [Problem(where, "no rows but totals", "at least one row of data")]
    problems = []
    for column, reason, count, line in count_reasons(outcome.rejected)[:_REASONS]:
        found = f"{column!r}: {reason}" if column else reason
        found = f"{found} (in {count} of {outcome.rows_read} rows, first on line {line})"
        problems.append(Problem(where, found, "rows that can be read"))
    return problems


def _describe_columns(grid: Grid, layout: Layout, outcome: Outcome) -> tuple[ColumnReading, ...]:
    readings = []
    for ours, column in layout.columns.items():
        cells = take_cells(grid, column).slice(0, 1000).drop_null().unique().slice(0, _EXAMPLES)
        how = outcome.readings.get(ours, "text")
        if ours in _DERIVED:
            how = _DERIVED[ours] if ours in outcome.readings else "not needed"
        if column.unit == "micros":
            how += ", millionths"
        examples = tuple(text[:60] for text in cells.to_pylist())
        readings.append(ColumnReading(column.theirs, ours, how, column.origin, examples))
    return tuple(readings)
