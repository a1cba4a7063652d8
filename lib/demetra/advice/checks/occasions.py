"""Whether a sentence speaks of a fact as what it is: a forecast as a forecast, a bound as a bound, advice as advice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from demetra.advice.checks import claim_words, lexicon
from demetra.advice.measures import RECENT

if TYPE_CHECKING:
    from demetra.advice.checks.figures import Figure
    from demetra.advice.facts import Fact


def _before(*patterns: str) -> re.Pattern[str]:
    """What stands right before a figure."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})\s*$", re.IGNORECASE)


_BEYOND: Final = _before(
    *(r"below(?: the)?", r"above(?: the)?", r"under", r"over", r"(?:more|less|fewer|higher|lower|greater) than"),
    *(r"exceed\w*", r"ниже", r"выше", r"более", r"менее", r"больше", r"меньше"),
)
_AT_LEAST: Final = _before(
    *(r"at least", r"at most", r"up to", r"no (?:more|less) than", r"не менее", r"не более", r"(?:как )?минимум"),
    r"(?:как )?максимум",
)
_AT: Final = re.compile(
    _before(
        *(r"to", r"from", r"at", r"of", r"is", r"was", r"be", r"becomes", r"between", r"and", r"about", r"around"),
        *(
            r"near",
            r"goes",
            r"instead of",
            r"вместо",
            r"до",
            r"с",
            r"со",
            r"состав\w+",
            r"около",
            r"и",
            r"равен",
            r"на уровне",
        ),
    ).pattern
    + r"|[:(—–=]\s*$",
    re.IGNORECASE,
)
_THRESHOLD: Final = _before(r"(?:threshold|limit)(?: is| was)?(?: of| at)?(?: the)?", r"порог\w*(?: в| —)?")
_FORECAST: Final = lexicon.match_words(r"forecast\w*", r"predict\w*", r"прогноз\w*")
_RECOMMENDED: Final = re.compile(
    r"[\s,(]*(?:is |are |was )?(?:recommend|advis|propos|рекоменд|предлага)\w*", re.IGNORECASE
)
_FROM: Final = lexicon.match_words(
    r"from", r"instead of", r"current\w*", r"now", r"at", r"с", r"со", r"вместо", r"текущ\w+", r"сейчас"
)
_COMPARED: Final = re.compile(
    r"\s*(?:more|less|higher|lower|fewer|better|worse|above|below|больше|меньше|выше|ниже|дороже|дешевле)\b"
    r"(?! (?:(?:the|its|a) )?(?:threshold|limit|порог))",
    re.IGNORECASE,
)
"""After a figure: then it is a difference."""
_TO: Final = _before(r"to", r"до")
_LEAST: Final = re.compile(r"least|less|менее|минимум", re.IGNORECASE)
_NEXT: Final = _before(r"next", r"following", r"coming", r"ближайш\w+", r"следующ\w+", r"предстоящ\w+")
_LAST: Final = _before(r"last", r"past", r"previous", r"последн\w+", r"прошл\w+", r"предыдущ\w+")
_WITHIN: Final = re.compile(r"(?:within|±|plus or minus|в пределах|плюс-минус)\W*$", re.IGNORECASE)
_LEVEL: Final = re.compile(r"[\s-]*(?:\w+[- ])?(?:intervals?|интервал\w*)", re.IGNORECASE)
_SPENT: Final = lexicon.match_words(r"spent", r"потра\w+", r"spend on \S+ was", r"расход\w* (?:\S+ ){0,2}состав\w+")
_ALARM: Final = lexicon.match_words(
    *(r"below", r"above", r"under", r"thresholds?", r"limits?", r"exceed\w*", r"breach\w*"),
    *(r"ниже", r"выше", r"порог\w*", r"превы\w+", r"нарушени\w+"),
)
_PACE: Final = lexicon.match_words(r"pace", r"month['’]s end", r"on track", r"темп\w*", r"к концу месяца")


def suits_occasion(figure: Figure, fact: Fact, text: str) -> bool:
    """Whether the words around the figure, in a masked sentence, are those for such a fact."""
    said = text[: figure.start]
    if fact.topic == "scope":
        return _suits_scope(figure, fact, text, said)
    if _THRESHOLD.search(said) and fact.topic != "threshold":
        return False
    if _COMPARED.match(text, figure.end) and fact.topic not in ("plan", "interval", "advised"):
        return False
    if _BEYOND.search(said) and fact.topic != "threshold":
        return False
    if _AT_LEAST.search(said) and fact.topic != "interval" and not _scales_up(fact, said):
        return False
    if fact.topic in ("current", "advised"):
        return _suits_budget(figure, fact, text, said)
    if fact.topic in ("forecast", "interval", "threshold"):
        return _suits_forecast(figure, fact, text, said)
    if fact.topic == "usual":
        return bool(lexicon.USUAL.search(text))
    if fact.topic == "incident" and not _suits_incident(fact, text):
        return False
    foretold = lexicon.PREDICTED.search(text) and not lexicon.PAST.search(text)
    return fact.topic == "plan" or not foretold or bool(fact.topic == "incident" and lexicon.USUAL.search(text))


def _suits_incident(fact: Fact, text: str) -> bool:
    """The window of the alerts is shorter than that of the recent figures: 0.68 is not the ROI of 28 days."""
    if fact.measure == "plan_pace":
        return bool(_PACE.search(text))
    if fact.campaign is not None or fact.measure not in RECENT:
        return True
    return any(pattern.search(text) for pattern in (_ALARM, claim_words.INCIDENT, lexicon.USUAL))


def _scales_up(fact: Fact, said: str) -> bool:
    """`Scale A up to $500`: here "up to" is no bound."""
    return fact.topic == "advised" and bool(re.search(r"scal\w+[^.;]*up to\s*$", said, re.IGNORECASE))


def _suits_scope(figure: Figure, fact: Fact, text: str, said: str) -> bool:
    if fact.measure == "budget_days" and _FORECAST.search(text):
        return False
    if fact.unit == "days":
        return not (_NEXT if fact.measure == "days" else _LAST).search(said)
    if fact.measure == "level":
        return bool(_LEVEL.match(text, figure.end))
    return fact.measure != "tolerance" or bool(_WITHIN.search(said))


def _suits_budget(figure: Figure, fact: Fact, text: str, said: str) -> bool:
    """Amounts are named as what a budget is, not as what it changes by, and not as what was spent."""
    recommended = _RECOMMENDED.match(text, figure.end) or (_RECOMMENDED.search(said) and not _FROM.search(said))
    if fact.topic == "current" and (recommended or (_TO.search(said) and not figure.range)):
        return False
    if fact.unit == "percent" and _TO.search(said):
        return False
    if _SPENT.search(text) or (fact.unit == "money" and not figure.range and not _AT.search(said)):
        return False
    return fact.topic == "current" or bool(lexicon.ADVISED.search(text))


def _suits_forecast(figure: Figure, fact: Fact, text: str, said: str) -> bool:
    if fact.topic == "threshold":
        return bool(lexicon.BEYOND.search(said))
    if fact.topic == "interval":
        bound = _AT_LEAST.search(said)
        if bound:
            return fact.measure.endswith("_lo80" if _LEAST.search(bound[0]) else "_hi80")
        return bool(figure.range or lexicon.INTERVAL.search(said))
    if fact.measure == "confidence":
        return not _WITHIN.search(said)
    return bool(lexicon.PREDICTED.search(text))
