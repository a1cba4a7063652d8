"""A text taken apart: sentences, the channels they name, the measures they speak of, and their figures.

Names become single private-use characters first, so that nothing inside a name is read as a word or a figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from demetra.advice.checks.figures import Figure, blank_dates, read_figures
from demetra.advice.checks.lexicon import ACCOUNT, AMONG, EVERY, FAMILIES, IT, SUPERLATIVE
from demetra.advice.checks.plain_names import is_plain_name

if TYPE_CHECKING:
    from demetra.advice.facts import Facts

_FIRST_CHANNEL: Final = 0xE000
_FIRST_CAMPAIGN: Final = 0xE800
MARK: Final = "[\ue000-\uefff]"
CHANNEL_MARK: Final = "[\ue000-\ue7ff]"
_INVISIBLE: Final = ("Cc", "Cf", "Co", "Cs", "Cn")
_ON: Final = re.compile(r"\s+(?:on|in|at|of|from|в|на|у|из)\s+", re.IGNORECASE)
_QUOTED: Final = "[\"'“”«»„‘’`]"
_GROUP: Final = re.compile(
    rf"{MARK}(?:(?:\s*,\s*(?:and\s+|и\s+|or\s+|или\s+)?|\s*(?:&|/|\+)\s*|\s+(?:and|и|or|или)\s+)(?:on\s+|in\s+|в\s+|на\s+|у\s+)?{MARK})*"
)


@dataclass(frozen=True)
class Mention:
    """Who is spoken of at `start:end`: channels, or campaigns, that stand together; nobody named means the account.

    `marked` tells names from words such as "every channel".
    """

    start: int
    end: int
    channels: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    marked: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence as written, and as masked: names as marks, dates blanked out.

    `subject` is the channel that "it" stands for: the only one named in the sentence before, where this one names none.
    """

    written: str
    masked: str
    mentions: tuple[Mention, ...]
    families: tuple[tuple[int, int, str], ...]
    figures: tuple[Figure, ...]
    unknown_dates: tuple[str, ...]
    subject: str | None = None


@dataclass
class Reader:
    """Takes texts about these facts apart."""

    facts: Facts
    language: str
    _marks: dict[str, str] = field(init=False)
    _names: re.Pattern[str] | None = field(init=False)

    def __post_init__(self) -> None:
        channels = {chr(_FIRST_CHANNEL + number): name for number, name in enumerate(self.facts.channels)}
        others = (name for name in self.facts.campaigns if name not in self.facts.channels)
        campaigns = {chr(_FIRST_CAMPAIGN + number): name for number, name in enumerate(others)}
        self._marks = {**channels, **campaigns}
        self._names = _match_names(self.facts.channels, self.facts.campaigns)

    def read(self, text: str) -> list[Sentence]:
        """The sentences of a text."""
        visible = "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) not in _INVISIBLE)
        masked, written = self._mask(visible)
        found: list[Sentence] = []
        for part in _split(masked):
            sentence = self._read_sentence(part, written)
            found.append(_resolve(sentence, found[-1]) if found else sentence)
        return found

    def _mask(self, text: str) -> tuple[str, dict[str, list[str]]]:
        """The text with names as marks, and for each mark how it was written, occurrence by occurrence."""
        written: dict[str, list[str]] = {}
        if self._names is None:
            return text, written
        by_name = {name.casefold(): mark for mark, name in self._marks.items()}

        def put_mark(match: re.Match[str]) -> str:
            name = match["quoted"] or match["plain"]
            mark = by_name[name.casefold()]
            written.setdefault(mark, []).append(match[0])
            return mark

        return self._names.sub(put_mark, text), written

    def _read_sentence(self, masked: str, written: dict[str, list[str]]) -> Sentence:
        shown = re.sub(MARK, lambda match: written[match[0]].pop(0), masked)
        blanked, unknown = blank_dates(masked, self.facts.known_days)
        mentions = self._name_mentions(blanked)
        # "The lowest of all channels" is about one channel, and so are its figures.
        whole = AMONG.sub(lambda match: " " * len(match[0]), blanked) if SUPERLATIVE.search(blanked) else blanked
        mentions += [Mention(match.start(), match.end()) for match in ACCOUNT.finditer(whole)]
        mentions += [Mention(match.start(), match.end(), self.facts.channels) for match in EVERY.finditer(whole)]
        return Sentence(
            written=shown,
            masked=blanked,
            mentions=tuple(sorted(mentions, key=lambda mention: mention.start)),
            families=tuple(_find_families(blanked)),
            figures=tuple(read_figures(blanked, language=self.language)),
            unknown_dates=tuple(unknown),
        )

    def _name_mentions(self, text: str) -> list[Mention]:
        """Mentions by name; `campaign A on channel B` is about the campaign."""
        found: list[Mention] = []
        for match in _GROUP.finditer(text):
            mention = self._mention(match)
            last = found[-1] if found else None
            if last and last.campaigns and _ON.fullmatch(text, last.end, mention.start):
                found[-1] = replace(last, end=mention.end, channels=mention.channels)
            else:
                found.append(mention)
        return found

    def _mention(self, match: re.Match[str]) -> Mention:
        marks = re.findall(MARK, match[0])
        channels = tuple(self._marks[mark] for mark in marks if ord(mark) < _FIRST_CAMPAIGN)
        campaigns = tuple(self._marks[mark] for mark in marks if ord(mark) >= _FIRST_CAMPAIGN)
        return Mention(match.start(), match.end(), channels, campaigns, marked=True)


