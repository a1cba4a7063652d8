from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from file_cases import HEADER, refusal, values
from openpyxl import Workbook

from demetra.sources.files import read_file

GOOD = [date(2026, 3, 14), "Instagram", 529013, "Spring", 100.5, 10000, 200, 10, 350]


def save(path: Path, *rows: Sequence[object], header: Sequence[object] = HEADER.split(","), above: int = 0) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for number in range(above):
        sheet.append([f"Report, part {number}"])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    workbook.save(path)
    return path


def test_cells_are_read_as_what_they_are(tmp_path: Path):
    parsed = read_file(save(tmp_path / "export.xlsx", GOOD))
    assert parsed.rows_read == 1
    assert values(parsed, "date") == [date(2026, 3, 14)]
    assert values(parsed, "campaign_id") == ["529013"]
    assert values(parsed, "spend") == [100.5]
    assert parsed.layout == "XLSX, sheet 'Sheet'"


def test_a_workbook_is_recognised_whatever_its_name(tmp_path: Path):
    assert read_file(save(tmp_path / "export.csv", GOOD)).rows_read == 1


def test_texts_in_cells_are_read_like_those_of_a_text_file(tmp_path: Path):
    texts = ["14.03.2026", "google_ads", "c1", "Весна", "1 100,50 $", "10 000", "200", "10", "350,25"]
    parsed = read_file(save(tmp_path / "export.xlsx", texts))
    assert values(parsed, "spend") == [1100.5]
    assert values(parsed, "channel") == ["Google Ads"]


def test_a_number_with_three_decimals_is_never_taken_for_thousands(tmp_path: Path):
    row = [datetime.fromisoformat("2026-03-14T12:30"), *GOOD[1:4], 1.234, *GOOD[5:8], "12,5"]
    assert values(read_file(save(tmp_path / "export.xlsx", row)), "spend") == [1.234]


def test_excel_days_without_a_date_format_are_dates(tmp_path: Path):
    assert values(read_file(save(tmp_path / "export.xlsx", [46095, *GOOD[1:]])), "date") == [date(2026, 3, 14)]


def test_titles_empty_rows_and_footers_are_passed_over(tmp_path: Path):
    nothing = [None] * len(GOOD)
    total = ["Total", *[None] * 3, 201, *[None] * 4]
    parsed = read_file(save(tmp_path / "export.xlsx", GOOD, nothing, [*GOOD[:2], "c2", *GOOD[3:]], total, above=2))
    assert parsed.rows_read == 2
    assert parsed.notes[0] == "2 rows above the header were skipped"
    assert parsed.notes[1].startswith("line 7 is a footer and was not read: Total")


def test_rejected_rows_have_the_line_of_the_sheet(tmp_path: Path):
    parsed = read_file(save(tmp_path / "export.xlsx", GOOD, [*GOOD[:4], "lots", *GOOD[5:]]))
    assert [(row.line, row.column, row.reason) for row in parsed.rejected] == [(3, "spend", "not a number")]
    assert parsed.rejected[0].raw.startswith("2026-03-14\tInstagram\t529013\tSpring\tlots")


def test_the_sheet_with_the_table_is_the_one_that_is_read(tmp_path: Path):
    workbook = Workbook()
    cover = workbook.active
    assert cover is not None
    cover.append(["About this report"])
    sheet = workbook.create_sheet("Данные")
    sheet.append(HEADER.split(","))
    sheet.append(GOOD)
    workbook.save(tmp_path / "export.xlsx")
    assert read_file(tmp_path / "export.xlsx").layout == "XLSX, sheet 'Данные'"


def test_an_empty_workbook_is_refused(tmp_path: Path):
    Workbook().save(tmp_path / "export.xlsx")
    assert "an empty workbook" in refusal(tmp_path / "export.xlsx")


def test_a_damaged_workbook_is_refused(tmp_path: Path):
    content = save(tmp_path / "good.xlsx", GOOD).read_bytes()
    (tmp_path / "export.xlsx").write_bytes(content[: len(content) // 2])
    assert "a damaged workbook" in refusal(tmp_path / "export.xlsx")


@pytest.mark.parametrize("header", [["2026-03-14", "Instagram", "5"], ["only one"]])
def test_a_sheet_without_a_header_is_refused(tmp_path: Path, header: list[str]):
    assert "no header" in refusal(save(tmp_path / "export.xlsx", ["2026-03-15", "Facebook", "6"], header=header))


def test_a_header_alone_is_refused(tmp_path: Path):
    assert "a header and no rows below it" in refusal(save(tmp_path / "export.xlsx"))


def test_gzipped_workbooks_are_read_too(tmp_path: Path):
    import gzip

    path = tmp_path / "export.xlsx.gz"
    path.write_bytes(gzip.compress(save(tmp_path / "export.xlsx", GOOD).read_bytes()))
    assert read_file(path).rows_read == 1
    assert io.BytesIO(path.read_bytes()).read(2) == b"\x1f\x8b"
