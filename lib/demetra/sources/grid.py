"""A file's cells before they mean anything: what the readers of delimited text and of workbooks hand over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from demetra.errors import Problem, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pyarrow as pa

    from demetra.sources.numbers import Mark

EXPECTED: Final = "a CSV, TSV or XLSX file, gzipped or not, whose header names columns like date, channel, spend"


@dataclass(frozen=True)
class Ragged:
    """A row with another number of cells than the header: its place among the file's rows, and its cells."""

    place: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """Cells as text, column by column, null where empty; rows with too few or too many cells stand apart.

    A row's place is its number among all rows below the header, ragged ones included, from 0; `places` are those of
    the rows in `columns`. `find_line` gives the 1-based line of the file on which the row of a place starts, `find_raw`
    its text. `usual_mark` is the decimal mark that such files usually have.
    """

    layout: str
    header: tuple[str, ...]
    columns: tuple[pa.Array, ...]
    ragged: tuple[Ragged, ...]
    places: np.ndarray
    usual_mark: Mark
    find_line: Callable[[int], int]
    find_raw: Callable[[int], str]
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows stand in `columns`."""
        return len(self.places)


def looks_like_header(cells: Sequence[str]) -> bool:
    """Whether cells of which none is a known name may be names all the same: at least two, and no numbers."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 1 and not any(re.fullmatch(r"[\W\d_]*\d[\W\d_]*", cell) for cell in filled)


def refuse(where: str, found: str, expected: str = EXPECTED, remedy: str = "") -> UnreadableFileError:
    """The error for a file with one problem, to be raised."""
    return UnreadableFileError("Nothing was loaded", [Problem(where, found, expected, remedy)])
