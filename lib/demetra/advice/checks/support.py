"""Whether each figure of a sentence is a fact: value after rounding, unit and sign, whose it is, and of what."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from demetra.advice.checks import lexicon, money_words
from demetra.advice.checks.figures import UNREADABLE, Figure, leftover_digits
from demetra.advice.checks.occasions import suits_occasion
from demetra.advice.checks.sentences import MARK, Mention, Sentence
from demetra.advice.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from demetra.advice.facts import Fact, Facts

LOOSEST: Final = 0.05
"""A figure written with fewer than two decimals may differ from its fact by this share at most: 4 is not 3.6."""
_FINE: Final[dict[str, float]] = {"percent": 0.05, "score": 0.05, "count": 0.5}
"""... or by half of what is the last digit that anybody writes of such a unit."""
_NEARBY: Final = re.compile(rf"\s*\(?(?:for|on|at|in|у|для|на|в|по)?\s*(?:the\s+)?(?={MARK})")
_AGAINST: Final = re.compile(r"\s*,?\s*(?:against|versus|vs\.?|compared (?:with|to)|против)\s+", re.IGNORECASE)
_OF_CLICKS: Final = re.compile(r"\s*(?:of (?:its |all |the )?clicks|(?:всех )?кликов)", re.IGNORECASE)
_EACH: Final = {
    "cpc": re.compile(r"(?<!per )(?<!\w)clicks?(?!\w)|(?<!\w)клик\w*", re.IGNORECASE),
    "cpa": re.compile(
        r"(?<!\w)(?:conversions?|acquisitions?|customers?|leads?)(?! rate)(?!\w)|(?<!\w)(?:конверси|заявк|лид)\w*",
        re.IGNORECASE,
    ),
}
"""What an amount is the price of, where no measure is named: "a click cost $0.40"."""
_BESIDE: Final = re.compile(
    r"\s*(?:(?!and\b|but\b|to\b)\w+\s)?(?:cut|reduction|decrease|raise|rise|increase|снижение|сокращение|рост)\b",
    re.IGNORECASE,
)
"""The direction may follow the figure: "a 30% budget cut"."""
_UNLIKE: Final = re.compile(
    r"(?:unlike|in contrast to|other than|в отличие от)\s(?:on\s|in\s|на\s|в\s)?$", re.IGNORECASE
)
_COUNTED: Final = ("days", "channels", "incidents", "campaigns", "conversions", "others")
_MONEY_FAMILIES: Final = {"spend", "revenue", "budget", "cpa", "cpc", "cpm"}


def find_unsupported(sentence: Sentence, facts: Facts) -> str | None:
    """The reason why a figure of the sentence is not supported, or None where all are."""
    if sentence.unknown_dates:
        return f"the date {sentence.unknown_dates[0].strip()!r} is not one of the facts'"
    bare = re.sub(MARK, " ", sentence.masked)
    named = [(start, end) for start, end, family in sentence.families if family == "cpm"]
    spans = [*named, *((figure.start, figure.end) for figure in sentence.figures)]
    if UNREADABLE.search(_blank(bare, spans)) or leftover_digits(bare, list(sentence.figures)):
        return "it has a figure in words or letters, which no fact can be matched with"
    for mention, figures in _bind(sentence):
        for figure in figures:
            if not _is_supported(figure, figures, mention, sentence, facts):
                whose = " and ".join((*mention.channels, *mention.campaigns)) or "the account"
                return f"{sentence.masked[figure.start : figure.end].strip()} is not a fact about {whose}"
    if any(_is_against(sentence, *two) and two[0].readings == two[1].readings for two in pairwise(sentence.figures)):
        return "it sets a figure against itself"
    return _find_swapped_budgets(sentence, facts)


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _bind(sentence: Sentence) -> list[tuple[Mention, list[Figure]]]:
    """Each figure with whom it is about: who follows at once, else who was named last, else who is named next."""
    default = Mention(0, 0)
    paired = _pair(sentence)
    bound: dict[Mention, list[Figure]] = {}
    for figure in sentence.figures:
        if figure in paired:
            bound.setdefault(paired[figure], []).append(figure)
            continue
        close = _NEARBY.match(sentence.masked, figure.end)
        after = [mention for mention in sentence.mentions if mention.start >= figure.end]
        before = [mention for mention in sentence.mentions if mention.end <= figure.start]
        chosen = default
        if close and after and after[0].start == close.end() and figure.range != "low":
            chosen = after[0]
        elif before:
            chosen = next((one for one in reversed(before) if not _is_aside(one, sentence)), before[-1])
        elif after:
            chosen = after[0]
        if figure.range == "high" and bound and not (close and chosen is not default and chosen in after):
            chosen = next(mention for mention, figures in reversed(bound.items()) if figures[-1].range == "low")
        bound.setdefault(chosen, []).append(figure)
    return list(bound.items())


def _is_against(sentence: Sentence, first: Figure, second: Figure) -> bool:
    return _AGAINST.fullmatch(sentence.masked, first.end, second.start) is not None


def _is_aside(mention: Mention, sentence: Sentence) -> bool:
    """Whether somebody is named only to be told from whom the sentence is about: `unlike A`."""
    return _UNLIKE.search(sentence.masked[: mention.start]) is not None


def _pair(sentence: Sentence) -> dict[Figure, Mention]:
    """`A is ahead of B: 1 against 2`: two figures that are set against each other are of the two named before."""
    found: dict[Figure, Mention] = {}
    for first, second in pairwise(sentence.figures):
        if not _is_against(sentence, first, second):
            continue
        before = [mention for mention in sentence.mentions if mention.end <= first.start and mention.marked][-2:]
        earlier = [one for one in sentence.figures if before and before[0].start <= one.start < first.start]
        if len(before) == 2 and not earlier and all(len(mention.channels) == 1 for mention in before):
            found |= dict(zip((first, second), before, strict=True))
    return found


def _is_supported(figure: Figure, figures: list[Figure], mention: Mention, sentence: Sentence, facts: Facts) -> bool:
    """Whether the figure is a fact about those it is bound to, among the `figures` that are bound to them.

    About several channels, as many figures as channels stand in their order, the ends of a range may be of any of them,
    and any other figure must be true of each.
    """

    def is_fact(one: Figure, channel: str | None) -> bool:
        own = (fact for fact in facts.table if fact.campaign is None and fact.channel == channel)
        if one.range and len(mention.channels) < 2:
            own = (fact for fact in own if _is_end(one, fact))
        return any(_matches(one, fact, sentence, facts) for fact in own)

    def is_scope(one: Figure) -> bool:
        return any(_matches(one, fact, sentence, facts) for fact in facts.table if fact.topic == "scope")

    if is_scope(figure):
        return True
    if mention.campaigns:
        theirs = {fact.channel for fact in facts.table if fact.campaign in mention.campaigns}
        whose = set(mention.channels) or theirs
        return any(
            _matches(figure, fact, sentence, facts)
            for fact in facts.table
            if fact.channel in whose and (fact.topic == "threshold" or fact.campaign in mention.campaigns)
        )
    if len(mention.channels) < 2:
        return is_fact(figure, mention.channels[0] if mention.channels else None)
    if figure.range:
        return any(is_fact(figure, channel) for channel in mention.channels)
    counted = [one for one in figures if not is_scope(one)]
    if len(counted) == len(mention.channels) and not any(one.range for one in counted):
        return is_fact(figure, mention.channels[counted.index(figure)])
    return all(is_fact(figure, channel) for channel in mention.channels)


def _is_end(figure: Figure, fact: Fact) -> bool:
    """Whether a fact about one may be that end of a range; budgets go from one to the other."""
    if fact.topic == "interval":
        return fact.measure.endswith("_lo80" if figure.range == "low" else "_hi80")
    return fact.topic in ("current", "advised", "usual")


def _matches(figure: Figure, fact: Fact, sentence: Sentence, facts: Facts) -> bool:
    family = _family_of(figure, sentence)
    return (
        _has_unit(figure, fact, family, facts.currency)
        and _means(family, fact, sentence)
        and suits_occasion(figure, fact, sentence.masked)
        and _has_value(figure, fact, sentence)
    )


def _family_of(figure: Figure, sentence: Sentence) -> str | None:
    """The measure that the words give the figure: a noun right after it, else the last word before, else the next."""
    if figure.unit in _COUNTED:
        return None
    if figure.unit == "percent" and _OF_CLICKS.match(sentence.masked, figure.end):
        return "conversion"
    rest = re.split(r"[,;:]", sentence.masked[figure.end :])[0]
    after = [
        (start, sentence.masked[start:end], family)
        for start, end, family in sentence.families
        if figure.end <= start < figure.end + len(rest)
    ]
    before = [family for _, end, family in sentence.families if end <= figure.start]
    if after:
        start, word, family = after[0]
        close = re.fullmatch(r"[\s\-]{0,2}(?:(?:in|of)\s)?", sentence.masked[figure.end : start])
        if not before or (close and not word.endswith(("ed", "spent"))):
            return family
    named = before[-1] if before else None
    return _find_price(figure, sentence) if figure.unit == "money" and named in (None, "conversion") else named


def _find_price(figure: Figure, sentence: Sentence) -> str | None:
    """Of what an amount is the price: of the thing named last before it."""
    said = sentence.masked[: figure.start]
    places = {family: [match.start() for match in pattern.finditer(said)] for family, pattern in _EACH.items()}
    last = {family: found[-1] for family, found in places.items() if found}
    return max(last, key=last.__getitem__) if last else None


def _means(family: str | None, fact: Fact, sentence: Sentence) -> bool:
    own = MEASURES[fact.measure].family
    if family is None and own in _EACH | {"cpm": None}:
        return False
    if own == "confidence":
        return any(name == own for _, _, name in sentence.families)
    return family is None or fact.topic == "scope" or own in lexicon.MEANT.get(family, {family})


def _has_unit(figure: Figure, fact: Fact, family: str | None, currency: str) -> bool:
    if figure.unit == "":
        if fact.unit == "money":
            return family in _MONEY_FAMILIES
        small = all(value < 1 and half <= 0.005 for value, half in figure.readings)
        return fact.unit in ("ratio", "count", "score") or (fact.unit == "share" and small)
    if figure.unit == "money":
        return fact.unit == "money" and figure.currency == currency
    if figure.unit == "percent":
        return fact.unit in ("share", "percent") or (fact.unit == "ratio" and family == "roi")
    if figure.unit == "times":
        return fact.unit == "ratio" and family == "roi"
    return fact.unit == figure.unit or (figure.unit == "conversions" and fact.measure == "conversions")


def _has_value(figure: Figure, fact: Fact, sentence: Sentence) -> bool:
    value = fact.value * (100 if _is_shown_as_percent(figure, fact) else 1)
    for size, half in figure.readings:
        error = abs(size - abs(value))
        close = error <= half * (1 + 1e-9) + 1e-9 * abs(value)
        fine = error <= _FINE.get(fact.unit, 0.0)
        exact = fine or half <= 0.005 or error <= LOOSEST * abs(value)
        if close and exact and _has_sign(figure, value, size, fact, sentence):
            return True
    return False


def _is_shown_as_percent(figure: Figure, fact: Fact) -> bool:
    return figure.unit == "percent" and fact.unit in ("share", "ratio")


def _has_sign(figure: Figure, value: float, size: float, fact: Fact, sentence: Sentence) -> bool:
    """The sign as written, or a word for it: `cut by 30%` for a change of -30 %."""
    if size == 0:
        return True
    if figure.sign:
        return (value < 0) == (figure.sign == "-")
    clause = re.split(r"[;:]", sentence.masked[: figure.start])[-1]
    if fact.topic == "advised" and fact.unit == "percent":
        beside = _BESIDE.match(sentence.masked, figure.end)
        clause += beside[0] if beside else ""
        return _last_word(clause) == -1 if value < 0 else _last_word(clause) >= 0
    if value < 0:
        return bool(lexicon.LESS.search(clause))
    if fact.topic == "plan" and re.search(r"\bcosts?\s*$", clause, re.IGNORECASE):
        return False
    return fact.unit not in ("ratio", "percent") or not lexicon.LOST.search(clause)


def _last_word(clause: str) -> int:
    """The direction of the last verb of the clause: 1 up, -1 down, 0 none."""
    ups = [match.start() for match in money_words.RAISE.finditer(clause)]
    downs = [match.start() for match in lexicon.LESS.finditer(clause)]
    return 0 if not ups and not downs else 1 if max(ups, default=-1) > max(downs, default=-1) else -1


def _find_swapped_budgets(sentence: Sentence, facts: Facts) -> str | None:
    """`From A to B` must run from the current budget to the recommended one."""
    for mention, figures in _bind(sentence):
        if len(mention.channels) != 1:
            continue
        current, advised = (facts.find(name, mention.channels[0]) for name in ("current_budget", "recommended_budget"))
        for low, high in pairwise(figures):
            if low.range != "low" or low.unit != "money" or current is None or advised is None:
                continue
            if _near(low, advised) and _near(high, current) and not (_near(low, current) and _near(high, advised)):
                return "it names the recommended budget as the current one"
    return None


def _near(figure: Figure, value: float) -> bool:
    return any(abs(size - value) <= half * (1 + 1e-9) for size, half in figure.readings)
