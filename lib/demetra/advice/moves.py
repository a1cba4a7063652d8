"""Advice on budgets, held against the allocation: no "raise X" where the budget step cuts X."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from demetra.advice import claim_words as words
from demetra.advice.sentences import CHANNEL_MARK, MARK

if TYPE_CHECKING:
    from demetra.advice.facts import Facts

_VERBS: Final = {1: "raise", 0: "keep", -1: "cut"}
_FROM: Final = re.compile(r"(?<!\w)(?:from|away from|out of|из|от|с)(?!\w)", re.IGNORECASE)
_TO: Final = re.compile(r"(?<!\w)(?:to|into|towards?|в|на|к)(?!\w)", re.IGNORECASE)


def find_false_move(clause: str, marks: dict[str, str], facts: Facts, named: tuple[str, ...]) -> str | None:
    """The reason why a clause's advice on budgets is unsupported, or None.

    Each channel goes the way of the last verb before it, else of the first one after it. `named` are the channels that
    the sentence named before, which a clause without names speaks of.
    """
    verbs = _find_verbs(clause)
    if not verbs:
        return None
    places = [(match.start(), marks[match[0]]) for match in re.finditer(CHANNEL_MARK, clause)]
    if not places and not named:
        return _judge_unnamed(clause, verbs, facts)
    for place, channel in places or [(len(clause), name) for name in named]:
        before = [direction for start, direction in verbs if start < place]
        direction = before[-1] if before else verbs[0][1]
        advised = facts.moves.get(channel)
        if advised is None:
            return f"it advises on the budget of {channel}, for which there is no budget advice"
        if direction != advised:
            return f"it advises to {_VERBS[direction]} {channel}, and the budget advice is to {_VERBS[advised]} it"
    return None


def has_move(clause: str) -> bool:
    """Whether a clause advises to move money."""
    return bool(_find_verbs(clause))


def _judge_unnamed(clause: str, verbs: list[tuple[int, int]], facts: Facts) -> str | None:
    if not words.MONEY.search(clause) or words.TOTAL.search(clause):
        return None
    if all(direction == 0 for _, direction in verbs):
        return None if not any(facts.moves.values()) else "it advises to keep budgets that the budget advice changes"
    return "it advises a budget move and names no channel"


def _find_verbs(clause: str) -> list[tuple[int, int]]:
    """Verbs that move money, as (place, direction); after a verb of moving, `from` and `to` say which way."""
    found: dict[int, int] = {}
    for pattern, direction in ((words.RAISE, 1), (words.CUT, -1), (words.KEEP, 0)):
        for match in pattern.finditer(clause):
            if not _tunes(clause, match.end(), direction):
                found[match.start()] = direction
    moving = words.MOVE.search(clause)
    if moving:
        for pattern, direction in ((_FROM, -1), (_TO, 1)):
            found |= {match.start(): direction for match in pattern.finditer(clause, moving.end())}
    return sorted(found.items())


def _tunes(clause: str, end: int, direction: int) -> bool:
    """Whether the verb's object is a rate, a bid or a creative rather than money."""
    rest = clause[end:]
    money = words.MONEY.search(rest)
    if direction == 0:
        return not words.MONEY.search(clause)
    tuned, mark = words.TUNED.search(rest), re.search(MARK, rest)
    if tuned is None:
        return mark is None and not words.MONEY.search(clause)
    first = min((match.start() for match in (money, mark) if match), default=len(rest))
    # In "reduce Facebook's CPC" the tuned thing belongs to the channel just before it.
    owned = re.search(rf"{MARK}(?:['’]s?)?\s+(?:\w+\s+)?$", rest[: tuned.start()])
    return tuned.start() < first or (money is None and owned is not None)
