"""Rows alike in every key column: found and added together."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demetra.sources.base import COUNTS, KEY_COLUMNS, MONEY, ROWS

_SUMMED: Final = (*MONEY, "conversions", *COUNTS)


def merge_alike(rows: pa.Table) -> tuple[pa.Table, int]:
    """Add rows together that are alike in every key column; also returns by how many rows that made the table shorter.

    Amounts and counts are summed over the rows that know them, the engagement score is averaged (rows counting alike).
    A merged row stands where the first of its rows stood.
    """
    codes = {name: _encode(rows.column(name)) for name in KEY_COLUMNS}
    if not _may_repeat(list(codes.values())):
        return rows, 0
    grouped = pa.table(
        {
            **{name: pa.array(values) for name, values in codes.items()},
            **{name: rows.column(name) for name in (*_SUMMED, "engagement_score")},
            "place": np.arange(rows.num_rows),
        }
    ).group_by(list(KEY_COLUMNS))
    known = pc.ScalarAggregateOptions(min_count=1)
    sums = [(name, "sum", known) for name in _SUMMED]
    merged = grouped.aggregate([*sums, ("engagement_score", "mean", known), ("place", "min")]).sort_by("place_min")
    firsts = rows.take(merged.column("place_min"))
    columns = {name: firsts.column(name) for name in KEY_COLUMNS}
    columns |= {name: merged.column(f"{name}_sum") for name in _SUMMED}
    columns["engagement_score"] = merged.column("engagement_score_mean")
    return pa.table(columns).select(ROWS.names).cast(ROWS), rows.num_rows - merged.num_rows


def _encode(column: pa.ChunkedArray) -> np.ndarray:
    """Whole numbers that are equal where the values are, -1 for null."""
    values = column.combine_chunks()
    codes = values.indices if pa.types.is_dictionary(values.type) else pc.cast(values, pa.int32())
    filled: np.ndarray = codes.fill_null(np.iinfo(np.int32).min).to_numpy(zero_copy_only=False)
    return filled


def _may_repeat(codes: list[np.ndarray]) -> bool:
    """Whether two rows have the same hash; where none do, no two rows are alike."""
    mixed = np.zeros(len(codes[0]), np.uint64)
    for values in codes:
        mixed ^= values.astype(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    mixed.sort()
    return bool((mixed[1:] == mixed[:-1]).any())