def _resolve(sentence: Sentence, before: Sentence) -> Sentence:
    """The sentence with what "it" stands for filled in."""
    it = IT.search(sentence.masked)
    if it is None or sentence.mentions:
        return sentence
    named = {name for mention in before.mentions if mention.marked for name in mention.channels}
    only = next(iter(named)) if len(named) == 1 else None if named else before.subject
    if only is None:
        return sentence
    mentions = sorted([*sentence.mentions, Mention(it.start(), it.end(), (only,))], key=lambda mention: mention.start)
    return replace(sentence, mentions=tuple(mentions), subject=only)


def _match_names(channels: Sequence[str], campaigns: Sequence[str]) -> re.Pattern[str] | None:
    """A pattern for names, the longest first; campaigns, and channels with odd names, count only in quotation marks."""
    quoted = sorted({*channels, *campaigns}, key=len, reverse=True)
    plain = [name for name in sorted(channels, key=len, reverse=True) if is_plain_name(name)]
    # Short names are written as they are: "X" is a channel, "x" a letter.
    free = [re.escape(name) if len(name) > 2 else f"(?-i:{re.escape(name)})" for name in plain] or ["(?!)"]
    if not quoted:
        return None
    inner = "|".join(map(re.escape, quoted))
    return re.compile(rf"{_QUOTED}(?P<quoted>{inner}){_QUOTED}|(?<!\w)(?P<plain>{'|'.join(free)})(?!\w)", re.IGNORECASE)


_NO_ABBREVIATION: Final = "".join(
    rf"(?<!\b{word}\.)" for word in ("тыс", "млн", "млрд", "руб", "долл", "vs", "г", "п", "approx", "ок")
)


def _split(text: str) -> list[str]:
    """Sentences end at a full stop, or the like, before white space and a capital, a mark, a quote or a figure."""
    parts = re.split(rf"{_NO_ABBREVIATION}(?<=[.!?…])\s+(?=[A-ZА-ЯЁ\d“«\"(+\-−$€₽]|{MARK})|\s*\n+\s*", text)
    stripped = (re.sub(r"^\s*(?:[-*•–]\s+|\d+[.)]\s+)", "", part).strip() for part in parts if part)
    return [part for part in stripped if part]


def _find_families(text: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for family, pattern in FAMILIES.items():
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end, _ in found):
                found.append((match.start(), match.end(), family))
    return sorted(found)
