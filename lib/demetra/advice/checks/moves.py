"""Advice on budgets, held against the allocation: no "raise X" where the budget step cuts X."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from demetra.advice.checks import money_words as words
from demetra.advice.checks.sentences import CHANNEL_MARK, MARK
from demetra.advice.facts import MOVES

if TYPE_CHECKING:
    from demetra.advice.facts import Facts


@dataclass(frozen=True)
class _Verb:
    """A verb that moves money: up (1), down (-1) or not at all (0); `negated` says that it is advised against."""

    place: int
    direction: int
    negated: bool


_AVOIDED: Final = re.compile(rf"{words.AVOID.pattern}\s(?!hesitate|forget|fail)(?:\w+\s){{0,2}}$", re.IGNORECASE)
_AVOIDED_AFTER: Final = re.compile(
    r"\s+(?:\S+\s+)?не\s|.*(?:(?:would be|is) (?:a |an )?(?:mistake|error|wrong|unwise)|makes? no sense|"
    r"(?:is|are) not (?:recommended|advis\w+|need\w*|necessary|justified)|ошибк\w+|нецелесообразн\w+|"
    r"не (?:рекоменд|име|стоит|нужно|надо|следует)\w*)",
    re.IGNORECASE,
)
"""It may be said last: "raising it would be a mistake", "бюджет повышать не стоит"."""
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
        before = [verb for verb in verbs if verb.place < place]
        verb = before[-1] if before else verbs[0]
        advised = facts.moves.get(channel)
        if advised is None:
            return f"it advises on the budget of {channel}, for which there is no budget advice"
        if (verb.direction == advised) is verb.negated:
            word = f"not to {MOVES[verb.direction]}" if verb.negated else f"to {MOVES[verb.direction]}"
            return f"it advises {word} {channel}, and the budget advice is to {MOVES[advised]} it"
    return None


def moves_money(clause: str) -> bool:
    """Whether a clause has a verb that moves money, or leaves it where it is."""
    return bool(_find_verbs(clause))


def _judge_unnamed(clause: str, verbs: list[_Verb], facts: Facts) -> str | None:
    if not words.MONEY.search(clause) or words.TOTAL.search(clause):
        return None
    if all(verb.direction == 0 for verb in verbs):
        return None if not any(facts.moves.values()) else "it advises to keep budgets that the budget advice changes"
    if len(verbs) == 1 and words.MOVE.search(clause) and any(facts.moves.values()) and not verbs[0].negated:
        return None  # "reallocate the budget", as the advice does
    return "it advises a budget move and names no channel"


def _find_verbs(clause: str) -> list[_Verb]:
    """Verbs that move money; after a verb of moving, `from` and `to` say which way."""
    found: dict[int, _Verb] = {}
    for pattern, direction in ((words.RAISE, 1), (words.CUT, -1), (words.KEEP, 0)):
        for match in pattern.finditer(clause):
            if not _tunes(clause, match, direction):
                negated = _is_avoided(clause, match)
                found[match.start()] = _Verb(match.start(), direction, negated)
    moving = words.MOVE.search(clause)
    if moving:
        negated = _is_avoided(clause, moving)
        # In "move part of A's budget to B" the money leaves whoever is named first.
        found[moving.end()] = _Verb(moving.end(), -1, negated)
        for pattern, direction in ((_FROM, -1), (_TO, 1)):
            found |= {
                match.start(): _Verb(match.start(), direction, negated)
                for match in pattern.finditer(clause, moving.end())
            }
    return sorted(found.values(), key=lambda verb: verb.place)


def _is_avoided(clause: str, verb: re.Match[str]) -> bool:
    return bool(_AVOIDED.search(clause[: verb.start()]) or _AVOIDED_AFTER.match(clause, verb.end()))


def _tunes(clause: str, verb: re.Match[str], direction: int) -> bool:
    """Whether the verb's object is a rate, a bid or a creative rather than money."""
    if re.search(MARK, verb[0]):  # "scale A back"; "take A's bids down" is about bids
        return words.TUNED.search(verb[0]) is not None
    rest = clause[verb.end() :]
    money = words.MONEY.search(rest)
    if direction == 0:
        as_it_is = re.match(rf"\s+{MARK}(?!['’]s)", rest) and not words.TUNED.search(rest)
        return not (as_it_is or words.MONEY.search(clause))
    tuned, mark = words.TUNED.search(rest), re.search(MARK, rest)
    if tuned is None:
        return mark is None and not words.MONEY.search(clause)
    if words.STOP.match(verb[0]) and not words.SOME.search(rest):
        return False
    first = min((match.start() for match in (money, mark) if match), default=len(rest))
    # In "reduce Facebook's CPC" the tuned thing belongs to the channel just before it.
    owned = re.search(rf"{MARK}(?:['’]s?)?\s+(?:\w+\s+)?$", rest[: tuned.start()])
    return tuned.start() < first or (money is None and owned is not None)
