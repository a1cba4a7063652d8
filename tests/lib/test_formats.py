"""Numbers are written as an English reader expects them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demetra import formats


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.format_number(1234.5), "1,234.50"),
        (formats.format_number(-0.001), "0.00"),
        (formats.format_number(-1.5, 1), "−1.5"),
        (formats.format_number(None), "–"),
        (formats.format_plain(11_103.28), "11,103"),
        (formats.format_plain(4.93e12), "4,930,000,000,000"),
        (formats.format_plain(999.96), "1,000"),
        (formats.format_plain(0.97016), "0.9702"),
        (formats.format_plain(344), "344"),
        (formats.format_plain(-12.9), "−12.9"),
        (formats.format_plain(2.0449e-8), "0.00000002045"),
        (formats.format_plain(0.0), "0"),
        (formats.format_plain(float("nan")), "–"),
        (formats.format_percent(0.0512), "5.1%"),
        (formats.format_percent(float("nan")), "–"),
        (formats.format_change(12.34), "+12.3%"),
        (formats.format_change(-0.04), "0.0%"),
        (formats.format_change(-3.0), "−3.0%"),
        (formats.format_count(1234567), "1,234,567"),
        (formats.format_count(1234567, compact=True), "1.23M"),
        (formats.format_money(12.4, "USD"), "$12.40"),
        (formats.format_money(0, "USD"), "$0"),
        (formats.format_money(-1240, "EUR"), "−€1,240"),
        (formats.format_money(12_400, "SEK"), "12,400 SEK"),
        (formats.format_money(1_240_000, "RUB", compact=True), "₽1.24M"),
        (formats.format_compact(999_999), "1M"),
        (formats.format_compact(1200), "1.2k"),
        (formats.format_compact(-0.5), "−0.5"),
        (formats.format_day(date(2026, 3, 1)), "1 Mar 2026"),
        (formats.format_moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)), "1 Mar 2026, 09:05 UTC"),
    ],
)
def test_a_value_is_written(shown, expected):
    assert shown == expected


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_no_number_is_written_with_an_exponent_or_a_signed_zero(value):
    for shown in (formats.format_number(value), formats.format_money(value, "USD"), formats.format_count(value)):
        assert "e" not in shown
        assert shown.strip("$0.,") != "−"
