"""From a grid to rows in canonical columns: every cell read, every row judged, what is missing derived."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demetra.errors import Problem
from demetra.schema import DIMENSIONS, normalise_channel
from demetra.sources.base import COUNTS, MONEY, ROWS, RejectedRow
from demetra.sources.currencies import CODES, find_currencies
from demetra.sources.merging import merge_alike
from demetra.sources.numbers import FINE, REASONS, parse_numbers
from demetra.sources.verdicts import FIRST_DAY, LAST_DAY, Verdicts, find_far_days, find_footers, reject_ragged

if TYPE_CHECKING:
    from collections.abc import Callable

    from demetra.sources.columns import Column, Layout
    from demetra.sources.dates import Days
    from demetra.sources.grid import Grid
    from demetra.sources.numbers import Kind, Numbers

TEXTS: Final = ("channel", "campaign_id", "campaign_name", *(name for name in DIMENSIONS if name != "duration_days"))
KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(MONEY, "money"),
    "conversions": "plain",
    **dict.fromkeys((*COUNTS, "duration_days"), "count"),
    "engagement_score": "plain",
    "roi": "ratio",
    "roas": "ratio",
    "conversion_rate": "ratio",
}
LIMITS: Final = {
    **dict.fromkeys((*MONEY, "conversions"), 1e12),
    **dict.fromkeys(COUNTS, 2.0**53),
    "duration_days": 100_000.0,
}
"""Values from here on are refused: they are no campaign's, and doubles no longer hold them to the cent."""
MAY_BE_NEGATIVE: Final = ("revenue", "roi", "roas")
_DAYS: Final = r"(?i)\s*(days?|d|дней|дня|день|дн\.?)$"


@dataclass(frozen=True)
class Outcome:
    """What came of a grid's rows: the good ones, how many there were, and the rest with reasons."""

    rows: pa.Table
    rows_read: int
    rows_merged: int
    rejected: list[RejectedRow]
    notes: list[str]
    readings: dict[str, str] = field(default_factory=dict)
    """How each column was read, by our name."""


class CellReader:
    """The cells of a grid by our names, without the rows that are no data rows."""

    def __init__(self, grid: Grid, layout: Layout, skipped: np.ndarray) -> None:
        self.grid = grid
        self.layout = layout
        self.places = grid.places[~skipped]
        self._kept = pa.array(~skipped) if skipped.any() else None

    def __contains__(self, ours: str) -> bool:
        return ours in self.layout.columns

    def read(self, ours: str) -> pa.Array:
        """The column's cells, null where empty."""
        cells = take_cells(self.grid, self.layout.columns[ours])
        return cells if self._kept is None else cells.filter(self._kept)

    def named(self, ours: str) -> str:
        """The column as the file calls it."""
        column = self.layout.columns[ours]
        return ours if column.index is None else column.theirs


def take_cells(grid: Grid, column: Column) -> pa.Array:
    """A column's cells; one that is not in the file has the same constant in each row."""
    if column.index is not None:
        return grid.columns[column.index]
    return pa.repeat(pa.scalar(column.constant, pa.string()), grid.rows)


