"""Which rows are good: each row's first fault, footers told from faults, and days that cannot be meant."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demetra.sources.base import RejectedRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.sources.grid import Grid

LONGEST_RAW: Final = 20_000
"""So many characters of a rejected row's text are kept."""
FIRST_DAY: Final = int(np.datetime64("1990-01-01").astype(int))
LAST_DAY: Final = int(np.datetime64("2100-12-31").astype(int))
GAP_DAYS: Final = 731

_FOOTER: Final = re.compile(
    r"(?:grand |sub-?|report )?totals?(?:\s*[:(–—-].*)?|(?:общий )?итог(?:о|и)?(?:\s*[:(–—-].*|\s+(?:по|за)\s.*)?"
    r"|всего(?:\s*[:(–—-].*|\s+(?:по|за)\s.*)?",
    re.IGNORECASE,
)


class Verdicts:
    """The first fault of each row. Faults are told with the column that has them, as the file calls it."""

    def __init__(self, rows: int) -> None:
        self._faults: list[tuple[str | None, str]] = []
        self._verdicts = np.zeros(rows, np.int32)

    @property
    def good(self) -> np.ndarray:
        """Rows without a fault."""
        mask: np.ndarray = self._verdicts == 0
        return mask

    def refuse(self, rows: np.ndarray, column: str | None, reason: str) -> None:
        """Set rows (a mask) aside; those that are already keep their first fault."""
        if rows.any():
            self._faults.append((column, reason))
            self._verdicts[rows & self.good] = len(self._faults)

    def list_rejected(self, grid: Grid, places: np.ndarray) -> list[RejectedRow]:
        """The rows set aside; `places` are those of the rows that were judged."""
        bad = np.flatnonzero(~self.good)
        return [
            reject(grid, place, *self._faults[self._verdicts[row] - 1])
            for row, place in zip(bad, places[bad], strict=True)
        ]


def reject(grid: Grid, place: int, column: str | None, reason: str) -> RejectedRow:
    """The record of a row set aside, with its line and its own text (the beginning of it, if it is very long)."""
    raw = grid.find_raw(int(place))
    if len(raw) > LONGEST_RAW:
        raw = f"{raw[:LONGEST_RAW]}… ({len(raw)} characters)"
    return RejectedRow(grid.find_line(int(place)), column, reason, raw)


def reject_ragged(grid: Grid) -> tuple[list[RejectedRow], list[str]]:
    """The rows with too few or too many cells, and among them the footers; rows without any text are neither."""
    rejected, footers = [], []
    for row in grid.ragged:
        first = next((cell.strip() for cell in row.cells if cell.strip()), "")
        if is_footer(first):
            footers.append(_show_footer(grid, row.place))
        elif first:
            lines = grid.find_raw(row.place).count("\n") + 1
            over = f", over {lines} lines: a quotation mark may be missing" if lines > 1 else ""
            reason = f"{len(row.cells)} cells where the header has {len(grid.header)}{over}"
            rejected.append(reject(grid, row.place, None, reason))
    return rejected, footers


def find_footers(grid: Grid, doubtful: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Among rows without a date: which are no data rows (totals, or nothing but empty cells), and the totals' texts."""
    rows = np.flatnonzero(doubtful)
    firsts = pc.coalesce(*(pc.take(column, pa.array(rows)) for column in grid.columns))
    labels = {text: text is None or not text.strip() or is_footer(text) for text in set(firsts.to_pylist())}
    skipped = np.array([labels[text] for text in firsts.to_pylist()], bool)
    totals = [
        place for place, text in zip(grid.places[rows], firsts.to_pylist(), strict=True) if text and is_footer(text)
    ]
    mask = np.zeros(len(doubtful), bool)
    mask[rows[skipped]] = True
    return mask, [_show_footer(grid, place) for place in totals]


def is_footer(text: str) -> bool:
    """Whether a row that begins with this sums up others: `Total`, `Grand total:`, `Итого`."""
    return _FOOTER.fullmatch(text.strip()) is not None


def find_far_days(days: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Days that lie more than two years after every other: a gap with fewer than half of the rows beyond it."""
    values, counts = np.unique(days[known], return_counts=True)
    beyond = counts.sum() - np.cumsum(counts)[:-1]
    gaps = (np.diff(values) > GAP_DAYS) & (beyond * 2 < counts.sum())
    if not gaps.any():
        return np.zeros(len(days), bool)
    mask: np.ndarray = known & (days > values[np.argmax(gaps)])
    return mask


def count_reasons(rejected: Sequence[RejectedRow]) -> list[tuple[str | None, str, int, int]]:
    """Column, reason, number of rows and first line of each fault, the most frequent first."""
    counts = Counter((row.column, row.reason) for row in rejected)
    firsts = {(row.column, row.reason): row.line for row in reversed(rejected)}
    return [(column, reason, count, firsts[column, reason]) for (column, reason), count in counts.most_common()]


def _show_footer(grid: Grid, place: int) -> str:
    return f"line {grid.find_line(int(place))} is a footer and was not read: {grid.find_raw(int(place))[:80]}"
