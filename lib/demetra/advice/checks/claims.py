"""Claims without figures, held against the facts clause by clause: budget moves, rankings, trends.

A claim that cannot be understood counts as unsupported: what remains must be true, not complete.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from demetra.advice.checks import claim_words as words
from demetra.advice.checks import money_words
from demetra.advice.checks.moves import find_false_move, moves_money
from demetra.advice.checks.rankings import find_false_order, find_false_ranking
from demetra.advice.checks.sentences import CHANNEL_MARK, Sentence

if TYPE_CHECKING:
    from demetra.advice.facts import Facts

_CLAUSES: Final = re.compile(
    r";|:\s+|,?\s+(?:but|while|whereas|although|though|yet|а|но|тогда как|хотя|зато)\s+|,\s+(?:and|и)\s+(?=\w+\s)",
    re.IGNORECASE,
)


def find_unjudged(sentence: Sentence) -> str | None:
    """The reason to take out a sentence about a channel without a figure and without a claim that can be judged.

    Such a sentence may tell what to look at; anything else that it says of a channel is the model's invention.
    """
    if sentence.figures or not any(mention.channels for mention in sentence.mentions):
        return None
    text = sentence.masked
    if moves_money(text) or any(pattern.search(text) for pattern in _JUDGED):
        return None
    if money_words.TUNED.search(text) and money_words.LOOK.search(text) and not money_words.MONEY.search(text):
        return None
    return "it says of a channel what no fact can be held against"


def find_false_claim(sentence: Sentence, facts: Facts) -> str | None:
    """The reason why a claim of the sentence is not supported, or None."""
    marks = dict(zip(re.findall(CHANNEL_MARK, sentence.masked), _names_of(sentence), strict=True))
    reason = find_false_order(sentence.masked, marks, facts)
    named: tuple[str, ...] = (sentence.subject,) if sentence.subject else ()
    for clause in _CLAUSES.split(sentence.masked):
        own = tuple(dict.fromkeys(marks[mark] for mark in re.findall(CHANNEL_MARK, clause)))
        reason = (
            reason
            or find_false_move(clause, marks, facts, named)
            or find_false_ranking(clause, marks, facts, named)
            or _find_false_trend(clause, own or named, facts)
            or _find_false_incident(clause, own, facts)
            or _find_false_evidence(clause, own or named, facts)
        )
        named = own or named
    return reason


_JUDGED: Final = (
    *(words.BEST, words.WORST, words.HIGHEST, words.LOWEST, words.BETTER, words.WORSE, words.ALIKE, words.APART),
    *(words.ORDERED, words.PREFER, words.FORETOLD, words.INCIDENT, words.EVIDENCE, words.VERSUS, words.BREACH),
)
"""Claims that are judged here or in `rankings`."""


def _names_of(sentence: Sentence) -> list[str]:
    """The channel behind each mark of the sentence, in order."""
    return [name for mention in sentence.mentions if mention.marked for name in mention.channels]


def _find_false_incident(clause: str, channels: tuple[str, ...], facts: Facts) -> str | None:
    """Incidents are on the channels that have them."""
    if not words.INCIDENT.search(clause) or words.NOT.search(clause):
        return None
    calm = set(channels) - {incident.channel for incident in facts.incidents}
    return f"it tells of an incident on {min(calm)}, which has none" if calm else None


def _find_false_evidence(clause: str, channels: tuple[str, ...], facts: Facts) -> str | None:
    """Evidence is as strong as the budget step says, and nothing that is expected is certain."""
    if words.OVERSURE.search(clause):
        return "it promises"
    if not words.EVIDENCE.search(clause):
        return None
    told = {grade for grade, pattern in words.GRADES.items() if pattern.search(clause)}
    # Two grades in a clause contrast channels: "weak, except for A".
    whose = channels if channels and len(told) == 1 else tuple(facts.evidence)
    known = {facts.evidence.get(channel, "none") for channel in whose}
    return "it tells of other evidence than the budget advice has" if told - known else None


def _compares(clause: str, foretold: re.Match[str]) -> bool:
    """Whether channels are compared, which `rankings` judges: `A's forecast is higher than B's`."""
    return words.VERSUS.search(clause, foretold.end()) is not None and re.search(CHANNEL_MARK, clause) is not None


def _find_false_trend(clause: str, channels: tuple[str, ...], facts: Facts) -> str | None:
    """`Is expected to rise` is true where the forecast's interval lies above what was seen of late.

    Of the past before that the facts tell nothing, so that `has risen` has no support.
    """
    changed = words.CHANGED.search(clause)
    if changed:
        return "it tells of a change in the past, which no fact shows"
    foretold = words.FORETOLD.search(clause)
    if not foretold or words.NOT.search(clause[: foretold.start()]) or _compares(clause, foretold):
        return None
    wanted = 1 if words.GROW.search(foretold[0]) else -1
    if not channels and words.PLAN.search(clause):
        uplift = facts.find("uplift") or 0.0
        return None if uplift * wanted > 0 else "it foretells what the plan is not expected to do"
    if channels and all(facts.trends.get(channel) == wanted for channel in channels):
        return None
    return "it foretells a change that the forecast does not"
