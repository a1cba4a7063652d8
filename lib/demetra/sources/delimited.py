"""Delimited text, CSV and its kin, as a grid: delimiter and header found, cells cut by Arrow, lines kept right."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv

from demetra.sources.grid import Grid, Ragged, looks_like_header, refuse
from demetra.sources.headers import count_known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from demetra.sources.decoding import Text

_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_HEADER_WITHIN: Final = 20
"""The header is among so many first rows; what stands before it is a title."""
_HEAD: Final = 262_144
_BLOCK: Final = 4 << 20
_INK: Final = re.compile(rb"\S")


@dataclass(frozen=True)
class _Header:
    delimiter: str
    cells: tuple[str, ...]
    first_line: int
    last_line: int
    skipped: int


def read_delimited(text: Text, *, known: Collection[str], where: str) -> Grid:
    """Cut a text into cells; `known` are folded headers, beside our own, that tell the header and the delimiter.

    Raises:
        UnreadableFileError: there is no header, nothing below it, or a quotation mark that is never closed.
    """
    csv.field_size_limit(2**31 - 1)
    header = _find_header(text.data, known, where)
    offset = _offset_of_line(text.data, header.last_line + 1)
    columns, ragged = _cut(text.data, offset, header, where)
    rows = len(columns[0]) + len(ragged)
    if not rows:
        raise refuse(where, "a header and no rows below it", "at least one row")
    lines = _Lines(text.data, header, rows)
    if ragged and ragged[-1].place == rows - 1:
        lines.refuse_open_quote(where)
    kept = np.delete(np.arange(rows), [row.place for row in ragged])
    skipped = (f"{header.skipped} lines above the header were skipped",) if header.skipped else ()
    return Grid(
        layout=f"{text.encoding}, columns parted by {_DELIMITERS[header.delimiter]}",
        header=header.cells,
        columns=columns,
        ragged=tuple(ragged),
        places=kept,
        usual_mark="," if header.delimiter == ";" else ".",
        find_line=lines.find,
        find_raw=lines.raw,
        notes=(*text.notes, *skipped),
    )


def _find_header(data: bytes, known: Collection[str], where: str) -> _Header:
    """The row with the most column names, over all delimiters; with none known, the first if it looks like a header."""
    head = data[:_HEAD].decode("utf-8", "ignore")
    best: tuple[tuple[int, int, int], _Header] | None = None
    for delimiter in _DELIMITERS:
        for skipped, (first, last, cells) in enumerate(islice(_trace(io.StringIO(head), delimiter), _HEADER_WITHIN)):
            names = count_known(cells, known)
            score = (names, -skipped, len(cells))
            if (skipped == 0 or names > 1) and (best is None or score > best[0]):
                best = score, _Header(delimiter, tuple(cell.strip() for cell in cells), first, last, skipped)
    if best is None or (best[0][0] == 0 and not looks_like_header(best[1].cells)):
        first_line = head.strip().splitlines()[0][:80]
        raise refuse(where, f"no header: the first line is {first_line!r}")
    return best[1]


def _trace(lines: Iterable[str], delimiter: str, first_line: int = 1) -> Iterator[tuple[int, int, list[str]]]:
    """First line, last line and cells of each row that is not blank."""
    reader = csv.reader(lines, delimiter=delimiter)
    before = 0
    for cells in reader:
        if cells:
            yield first_line + before, first_line + reader.line_num - 1, cells
        before = reader.line_num


def _offset_of_line(data: bytes, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = data.find(b"\n", offset) + 1 or len(data)
    return offset


def _cut(data: bytes, offset: int, header: _Header, where: str) -> tuple[tuple[pa.Array, ...], list[Ragged]]:
    names = [str(number) for number in range(len(header.cells))]
    if not _INK.search(data, offset):
        return tuple(pa.array([], pa.string()) for _ in names), []
    ragged: list[Ragged] = []

    def set_aside(row: Any) -> str:
        cells = next(csv.reader(io.StringIO(row.text), delimiter=header.delimiter))
        ragged.append(Ragged(row.number - 1, tuple(cells)))
        return "skip"

    def cut(block_size: int) -> pa.Table:
        ragged.clear()
        return pyarrow.csv.read_csv(
            pa.py_buffer(data).slice(offset),
            # One thread: rows are numbered then, and threads gain nothing on plain text.
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=block_size),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=header.delimiter, newlines_in_values=b'"' in data, invalid_row_handler=set_aside
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )

    try:
        try:
            table = cut(_BLOCK)
        except pa.ArrowInvalid:  # a row that does not fit into a block
            table = cut(min(len(data) + 1, 2**31 - 1))
    except pa.ArrowInvalid as error:
        raise refuse(where, f"text that is no table ({error})") from error
    return tuple(column.combine_chunks() for column in table.columns), ragged


class _Lines:
    """Where rows start and what they say, found out when somebody asks: most files have nothing to tell."""

    def __init__(self, data: bytes, header: _Header, rows: int) -> None:
        self._data = data
        self._header = header
        self._rows = rows

    def find(self, place: int) -> int:
        return int(self._firsts[place])

    def raw(self, place: int) -> str:
        start = self._offsets[self._firsts[place] - 1]
        end = self._offsets[self._firsts[place + 1] - 1] if place + 1 < self._rows else len(self._data)
        return self._data[start:end].decode("utf-8").rstrip("\r\n")

    def refuse_open_quote(self, where: str) -> None:
        """Raise where the last row ends inside a quotation."""
        last = self._rows - 1
        try:
            list(csv.reader(io.StringIO(self.raw(last)), delimiter=self._header.delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                found = f"a quotation mark in the row of line {self.find(last)} that is never closed"
                raise refuse(where, found, "quotation marks in pairs", "Close or double it.") from error

    @cached_property
    def _offsets(self) -> np.ndarray:
        """Where each line starts."""
        ends = np.flatnonzero(np.frombuffer(self._data, np.uint8) == ord("\n"))
        return np.concatenate([[0], ends + 1, [len(self._data)]])

    @cached_property
    def _firsts(self) -> np.ndarray:
        """The line on which each row starts: each line that is not blank, unless quotations run over several."""
        starts, ends = self._offsets[:-1], self._offsets[1:]
        texts = np.frombuffer(self._data + b"\n", np.uint8)
        blank = (ends - starts <= 1) | ((ends - starts == 2) & (texts[starts] == ord("\r")))
        lines = np.flatnonzero(~blank) + 1
        lines = lines[lines > self._header.last_line]
        if len(lines) == self._rows:
            return lines
        below = io.BytesIO(self._data[self._offsets[self._header.last_line] :])
        text = io.TextIOWrapper(below, encoding="utf-8", newline="\n")
        traced = _trace(text, self._header.delimiter, self._header.last_line + 1)
        return np.fromiter((first for first, _, _ in traced), np.int64)
