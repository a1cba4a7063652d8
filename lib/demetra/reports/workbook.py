"""The report as an XLSX workbook: a sheet per table with typed cells, the charts on one, nothing that calculates.

A text is stored as text even where it begins like a formula: campaigns may be called anything.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from demetra.palette import INK, SHADE
from demetra.reports.advice_text import lay_out_advice
from demetra.reports.cover import describe_cover
from demetra.reports.definitions import list_definitions
from demetra.reports.panels import build_panels
from demetra.reports.tables import Value, head_columns, list_tables
from demetra.reports.trust import lay_out_trust

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from demetra.reports.published import Published
    from demetra.reports.tables import Table
    from demetra.reports.trust import Trust
    from demetra.words import Words

LONGEST_TEXT: Final = 32_767
"""Excel's own limit of a cell."""
_FORMATS: Final = {
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "money": "#,##0.00",
    "ratio": "0.00",
    "share": "0.00%",
    "points": '+0.0"%";-0.0"%";0.0"%"',
    "count": "#,##0",
}
_WIDEST, _NARROWEST = 60, 12
_CHART_WIDTH, _ROW_HEIGHT = 900, 20  # pixels
_HEAD_FONT = Font(bold=True, color=INK.removeprefix("#"))
_HEAD_FILL = PatternFill("solid", fgColor=SHADE.removeprefix("#"))


def render_workbook(published: Published, *, words: Words) -> bytes:
    """The workbook: cover, tables, charts, recommendations, how far to trust it, definitions."""
    book = Workbook()
    cover = book.active
    assert cover is not None  # noqa: S101 - a new workbook has a sheet
    cover.title = words("report.title")
    _write_rows(cover, [["DEMETRA", ""], *([name, text] for name, text in describe_cover(published, words=words))])
    cover["A1"].font = Font(bold=True, size=20)
    for table in list_tables(published, words=words):
        _add_table(book, table, published.currency)
    _add_charts(book, published, words)
    _add_advice(book, published, words)
    _add_trust(book, lay_out_trust(published, words=words), words)
    definitions = [list(entry) for entry in list_definitions(words)]
    _add_texts(book, words("report.definitions"), (words("head.word"), words("head.meaning")), definitions)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _add_table(book: Workbook, table: Table, currency: str) -> None:
    sheet = book.create_sheet(table.title[:31])
    heads = head_columns(table, currency)
    _write_heads(sheet, heads)
    for number, row in enumerate(table.rows, start=2):
        for place, value in enumerate(row, start=1):
            _write_value(sheet.cell(number, place), value)
    _finish(sheet, heads)


def _add_charts(book: Workbook, published: Published, words: Words) -> None:
    sheet = book.create_sheet(words("report.charts"))
    row = 1
    for panel in build_panels(published, words=words):
        _write_text(sheet.cell(row, 1), panel.title)
        sheet.cell(row, 1).font = Font(bold=True, size=14)
        _write_text(sheet.cell(row + 1, 1), panel.reading)
        row += 3
        png = published.charts.get(panel.name)
        if png:
            image = Image(io.BytesIO(png))
            image.width, image.height = _CHART_WIDTH, round(_CHART_WIDTH * image.height / image.width)
            sheet.add_image(image, f"A{row}")
            row += image.height // _ROW_HEIGHT + 2


def _add_advice(book: Workbook, published: Published, words: Words) -> None:
    rows = []
    if published.recommendations:
        advice = lay_out_advice(published.recommendations, words=words)
        rows.append([words("head.summary"), "", advice.summary])
        for section in advice.sections:
            rows += [[section.title, title, text] for title, texts in section.entries for text in texts]
        rows.append([words("head.author"), "", advice.author])
    heads = (words("head.part"), words("head.about"), words("head.text"))
    _add_texts(book, words("advice.title"), heads, rows)


def _add_trust(book: Workbook, trust: Trust, words: Words) -> None:
    rows = [[words("trust.record"), trust.reading]]
    if trust.grid:
        rows += [
            [row[0].text, ", ".join(f"{head}: {cell.text}" for head, cell in zip(trust.grid.heads, row, strict=True))]
            for row in trust.grid.rows
        ]
    rows += [[words("trust.model"), text] for text in trust.model]
    rows += [[words("trust.outlook"), text] for text in trust.outlook]
    _add_texts(book, words("trust.title"), (words("head.about"), words("head.text")), rows)


def _add_texts(book: Workbook, title: str, heads: tuple[str, ...], rows: list[list[str]]) -> None:
    sheet = book.create_sheet(title)
    _write_heads(sheet, heads)
    _write_rows(sheet, rows, first=2)
    _finish(sheet, heads)


def _write_heads(sheet: Worksheet, heads: tuple[str, ...]) -> None:
    for place, head in enumerate(heads, start=1):
        cell = sheet.cell(1, place)
        _write_text(cell, head)
        cell.font, cell.fill = _HEAD_FONT, _HEAD_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_rows(sheet: Worksheet, rows: list[list[str]], *, first: int = 1) -> None:
    for number, row in enumerate(rows, start=first):
        for place, text in enumerate(row, start=1):
            _write_text(sheet.cell(number, place), text)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 80


def _write_value(cell: Any, value: Value) -> None:
    if value.kind == "text":
        _write_text(cell, str(value.raw))
        return
    if pd.isna(value.raw):
        return
    raw = value.raw.to_pydatetime() if isinstance(value.raw, pd.Timestamp) else value.raw
    cell.value, cell.number_format = raw, _FORMATS[value.kind]


def _write_text(cell: Any, text: str) -> None:
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT]
    cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))  # and Excel would, when somebody edits the cell
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _finish(sheet: Worksheet, heads: tuple[str, ...]) -> None:
    """Frozen heads, a filter, and columns as wide as what they hold, within reason."""
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for place, head in enumerate(heads, start=1):
        shown = (len(str(cell.value or "")) for (cell,) in sheet.iter_rows(2, 60, place, place))
        widest = max([len(head) // 2, *shown])
        sheet.column_dimensions[get_column_letter(place)].width = min(max(widest + 2, _NARROWEST), _WIDEST)
