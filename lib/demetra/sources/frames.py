"""A file's rows as the frames of `demetra.schema`, for forecasts and advice that need no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from demetra.schema import CAMPAIGNS, HISTORY, MEASURES
from demetra.sources.base import FILES
from demetra.sources.files import read_file
from demetra.sources.grid import refuse
from demetra.sources.verdicts import count_reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from demetra.sources.files import ParsedFile


def history_from_file(
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    currency: str = "USD",
    tell: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """The history frame of a file: sums per channel and day, reach falling back to impressions.

    The file need not name campaigns. `tell` is given a sentence for each reason that rows were set aside for, and for
    all else that the reader noted.

    Raises:
        UnreadableFileError: the file cannot be understood, or holds month plans.
    """
    file = _read(path, mapping, currency, absent={"campaign_id": "=all"})
    if tell is not None:
        for column, reason, count, line in count_reasons(file.rejected):
            where = f"{column}: " if column else ""
            tell(f"{count:,} of {file.rows_read:,} rows set aside: {where}{reason} (first on line {line})")
        for note in file.notes:
            tell(note)
    rows = file.rows
    rows = rows.set_column(
        rows.schema.get_field_index("reach"), "reach", pc.coalesce(rows.column("reach"), rows.column("impressions"))
    )
    known = pc.ScalarAggregateOptions(min_count=1)
    keys = rows.select(["channel", "date", *MEASURES]).cast(
        pa.schema(
            [("channel", pa.string()), ("date", pa.timestamp("us")), *((name, pa.float64()) for name in MEASURES)]
        )
    )
    sums = keys.group_by(["channel", "date"]).aggregate([(name, "sum", known) for name in MEASURES])
    history: pd.DataFrame = sums.rename_columns([name.removesuffix("_sum") for name in sums.column_names]).to_pandas()
    return history.sort_values(["channel", "date"], ignore_index=True)[list(HISTORY)]


def campaigns_from_file(path: Path, *, mapping: Mapping[str, str] | None = None, currency: str = "USD") -> pd.DataFrame:
    """The campaigns frame of a file, sorted by date; `id` numbers the rows from 1 in the order of the file.

    Raises:
        UnreadableFileError: the file cannot be understood, or holds month plans.
    """
    rows = _read(path, mapping, currency).rows
    frame: pd.DataFrame = _make_plain(rows).to_pandas()
    frame = frame.assign(id=range(1, len(frame) + 1), source=FILES)
    return frame.sort_values(["date", "id"], ignore_index=True)[list(CAMPAIGNS)]


def _read(
    path: Path, mapping: Mapping[str, str] | None, currency: str, *, absent: Mapping[str, str] | None = None
) -> ParsedFile:
    file = read_file(path, mapping=mapping, currency=currency, absent=absent)
    if not file.rows.num_rows:
        raise refuse(str(path), "month plans", "rows with spend and results")
    return file


def _make_plain(rows: pa.Table) -> pa.Table:
    """Text, doubles and moments alone, as in frames that are read from the database."""
    types = {
        field.name: pa.string()
        if pa.types.is_dictionary(field.type)
        else pa.timestamp("us")
        if pa.types.is_date(field.type)
        else pa.float64()
        for field in rows.schema
    }
    return rows.cast(pa.schema(list(types.items())))
