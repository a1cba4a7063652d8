from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from demetra.errors import UnreadableFileError
from demetra.sources.decoding import Text
from demetra.sources.delimited import read_delimited
from demetra.sources.grid import Grid

HEADER = "date,channel,spend"
CELLS = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12)


def cut(text: str, **options: Any) -> Grid:
    return read_delimited(Text(text.encode(), "UTF-8"), **({"known": (), "where": "file.csv"} | options))


def rows(grid: Grid) -> list[list[str | None]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in grid.columns), strict=True)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_parts_the_header_into_names(delimiter: str):
    grid = cut(f"{HEADER}\n2026-03-14,Insta;gram|a,1\n".replace(",", delimiter).replace(f"Insta{delimiter}", "Insta."))
    assert grid.header == ("date", "channel", "spend")


def test_commas_inside_a_semicolon_file_do_not_mislead():
    grid = cut("date;channel;spend\n2026-03-14;Instagram;1,5\n2026-03-15;a, b, c;2,5\n")
    assert rows(grid) == [["2026-03-14", "Instagram", "1,5"], ["2026-03-15", "a, b, c", "2,5"]]
    assert grid.usual_mark == ","


def test_excel_says_its_separator_in_a_first_line():
    assert rows(cut("sep=;\ndate;channel;spend\n1;2;3\n")) == [["1", "2", "3"]]


def test_titles_above_the_header_are_skipped_and_told():
    grid = cut('Campaign report\n"March 1, 2026 - March 31, 2026"\ndate,channel,spend\n1,2,3\n')
    assert grid.header == ("date", "channel", "spend")
    assert grid.notes == ("2 lines above the header were skipped",)
    assert grid.find_line(0) == 4


def test_quoted_cells_keep_delimiters_quotes_and_line_breaks():
    grid = cut(HEADER + '\n1,"a, ""b""\nc",3\n4,5,6\n')
    assert rows(grid) == [["1", 'a, "b"\nc', "3"], ["4", "5", "6"]]


def test_lines_stay_right_after_line_breaks_in_cells_and_blank_lines():
    grid = cut(HEADER + '\n1,"a\nb\nc",3\n\n4,5,6\n\n\n7,"8",9\n')
    assert [grid.find_line(place) for place in range(3)] == [2, 6, 9]
    assert grid.find_raw(0) == '1,"a\nb\nc",3'
    assert grid.find_raw(2) == '7,"8",9'


def test_a_row_with_too_few_or_too_many_cells_stands_apart():
    grid = cut(HEADER + "\n1,2\n3,4,5\n6,7,8,9\n10,11,12\n")
    assert rows(grid) == [["3", "4", "5"], ["10", "11", "12"]]
    assert [(row.place, row.cells) for row in grid.ragged] == [(0, ("1", "2")), (2, ("6", "7", "8", "9"))]
    assert grid.places.tolist() == [1, 3]
    assert [grid.find_line(place) for place in (0, 1, 2, 3)] == [2, 3, 4, 5]


def test_empty_cells_are_unknown_quoted_or_not():
    assert rows(cut(HEADER + '\n,"",3\n')) == [[None, None, "3"]]


def test_a_quotation_mark_inside_a_plain_cell_is_a_letter():
    grid = cut(HEADER + '\n1,12" screen,3\n4,5,6\n')
    assert rows(grid) == [["1", '12" screen', "3"], ["4", "5", "6"]]
    assert grid.find_line(1) == 3


def test_a_quotation_that_is_never_closed_is_refused_with_its_line():
    with pytest.raises(UnreadableFileError, match="in the row of line 3 that is never closed"):
        cut(HEADER + '\n1,2,3\n4,"5,6\n7,8,9\n')


def test_a_cell_of_many_megabytes_is_one_cell():
    grid = cut(HEADER + "\n1," + "x" * 9_000_000 + ",3\n4,5,6\n")
    assert [len(cell) for cell in grid.columns[1].to_pylist()] == [9_000_000, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEADER + "\n", "a header and no rows below it"),
        (HEADER, "a header and no rows below it"),
        (HEADER + "\n\n \n".replace(" ", ""), "a header and no rows below it"),
        (
            "2026-03-14,Instagram,500\n2026-03-15,Facebook,600\n",
            "no header: the first line is '2026-03-14,Instagram,500'",
        ),
        ("just a sentence\n", "no header"),
    ],
)
def test_what_is_no_table_is_refused(text: str, found: str):
    with pytest.raises(UnreadableFileError, match=found):
        cut(text)


def test_a_header_of_unknown_names_is_still_a_header():
    assert cut("Tag;Kanal;Kosten\n2026-03-14;Instagram;5\n").header == ("Tag", "Kanal", "Kosten")


@hypothesis_settings(max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_whatever_python_writes_is_cut_into_the_same_cells_on_the_right_lines(table: list[tuple[str, str, str]]):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    lines = []
    for cells in table:
        lines.append(text.getvalue().count("\n") + 1)
        writer.writerow(cells)
    grid = cut(text.getvalue())
    assert rows(grid) == [[cell or None for cell in cells] for cells in table]
    assert [grid.find_line(place) for place in range(len(table))] == lines
