"""Frames in and out of Postgres by COPY: one path each way, whatever the size.

pandas and pyarrow are imported by the first frame, so that a process that reads none starts at once.
"""

from __future__ import annotations

import io
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Date, DateTime, Double, Integer, Numeric
from sqlalchemy.dialects.postgresql import JSONB

from demetra.errors import FrameError, Problem
from demetra.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    import pandas as pd
    import pyarrow as pa
    from sqlalchemy import Connection, Select, Table
    from sqlalchemy.types import TypeEngine


def copy_frame(connection: Connection, table: Table, frame: pd.DataFrame, **constants: Any) -> int:
    """Append a frame to a table within the connection's transaction; returns the number of rows.

    Columns that the table does not have are refused; `constants` fill columns of the same value in every row. NaN and
    NaT become NULL.

    Raises:
        FrameError: a column is unknown or missing, or a number is infinite.
    """
    import pyarrow as pa
    import pyarrow.csv

    full = frame.assign(**constants)
    names = [column.name for column in table.columns if column.name in full.columns]
    required = [c.name for c in table.columns if not c.nullable and c.server_default is None and c.identity is None]
    require_columns(full, required, table.name)
    unknown = [str(name) for name in full.columns if name not in table.columns]
    if unknown:
        problems = [Problem(name, "a column", f"one of {', '.join(names)}") for name in unknown]
        raise FrameError(f"The {table.name} frame has columns that the table lacks", problems)
    if full.empty:
        return 0
    arrays = [_to_arrow(full[name], table.columns[name].type, f"{table.name}.{name}") for name in names]
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(pa.Table.from_arrays(arrays, names=names), buffer)
    buffer.seek(0)
    target = f"{table.schema}.{table.name}" if table.schema else table.name
    columns = ", ".join(f'"{name}"' for name in names)
    with _cursor(connection) as cursor:
        cursor.copy_expert(f"COPY {target} ({columns}) FROM STDIN WITH (FORMAT csv, HEADER)", buffer)
    return len(full)


def read_frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """Run a select and return its rows with the dtypes of their columns.

    Numbers that may be NULL are float64 with NaN, dates midnight datetime64, moments UTC datetime64, JSON its objects.
    """
    import pyarrow.csv

    types = {column.name: column.type for column in query.selected_columns}
    whole = {column.name for column in query.selected_columns if getattr(column, "nullable", True) is False}
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    buffer = io.BytesIO()
    with _cursor(connection) as cursor:
        cursor.copy_expert(f"COPY ({compiled}) TO STDOUT WITH (FORMAT csv, HEADER)", buffer)
    buffer.seek(0)
    read = pyarrow.csv.read_csv(
        buffer,
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: _arrow_type(kind) for name, kind in types.items()},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    frame: pd.DataFrame = read.to_pandas()
    for name, kind in types.items():
        frame[name] = _to_pandas(frame[name], kind, nullable=name not in whole)
    return frame


def _cursor(connection: Connection) -> AbstractContextManager[Any]:
    """The driver's own cursor, inside the connection's transaction: COPY has no other door."""
    return closing(connection.connection.cursor())


def _to_arrow(values: pd.Series, kind: TypeEngine[Any], where: str) -> pa.Array:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    if isinstance(kind, JSONB):
        texts = {id(value): json.dumps(value, ensure_ascii=False, allow_nan=False) for value in values}
        return pa.array([texts[id(value)] for value in values], pa.string())
    if isinstance(kind, Date):
        return pa.array(pd.to_datetime(values).dt.date, pa.date32(), from_pandas=True)
    if isinstance(kind, Double | Numeric):
        numbers = values.astype("float64")
        if np.isinf(numbers).any():
            raise FrameError("A frame cannot be stored", [Problem(where, "an infinite number", "finite or missing")])
        return pa.array(numbers, pa.float64(), from_pandas=True)
    if isinstance(kind, Integer):
        return pa.array(values.astype("Int64"), pa.int64(), from_pandas=True)
    return pa.array(values.astype("object"), from_pandas=True)


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, Double | Numeric):
        return pa.float64()
    if isinstance(kind, Integer):
        return pa.int64()
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, Date):
        return pa.timestamp("us")
    return pa.string()


def _to_pandas(values: pd.Series, kind: TypeEngine[Any], *, nullable: bool) -> pd.Series:
    import pandas as pd

    if isinstance(kind, JSONB):
        known: Mapping[str, Any] = {text: json.loads(text) for text in values.dropna().unique()}
        return values.astype("object").map(known, na_action="ignore").astype("object")
    if isinstance(kind, DateTime):
        return pd.to_datetime(values, utc=True, format="ISO8601")
    if isinstance(kind, Integer) and nullable:
        return values.astype("float64")
    return values
