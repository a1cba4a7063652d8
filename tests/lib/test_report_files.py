"""The workbook and the pages, read back: figures to the cent, text as text, everything that is published."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from page_cases import Page
from pypdf import PdfReader
from report_cases import AS_OF, CHANNELS, FORMULA, HOSTILE, LONG, publish

from demetra.reports import Published
from demetra.reports.definitions import list_definitions
from demetra.reports.files import KINDS, name_file, render_file, write_file
from demetra.words import ENGLISH, Words
from demetra.words.report import REPORT

SHEETS = [
    "Report",
    "Key figures",
    "Channels over the last 28 days",
    "ROI forecast",
    "Budget advice",
    "ROI and conversion over time",
    "Reach and CTR over time",
    "Alerts",
    "Charts",
    "Recommendations",
    "How far to trust this",
    "Definitions",
]


@pytest.fixture(scope="module")
def published() -> Published:
    return publish()


@pytest.fixture(scope="module")
def book(published: Published) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render_file(published, "xlsx")))


@pytest.fixture(scope="module")
def pages(published: Published) -> list[str]:
    return read_pages(render_file(published, "pdf"))


def read_pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def column(sheet: Worksheet, head: str) -> list[object]:
    [place] = [cell.column for cell in sheet[1] if cell.value == head]
    return [sheet.cell(row, place).value for row in range(2, sheet.max_row + 1)]


def squeeze(text: str) -> str:
    """Without the breaks and spaces that a page's width brings."""
    return re.sub(r"\s+", "", text)


def test_the_workbook_has_a_sheet_for_everything(book: openpyxl.Workbook):
    assert book.sheetnames == SHEETS
    assert len(book["Charts"]._images) == 4
    for name in SHEETS[1:8]:
        assert (book[name].freeze_panes, book[name].auto_filter.ref is not None) == ("A2", True)


def test_figures_of_the_workbook_are_the_published_ones_to_the_cent(book: openpyxl.Workbook, published: Published):
    assert published.headline is not None
    now = published.headline.now.iloc[0]
    figures = dict(zip(column(book["Key figures"], "Figure"), column(book["Key figures"], "Last 28 days"), strict=True))
    assert figures["Spend"] == pytest.approx(now["spend"], abs=1e-9)
    assert figures["ROI"] == pytest.approx(now["roi"], abs=1e-12)
    channels = published.headline.channels.set_index("channel")["spend"]
    sheet = book["Channels over the last 28 days"]
    spend = dict(zip(column(sheet, "Channel"), column(sheet, "Spend, USD"), strict=True))
    assert spend == pytest.approx(channels.to_dict(), abs=1e-9)
    budget = book["Budget advice"]
    advised = dict(zip(column(budget, "Channel"), column(budget, "Advised, USD"), strict=True))
    assert advised[FORMULA] == 1300.99
    assert advised["Instagram"] is None, "what is unknown is empty"


def test_cells_have_types_and_formats(book: openpyxl.Workbook):
    sheet = book["ROI and conversion over time"]
    assert sheet.max_row == 1 + 3 * len(CHANNELS)
    row = {head.value: cell for head, cell in zip(sheet[1], sheet[4], strict=True)}
    assert isinstance(row["Day"].value, datetime)
    assert row["Day"].value.date() == AS_OF
    assert (row["Day"].number_format, row["Conversion rate actual"].number_format) == ("yyyy-mm-dd", "0.00%")
    assert row["Conversion rate actual"].value == 0.051234
    assert book["Budget advice"]["B2"].number_format == "#,##0.00"


def test_no_text_is_a_formula(book: openpyxl.Workbook):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    risky = [cell for cell in cells if cell.value.startswith(("=", "+", "-", "@"))]
    assert {cell.value for cell in risky} >= {FORMULA, "+cmd"}
    assert all(cell.quotePrefix for cell in risky)


def test_the_pages_have_numbers_text_and_everything_that_is_published(pages: list[str], published: Published):
    whole = squeeze("".join(pages))
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
    assert published.headline is not None
    for amount in (
        published.headline.now["spend"].iloc[0],
        published.headline.channels["spend"].iloc[0],
        1300.99,
        3000.03,
    ):
        assert f"{amount:,.2f}" in whole
    for text in (
        "4 Mar 2026 to 31 Mar 2026",
        "1 Apr 2026, 06:00 UTC",
        "20260401T060000Z-abcdef",
        ENGLISH("trust.nothing_due"),
        "Остановите кампании из списка.",
        "Бюджет стоит перенести.",
        f"Канал {HOSTILE} слабее остальных.",
        *(word for definition in list_definitions(ENGLISH) for word in definition),
    ):
        assert squeeze(text) in whole, text


