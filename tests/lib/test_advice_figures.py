from __future__ import annotations

from datetime import date

import pytest

from demetra.advice.checks.figures import blank_dates, leftover_digits, read_figures
from demetra.words.prose import write_figure


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("ROI of 0.72.", 0.72, ""),
        ("at −30%", 30, "percent"),
        ("30 per cent", 30, "percent"),
        ("2 percentage points", 2, "points"),
        ("$12,345.50", 12345.5, "money"),
        ("12,345 USD", 12345, "money"),
        ("$1.2M", 1_200_000, "money"),
        ("12.3k", 12_300, ""),
        ("28-day", 28, "days"),
        ("14 days", 14, "days"),
        ("4.0x", 4.0, "times"),
        ("three channels", 3, "channels"),
        ("9 open incidents", 9, "incidents"),
        ("1,200 conversions", 1200, "conversions"),
        ("500 clicks", 500, "others"),
    ],
)
def test_english_figures_are_read_with_their_unit(text, value, unit):
    (figure,) = read_figures(text, language="en")
    assert (figure.readings[0][0], figure.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0,72", 0.72, ""),
        ("12\u00a0345\u00a0₽", 12345, "money"),
        ("45 тыс. ₽", 45_000, "money"),
        ("8,1\u00a0%", 8.1, "percent"),
        ("80-процентный интервал", 80, "percent"),
        ("10 п. п.", 10, "points"),
        ("14 дней", 14, "days"),
        ("двух каналов", 2, "channels"),
        ("в 5 раз", 5, "times"),
    ],
)
def test_russian_figures_are_read_with_their_unit(text, value, unit):
    (figure,) = read_figures(text, language="ru")
    assert (figure.readings[0][0], figure.unit) == (value, unit)


@pytest.mark.parametrize("text", ["0.62–0.82", "0.62 to 0.82", "between 0.62 and 0.82", "от 0,62 до 0,82"])
def test_the_ends_of_a_range_are_told_apart_and_the_dash_is_no_minus(text):
    low, high = read_figures(text, language="ru" if "от" in text else "en")
    assert (low.range, high.range, high.sign) == ("low", "high", "")
    assert (low.readings[0][0], high.readings[0][0]) == (0.62, 0.82)


def test_the_unit_of_a_range_is_that_of_its_end():
    low, high = read_figures("0.3 to 2.1%", language="en")
    assert (low.unit, high.unit) == ("percent", "percent")


def test_signs_are_read_before_the_number_and_before_its_currency():
    assert [figure.sign for figure in read_figures("−5% and +3%, −$20", language="en")] == ["-", "+", "-"]


@pytest.mark.parametrize("text", ["Q4", "½", "2²", "B2B"])
def test_digits_that_are_no_figure_are_noticed(text):
    assert leftover_digits(text, read_figures(text, language="en"))


KNOWN = frozenset({date(2022, 12, 4), date(2022, 12, 31), date(2023, 1, 14)})


@pytest.mark.parametrize(
    "text",
    [
        "4–31 Dec 2022",
        "31 декабря 2022",
        "Dec 31, 2022",
        "2022-12-31",
        "31.12.2022",
        "by 14 January",
        "in December 2022",
    ],
)
def test_known_days_are_blanked_out(text):
    blanked, unknown = blank_dates(text, KNOWN)
    assert not any(letter.isdigit() for letter in blanked)
    assert unknown == []


@pytest.mark.parametrize("text", ["5 May 2022", "30.12.2022", "in June 2022", "in 2021", "4–30 Dec 2022"])
def test_other_days_are_told(text):
    assert blank_dates(text, KNOWN)[1]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("value", "unit"),
    [(0.72, "ratio"), (-1234.5, "ratio"), (0.0512, "share"), (0.0043, "share"), (-30.0, "percent"), (12345.6, "money"),
     (0.034, "money"), (99.5, "money"), (1_234_567.0, "count"), (6.4, "score")],
)  # fmt: skip
def test_what_is_written_is_read_again_as_the_same_figure(value, unit, language):
    text = write_figure(value, unit, language=language, currency="RUB")
    (figure,) = read_figures(text, language=language)
    shown = abs(value) * (100 if unit == "share" else 1)
    assert any(abs(size - shown) <= half for size, half in figure.readings)
    assert (figure.sign == "-") is (value < 0)
    assert figure.currency == ("RUB" if unit == "money" else "")
