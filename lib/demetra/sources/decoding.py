"""From a file's bytes to UTF-8 text: compression, byte-order marks, old code pages; pictures and the like refused."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass
from itertools import islice
from typing import Final

from demetra.sources.grid import refuse

_KINDS: Final = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls or .doc)",
    b"PAR1": "a Parquet file",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"BZh": "a bzip2 file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"\xfd7zXZ": "an XZ file",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
}
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a"))
_HIGH_WORD: Final = re.compile(rb"[A-Za-z\xa8\xb8\xc0-\xff]*[\xa8\xb8\xc0-\xff][A-Za-z\xa8\xb8\xc0-\xff]*")
_INK: Final = re.compile(rb"[^\s\0]")
_LOOK_AT: Final = 65_536


@dataclass(frozen=True)
class Text:
    """A file's text in UTF-8 without byte-order mark, and how it was encoded."""

    data: bytes
    encoding: str
    notes: tuple[str, ...] = ()


def unpack(data: bytes, where: str) -> bytes:
    """The content of a gzip file; anything else as it is.

    Raises:
        UnreadableFileError: the gzip file is damaged.
    """
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise refuse(where, f"a damaged gzip file ({error})", remedy="Fetch or export it again.") from error


def is_workbook(data: bytes, where: str) -> bool:
    """Whether the content is an XLSX workbook.

    Raises:
        UnreadableFileError: it is some other ZIP file.
    """
    if not data.startswith(_ZIP):
        return False
    if b"xl/" not in data:
        raise refuse(where, "a ZIP archive", remedy="Unpack it and import the files in it.")
    return True


def decode(data: bytes, where: str) -> Text:
    """Find the encoding of a text file and turn it into UTF-8.

    A byte-order mark decides; else UTF-8, if all or nearly all of it is that; else a code page of one byte per letter:
    cp1251 where words are written in its Cyrillic letters, cp1252 (Latin-1) where accents stand among plain ones. NUL
    bytes, which PostgreSQL cannot store, are removed.

    Raises:
        UnreadableFileError: the file is empty or no text.
    """
    if not _INK.search(data):
        raise refuse(where, "an empty file")
    kind = next((name for magic, name in _KINDS.items() if data.startswith(magic)), None)
    if kind is None and re.match(rb"\s*<(!doctype|html|\?xml)", data[:200], re.IGNORECASE):
        kind = "a web page or XML"
    if kind is None and re.match(rb"\s*(\[\s*)?\{", data[:200]):
        kind = "JSON"
    if kind is not None:
        raise refuse(where, kind, remedy="Export the table as CSV or XLSX.")
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    encoding = encoding or _guess_wide(data[:_LOOK_AT]) or "utf-8"
    text = _read_narrow(data[len(mark) :]) if encoding == "utf-8" else _read_wide(data[len(mark) :], encoding)
    head = text.data[:_LOOK_AT]
    if len(head.translate(None, _CONTROLS)) < 0.95 * len(head):
        raise refuse(where, "binary data", remedy="Export the table as CSV or XLSX.")
    clean = _end_lines(text.data)
    if b"\0" not in clean:
        return Text(clean, text.encoding, text.notes)
    nuls = clean.count(b"\0")
    return Text(clean.replace(b"\0", b""), text.encoding, (*text.notes, f"{nuls} NUL bytes were removed"))


def _end_lines(data: bytes) -> bytes:
    """Every line ends with a line feed: a carriage return alone, as old Macs wrote, becomes one."""
    if b"\r" not in data or data.count(b"\r") == data.count(b"\r\n"):
        return data
    return re.sub(rb"\r(?!\n)", b"\n", data)


def _guess_wide(head: bytes) -> str | None:
    """UTF-16 without its mark: the digits, separators and Latin letters have a NUL on the same side of each pair."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < 0.1 * len(head) or min(even, odd) > 0.1 * max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _read_wide(data: bytes, encoding: str) -> Text:
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    notes = (f"{broken} broken characters were replaced by \ufffd",) if broken else ()
    return Text(text.encode(), encoding.upper().removesuffix("-LE").removesuffix("-BE"), notes)


def _read_narrow(data: bytes) -> Text:
    if data.isascii():
        return Text(data, "UTF-8")
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if not broken or data.count("\ufffd".encode()) == broken:
        return Text(data, "UTF-8")
    whole = sum(1 for letter in islice((c for c in text if c > "\x7f" and c != "\ufffd"), 10 * broken + 1))
    if whole > 10 * broken:
        return Text(text.encode(), "UTF-8", (f"{broken} broken characters were replaced by \ufffd",))
    if _is_cyrillic(data):
        return Text(data.decode("cp1251", "replace").encode(), "cp1251")
    return Text(data.decode("cp1252", "replace").encode(), "cp1252 (Latin-1)")


def _is_cyrillic(data: bytes) -> bool:
    """Whether words with high bytes consist of them, as Cyrillic ones do, rather than hold one among plain letters."""
    words = [found[0] for found in islice(_HIGH_WORD.finditer(data), 10_000)]
    all_high = sum(1 for word in words if len(word) > 1 and min(word) > 0x7F)
    mixed = sum(1 for word in words if min(word) <= 0x7F)
    return all_high > mixed
