"""A language's voice: says the entries of the catalogue, and writes numbers, money and days.

The English forms are those of `demetra.formats`; the Russian ones differ in marks, units and the place of the currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from demetra import formats
from demetra.formats import MISSING, is_known
from demetra.words.figures import FIGURES
from demetra.words.incidents import INCIDENTS
from demetra.words.live import LIVE
from demetra.words.page import PAGE
from demetra.words.reasons import REASONS
from demetra.words.report import REPORT
from demetra.words.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

Language = Literal["en", "ru"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
CATALOGUE: Final[Mapping[str, tuple[str, str]]] = {
    **PAGE,
    **FIGURES,
    **SENTENCES,
    **REPORT,
    **REASONS,
    **LIVE,
    **INCIDENTS,
}
"""Every string by its key: English, Russian."""

NBSP: Final = "\u00a0"
_RUSSIAN: Final = str.maketrans(",.", f"{NBSP},")
_UNITS: Final = {"k": "тыс.", "M": "млн", "B": "млрд"}
_MONTHS: Final = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


@dataclass(frozen=True)
class Words:
    """Says things in one language; calling it gives an entry of the catalogue with its facts filled in."""

    language: Language = "en"

    def __call__(self, key: str, **facts: Any) -> str:
        """The entry, with its facts filled in."""
        text = CATALOGUE[key][LANGUAGES.index(self.language)]
        return text.format(**facts) if facts else text

    def choose(self, key: str, default: str) -> str:
        """The entry, or `default` where the catalogue has none: for names that data bring."""
        return self(key) if key in CATALOGUE else default

    def restate(self, key: str, text: str) -> str:
        """The entry, where `text` is that entry in any language; else the text, which somebody wrote."""
        return self(key) if text in CATALOGUE.get(key, ()) else text

    def section(self, prefix: str) -> dict[str, str]:
        """All entries whose keys begin with `prefix.`, by the rest of their keys."""
        return {key.removeprefix(f"{prefix}."): self(key) for key in CATALOGUE if key.startswith(f"{prefix}.")}

    def number(self, value: Any, digits: int = 2) -> str:
        """`1,234.50` or `1 234,50`."""
        return self.rewrite(formats.format_number(value, digits))

    def percent(self, fraction: Any, digits: int = 1) -> str:
        """A fraction in percent: `5.1%` or `5,1 %`."""
        return self.rewrite(formats.format_percent(fraction, digits))

    def change(self, points: Any, digits: int = 1) -> str:
        """A signed change that is in percent already: `+12.3%` or `+12,3 %`."""
        return self.rewrite(formats.format_change(points, digits))

    def count(self, value: Any, *, compact: bool = False) -> str:
        """`12,400` or `12 400`; `compact` writes `1.24M` or `1,24 млн` from a million on."""
        return self.rewrite(formats.format_count(value, compact=compact))

    def compact(self, value: Any) -> str:
        """A number in few letters: `1.2k` or `1,2 тыс.`."""
        return self.rewrite(formats.format_compact(value))

    def money(self, value: Any, currency: str, *, compact: bool = False) -> str:
        """`$12,400` or `12 400 $`."""
        text = formats.format_money(value, currency, compact=compact)
        if self.language == "en" or not is_known(value):
            return text
        symbol = formats.SYMBOLS.get(currency, currency)
        return f"{self.rewrite(text.replace(symbol, '').strip())}{NBSP}{symbol}"

    def interval(self, low: str, high: str) -> str:
        """`1.20 to 1.80` or `от 1,20 до 1,80`; an en dash where a side is unknown."""
        return self("interval", low=low, high=high) if MISSING not in (low, high) else MISSING

    def day(self, day: date) -> str:
        """`31 Mar 2026` or `31 мар 2026`."""
        return formats.format_day(day) if self.language == "en" else f"{self.short_day(day)} {day.year}"

    def short_day(self, day: date) -> str:
        """`31 Mar` or `31 мар`."""
        return formats.format_short_day(day) if self.language == "en" else f"{day.day} {_MONTHS[day.month - 1]}"

    def moment(self, moment: datetime) -> str:
        """An aware time, in UTC: `31 Mar 2026, 14:05 UTC`."""
        text = formats.format_moment(moment)
        return text if self.language == "en" else f"{self.day(moment.astimezone(UTC))},{text.split(',')[1]}"

    def join(self, words: Sequence[str]) -> str:
        """`A, B and C` or `A, B и C`."""
        return f" {self('and')} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)

    def rewrite(self, text: str) -> str:
        """A figure in its English form, as this language writes it."""
        if self.language == "en" or text == MISSING:
            return text
        if text[-1] in _UNITS:
            return f"{text[:-1].translate(_RUSSIAN)}{NBSP}{_UNITS[text[-1]]}"
        return text.translate(_RUSSIAN).replace("%", f"{NBSP}%")


ENGLISH: Final = Words("en")


def choose_language(*wishes: str | None, default: Language = "en") -> Language:
    """The first wish that names a language of ours: `ru`, or the header `ru-RU,ru;q=0.9,en;q=0.8`."""
    for wish in wishes:
        for part in (wish or "").split(","):
            name = part.split(";")[0].strip().lower()[:2]
            for language in LANGUAGES:
                if name == language:
                    return language
    return default
