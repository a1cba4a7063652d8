from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demetra.sources.numbers import FINE, FOREIGN, NOT_A_NUMBER, NOT_FINITE, TWO_MARKS, Kind, Numbers, parse_numbers

AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)


def parse(*cells: str | None, kind: Kind = "money", currency: str = "USD", beside: tuple[str, ...] = ()) -> Numbers:
    columns: dict[str, tuple[pa.Array, Kind]] = {"read": (pa.array(cells, pa.string()), kind)}
    if beside:
        columns["beside"] = (pa.array(beside, pa.string()), "money")
    return parse_numbers(columns, currency=currency)["read"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("500", 500.0),
        ("$500.00", 500.0),
        ("$1,804.40", 1804.4),
        ("1 804,40", 1804.4),
        ("1\u00a0804,40", 1804.4),
        ("1\u202f804,40", 1804.4),
        ("1'804.40", 1804.4),
        ("1’804.40", 1804.4),
        ("1.804,40", 1804.4),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("12,34,567.5", 1234567.5),
        ("(12.50)", -12.5),
        ("-12.5", -12.5),
        ("−12.5", -12.5),
        ("-$12.5", -12.5),
        ("$-12.5", -12.5),
        ("+12.5", 12.5),
        ("12.5 USD", 12.5),
        ("USD 12.5", 12.5),
        ("US$12.5", 12.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("0,125", 0.125),
        ("1.5e3", 1500.0),
        ("  7 ", 7.0),
    ],
)
def test_money_is_read_in_many_spellings(cell: str, value: float):
    numbers = parse(cell)
    assert numbers.values.tolist() == [value]
    assert numbers.faults.tolist() == [FINE]


@pytest.mark.parametrize("cell", ["500 руб.", "500 руб", "500р.", "500 ₽", "500,00 RUB", "₽500"])
def test_roubles_are_money_of_a_rouble_account(cell: str):
    assert parse(cell, currency="RUB").values.tolist() == [500.0]


@pytest.mark.parametrize("cell", ["€500", "500 EUR", "500 руб.", "£5"])
def test_money_in_another_currency_is_a_fault(cell: str):
    assert parse(cell).faults.tolist() == [FOREIGN]


def test_a_plain_dollar_sign_is_no_euro():
    assert parse("$500.00", currency="EUR").faults.tolist() == [FOREIGN]


@pytest.mark.parametrize(
    "cell", ["abc", "1 2 3", "1,2,3", "12%", "5-", "1..2", ",", "(5", "5)", "$", "1.2k", "12:30", "0x1F", "1_000", "½"]
)
def test_what_is_no_number_is_a_fault(cell: str):
    assert parse(cell).faults.tolist() == [NOT_A_NUMBER]


@pytest.mark.parametrize("cell", ["nan", "NaN", "inf", "-Infinity"])
def test_what_is_not_finite_is_a_fault(cell: str):
    assert parse(cell).faults.tolist() == [NOT_FINITE]


@pytest.mark.parametrize("cell", [None, "-", "--", "—", "n/a", "N/A", "NULL", "none", " "])
def test_nothing_known_is_neither_a_number_nor_a_fault(cell: str | None):
    numbers = parse(cell)
    assert numbers.unknown.tolist() == [True]
    assert numbers.faults.tolist() == [FINE]


@pytest.mark.parametrize(
    ("cells", "beside", "value"),
    [
        (("1,234",), (), 1234.0),
        (("1.234",), (), 1.234),
        (("1,234", "12,5"), (), 1.234),
        (("1,234", "12.5"), (), 1234.0),
        (("1.234", "12,5"), (), 1234.0),
        (("1,234",), ("12,5",), 1.234),
        (("1.234",), ("12,5",), 1234.0),
        (("1.234", "0.5"), ("12,5",), 1.234),
    ],
)
def test_an_ambiguous_mark_is_settled_by_its_column_then_by_the_others(
    cells: tuple[str, ...], beside: tuple[str, ...], value: float
):
    assert parse(*cells, beside=beside).values[0] == value


def test_contradicting_marks_make_an_ambiguous_value_a_fault_and_leave_the_others():
    numbers = parse("1,234", "12,5", "12.5")
    assert numbers.faults.tolist() == [TWO_MARKS, FINE, FINE]
    assert numbers.values[1:].tolist() == [12.5, 12.5]


def test_counts_have_thousands_rather_than_a_fraction():
    assert parse("1.234", "1,234", "12 345", kind="count").values.tolist() == [1234.0, 1234.0, 12345.0]


def test_a_semicolon_file_has_decimal_commas_unless_it_shows_points():
    def read(*cells: str) -> list[float]:
        columns: dict[str, tuple[pa.Array, Kind]] = {"read": (pa.array(cells), "money")}
        found: list[float] = parse_numbers(columns, currency="USD", usual=",")["read"].values.tolist()
        return found

    assert read("1,234") == [1.234]
    assert read("1.234") == [1234.0]
    assert read("1.234", "5.5") == [1.234, 5.5]


def test_ratios_may_be_percents():
    assert parse("12.5%", "0.5", "150 %", kind="ratio").values.tolist() == [0.125, 0.5, 1.5]


def test_percents_are_percents_with_or_without_their_sign():
    assert parse("12.5", "12.5%", kind="percent").values.tolist() == [0.125, 0.125]
    assert parse("12.5", kind="percent").values.tolist() == [0.125]


@given(
    st.lists(AMOUNTS, min_size=1), st.sampled_from([(",", "."), (" ", ","), (".", ","), ("'", "."), ("\u00a0", ",")])
)
def test_amounts_survive_any_house_style(cents: list[int], style: tuple[str, str]):
    thousands, decimal = style
    cells = [f"{value / 100:,.2f}".replace(",", "_").replace(".", decimal).replace("_", thousands) for value in cents]
    numbers = parse(*cells)
    assert not numbers.faults.any()
    assert [round(value * 100) for value in numbers.values] == cents


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), min_size=1))
def test_what_python_writes_is_read_back_exactly(numbers: list[float | None]):
    cells = [None if number is None else repr(number) for number in numbers]
    # One value that proves the point, so that 1.234 is no question.
    found = parse(*cells, "0.5", kind="plain").values[:-1]
    assert all(math.isnan(b) if a is None else a == b for a, b in zip(numbers, found, strict=True))


@given(st.lists(st.text(max_size=20), min_size=1))
def test_no_text_makes_it_stumble_and_each_cell_is_a_number_unknown_or_a_fault(cells: list[str]):
    clean = [cell.encode("utf-8", "ignore").decode() for cell in cells]
    numbers = parse(*clean)
    known = ~(numbers.unknown | (numbers.faults != FINE))
    assert all(math.isfinite(value) for value in numbers.values[known])
