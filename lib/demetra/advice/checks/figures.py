"""Figures as a text writes them, in English or Russian: value, how exactly it is written, unit, sign, place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from demetra.formats import SYMBOLS

FigureUnit = Literal[
    "",
    "percent",
    "points",
    "money",
    "times",
    "days",
    "weeks",
    "channels",
    "incidents",
    "campaigns",
    "conversions",
    "others",
]
"""`weeks` are read as days; `others` are counts of what no fact counts: clicks, views, people."""


@dataclass(frozen=True)
class Figure:
    """A figure at `start:end` of a text.

    `readings` are (value, half a unit of its last digit): more than one where a comma may be read in two ways.
    `low` marks the first of a range, `high` the second.
    """

    start: int
    end: int
    readings: tuple[tuple[float, float], ...]
    unit: FigureUnit
    currency: str = ""
    sign: Literal["", "+", "-"] = ""
    range: Literal["", "low", "high"] = ""


_SPACE: Final = "[ \u00a0\u202f\u2009]"
_SYMBOLS: Final = {symbol: code for code, symbol in SYMBOLS.items()}
_WORDS: Final = {
    "USD": r"USD|dollars?|долл\w*\.?",
    "EUR": r"EUR|euros?|евро",
    "RUB": r"RUB|RUR|rubles?|roubles?|руб\w*\.?",
    "GBP": r"GBP|pounds?",
    "KZT": r"KZT|тенге",
}
_CODES: Final = (
    "AED|AMD|AUD|AZN|BRL|BYN|CAD|CHF|CNY|CZK|DKK|GEL|HKD|HUF|IDR|ILS|INR|JPY|KGS|KRW|MDL|MXN|NOK|NZD|PLN|RON|RSD|SAR|"
    "SEK|SGD|THB|TRY|UAH|UZS|VND|ZAR"
)
_CURRENCY: Final = "|".join([*map(re.escape, _SYMBOLS), *_WORDS.values(), rf"(?:{_CODES})(?![A-Za-z])"])
_SCALES: Final = {
    r"(?:k|K|thousand|тыс\w*\.?)": 1e3,
    r"(?:M|m|mln|million|млн\.?|миллион\w*)": 1e6,
    r"(?:B|bn|billion|млрд\.?)": 1e9,
}
_FEW: Final = r"(?:(?:other|open|more|remaining|further|worst|других|остальны\w+|открыты\w+|прочи\w+)\s+)?"
_UNITS: Final[dict[FigureUnit, str]] = {
    "points": r"(?:pp|p\.p\.|percent(?:age)?[ -]points?|points?|п\.\s?п\.|процентн\w+ пункт\w*|пункт\w*)(?!\w)",
    "percent": r"(?:%(?:-\w+)?|percent\b|per cent\b|-?процент\w*)",
    "weeks": r"(?:-|\s)?(?:weeks?|недел\w+)(?!\w)",
    "days": r"(?:-|\s)?(?:days?|дней|дня|день|дневн\w+|сут\w+)(?!\w)",
    "times": r"(?:[x×х]|times|раза?|-?fold|-?кратн\w+)(?!\w)",
    "channels": _FEW + r"(?:channels?|канал\w*)(?!\w)",
    "incidents": _FEW + r"(?:incidents?|alerts?|инцидент\w*)(?!\w)",
    "campaigns": _FEW + r"(?:campaigns?|кампани\w*)(?!\w)",
    "conversions": r"(?:conversions|конверси[йяи])(?!\w)",
    "others": r"(?:clicks?|impressions?|views?|users?|people|orders?|leads?|sales|клик\w*|показ\w*|заяв\w+|"
    r"человек\w*)(?!\w)",
}
_COUNTED: Final = {"days", "channels", "incidents", "campaigns", "conversions", "others"}
_NUMBER: Final = re.compile(
    rf"(?P<sign>(?<![\w.,%)])[+\-−–±~≈]{_SPACE}?)?(?P<before>(?:{_CURRENCY}){_SPACE}?)?(?P<after_sign>[+\-−])?"
    r"(?P<digits>(?<!\w)\d{1,3}(?:[,\u00a0\u202f\u2009 ']\d{3})+(?:\.\d+)?(?!\d)(?:,\d+)?|(?<!\w)\d+(?:[.,]\d+)?)"
)
_WORD_NUMBERS: Final = {
    r"two|двух|две|два|двум|двумя": 2,
    r"three|тр[её]х|три|тр[её]м|тремя": 3,
    r"four|четыр[её]х|четыре|четыр[её]м": 4,
    r"five|пять|пяти|пятью": 5,
    r"six|шесть|шести": 6,
    r"seven|семь|семи": 7,
    r"eight|восемь|восьми": 8,
    r"nine|девять|девяти": 9,
    r"ten|десять|десяти": 10,
    r"eleven|одиннадцать|одиннадцати": 11,
    r"twelve|двенадцать|двенадцати": 12,
    r"zero|ноль|нуля": 0,
}
_WORD_NUMBER: Final = re.compile(
    "|".join(rf"(?P<n{value}>(?<!\w)(?:{words})(?!\w))" for words, value in _WORD_NUMBERS.items()), re.IGNORECASE
)
UNREADABLE: Final = re.compile(
    r"(?<!\w)(?:half|halves|thirds?|quarters?|double[ds]?|doubling(?! down)|tripled?|triples?|quadrupled?|twice|thrice|"
    r"twofold|threefold|tenfold|dozens?|hundreds?|thousands?|millions?|billions?|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|percent|"
    r"majority|most of|bulk of|order of magnitude|several times|many times|manifold|fold|"
    r"(?:is|was|of|at|about|around|nearly|by) one(?=[.,;)]|$| per| on| for)|"
    r"(?-i:[IVX]{2,})|"
    r"(?:one|two|three|\d) (?:in|out of) \w+|every (?:second|other(?! channel)|third|fourth|fifth|tenth)|"
    r"кажд\w+ (?:втор|трет|четв[её]рт|пят|шест|десят)\w+|"
    r"(?:a|one|two|three|four) (?:fif|six|seven|eigh|nin|ten)ths?|(?:almost|nearly|virtually) all|"
    r"в(?:пятеро|шестеро|семеро|осьмеро|девятеро|десятеро)|почти (?:вс[яеё]|весь)|"
    r"в разы|на порядок|большинств\w+|больш\w+ част\w+|кратно|"
    r"половин\w+|вдвое|втрое|вчетверо|полтор\w+|трет[ьи]|четверт[ьи]|удво\w+|утро\w+|дважды|трижды|десятк\w+|"
    r"сотн\w+|сто|тысяч\w*|миллион\w*|двадцат\w+|тридцат\w+|сорок\w*|пят(?:ь)?десят\w*|шест(?:ь)?десят\w*|девяност\w+)(?!\w)",
    re.IGNORECASE,
)
"""Words that are figures no fact can be matched with: they are never supported."""

_MONTH: Final = (
    r"(?P<month>jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|"
    r"январ\w+|феврал\w+|март[ае]?|апрел\w+|ма[йяе]|июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+)\.?"
)
_MONTHS: Final = (
    *(("jan", "янв"), ("feb", "фев"), ("mar", "мар"), ("apr", "апр"), ("may", "май", "мая"), ("jun", "июн")),
    *(("jul", "июл"), ("aug", "авг"), ("sep", "сен"), ("oct", "окт"), ("nov", "ноя"), ("dec", "дек")),
)
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?:\s?г(?:ода|оду|\.)?)?(?!\w)"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\w)(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)(?!\w)",
        r"(?<!\w)(?P<day>\d{1,2})\.(?P<number>\d\d)\.(?P<year>(?:19|20)\d\d)(?!\w)",
        rf"(?<!\w)(?:(?P<first>\d{{1,2}})\s?[–—-]\s?)?{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?(?!\w)",
        rf"(?<!\w){_MONTH}\s+(?:(?P<first>\d{{1,2}})\s?[–—-]\s?)?{_DAY}(?:,?\s+{_YEAR})?(?!\w)",
        rf"(?<!\w){_MONTH}\s+{_YEAR}",
        rf"(?<!\w)(?:in|during|since|until|by|of|в|за|с|до)\s+{_MONTH}(?!\w)",
        rf"(?<!\w)(?:in|of|during|year|в|за)\s+{_YEAR}",
    )
)


def blank_dates(text: str, known: frozenset[date]) -> tuple[str, list[str]]:
    """The text with its dates blanked out (same length), and those among them that are not known days.

    A date without a year may be of any known year; a month with its year is known when a known day lies in it.
    """
    unknown: list[str] = []

    def blank(match: re.Match[str]) -> str:
        if not _is_known_date(match.groupdict(), known):
            unknown.append(match[0])
        return " " * len(match[0])

    for pattern in _DATES:
        text = pattern.sub(blank, text)
    return text, unknown


def _is_known_date(parts: dict[str, str | None], known: frozenset[date]) -> bool:
    number = parts.get("number")
    word = (parts.get("month") or "").lower()
    month = int(number) if number else next((n for n, stems in enumerate(_MONTHS, 1) if word.startswith(stems)), 0)
    year, day, first = (int(value) if value else None for value in (parts.get(n) for n in ("year", "day", "first")))
    same = [one for one in known if month in (0, one.month) and year in (None, one.year)]
    return bool(same) and all(wanted is None or any(one.day == wanted for one in same) for wanted in (day, first))


def read_figures(text: str, *, language: str) -> list[Figure]:
    """All figures of a text whose dates and names are blanked out, in order, ranges marked.

    In Russian a comma before three digits may be the decimal mark or a thousands separator: both readings are kept.
    """
    found = [_read_number(match, text, language) for match in _NUMBER.finditer(text)]
    for match in _WORD_NUMBER.finditer(text):
        value = float(str(match.lastgroup)[1:])
        unit, end = _read_unit(text, match.end(), whole=True)
        found.append(Figure(match.start(), end, ((value, 0.0),), unit))
    return _mark_ranges([_count_days(figure) for figure in sorted(found, key=lambda figure: figure.start)], text)


def _count_days(figure: Figure) -> Figure:
    if figure.unit != "weeks":
        return figure
    return replace(figure, unit="days", readings=tuple((7 * value, half) for value, half in figure.readings))


def leftover_digits(text: str, figures: list[Figure]) -> bool:
    """Whether the text has digits or numerals that are part of no figure: in `Q4`, `½` or `2²`."""
    inside = {position for figure in figures for position in range(figure.start, figure.end)}
    return any(
        position not in inside and (letter.isdigit() or unicodedata.category(letter).startswith("N"))
        for position, letter in enumerate(text)
    )


def _read_number(match: re.Match[str], text: str, language: str) -> Figure:
    sign = (match["sign"] or match["after_sign"] or "").strip()
    digits, end = match["digits"], match.end()
    scale = 1.0
    for pattern, factor in _SCALES.items():
        found = re.compile(rf"{_SPACE}?{pattern}(?!\w)").match(text, end)
        if found:
            scale, end = factor, found.end()
            break
    currency = _name_currency(match["before"] or "")
    whole = not re.search(r"[.,]\d{1,2}$", digits)
    unit: FigureUnit = "money"
    if not currency:
        unit, end = _read_unit(text, end, whole=whole)
    if not currency and unit == "":
        after = re.compile(rf"{_SPACE}?({_CURRENCY})").match(text, end)
        if after and _name_currency(after[1]):
            unit, currency, end = "money", _name_currency(after[1]), after.end()
    readings = tuple((value * scale, half * scale) for value, half in _read_digits(digits, language))
    minus: Literal["", "+", "-"] = "-" if sign in ("-", "−", "–") else "+" if sign == "+" else ""
    return Figure(match.start(), end, readings, unit, currency, minus)


def _read_digits(digits: str, language: str) -> list[tuple[float, float]]:
    """Each way to read the digits: (value, half a unit of the last digit written)."""
    plain = re.sub(r"[\u00a0\u202f\u2009 ']", "", digits)
    found: list[tuple[float, float]] = []
    if "," not in plain:
        found.append(_measure_digits(plain))
    elif re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        found.append(_measure_digits(plain.replace(",", "")))
        if language == "ru" and plain.count(",") == 1 and "." not in plain:
            found.append(_measure_digits(plain.replace(",", ".")))
    elif plain.count(",") == 1 and "." not in plain:
        found.append(_measure_digits(plain.replace(",", ".")))
    return found


def _measure_digits(plain: str) -> tuple[float, float]:
    decimals = len(plain.partition(".")[2])
    zeros = len(plain) - len(plain.rstrip("0")) if not decimals else 0
    # Trailing zeros of a large round amount may be rounding, as long as three digits are left.
    rounded = max(0, min(zeros, len(plain) - 3))
    return float(plain), 0.5 * 10.0 ** (rounded - decimals)


def _read_unit(text: str, end: int, *, whole: bool) -> tuple[FigureUnit, int]:
    for unit, pattern in _UNITS.items():
        if not whole and unit in _COUNTED and unit != "others":
            continue
        found = re.compile(rf"{_SPACE}?{pattern}", re.IGNORECASE).match(text, end)
        if found:
            return unit, found.end()
    return "", end


def _name_currency(text: str) -> str:
    word = text.strip()
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    known = next((code for code, words in _WORDS.items() if re.fullmatch(words, word, re.IGNORECASE)), "")
    return known or (word if re.fullmatch(_CODES, word) else "")


def _mark_ranges(figures: list[Figure], text: str) -> list[Figure]:
    marked = list(figures)
    for position in range(len(marked) - 1):
        low, high = marked[position], marked[position + 1]
        between = text[low.end : high.start].strip()
        joined = between in ("–", "—", "-", "−", "to", "до", "…", "..") or (
            between in ("and", "и") and re.search(r"(?:between|между)\W*$", text[: low.start], re.IGNORECASE)
        )
        if not joined or low.range or _COUNTED & {low.unit, high.unit}:
            continue
        unit, currency = low.unit or high.unit, low.currency or high.currency
        marked[position] = replace(low, range="low", unit=unit, currency=currency)
        marked[position + 1] = replace(high, range="high", unit=high.unit or unit, currency=high.currency or currency)
    return marked