def test_no_text_of_the_pages_leaves_them(published: Published):
    """Every piece of text begins and ends within the margins, however long the name."""
    reader = PdfReader(io.BytesIO(render_file(published, "pdf")))
    assert sum(len(page.images) for page in reader.pages) == 4
    seen: list[str] = []
    for page in reader.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)

        def check(text: str, _cm: list[float], place: list[float], _font: object, size: float) -> None:
            if text.strip():
                seen.append(text)
                assert 30 < place[4] < width - 30, text  # noqa: B023
                assert 15 < place[5] < height - 15, text  # noqa: B023
                assert place[4] + 0.35 * size * max(map(len, text.splitlines())) < width, text  # noqa: B023

        page.extract_text(visitor_text=check)
    assert squeeze(LONG)[:60] in squeeze("".join(seen))


def test_long_tables_go_on_over_the_pages_with_their_heads():
    many = publish()
    table = many.tables["roi-forecast"]
    rows = table.loc[table.index.repeat(40)].assign(channel=[f"Channel {n}" for n in range(40 * len(table))])
    pages = read_pages(render_file(Published(**{**vars(many), "tables": {"roi-forecast": rows}}), "pdf"))
    holding = [page for page in pages if re.search(r"Channel \d+", page)]
    assert len(holding) > 2
    assert all("Confidence" in page for page in holding)
    assert "Channel199" in squeeze("".join(pages))


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_database_makes_a_report_that_says_so(kind: str):
    content = render_file(Published(), kind)
    if kind == "pdf":
        assert "Nothing has been published yet" in " ".join(read_pages(content)[0].split())
    elif kind == "xlsx":
        assert "Nothing has been published yet" in openpyxl.load_workbook(io.BytesIO(content))["Report"]["B2"].value
    assert name_file(Published(), kind) == f"demetra-empty.{kind}"


def test_text_from_data_is_text_in_the_html_report_and_cents_are_there(published: Published):
    page = render_file(published, "html").decode()
    assert HOSTILE not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert published.headline is not None
    assert f"{published.headline.now['spend'].iloc[0]:,.2f}" in page
    assert "1,300.99" in page


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, published: Published, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "new" / "report.html"
    write_file(published, "html", path)
    before = path.read_bytes()
    write_file(publish(5), "html", path)
    assert path.read_bytes() != before
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    kept = path.read_bytes()
    with pytest.raises(OSError, match="No space"):
        write_file(published, "html", path)
    assert path.read_bytes() == kept
    assert [found.name for found in path.parent.iterdir()] == ["report.html"]


def test_reports_in_russian_hold_no_english_of_ours(published: Published):
    """Every file: what is Latin comes from the data, from the names of measures, or is a command."""
    words = Words("ru")
    book = openpyxl.load_workbook(io.BytesIO(render_file(published, "xlsx", words=words)))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    page = Page(render_file(published, "html", words=words).decode()).text
    pages = " ".join(read_pages(render_file(published, "pdf", words=words)))
    known = f"DEMETRA ROI CTR CPA CSV USD UTC XGBoost demetra sync blend it pays more than cmd Instagram {FORMULA}"
    for text in (" ".join([*book.sheetnames, *cells]), page):
        ours = re.sub(r"alert\(1\)|onerror|img|src=x|20260401T060000Z-abcdef|of was\b", "", text)
        assert set(re.findall(r"[A-Za-z]{3,}", ours)) <= set(re.findall(r"[A-Za-z]{3,}", f"{known} was")), text[:200]
        assert words("trust.nothing_due")[:20] in text
    said = [english for english, russian in REPORT.values() if english != russian and "{" not in english]
    assert [english for english in said if len(english) > 5 and english in pages] == []
    assert words("trust.nothing_due")[:20] in pages
    assert book["Показатели"]["B2"].number_format == "0.00", "cells are numbers; the reader's program writes them"
    assert "1 300,99" in page
