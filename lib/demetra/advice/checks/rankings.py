"""Comparisons of channels, held against what the data tell apart.

A channel is called better only where the facts order the pair on the measure spoken of, ROI where none is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from demetra.advice.checks import claim_words as words
from demetra.advice.checks import lexicon
from demetra.advice.checks.sentences import CHANNEL_MARK

if TYPE_CHECKING:
    from demetra.advice.facts import Facts

_RANKED_ON: Final = {
    "conversion": "conversion_rate",
    **{family: family for family in ("cpc", "cpm", "cpa", "ctr", "roi", "revenue", "spend")},
}
_COSTS: Final = ("cpa", "cpc", "cpm")
_UNRANKED: Final = "it ranks channels that the data cannot tell apart, or in another order than they do"
_UNLIKE: Final = "it calls channels alike that the data tell apart"
_NEARBY: Final = 60
_RANKED: Final = re.compile(r"rank|ранж", re.IGNORECASE)
_CLICKS: Final = re.compile(r"(?<!\w)(?:clicks?|клик\w*)(?!\w)", re.IGNORECASE)
_GOAL: Final = re.compile(
    r"(?:\bto|\bcan|\bcould|\bwould|\bmight|\bmay|\bhelp\w*|чтобы|может|могут|помож\w+)\s", re.IGNORECASE
)


def find_false_order(masked: str, marks: dict[str, str], facts: Facts) -> str | None:
    """The reason why a sentence that lists channels in an order is unsupported, or None."""
    ordered = words.ORDERED.search(masked)
    names = [marks[mark] for mark in re.findall(CHANNEL_MARK, masked)]
    if ordered and len(names) > 1 and not _is_negated(masked, ordered.start()):
        return None if _are_apart(_measure_of(masked), pairwise(names), facts) else _UNRANKED
    return None


def find_false_ranking(clause: str, marks: dict[str, str], facts: Facts, named: tuple[str, ...]) -> str | None:
    """The reason why a comparison in a clause is unsupported, or None; `named` as in `moves`."""
    measure = _measure_of(clause)
    places = [(match.start(), marks[match[0]]) for match in re.finditer(CHANNEL_MARK, clause)]
    channels = tuple(dict.fromkeys(channel for _, channel in places)) or named
    return (
        _judge_likeness(clause, channels, measure, facts)
        or _judge_preference(clause, marks, facts)
        or _judge_superlatives(clause, places, named, facts)
        or _judge_comparison(clause, places, named, measure, facts)
    )


def _measure_of(clause: str, place: int = 0) -> str:
    """The measure that channels are ranked on: the first named from `place` on, else the last before."""
    found = {family: list(lexicon.FAMILIES[family].finditer(clause)) for family in _RANKED_ON}
    if not any(found.values()) and _CLICKS.search(clause):
        return "cpc"
    places = sorted((match.start(), family) for family, matches in found.items() for match in matches)
    after = [family for start, family in places if start >= place]
    before = [family for start, family in places if start < place]
    return _RANKED_ON[after[0] if after else before[-1] if before else "roi"]


def _is_negated(clause: str, place: int) -> bool:
    """Whether a word of negation stands before the place, in the same part of the clause."""
    return words.NOT.search(clause[max(0, place - _NEARBY) : place].rpartition(",")[2]) is not None


def _are_apart(measure: str, pairs: Iterable[tuple[str, str]], facts: Facts) -> bool:
    return all(facts.is_higher(measure, higher, lower) for higher, lower in pairs)


def _judge_likeness(clause: str, channels: tuple[str, ...], measure: str, facts: Facts) -> str | None:
    """`Similar` and `cannot be told apart` are true of channels that the data do not order."""
    pairs = [(one, other) for one in channels for other in channels if one < other]
    ordered = [facts.is_higher(measure, *pair) or facts.is_higher(measure, *pair[::-1]) for pair in pairs]
    for pattern, means_alike in ((words.ALIKE, True), (words.APART, False)):
        for match in pattern.finditer(clause):
            alike = means_alike is not _is_negated(clause, match.start())
            if not alike and _RANKED.match(match[0]):
                continue  # in which order, `find_false_order` looks at
            if alike and any(ordered):
                return _UNLIKE
            if not alike and not (ordered and all(ordered)):
                return _UNRANKED
    return None


def _judge_preference(clause: str, marks: dict[str, str], facts: Facts) -> str | None:
    """`Prioritise A over B` says that A is the better one."""
    match = words.PREFER.search(clause)
    if match is None:
        return None
    first, second = ([marks[mark] for mark in re.findall(CHANNEL_MARK, part)] for part in match.groups())
    pairs = [(one, other) for one in first for other in second]
    return None if _are_apart("roi", pairs, facts) else _UNRANKED


def _judge_superlatives(clause: str, places: list[tuple[int, str]], named: tuple[str, ...], facts: Facts) -> str | None:
    """Whoever stands before a superlative, else after it, is called that, of all channels but one another."""
    if words.EVIDENCE.search(clause):
        return None  # "the evidence is strong"
    for pattern, way, is_praise in (
        (words.BEST, 1, True),
        (words.WORST, -1, True),
        (words.HIGHEST, 1, False),
        (words.LOWEST, -1, False),
    ):
        for match in pattern.finditer(clause):
            if words.ATTRIBUTE.match(clause, match.end()):
                continue
            before = [channel for place, channel in places if place < match.start()]
            channels = tuple(before or [channel for _, channel in places] or named)
            measure = _measure_of(clause, match.start())
            sign = -way if is_praise and measure in _COSTS else way
            if _is_negated(clause, match.start()):
                false = any(_is_extreme(one, (), measure, sign, facts) for one in channels)
            else:
                false = not all(_is_extreme(one, channels, measure, sign, facts) for one in channels)
            if false:
                return _UNRANKED
    return None


def _is_extreme(channel: str, peers: tuple[str, ...], measure: str, sign: int, facts: Facts) -> bool:
    """Whether the channel is apart from every channel but its peers, above them (1) or below (-1)."""
    others = [other for other in facts.channels if other != channel and other not in peers]
    pairs = [(channel, other) if sign > 0 else (other, channel) for other in others]
    return bool(pairs) and _are_apart(measure, pairs, facts)


def _judge_comparison(
    clause: str, places: list[tuple[int, str]], named: tuple[str, ...], measure: str, facts: Facts
) -> str | None:
    good = -1 if measure in _COSTS else 1
    versus = words.VERSUS.search(clause)
    strong = [(words.BETTER, good), (words.WORSE, -good)]
    # "Higher" and "lower" are about bids and budgets as well, unless somebody is compared with.
    weak = [(words.HIGHER, 1), (words.LOWER, -1)] if versus or lexicon.OTHERS.search(clause) else []
    found = [(match, sign) for pattern, sign in (*strong, *weak) for match in pattern.finditer(clause)]
    if not found or not (places or named):
        return None
    match, sign = min(found, key=lambda item: item[0].start())
    left, right = _find_sides(clause, places, named, match.start(), versus, facts)
    if not right and _is_negated(clause, match.start()):
        return _judge_pairs_alike(left, measure, facts)
    if left and not right and not _is_goal(clause, match):
        right = [channel for channel in facts.channels if channel not in left]
    if not left or not right:
        return _UNRANKED if len(places) > 1 and match.re in (words.BETTER, words.WORSE) else None
    pairs = [(one, other) if sign > 0 else (other, one) for one in left for other in right]
    if _is_negated(clause, match.start()):
        return _UNRANKED if any(facts.is_higher(measure, *pair) for pair in pairs) else None
    return None if _are_apart(measure, pairs, facts) else _UNRANKED


def _is_goal(clause: str, match: re.Match[str]) -> bool:
    """Whether the comparative tells what to strive for, or is a weak one: `higher bids`, `to perform better`."""
    strong = match.re in (words.BETTER, words.WORSE)
    return not strong or bool(words.ATTRIBUTE.match(clause, match.end()) or _GOAL.search(clause[: match.start()]))


def _judge_pairs_alike(channels: list[str], measure: str, facts: Facts) -> str | None:
    """`It cannot be said whether A or B is better`."""
    return _UNLIKE if any(facts.is_higher(measure, one, other) for one in channels for other in channels) else None


def _find_sides(
    clause: str,
    places: list[tuple[int, str]],
    named: tuple[str, ...],
    place: int,
    versus: re.Match[str] | None,
    facts: Facts,
) -> tuple[list[str], list[str]]:
    """Who is compared, and with whom, around the comparative at `place`."""
    if versus and versus.start() < place:
        # "Compared with B, A is better": B runs to the comma, and is one channel where there is none.
        comma = clause.find(",", versus.end())
        first = next((start for start, _ in places if start >= versus.end()), place)
        end = comma if comma > 0 else first + 1
        right = [channel for start, channel in places if versus.end() <= start < end]
        left = [channel for _, channel in places if channel not in right]
    else:
        cut = versus.start() if versus else place
        left = [channel for start, channel in places if start < cut]
        right = [channel for start, channel in places if start > cut]
    others = lexicon.OTHERS.search(clause)
    if others and not left and right:
        left = [channel for channel in facts.channels if channel not in right]
    left = left or list(named)
    if others and not right:
        right = [channel for channel in facts.channels if channel not in left]
    return left, right
