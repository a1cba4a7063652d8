from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demetra.sources.dates import Days, parse_dates, parse_months

EPOCH = date(1970, 1, 1)
DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))
WAYS = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%d %b %Y",
    "%B %d, %Y",
]


def parse(*cells: str | None, **options: Any) -> Days:
    return parse_dates(pa.array(cells, pa.string()), **options)


def show(days: Days) -> list[str | None]:
    bad = days.unknown | days.faults
    return [
        None if missing else str(EPOCH + timedelta(days=int(day))) for day, missing in zip(days.days, bad, strict=True)
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "2022-02-05",
        "2022-2-5",
        "2022/02/05",
        "2022.02.05",
        "20220205",
        "05.02.2022",
        "5.2.22",
        "44597",
        "44597.75",
        "2022-02-05 23:59",
        "2022-02-05T23:59:59.123Z",
        "2022-02-05 23:00:00 UTC",
        "2022-02-05T23:00:00-11:00",
        "05.02.2022, 10:00",
        "Feb 5, 2022",
        "February 5th, 2022",
        "5 Feb 2022",
        "05-Feb-2022",
        "5 февраля 2022 г.",
        "5 мая 2022",
        " 2022-02-05 ",
    ],
)
def test_a_date_is_read_in_many_spellings_and_never_shifted(cell: str):
    assert show(parse(cell)) == ["2022-05-05" if "мая" in cell else "2022-02-05"]


@pytest.mark.parametrize(
    "cell", ["2022-02-30", "30/02/2022", "99/99/2022", "yesterday", "2022", "12:30", "22-02-05", "0"]
)
def test_what_is_no_date_is_a_fault(cell: str):
    days = parse(cell)
    assert days.faults.tolist() == [True]
    assert days.contradiction is None


@pytest.mark.parametrize("cell", [None, "", "-", "n/a"])
def test_an_empty_date_is_unknown(cell: str | None):
    days = parse(cell)
    assert days.unknown.tolist() == [True]
    assert days.faults.tolist() == [False]


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (("03-04-2022", "25-04-2022"), "2022-04-03"),
        (("03/04/2022", "03/25/2022"), "2022-03-04"),
        (("03/04/2022 08:30", "03/25/2022 21:00"), "2022-03-04"),
        (("03.04.2022",), "2022-04-03"),
        (("05/05/2022",), "2022-05-05"),
    ],
)
def test_day_and_month_are_told_apart_over_the_whole_column(cells: tuple[str, ...], first: str):
    days = parse(*cells)
    assert days.contradiction is None
    assert show(days)[0] == first


def test_dates_that_nothing_decides_are_named():
    assert parse("03/04/2022", "05/06/2022").contradiction == "03/04/2022 may have the day or the month first"


def test_dates_that_contradict_each_other_are_named():
    contradiction = parse("25/04/2022", "04/26/2022").contradiction
    assert contradiction == "25/04/2022 has the day first and 04/26/2022 the month"


def test_a_single_odd_date_among_many_is_a_fault_and_not_a_contradiction():
    days = parse(*(f"{day}/04/2022" for day in range(13, 31)), "04/26/2022")
    assert days.contradiction is None
    assert days.faults.sum() == 1


def test_an_order_that_is_given_decides():
    assert show(parse("03/04/2022", order="MDY")) == ["2022-03-04"]
    assert show(parse("03/04/2022", order="DMY")) == ["2022-04-03"]


@given(st.lists(DATES, min_size=1, max_size=40), st.sampled_from(WAYS))
def test_dates_survive_any_way_of_writing_them(dates: list[date], way: str):
    # strftime does not pad the years of some libraries; all of these have four digits.
    assert show(parse(*(day.strftime(way) for day in dates))) == [str(day) for day in dates]


@given(st.lists(DATES, max_size=40), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"]))
def test_a_column_with_one_late_day_is_never_misread(dates: list[date], way: str):
    dates = [*dates, date(2024, 5, 31)]
    assert show(parse(*(day.strftime(way) for day in dates))) == [str(day) for day in dates]


@pytest.mark.parametrize(
    "cell",
    ["2026-03", "202603", "03.2026", "3/2026", "March 2026", "Март 2026", "мар 2026", "2026-03-17", "17.03.2026"],
)
def test_a_month_is_its_first_day(cell: str):
    assert show(parse_months(pa.array([cell]))) == ["2026-03-01"]


def test_the_number_that_is_always_one_is_the_day_of_a_month():
    assert show(parse_months(pa.array(["01/02/2026", "01/03/2026"]))) == ["2026-02-01", "2026-03-01"]
    assert show(parse_months(pa.array(["02/01/2026", "03/01/2026"]))) == ["2026-02-01", "2026-03-01"]


@given(st.lists(st.text(max_size=15), min_size=1))
def test_no_text_makes_it_stumble(cells: list[str]):
    clean = [cell.encode("utf-8", "ignore").decode() for cell in cells]
    parse(*clean)
    parse_months(pa.array(clean))