def read_rows(grid: Grid, layout: Layout, *, days: Days, currency: str) -> Outcome:
    """Read, judge and merge the rows of a grid whose `days` are those of its date column.

    Every row is accounted for: `rows_read = rows.num_rows + rows_merged + len(rejected)`. Totals and rows of nothing
    but empty cells are no data rows. A rejected row is told with its first fault only.
    """
    rejected, footers = reject_ragged(grid)
    skipped, totals = find_footers(grid, days.unknown | days.faults)
    cells = CellReader(grid, layout, skipped)
    kept = ~skipped
    verdicts = Verdicts(len(cells.places))
    _judge_days(verdicts, cells.named("date"), days.days[kept], days.unknown[kept], days.faults[kept])
    texts = {name: read_text(cells.read(name)) for name in TEXTS if name in cells}
    texts["channel"] = map_texts(texts["channel"], normalise_channel)
    if "campaign_id" not in texts:
        texts["campaign_id"] = texts["campaign_name"]
    elif "campaign_name" in texts and texts["campaign_id"].null_count:
        texts["campaign_id"] = pc.coalesce(texts["campaign_id"], texts["campaign_name"]).dictionary_encode()
    for name in ("channel", "campaign_id"):
        source = name if name in cells else "campaign_name"
        verdicts.refuse(~is_known(texts[name]), cells.named(source), f"{name} is missing")
    numbers = _read_numbers(cells, currency)
    _judge_currency(verdicts, cells, currency)
    for name, column in numbers.items():
        _judge_numbers(verdicts, cells.named(name), name, column)
    verdicts.refuse(numbers["spend"].unknown, cells.named("spend"), "spend is missing")
    values = _derive({name: column.values for name, column in numbers.items()})
    rows = _build(texts, days.days[kept], values, verdicts.good)
    merged_rows, merged = merge_alike(rows)
    rejected += verdicts.list_rejected(grid, cells.places)
    return Outcome(
        rows=merged_rows,
        rows_read=rows.num_rows + len(rejected),
        rows_merged=merged,
        rejected=sorted(rejected, key=lambda row: row.line),
        notes=[*footers, *totals, *_note_oddities(rows)],
        readings={"date": days.how, **{name: column.how for name, column in numbers.items()}},
    )


def read_text(cells: pa.Array) -> pa.DictionaryArray:
    """A column of text by distinct values, white space around them removed; null where nothing is left."""
    coded = cells.dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(coded.dictionary)
    if trimmed.equals(coded.dictionary) and not pc.any(pc.equal(trimmed, "")).as_py():
        return coded
    return _recode(coded, pc.if_else(pc.equal(trimmed, ""), None, trimmed))


def map_texts(texts: pa.DictionaryArray, change: Callable[[str], str]) -> pa.DictionaryArray:
    """The column with each distinct value changed."""
    changed = [None if text is None else change(text) for text in texts.dictionary.to_pylist()]
    return _recode(texts, pa.array(changed, pa.string()))


def _recode(coded: pa.DictionaryArray, values: pa.Array) -> pa.DictionaryArray:
    """Other values behind the same codes; values that have become one get one code."""
    distinct = values.dictionary_encode()
    return pa.DictionaryArray.from_arrays(pc.take(distinct.indices, coded.indices), distinct.dictionary)


def is_known(values: pa.Array) -> np.ndarray:
    """Where a column is not null."""
    mask: np.ndarray = pc.is_valid(values).to_numpy(zero_copy_only=False)
    return mask


def _read_numbers(cells: CellReader, currency: str) -> dict[str, Numbers]:
    columns: dict[str, tuple[pa.Array, Kind]] = {}
    for name, kind in KINDS.items():
        if name in cells and not _is_needless(name, cells):
            texts = cells.read(name)
            if name == "duration_days":
                coded = texts.dictionary_encode()
                texts = pc.replace_substring_regex(coded.dictionary, _DAYS, "").take(coded.indices)
            percents = kind == "ratio" and cells.layout.columns[name].unit == "%"
            columns[name] = texts, "percent" if percents else kind
    numbers = parse_numbers(columns, currency=currency, usual=cells.grid.usual_mark)
    for name in MONEY:
        if name in numbers and cells.layout.columns[name].unit == "micros":
            numbers[name] = replace(numbers[name], values=numbers[name].values / 1e6)
    return numbers


def _is_needless(name: str, cells: CellReader) -> bool:
    """Whether a ratio need not be read, because what it would give is in the file."""
    if name == "conversion_rate":
        return "conversions" in cells
    return name in ("roi", "roas") and ("revenue" in cells or (name == "roas" and "roi" in cells))


