"""Small files in the canonical columns, to be spoiled by tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demetra.errors import UnreadableFileError
from demetra.sources.files import ParsedFile, read_file

HEADER = "date,channel,campaign_id,campaign_name,spend,impressions,clicks,conversions,revenue"
ROW = "2026-03-14,Instagram,c1,Spring,100.50,10000,200,10,350"


def row(day: int = 14, channel: str = "Instagram", campaign: str = "c1", spend: object = "100.50") -> str:
    """A good line of the canonical header."""
    return f"2026-03-{day:02d},{channel},{campaign},Spring,{spend},10000,200,10,350"


def write(folder: Path, *lines: str, header: str = HEADER, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    """A file of a header and lines."""
    path = folder / name
    path.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return path


def read(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8", **options: Any) -> ParsedFile:
    """What `read_file` makes of a header and lines."""
    return read_file(write(folder, *lines, header=header, encoding=encoding), **options)


def refusal(path: Path, **options: Any) -> str:
    """The message with which a file is refused."""
    try:
        parsed = read_file(path, **options)
    except UnreadableFileError as error:
        return str(error)
    raise AssertionError(f"not refused: {parsed}")


def values(parsed: ParsedFile, column: str) -> list[Any]:
    """A column of the rows that were read."""
    found: list[Any] = parsed.rows.column(column).to_pylist()
    return found


def reasons(parsed: ParsedFile) -> Sequence[tuple[int, str | None, str]]:
    """Line, column and reason of each rejected row."""
    return [(each.line, each.column, each.reason) for each in parsed.rejected]
