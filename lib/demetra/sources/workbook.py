"""The first table of an XLSX workbook as a grid of text."""

from __future__ import annotations

import io
import warnings
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from demetra.sources.grid import Grid, looks_like_header, refuse
from demetra.sources.headers import count_known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_HEADER_WITHIN: Final = 20
_Row = tuple[int, list[str]]


def read_workbook(data: bytes, *, known: Collection[str], where: str) -> Grid:
    """Read the sheet whose header has the most column names (the first sheet among equals); values, not formulas.

    Raises:
        UnreadableFileError: the workbook is damaged, or no sheet has a header with rows below it.
    """
    sheets = _read_sheets(data, where)
    scored = [(_find_header(rows, known), name, rows) for name, rows in sheets if rows]
    if not scored:
        raise refuse(where, "an empty workbook")
    (names, place), title, rows = max(scored, key=lambda each: each[0][0])
    header = tuple(cell.strip() for cell in rows[place][1])
    if names == 0 and not looks_like_header(header):
        raise refuse(where, f"no header: the first row of sheet {title!r} is {list(header)}")
    below = rows[place + 1 :]
    if not below:
        raise refuse(where, "a header and no rows below it", "at least one row")
    width = len(header)
    columns = tuple(
        pa.array([(cells[at] if at < len(cells) else "") or None for _, cells in below], pa.string())
        for at in range(width)
    )
    lost = sum(1 for _, cells in below if any(cells[width:]))
    notes = [f"{place} rows above the header were skipped"] if place else []
    notes += [f"{lost} rows have values beyond the last header, which were not read"] if lost else []
    return Grid(
        layout=f"XLSX, sheet {title!r}",
        header=header,
        columns=columns,
        ragged=(),
        places=np.arange(len(below)),
        usual_mark=".",
        find_line=lambda at: below[at][0],
        find_raw=lambda at: "\t".join(below[at][1]),
        notes=tuple(notes),
    )


def _read_sheets(data: bytes, where: str) -> list[tuple[str, list[_Row]]]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which are no concern of ours
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return [(sheet.title, list(_read_rows(sheet))) for sheet in workbook.worksheets]
    except Exception as error:  # of a damaged workbook, openpyxl lets through whatever its parsers stumble over
        raise refuse(where, f"a damaged workbook ({error})", remedy="Save it again, or export it as CSV.") from error


def _read_rows(sheet: Any) -> Iterator[_Row]:
    """Line and cells of each row that is not blank."""
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()  # some exporters write a wrong size, which would hide rows
    for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if any(cell is not None for cell in cells):
            yield line, [_show(cell) for cell in cells]


def _show(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell))
        text = repr(cell)
        # A number cell has a point for its decimals; with exactly three of them it would look like thousands.
        return f"{text}0" if text.rpartition(".")[2].isdigit() and len(text.rpartition(".")[2]) == 3 else text
    return str(cell).replace("\0", "")


def _find_header(rows: Sequence[_Row], known: Collection[str]) -> tuple[int, int]:
    """How many names the likeliest header has, and its place among the rows; with few names, the first row."""
    scores = [(count_known(cells, known), -place) for place, (_, cells) in enumerate(rows[:_HEADER_WITHIN])]
    names, place = max(score for score in scores if score[0] > 1 or score[1] == 0)
    return names, -place
