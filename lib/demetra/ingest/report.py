"""What an import tells: every row accounted for, every column's reading, everything that was set aside."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from demetra.sources.files import ColumnReading, ParsedFile
from demetra.sources.verdicts import count_reasons

if TYPE_CHECKING:
    from demetra.sources.base import Delivery

_FIRST_LINES: Final = 5


@dataclass(frozen=True)
class Rejections:
    """Rows set aside for one reason: the column as the file calls it, how many, and on which lines the first stand."""

    column: str | None
    reason: str
    count: int
    first_lines: tuple[int, ...]


@dataclass(frozen=True)
class FileReport:
    """One file or delivery: `rows_read = rows_loaded + rows_merged + rows_rejected`.

    `rows_changed` are those inserted, updated or deleted in the database; `unused` the headers that nothing was read
    from; `notes` what else is worth knowing, footers that were passed over among it.
    """

    file_name: str
    path: str
    format: str
    layout: str
    rows_read: int
    rows_loaded: int
    rows_merged: int
    rows_rejected: int
    rows_changed: int
    seconds: float
    columns: tuple[ColumnReading, ...]
    unused: tuple[str, ...]
    rejections: tuple[Rejections, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class IngestReport:
    """What an import did, summed over its files; `rows_read = rows_loaded + rows_merged + rows_rejected`, always.

    In a dry run `rows_loaded` are the rows that would be loaded. `demo_rows_withdrawn` are the rows of the simulated
    market that made room for real ones.
    """

    source: str
    dry_run: bool
    rows_read: int
    rows_loaded: int
    rows_merged: int
    rows_rejected: int
    rows_changed: int
    seconds: float
    files: tuple[FileReport, ...]
    demo_rows_withdrawn: int = 0

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)


def report_file(delivery: Delivery, *, rows_changed: int, seconds: float) -> FileReport:
    """The report of one delivery; `seconds` is the time that reading and storing it took."""
    parsed = delivery if isinstance(delivery, ParsedFile) else None
    lines: dict[tuple[str | None, str], list[int]] = {}
    for row in delivery.rejected:
        lines.setdefault((row.column, row.reason), []).append(row.line)
    return FileReport(
        file_name=delivery.file_name,
        path=parsed.path if parsed else "",
        format=delivery.format,
        layout=parsed.layout if parsed else "",
        rows_read=delivery.rows_read,
        rows_loaded=delivery.rows_loaded,
        rows_merged=delivery.rows_merged,
        rows_rejected=len(delivery.rejected),
        rows_changed=rows_changed,
        seconds=round(seconds, 3),
        columns=parsed.columns if parsed else (),
        unused=parsed.unused if parsed else (),
        rejections=tuple(
            Rejections(column, reason, count, tuple(lines[column, reason][:_FIRST_LINES]))
            for column, reason, count, _ in count_reasons(delivery.rejected)
        ),
        notes=delivery.notes,
    )


def sum_up(
    files: list[FileReport], *, source: str, seconds: float, dry_run: bool = False, demo_rows_withdrawn: int = 0
) -> IngestReport:
    """The report over several files."""
    return IngestReport(
        source=source,
        dry_run=dry_run,
        rows_read=sum(file.rows_read for file in files),
        rows_loaded=sum(file.rows_loaded for file in files),
        rows_merged=sum(file.rows_merged for file in files),
        rows_rejected=sum(file.rows_rejected for file in files),
        rows_changed=sum(file.rows_changed for file in files),
        seconds=round(seconds, 3),
        files=tuple(files),
        demo_rows_withdrawn=demo_rows_withdrawn,
    )
