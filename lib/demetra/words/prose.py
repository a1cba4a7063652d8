"""Figures and days as sentences write them: `$12,345`, `8.1%` in English, `12 345 $`, `8,1 %` in Russian.

A cell of a table has a fixed number of digits, which `Words` writes; a sentence has as many as its figure needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demetra.formats import SYMBOLS, format_day
from demetra.words.voice import NBSP, Words

if TYPE_CHECKING:
    from datetime import date

    from demetra.advice.measures import Unit
    from demetra.words.voice import Language

_DIGITS: Final[dict[Unit, int]] = {"ratio": 2, "score": 1}
_MONTHS_RU: Final = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)


def write_figure(value: float, unit: Unit, *, language: Language, currency: str, signed: bool = False) -> str:
    """A value of a fact as a sentence shows it; `signed` puts a plus before what is above zero."""
    words = Words(language)
    if unit == "money":
        text = _write_money(value, currency, words)
    elif unit in ("share", "percent"):
        text = _write_percent(value, unit, words)
    else:
        text = words.number(value, _DIGITS.get(unit, 0))
    return f"+{text}" if signed and value > 0 else text


def _write_percent(value: float, unit: Unit, words: Words) -> str:
    percent = 100 * value if unit == "share" else value
    digits = 0 if abs(percent - round(percent)) < 0.05 else 1
    if unit == "share" and 0 < abs(percent) < 1:
        digits = 2 if abs(percent) >= 0.1 else 3
    return words.percent(percent / 100, digits)


def _write_money(value: float, currency: str, words: Words) -> str:
    fine = 0 < abs(value) < 0.1
    if words.language == "en" and not fine:
        return words.money(value, currency)
    symbol = SYMBOLS.get(currency, currency)
    number = words.number(value, 4 if fine else 2 if abs(value) < 100 else 0)
    if words.language == "ru":
        return f"{number}{NBSP}{symbol}"
    return f"{symbol}{number}" if len(symbol) == 1 else f"{number} {symbol}"


def write_day(day: date, language: Language) -> str:
    """`31 Dec 2022`, `31 декабря 2022`."""
    return format_day(day) if language == "en" else f"{day.day} {_MONTHS_RU[day.month - 1]} {day.year}"


def write_period(first: date, last: date, language: Language) -> str:
    """`4–31 Dec 2022`, `28 ноября – 25 декабря 2022`."""
    end = write_day(last, language)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    start = write_day(first, language)
    return f"{start if first.year != last.year else start.rsplit(' ', 1)[0]} – {end}"


def count_form(number: int, forms: tuple[str, str, str]) -> str:
    """The Russian form after a number: (1 день, 2 дня, 5 дней)."""
    if 11 <= number % 100 <= 14:
        return forms[2]
    return forms[0] if number % 10 == 1 else forms[1] if 2 <= number % 10 <= 4 else forms[2]
