"""Rows of `campaigns` in PostgreSQL's binary COPY format, made by whole columns.

The format (PostgreSQL manual, COPY, "Binary Format"): per row a field count, per field its length and its bytes, all
big-endian; -1 is NULL's length. Compared with CSV, which must be quoted here and parsed there, it spares the server a
third of its work.

The same bytes make a row's key: no two different lists of values have the same fields, and NULL differs from every
text.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demetra.sources.base import KEY_COLUMNS, MONEY, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_VALUES: Final = tuple(name for name in ROWS.names if name not in KEY_COLUMNS)
COLUMNS: Final = ("import_id", "currency", "source", *KEY_COLUMNS, "row_key", *_VALUES)
"""The columns of each row, in the order in which they are sent."""

_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_NULL: Final = pa.scalar(b"\xff\xff\xff\xff", pa.binary())
_KEY_LENGTH: Final = pa.scalar((16).to_bytes(4, "big"), pa.binary())
_DECIMALS: Final = (*MONEY, "conversions")
_POSTGRES_EPOCH_DAYS: Final = 10_957  # 2000-01-01, from 1970-01-01
_NUMERIC: Final = np.dtype(
    [("length", ">i4"), ("digits", ">i2"), ("weight", ">i2"), ("sign", ">u2"), ("scale", ">i2"), ("groups", ">i2", 5)]
)
_BATCH: Final = 16_384


class RowStream:
    """A file that COPY reads: while the server takes one batch of rows, a second thread encodes the next."""

    def __init__(self, rows: pa.Table, *, import_id: int, source: str, currency: str) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._batches = encode_rows(rows, import_id=import_id, source=source, currency=currency)
        self._next = self._pool.submit(next, self._batches, b"")
        self._rest = b""

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; empty at the end."""
        if not self._rest:
            self._rest = self._next.result()
            self._next = self._pool.submit(next, self._batches, b"")
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def close(self) -> None:
        """Let the second thread go."""
        self._pool.shutdown()


def encode_rows(rows: pa.Table, *, import_id: int, source: str, currency: str) -> Iterator[bytes]:
    """The stream that `COPY campaigns (COLUMNS) FROM STDIN (FORMAT binary)` takes, in pieces."""
    start = (
        len(COLUMNS).to_bytes(2, "big") + _encode_bytes(import_id.to_bytes(8, "big")) + _encode_bytes(currency.encode())
    )
    yield _HEADER
    for place in range(0, rows.num_rows, _BATCH):
        batch = rows.slice(place, _BATCH)
        keys = _join(pa.scalar(_encode_bytes(source.encode())), *_encode_columns(batch, KEY_COLUMNS))
        digests = b"".join(md5(key, usedforsecurity=False).digest() for key in keys.to_pylist())
        row_keys = _as_fields(np.frombuffer(digests, np.dtype("V16")), None)
        joined = _join(pa.scalar(start), keys, _KEY_LENGTH, row_keys, *_encode_columns(batch, _VALUES))
        yield joined.buffers()[2].slice(0, joined.total_values_length).to_pybytes()
    yield _TRAILER


def _encode_columns(rows: pa.Table, names: Sequence[str]) -> list[pa.Array]:
    return [_encode_column(name, rows.column(name).combine_chunks()) for name in names]


def _join(*parts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*parts, pa.scalar(b""))


def _encode_bytes(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _encode_column(name: str, values: pa.Array) -> pa.Array:
    if values.null_count == len(values):
        return pa.repeat(_NULL, len(values))
    if pa.types.is_dictionary(values.type):
        return _encode_texts(values)
    known = values.is_valid().to_numpy(zero_copy_only=False) if values.null_count else None
    if pa.types.is_date(values.type):
        days = values.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
        return _encode_numbers(days - _POSTGRES_EPOCH_DAYS, ">i4", known)
    numbers = values.fill_null(0).to_numpy(zero_copy_only=False)
    if name in _DECIMALS:
        return _as_fields(_encode_decimals(numbers), known)
    return _encode_numbers(numbers, {pa.int32(): ">i4", pa.int64(): ">i8", pa.float64(): ">f8"}[values.type], known)


def _encode_texts(values: pa.DictionaryArray) -> pa.Array:
    texts, places = values.dictionary.cast(pa.binary()), values.indices
    if len(texts) > len(places):
        texts, places = texts.take(places), None
    lengths = pc.binary_length(texts).fill_null(0).to_numpy(zero_copy_only=False)
    prefixes = _as_fields(lengths.astype(">i4"), None)
    fields = pc.fill_null(_join(prefixes, texts), _NULL)
    return fields if places is None else pc.fill_null(fields.take(places), _NULL)


def _encode_numbers(values: np.ndarray, kind: str, known: np.ndarray | None) -> pa.Array:
    fields = np.empty(len(values), [("length", ">i4"), ("value", kind)])
    fields["length"] = np.dtype(kind).itemsize
    fields["value"] = values
    return _as_fields(fields, known)


def _encode_decimals(values: np.ndarray) -> np.ndarray:
    """Amounts as `numeric` with six decimals: three groups of four digits before the point, two behind it.

    The server drops groups that are zero at either end. Values must be below 1e12; of those that are so large that a
    double no longer knows its millionths (above 2**32 the nearest one is not sure), the hundredths are taken.
    """
    hundredths = np.rint(values * 1e2).astype(np.int64) * 10_000
    millionths = np.where(np.abs(values) < 2**32, np.rint(values * 1e6).astype(np.int64), hundredths)
    fields = np.empty(len(values), _NUMERIC)
    fields["length"] = _NUMERIC.itemsize - 4
    fields["digits"] = 5
    fields["weight"] = 2
    fields["sign"] = np.where(millionths < 0, 0x4000, 0)
    fields["scale"] = 6
    whole, fraction = np.divmod(np.abs(millionths), 1_000_000)
    fields["groups"][:, 0] = whole // 100_000_000
    fields["groups"][:, 1] = whole // 10_000 % 10_000
    fields["groups"][:, 2] = whole % 10_000
    fields["groups"][:, 3] = fraction // 100
    fields["groups"][:, 4] = fraction % 100 * 100
    return fields


def _as_fields(records: np.ndarray, known: np.ndarray | None) -> pa.Array:
    """Records of equal size as binary values; NULL where they are not known."""
    offsets = np.arange(len(records) + 1, dtype=np.int32) * records.dtype.itemsize
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(records).view(np.uint8))]
    fields = pa.Array.from_buffers(pa.binary(), len(records), buffers)
    return fields if known is None else pc.if_else(pa.array(known), fields, _NULL)
