"""Checks an answer of a language model sentence by sentence; what is not supported by a fact is taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from demetra.advice.answer import Recommendations, parse_answer, texts
from demetra.advice.checks.claims import find_false_claim, find_unjudged
from demetra.advice.checks.lexicon import MARKUP, PERIOD
from demetra.advice.checks.sentences import Reader, Sentence
from demetra.advice.checks.support import find_unsupported
from demetra.schema import KNOWN_CHANNELS

if TYPE_CHECKING:
    from demetra.advice.facts import Facts

_STRANGER: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in KNOWN_CHANNELS if len(name) > 1)})(?!\w)", re.IGNORECASE
)
MIN_SENTENCES: Final = 4
MIN_SHARE: Final = 0.5
"""An answer is too thin when fewer sentences, or a smaller share of them, are left."""
MOST_TOLD: Final = 20
"""So many removals are told with their sentences; an answer has some thirty sentences."""
_LONGEST_TOLD: Final = 200
NEEDED: Final = ("channel_comparison.analysis", "recommendations.budget_allocation", "summary")


@dataclass(frozen=True)
class Removal:
    """A sentence taken out of an answer, from where, and why."""

    path: str
    sentence: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """What is left of an answer. `answer` is None where it was refused; then `problems` say why."""

    answer: Recommendations | None
    removed: tuple[Removal, ...]
    problems: tuple[str, ...]

    @property
    def reason(self) -> str | None:
        """Why the answer was refused, and which sentences were taken out of it why; None where nothing was wrong."""
        parts = list(self.problems[:3])
        if self.removed:
            told = [f"“{_shorten(one.sentence)}”: {one.reason}" for one in self.removed[:MOST_TOLD]]
            more = len(self.removed) - MOST_TOLD
            told += [f"and {more} more"] if more > 0 else []
            parts.append(f"taken out: {'; '.join(told)}")
        return "; ".join(parts) or None


def check_answer(raw: str, facts: Facts, *, language: str) -> Checked:
    """Parse an answer and keep what the facts support.

    An answer is refused whole when it is not the JSON that was asked for, or when too little of it is left.
    """
    answer, problems = parse_answer(raw)
    if answer is None:
        return Checked(None, (), tuple(problems))
    reader = Reader(facts, language)
    removed: list[Removal] = []
    kept: dict[str, str] = {}
    total = left = 0
    for path, text in texts(answer):
        sentences = reader.read(text)
        reasons: list[str | None] = []
        for sentence in sentences:
            reason = find_fault(sentence, facts, language=language)
            if reason is None and sentence.subject and reasons[-1]:
                reason = "it leans on a sentence that was taken out"
            reasons.append(reason)
        good = [sentence.written for sentence, reason in zip(sentences, reasons, strict=True) if reason is None]
        removed += [
            Removal(path, sentence.written, reason)
            for sentence, reason in zip(sentences, reasons, strict=True)
            if reason is not None
        ]
        kept[path] = " ".join(good)
        total, left = total + len(sentences), left + len(good)
    top, fault = _check_top(answer.channel_comparison.top_channel, facts)
    if fault:
        removed.append(Removal("channel_comparison.top_channel", str(answer.channel_comparison.top_channel), fault))
    empty = [path for path in NEEDED if not kept[path]]
    if left < MIN_SENTENCES or left < MIN_SHARE * total or empty:
        missing = f"; nothing is left of {', '.join(empty)}" if empty else ""
        return Checked(None, tuple(removed), (f"too little is supported: {left} of {total} sentences{missing}",))
    return Checked(_rebuild(kept, top), tuple(removed), ())


def find_fault(sentence: Sentence, facts: Facts, *, language: str) -> str | None:
    """The first reason to take a sentence out, or None."""
    if MARKUP.search(sentence.masked):
        return "it has a link or markup"
    if not _is_in(language, sentence.masked):
        return "it is in another language"
    if PERIOD.search(sentence.masked):
        return "it speaks of a time that no fact is about"
    stranger = _STRANGER.search(sentence.masked)
    if stranger:
        return f"it names {stranger[0]}, which is not among the channels"
    return find_unsupported(sentence, facts) or find_false_claim(sentence, facts) or find_unjudged(sentence)


_ACRONYMS: Final = re.compile(r"\b[A-Z]{3}\b")


def _shorten(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST_TOLD else f"{sentence[: _LONGEST_TOLD - 1]}…"


def _is_in(language: str, text: str) -> bool:
    """Whether the letters are of the language's script; Latin words are at home in Russian too, names and CTR alike."""
    plain = _ACRONYMS.sub(" ", text)
    letters = [letter for letter in plain if letter.isalpha() and not "\ue000" <= letter <= "\uefff"]
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in letters)
    foreign = sum(letter > "\u04ff" for letter in letters)
    if foreign:
        return False
    return cyrillic == 0 if language == "en" else cyrillic >= len(letters) / 2 or len(letters) < 10


def _check_top(name: str | None, facts: Facts) -> tuple[str | None, str | None]:
    """The top channel as the facts know it; None, with the reason, where they do not single it out."""
    if name is None:
        return None, None
    channel = next((one for one in facts.channels if one.casefold() == name.strip(" \"'“”«»").casefold()), None)
    if channel is None:
        return None, "it is not among the channels"
    others = [one for one in facts.channels if one != channel]
    if not others or not all(facts.is_higher("roi", channel, other) for other in others):
        return None, "the data do not single out a top channel"
    return channel, None


def _rebuild(kept: dict[str, str], top: str | None) -> Recommendations:
    content: dict[str, Any] = {"channel_comparison": {"top_channel": top}}
    for path, text in kept.items():
        part, _, name = path.partition(".")
        if name:
            content.setdefault(part, {})[name] = text
        else:
            content[part] = text
    return Recommendations.model_validate(content)
