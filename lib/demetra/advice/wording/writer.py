"""Fills in the phrases of a language with names and figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from demetra.advice.checks.plain_names import is_plain_name
from demetra.advice.measures import MEASURES, Unit
from demetra.advice.wording.phrases_en import ENGLISH
from demetra.advice.wording.phrases_ru import RUSSIAN
from demetra.errors import ParameterError, Problem
from demetra.names import quote
from demetra.words import Words
from demetra.words.prose import count_form, write_figure
from demetra.words.voice import NBSP

if TYPE_CHECKING:
    from demetra.advice.facts import Facts
    from demetra.words import Language

LANGUAGES: Final = {"en": ENGLISH, "ru": RUSSIAN}


class Writer:
    """Fills in the phrases of a language with names and figures."""

    def __init__(self, facts: Facts, language: Language) -> None:
        self.facts = facts
        self.language = language
        if language not in LANGUAGES:
            problem = Problem("language", repr(language), " or ".join(LANGUAGES))
            raise ParameterError("The recommendations cannot be written", [problem])
        self.words = LANGUAGES[language]

    def say(self, phrase: str, **parts: str) -> str:
        """The sentence of that name."""
        return self.words.sentences[phrase].format(**parts)

    def figure(self, value: float, unit: Unit, *, signed: bool = False) -> str:
        """A figure with its unit."""
        return write_figure(value, unit, language=self.language, currency=self.facts.currency, signed=signed)

    def known(self, measure: str, channel: str | None = None, *, signed: bool = False) -> str:
        """A fact as a figure; callers know that it exists."""
        value = self.facts.find(measure, channel)
        return self.figure(0.0 if value is None else value, MEASURES[measure].unit, signed=signed)

    def count(self, number: int, noun: str) -> str:
        """A number with its noun: `1 day`, `28 дней`."""
        one, few, many = self.words.nouns[noun]
        if self.language == "en":
            return f"{number:,} {one if number == 1 else many}"
        return f"{self.figure(number, 'count')}{NBSP}{count_form(number, (one, few, many))}"

    def name(self, channel: str) -> str:
        """A channel as sentences name it."""
        return channel if is_plain_name(channel) else quote(channel, self.language)

    def names(self, channels: Sequence[str]) -> str:
        """Channels joined into words."""
        return self.join([self.name(channel) for channel in channels])

    def join(self, parts: Sequence[str]) -> str:
        """`A, B and C`."""
        return Words(self.language).join(parts)

    @property
    def horizon(self) -> str:
        """The forecast's length in days."""
        return self.count(self.facts.horizon_days, "days")

    @property
    def budget_days(self) -> str:
        """The budget's length in days."""
        return self.count(self.facts.budget_days, "days")

    @property
    def level(self) -> str:
        """The level of the intervals: `80%`."""
        return self.words.level