def _derive(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Compute revenue = spend (1 + ROI) = spend ROAS and conversions = conversion rate times clicks, not rounded."""
    if "roi" in values:
        values["revenue"] = values["spend"] * (1 + values.pop("roi"))
    if "roas" in values:
        values["revenue"] = values["spend"] * values.pop("roas")
    if "conversion_rate" in values:
        values["conversions"] = values.pop("conversion_rate") * values["clicks"]
    return values


def _judge_days(verdicts: Verdicts, column: str, days: np.ndarray, unknown: np.ndarray, faults: np.ndarray) -> None:
    verdicts.refuse(unknown, column, "date is missing")
    verdicts.refuse(faults, column, "not a date")
    known = ~unknown & ~faults
    verdicts.refuse(known & (days < FIRST_DAY), column, "date before 1990")
    verdicts.refuse(known & (days > LAST_DAY), column, "date after 2100")
    far = find_far_days(days, known & (days <= LAST_DAY))
    verdicts.refuse(far, column, "date more than two years after every other date")


def _judge_currency(verdicts: Verdicts, cells: CellReader, currency: str) -> None:
    if "currency" not in cells:
        return
    coded = read_text(cells.read("currency"))
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    for code, text in enumerate(coded.dictionary.to_pylist()):
        meant = frozenset({text.upper()}) & CODES or find_currencies(text)
        if currency not in meant:
            reason = f"currency {text} is not the account's {currency}; convert it, or set the account's currency"
            unknown = f"currency {text[:20]!r} is unknown; expected a code of ISO 4217 like {currency}"
            verdicts.refuse(codes == code, cells.named("currency"), reason if meant else unknown)


def _judge_numbers(verdicts: Verdicts, column: str, name: str, numbers: Numbers) -> None:
    for fault in np.unique(numbers.faults[numbers.faults != FINE]):
        verdicts.refuse(numbers.faults == fault, column, REASONS[int(fault)])
    values = np.nan_to_num(numbers.values, nan=0.0)
    if name not in MAY_BE_NEGATIVE:
        verdicts.refuse(values < 0, column, "negative")
    if KINDS[name] == "count":
        verdicts.refuse(values != np.rint(values), column, "not a whole number")
    if name == "conversion_rate":
        verdicts.refuse(values > 1, column, "a conversion rate above 1; percents need their % sign")
    verdicts.refuse(np.abs(values) >= LIMITS.get(name, 1e12), column, "too large")


def _build(
    texts: dict[str, pa.DictionaryArray], days: np.ndarray, values: dict[str, np.ndarray], good: np.ndarray
) -> pa.Table:
    columns: dict[str, Any] = {}
    for name, kind in zip(ROWS.names, ROWS.types, strict=True):
        if name in texts:
            columns[name] = texts[name] if good.all() else texts[name].filter(pa.array(good))
        elif name == "date":
            columns[name] = pa.array(days[good]).cast(pa.date32())
        elif name in values:
            known = np.isfinite(values[name][good])
            columns[name] = pa.array(np.where(known, values[name][good], 0), mask=~known).cast(kind)
        else:
            columns[name] = pa.nulls(int(good.sum()), kind)
    return pa.table(columns, schema=ROWS)


def _note_oddities(rows: pa.Table) -> list[str]:
    odd = pc.sum(pc.greater(rows.column("clicks"), rows.column("impressions"))).as_py()
    return [f"{odd} rows have more clicks than impressions"] if odd else []


def check_units(layout: Layout, currency: str, where: str) -> list[Problem]:
    """Amounts whose header names another currency than the account's."""
    return [
        Problem(
            where,
            f"amounts in {column.unit} ({column.theirs!r})",
            f"the account's currency, {currency}",
            "Convert them, or set currency under [account] in demetra.toml.",
        )
        for name, column in layout.columns.items()
        if name in (*MONEY, "amount")
        and column.unit not in ("", "%", "micros")
        and currency not in find_currencies(column.unit)
    ]
