"""An import's report for people: the account of the rows first, then what is worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demetra.ingest import FileReport, IngestReport

_EXAMPLE_WIDTH = 36


def describe_import(report: IngestReport) -> str:
    """The report as lines of text; a dry run also shows how each column was read."""
    verb = "would be loaded" if report.dry_run else "loaded"
    changed = "" if report.dry_run else f" {report.rows_changed:,} stored rows changed."
    account = f"{report.rows_loaded:,} {verb}, {report.rows_merged:,} merged, {report.rows_rejected:,} rejected"
    lines = [f"{report.rows_read:,} rows read: {account} ({report.seconds:.1f} s).{changed}"]
    if report.demo_rows_withdrawn:
        lines.append(f"The {report.demo_rows_withdrawn:,} rows of demo data made room for yours.")
    for file in report.files:
        lines += _describe_file(file, with_columns=report.dry_run)
    if not report.dry_run:
        lines.append("`demetra sync` computes from them now; else the next scheduled run does.")
    return "\n".join(lines)


def _describe_file(file: FileReport, *, with_columns: bool) -> list[str]:
    lines = [f"{file.file_name}: {file.format}, {file.layout}"]
    if with_columns:
        rows = [("ours", "theirs", "read as", "examples")]
        rows += [(c.ours, c.theirs, c.how, ", ".join(c.examples)[:_EXAMPLE_WIDTH]) for c in file.columns]
        widths = [max(len(row[place]) for row in rows) for place in range(3)]
        lines += ["  " + "  ".join(f"{row[n]:<{widths[n]}}" for n in range(3)) + f"  {row[3]}" for row in rows]
    if file.unused:
        lines.append(f"  not used: {', '.join(file.unused)}")
    for group in file.rejections:
        where = ", ".join(map(str, group.first_lines)) + (", …" if group.count > len(group.first_lines) else "")
        column = f"{group.column}: " if group.column else ""
        lines.append(f"  {group.count:,} rejected: {column}{group.reason} (line {where})")
    lines += [f"  {note}" for note in file.notes]
    return lines
