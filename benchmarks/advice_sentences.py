"""Sentences whose truth is known from how they were made: a scene that holds or not, figures that are right or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import advice_english
import advice_russian

if TYPE_CHECKING:
    import numpy as np
    from advice_accounts import Account

LANGUAGES = {"en": advice_english, "ru": advice_russian}
_SLOT = re.compile(r"\{([AB]?)(?:\.([\w ]+))?\}")
_MONEY = ("spend", "revenue", "cpa", "cpc", "cpm", "current", "advised")
_SHARES = ("conversion rate", "ctr", "chance")
_PERCENT = ("change", "uplift", "uplift low", "uplift high")
_SIGNS = {"USD": "$", "EUR": "€", "RUB": "₽"}
_NAMES = {
    "en": {"USD": "dollars", "EUR": "euros", "RUB": "roubles"},
    "ru": {"USD": "долларов", "EUR": "евро", "RUB": "рублей"},
}
DISTANT = 1.08
"""A wrong figure is off by this factor at least: nobody could call it rounding."""


@dataclass(frozen=True)
class Said:
    """A sentence, and how it was made: `fault` is None where it is true."""

    text: str
    fault: str | None


T = TypeVar("T")
Pair = tuple[str, str]
Holds = Callable[["Account", str, str], bool]

SCENES: dict[str, Holds] = {
    "any": lambda _account, _a, _b: True,
    "advice": lambda _account, _a, _b: True,
    "plan": lambda account, _a, _b: ("", "uplift") in account.truth,
    "raise": lambda account, a, _b: account.moves[a] > 0,
    "cut": lambda account, a, _b: account.moves[a] < 0,
    "keep": lambda account, a, _b: account.moves[a] == 0,
    "not raise": lambda account, a, _b: account.moves[a] <= 0,
    "not cut": lambda account, a, _b: account.moves[a] >= 0,
    "shift": lambda account, a, b: account.moves[a] < 0 < account.moves[b],
    "above": lambda account, a, b: (a, b) in account.above["roi"],
    "tied": lambda account, a, b: account.is_tied(a, b),
    "lowest": lambda account, a, _b: all((each, a) in account.above["roi"] for each in account.channels if each != a),
    "highest": lambda account, a, _b: all((a, each) in account.above["roi"] for each in account.channels if each != a),
    "dearer": lambda account, a, b: (a, b) in account.above["cpc"],
    "alarm": lambda account, a, _b: (a, "alarm") in account.truth,
}
"""Of which channels a scene is true."""
SINGLE = ("any", "advice", "plan", "alarm")
"""Scenes that are not made false by another choice of channels, but by their figures."""


class Speaker:
    """Says true and false things about an account in a language."""

    def __init__(self, account: Account, language: str, rng: np.random.Generator) -> None:
        self.account = account
        self.language = language
        self.rng = rng
        self.phrases = LANGUAGES[language]

    def say_true(self) -> Said:
        """A sentence that the account bears out."""
        for scene in self._draw_scenes():
            pairs = [pair for pair in self._pairs() if SCENES[scene](self.account, *pair)]
            if pairs:
                return Said(self._fill(self._draw(self.phrases.SAID[scene]), self._draw(pairs)), None)
        raise ValueError("no scene holds")

    def say_false(self) -> Said:
        """A sentence with one thing wrong: who, which way, which figure; or a claim that nobody could support."""
        kind = self._draw(("figure", "figure", "figure", "scene", "scene", "never"))
        if kind == "never":
            return Said(self._fill(self._draw(self.phrases.NEVER), self._draw(list(self._pairs()))), "no fact at all")
        return self._say_untrue_scene() if kind == "scene" else self._say_wrong_figure()

    def _say_untrue_scene(self) -> Said:
        for scene in self._draw_scenes():
            pairs = [pair for pair in self._pairs() if not SCENES[scene](self.account, *pair)]
            if scene not in SINGLE and pairs:
                # Without figures, for advised amounts that are right would not be wrong by themselves.
                text = self._fill(self._draw(self.phrases.SAID[scene]), self._draw(pairs))
                return Said(text, f"not true: {scene}")
        return self._say_wrong_figure()

    def _say_wrong_figure(self) -> Said:
        while True:
            scene = self._draw(("any", "any", "any", "raise", "cut", "keep", "plan", "alarm", "advice"))
            pairs = [pair for pair in self._pairs() if SCENES[scene](self.account, *pair)]
            phrase = self._draw(self.phrases.SAID[scene])
            slots = [match for match in _SLOT.finditer(phrase) if match[2]]
            if not pairs or not slots:
                continue
            pair, slot = self._draw(pairs), slots[int(self.rng.integers(len(slots)))]
            fault, written = self._falsify(slot[2], self._name(slot[1], pair))
            if written is not None:
                text = self._fill(phrase[: slot.start()], pair) + written + self._fill(phrase[slot.end() :], pair)
                return Said(text, fault)

    def _falsify(self, measure: str, channel: str) -> tuple[str, str | None]:
        """The figure made wrong in one of the ways in which models are wrong; None where that way leads nowhere."""
        value = self.account.tell(channel, measure)
        way = self._draw(("invented", "swapped", "unit", "sign", "other measure"))
        if way == "invented":
            wrong = value * self.rng.choice([0.31, 0.62, 0.85, 1.17, 1.6, 2.4])
            return way, self.write(measure, wrong) if _is_distant(measure, wrong, value) else None
        if way == "sign":
            return way, self.write(measure, -value) if value > 0.005 and measure not in _PERCENT else None
        if way == "unit":
            number = self.write("roi", value)
            wrong = " €" if measure not in _MONEY or self.account.currency != "EUR" else " ¥"
            return (
                way,
                f"{number}{wrong}" if measure in _MONEY else f"{number} кликов" if self.language == "ru" else None,
            )
        if way == "swapped":
            others = [self.account.truth.get((each, measure)) for each in self.account.channels if each != channel]
            known = [each for each in others if each is not None and _is_distant(measure, each, value)]
            return way, self.write(measure, self._draw(known)) if known else None
        beside = {"ctr": "conversion rate", "conversion rate": "ctr", "cpc": "cpa", "cpa": "cpc", "forecast": "high"}
        beside |= {"spend": "revenue", "revenue": "spend", "current": "spend", "low": "forecast", "roi": "low"}
        if measure not in beside or (channel, beside[measure]) not in self.account.truth:
            return way, None
        other = self.account.tell(channel, beside[measure])
        return way, self.write(measure, other) if _is_distant(measure, other, value) else None

    def _fill(self, phrase: str, pair: Pair) -> str:
        return _SLOT.sub(lambda match: self._write_slot(match, pair), phrase)

    def _write_slot(self, match: re.Match[str], pair: Pair) -> str:
        channel = self._name(match[1], pair)
        if match[2]:
            return self.write(match[2], self.account.tell(channel, match[2]))
        odd = len(channel) > 20
        return channel if not odd else f"«{channel}»" if self.language == "ru" else f"“{channel}”"

    def _name(self, letter: str, pair: Pair) -> str:
        return {"A": pair[0], "B": pair[1], "": ""}[letter]

    def write(self, measure: str, value: float) -> str:
        """A figure in one of the ways in which people write it."""
        if measure in _PERCENT:
            text = f"{abs(value):.1f}".removesuffix(".0")
            return self._localise(text) + self._draw(
                ["%", " %", "%"] if self.language == "ru" else ["%", "%", " percent"]
            )
        if measure in _SHARES:
            digits = 1 if value >= 0.01 else 2
            text = f"{100 * value:.{digits}f}".removesuffix(".0")
            return self._localise(text) + self._draw(["%", " %"] if self.language == "ru" else ["%", "%", " percent"])
        if measure in _MONEY:
            return self._write_money(value)
        if measure == "campaigns":
            return f"{value:.0f}"
        return self._localise(f"{value:.2f}".replace("-", self._draw(["-", "−"])))

    def _write_money(self, value: float) -> str:
        code, digits = self.account.currency, 0 if abs(value) >= 100 else 2
        sign, size = "−" if value < 0 else "", abs(value)
        whole = f"{size:,.{digits}f}"
        if size >= 10_000 and self.rng.random() < 0.15:
            whole, scale = f"{size / 1000:.1f}", "k" if self.language == "en" else " тыс."
        else:
            scale = ""
        if self.language == "en":
            forms = (f"{_SIGNS[code]}{whole}{scale}", f"{code} {whole}{scale}", f"{whole}{scale} {_NAMES['en'][code]}")
        else:
            local = self._localise(whole).replace(".", ",")
            forms = (f"{local}{scale} {_SIGNS[code]}", f"{local}{scale} {_NAMES['ru'][code]}", f"{local}{scale} {code}")
        return sign + self._draw(forms if self.rng.random() < 0.5 else forms[:1])

    def _localise(self, text: str) -> str:
        if self.language == "en":
            return text
        return text.replace(",", self._draw(["\u00a0", " "])).replace(".", ",")

    def _pairs(self) -> Iterator[Pair]:
        return ((a, b) for a in self.account.channels for b in self.account.channels if a != b)

    def _draw_scenes(self) -> list[str]:
        """Scenes in random order, the one about any channel more often first."""
        scenes = ["any", "any", "any", "any", *SCENES]
        return [scenes[place] for place in self.rng.permutation(len(scenes))]

    def _draw(self, options: Sequence[T]) -> T:
        return options[int(self.rng.integers(len(options)))]


def _is_distant(measure: str, one: float, other: float) -> bool:
    """Whether two values of a measure differ by more than any rounding, with their signs or without."""
    low, high = sorted((abs(one), abs(other)))
    return high > DISTANT * low and high - low > (0.0005 if measure in _SHARES else 0.02)
