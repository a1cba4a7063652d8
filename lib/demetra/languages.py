"""Figures and days as each language writes them: `$12,345`, `8.1%` in English, `12 345 $`, `8,1 %` in Russian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demetra.formats import format_count, format_day, format_money, format_number, format_percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from demetra.advice.measures import Unit

NBSP: Final = "\u00a0"
SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "RUB": "₽", "JPY": "¥", "INR": "₹", "KZT": "₸", "UAH": "₴"}
_RUSSIAN: Final = str.maketrans(",.", f"{NBSP},")
_MONTHS_RU: Final = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)


def write_figure(value: float, unit: Unit, *, language: str, currency: str, signed: bool = False) -> str:
    """A value of a fact as a sentence shows it; `signed` puts a plus before what is above zero."""
    text = _write_plain(value, unit, currency, language)
    if signed and value > 0:
        text = f"+{text}"
    return text


def _write_plain(value: float, unit: Unit, currency: str, language: str) -> str:
    if unit == "money":
        return _write_money(value, currency, language)
    if unit in ("share", "percent"):
        percent = 100 * value if unit == "share" else value
        digits = 0 if abs(percent - round(percent)) < 0.05 else 1
        if unit == "share" and 0 < abs(percent) < 1:
            digits = 2 if abs(percent) >= 0.1 else 3
        text = format_percent(percent / 100, digits)
        return text if language == "en" else _localise(text.removesuffix("%")) + f"{NBSP}%"
    text = (
        format_number(value, 2)
        if unit == "ratio"
        else format_number(value, 1)
        if unit == "score"
        else format_count(value)
    )
    return text if language == "en" else _localise(text)


def _write_money(value: float, currency: str, language: str) -> str:
    fine = 0 < abs(value) < 0.1
    if language == "en" and not fine:
        return format_money(value, currency)
    symbol = SYMBOLS.get(currency, currency)
    digits = 4 if fine else 2 if abs(value) < 100 else 0
    number = format_number(value, digits)
    if language == "ru":
        return f"{_localise(number)}{NBSP}{symbol}"
    return f"{symbol}{number}" if len(symbol) == 1 else f"{number} {symbol}"


def _localise(text: str) -> str:
    return text.translate(_RUSSIAN)


def write_day(day: date, language: str) -> str:
    """`31 Dec 2022`, `31 декабря 2022`."""
    return format_day(day) if language == "en" else f"{day.day} {_MONTHS_RU[day.month - 1]} {day.year}"


def write_period(first: date, last: date, language: str) -> str:
    """`4–31 Dec 2022`, `28 ноября – 25 декабря 2022`."""
    end = write_day(last, language)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    start = write_day(first, language)
    return f"{start if first.year != last.year else start.rsplit(' ', 1)[0]} – {end}"


def join(words: Sequence[str], language: str) -> str:
    """`A, B and C`, `А, Б и В`."""
    link = " and " if language == "en" else " и "
    return link.join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def count_form(number: int, forms: tuple[str, str, str]) -> str:
    """The Russian form after a number: (1 день, 2 дня, 5 дней)."""
    if 11 <= number % 100 <= 14:
        return forms[2]
    return forms[0] if number % 10 == 1 else forms[1] if 2 <= number % 10 <= 4 else forms[2]
