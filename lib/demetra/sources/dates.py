"""Dates as exports write them, read as days of the account's own calendar: times and time zones never shift them.

Whether 03/04/2026 is in March or in April is decided by evidence over the whole column: a 25 cannot be a month. Dates
with dots have the day first. Where nothing decides, the column is refused rather than guessed: a monthly file read the
wrong way round looks like one good week.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pyarrow.compute as pc

from demetra.sources.numbers import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

Order = Literal["DMY", "MDY"]

_TIME: Final = (
    r"^(?P<day>.*?\d)(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$"
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|(?<!-)\d{2})")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?")
_DAY_NAMED_MONTH: Final = re.compile(r"(\d{1,2})[\s.-]+([^\W\d]{3,})\.?[\s.,-]+(\d{4})(?:\s*г\.?)?")
_NAMED_MONTH_DAY: Final = re.compile(r"([^\W\d]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_MONTH: Final = re.compile(
    r"(?:(\d{4})[-/.]?(\d{2})|(\d{1,2})[-/.](\d{4})|([^\W\d]{3,})\.?,?[\s-]+(\d{4})(?:\s*г\.?)?)"
)
_MONTH_NAMES: Final = {
    name: number % 12 + 1
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec янв фев мар апр мая июн июл авг сен окт ноя дек".split()  # noqa: SIM905
    )
} | {"май": 5}
_EXCEL_EPOCH: Final = date(1899, 12, 30).toordinal()
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DECIDED_BY: Final = 10
"""So many times more dates must speak for one order than for the other; the odd ones out are no dates."""


@dataclass(frozen=True)
class Days:
    """A column as days since 1970-01-01, 0 where nothing is known or the text is no date.

    `contradiction` names dates for which the order of day and month cannot be told; then they are no dates.
    """

    days: np.ndarray
    unknown: np.ndarray
    faults: np.ndarray
    how: str
    contradiction: str | None = None


@dataclass(frozen=True)
class _Pair:
    """A date whose first two numbers are day and month, in an order yet to be found; with dots the day is first."""

    text: str
    first: int
    second: int
    year: int
    dotted: bool

    def __str__(self) -> str:
        return self.text

    def read(self, order: Order) -> int | None:
        day, month = (self.first, self.second) if order == "DMY" else (self.second, self.first)
        return _ordinal(self.year, month, day)


def parse_dates(cells: pa.Array, *, order: Order | None = None) -> Days:
    """Read a column of text (null where empty) as dates; `order` decides what the column itself leaves open."""
    texts, places, empty = _distinct(cells)
    read = [_read_date(text) for text in texts]
    pairs = [each for each in read if isinstance(each, _Pair)]
    found, contradiction = _find_order(pairs, order)
    return _settle(read, places, empty, found, contradiction)


def parse_months(cells: pa.Array, *, order: Order | None = None) -> Days:
    """Read a column of text as months, `2026-03`, `03.2026`, `March 2026` or any date in it: their first days."""
    texts, places, empty = _distinct(cells)
    read = [_read_month(text) or _read_date(text) for text in texts]
    pairs = [each for each in read if isinstance(each, _Pair)]
    if order is None and pairs and len({pair.first for pair in pairs} | {pair.second for pair in pairs}) > 1:
        # Plans are dated on the first: the number that is always 1 is the day.
        if all(pair.first == 1 for pair in pairs):
            order = "DMY"
        elif all(pair.second == 1 for pair in pairs):
            order = "MDY"
    found, contradiction = _find_order(pairs, order)
    days = _settle(read, places, empty, found, contradiction)
    starts = days.days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
    return replace(days, days=starts, how=days.how.replace("date", "month"))


def _distinct(cells: pa.Array) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The distinct texts without their time of day, which of them each cell has, and where the cell is empty."""
    coded = cells.dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(coded.dictionary)
    day = pc.fill_null(pc.struct_field(pc.extract_regex(trimmed, _TIME), "day"), trimmed)
    recoded = pc.dictionary_encode(day)
    texts = recoded.dictionary.to_pylist()
    places = np.append(recoded.indices.to_numpy(zero_copy_only=False), len(texts))
    places = places[coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)]
    empty = np.array([*(text.lower() in UNKNOWN for text in texts), True])[places]
    return texts, places, empty


def _find_order(pairs: Sequence[_Pair], given: Order | None) -> tuple[Order, str | None]:
    """The order of day and month, and which dates contradict each other or leave it open."""
    undotted = [pair for pair in pairs if not pair.dotted]
    if given is not None or not undotted:
        return given or "DMY", None
    day_first = [pair for pair in undotted if pair.read("DMY") is not None and pair.read("MDY") is None]
    month_first = [pair for pair in undotted if pair.read("MDY") is not None and pair.read("DMY") is None]
    if len(day_first) > _DECIDED_BY * len(month_first):
        return "DMY", None
    if len(month_first) > _DECIDED_BY * len(day_first):
        return "MDY", None
    if day_first:
        return "DMY", f"{day_first[0]} has the day first and {month_first[0]} the month"
    open_ones = [pair for pair in undotted if pair.read("DMY") != pair.read("MDY")]
    return "DMY", f"{open_ones[0]} may have the day or the month first" if open_ones else None


def _settle(
    read: Sequence[int | _Pair | None], places: np.ndarray, empty: np.ndarray, order: Order, contradiction: str | None
) -> Days:
    ordinals = [each.read("DMY" if each.dotted else order) if isinstance(each, _Pair) else each for each in read]
    known = np.append(np.array([ordinal is not None for ordinal in ordinals], bool), False)[places]
    days = np.array([0 if ordinal is None else ordinal - _EPOCH for ordinal in (*ordinals, None)], np.int32)[places]
    undotted = any(isinstance(each, _Pair) and not each.dotted for each in read)
    how = "date" if not undotted else "date, day first" if order == "DMY" else "date, month first"
    return Days(days, empty, ~known & ~empty, how, contradiction)


def _read_date(text: str) -> int | _Pair | None:
    if found := _YEAR_FIRST.fullmatch(text):
        return _ordinal(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(text):
        year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
        return _Pair(text, int(found[1]), int(found[3]), year, dotted=found[2] == ".")
    if found := _COMPACT.fullmatch(text):
        return _ordinal(int(found[1]), int(found[2]), int(found[3]))
    if found := _SERIAL.fullmatch(text):
        return _EXCEL_EPOCH + int(found[1])
    if found := _DAY_NAMED_MONTH.fullmatch(text):
        return _ordinal(int(found[3]), _month_number(found[2]), int(found[1]))
    if found := _NAMED_MONTH_DAY.fullmatch(text):
        return _ordinal(int(found[3]), _month_number(found[1]), int(found[2]))
    return None


def _read_month(text: str) -> int | None:
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    year = int(found[1] or found[4] or found[6])
    return _ordinal(year, int(found[2] or found[3] or _month_number(found[5])), 1)


def _month_number(name: str) -> int:
    return _MONTH_NAMES.get(name[:3].casefold(), 0)


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None
