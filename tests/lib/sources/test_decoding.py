from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demetra.errors import UnreadableFileError
from demetra.sources.decoding import decode, is_workbook, unpack

RUSSIAN = "дата;канал;расход\n2026-03-14;Телеграм;500\n2026-03-15;Яндекс;700\n"
FRENCH = "date;channel;campaign\n2026-03-14;Télé;Été à la mer\n2026-03-15;Radio;Noël\n"


def text_of(data: bytes) -> str:
    return decode(data, "file.csv").data.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
def test_russian_text_is_read_in_every_usual_encoding(encoding: str):
    mark = b"" if encoding != "utf-16-be" else b"\xfe\xff"
    assert text_of(mark + RUSSIAN.encode(encoding)) == RUSSIAN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "cp1252"])
def test_french_text_is_not_taken_for_russian(encoding: str):
    assert text_of(FRENCH.encode(encoding)) == FRENCH


def test_wide_text_without_a_mark_is_recognised_by_its_zero_bytes():
    plain = "date,channel\n2026-03-14,Telegram\n"
    assert text_of(plain.encode("utf-16-le")) == plain
    assert text_of(plain.encode("utf-16-be")) == plain


def test_a_few_broken_characters_do_not_change_the_encoding():
    broken = RUSSIAN.encode().replace("Яндекс".encode(), b"\xff")
    text = decode(broken, "file.csv")
    assert text.data.decode() == RUSSIAN.replace("Яндекс", "\ufffd")
    assert text.notes == ("1 broken characters were replaced by \ufffd",)


def test_nul_bytes_are_removed_and_told():
    text = decode(b"date,channel\n2026-03-14,Tele\0gram\n" * 5, "file.csv")
    assert b"\0" not in text.data
    assert text.notes == ("5 NUL bytes were removed",)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_line_feeds(ending: str):
    lines = text_of(f"a,b{ending}1,2{ending}".encode()).split("\n")
    assert [line.rstrip("\r") for line in lines] == ["a,b", "1,2", ""]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50))
def test_utf8_text_passes_unchanged(text: str):
    table = f"date,channel\n2026-03-14,{text}\n"
    assert text_of(table.encode()) == table


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b" \r\n\t\n", "an empty file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG image"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
        (b"PAR1....", "a Parquet file"),
        (b'[{"date": "2026-01-01", "spend": 1}]', "JSON"),
        (b'{"date": "2026-01-01"}\n{"date": "2026-01-02"}\n', "JSON"),
        (b"<!DOCTYPE html><html>", "a web page or XML"),
        (bytes(range(1, 32)) * 20, "binary data"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, found: str):
    with pytest.raises(UnreadableFileError, match=found):
        decode(data, "file.csv")


def test_gzip_is_unpacked_whatever_the_name():
    assert unpack(gzip.compress(b"a,b\n"), "file.csv") == b"a,b\n"


@pytest.mark.parametrize("spoil", [lambda data: data[:-10], lambda data: data[:20] + b"\xff" * 10 + data[30:]])
def test_a_damaged_gzip_file_is_refused(spoil):
    with pytest.raises(UnreadableFileError, match="a damaged gzip file"):
        unpack(spoil(gzip.compress(RUSSIAN.encode() * 20)), "file.csv.gz")


def test_a_zip_file_that_is_no_workbook_is_refused():
    with pytest.raises(UnreadableFileError, match="a ZIP archive"):
        is_workbook(b"PK\x03\x04 data.csv ...", "file.zip")
