"""Numbers, money and days as an English reader expects them; what is not known is an en dash."""

from __future__ import annotations

import math
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import date, datetime

MISSING: Final = "–"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "RUB": "₽", "JPY": "¥", "INR": "₹", "KZT": "₸", "UAH": "₴"}
_UNITS: Final = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def is_known(value: Any) -> bool:
    """Whether a cell holds a finite number."""
    try:
        return value is not None and math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def format_number(value: Any, digits: int = 2) -> str:
    """A plain number, `1,234.50`, with a true minus sign."""
    return _sign(f"{float(value):,.{digits}f}") if is_known(value) else MISSING


def format_plain(value: Any) -> str:
    """A number of any size without exponent: `11,103`, `0.9702`, `17.31`, `0.00002045`; four digits count at least."""
    if not is_known(value):
        return MISSING
    if abs(float(value)) >= 1e3:
        return format_number(value, 0)
    digits = 3 - math.floor(math.log10(abs(float(value)))) if value else 0
    text = format_number(value, max(digits, 0))
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_percent(fraction: Any, digits: int = 1) -> str:
    """A fraction as percent: 0.0512 is `5.1%`."""
    return f"{format_number(100 * float(fraction), digits)}%" if is_known(fraction) else MISSING


def format_change(points: Any, digits: int = 1) -> str:
    """A signed change that is in percent already: 12.34 is `+12.3%`; what rounds to nothing has no sign."""
    if not is_known(points):
        return MISSING
    shown = f"{float(points):+,.{digits}f}"
    return f"{_sign(shown.lstrip('+-') if float(shown.replace(',', '')) == 0 else shown)}%"


def format_count(value: Any, *, compact: bool = False) -> str:
    """A count with thousands separated; `compact` writes `1.24M` from a million on."""
    if not is_known(value):
        return MISSING
    return _compact(float(value)) if compact and abs(float(value)) >= 1e6 else format_number(value, 0)


def format_money(value: Any, currency: str, *, compact: bool = False) -> str:
    """An amount with its currency: `$12.40` below a hundred, then `$12,400`; without a known symbol `12,400 SEK`.

    `compact` writes `$1.24M` from a million on.
    """
    if not is_known(value):
        return MISSING
    size = abs(float(value))
    text = _compact(size) if compact and size >= 1e6 else f"{size:,.{2 if 0 < size < 100 else 0}f}"
    sign = "−" if float(value) < 0 and text.strip("0.,") else ""
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{text} {currency}"


def format_compact(value: Any) -> str:
    """A number in few letters for an axis: `0`, `0.5`, `12`, `1.2k`, `3M`."""
    return _compact(float(value)) if is_known(value) else MISSING


def format_day(day: date) -> str:
    """A calendar day: `31 Mar 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_short_day(day: date) -> str:
    """A calendar day of a year that is clear: `31 Mar`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def format_moment(moment: datetime) -> str:
    """An aware time, in UTC: `31 Mar 2026, 14:05 UTC`."""
    utc = moment.astimezone(UTC)
    return f"{format_day(utc)}, {utc:%H:%M} UTC"


def _sign(text: str) -> str:
    if text.startswith("-") and not text.strip("-0.,"):
        return text[1:]
    return text.replace("-", "−")


def _compact(value: float) -> str:
    for size, unit in _UNITS:
        if abs(value) >= 0.9995 * size:
            return f"{_sign(f'{value / size:.3g}')}{unit}"
    return _sign(f"{value:.3g}")
