"""Words that give a figure its meaning, in English and Russian together: answers mix the two.

Patterns are matched without regard to case.
"""

from __future__ import annotations

import re
from typing import Final


def match_words(*patterns: str) -> re.Pattern[str]:
    """A pattern for whole words, without regard to case."""
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")(?!\w)", re.IGNORECASE)


FAMILIES: Final[dict[str, re.Pattern[str]]] = {
    "cpc": match_words(
        r"clicks? (?:\S+ ){0,3}?costs?",
        r"CPCs?",
        r"costs? per click",
        r"per click",
        r"цен\w+ клика",
        r"стоимост\w+ клика",
        r"за клик",
    ),
    "cpm": match_words(
        *(r"CPMs?", r"costs? per (?:mille|thousand(?: impressions)?)", r"(?:per |a |one )?thousand impressions"),
        *(r"(?:за )?тысяч\w* показов",),
    ),
    "cpa": match_words(
        *(r"CPAs?", r"(?:acquisition )?costs? per (?:conversion|acquisition|lead|order|action)", r"acquisition costs?"),
        *(r"per conversion", r"(?:цен|стоимост)\w+ (?:конверсии|заявки|привлечения|лида|заказа)", r"за конверсию"),
    ),
    "ctr": match_words(r"CTRs?", r"click[- ]through(?: rates?)?", r"кликабельност\w+"),
    "conversion": match_words(r"conver\w+", r"CVR", r"конверси\w+", r"конвертир\w+"),
    "roi": match_words(
        *(
            r"ROI",
            r"returns? on investment",
            r"returned",
            r"returns?",
            r"per (?:unit|dollar|euro|rou?ble|pound)(?: of)?(?: spen[dt])?",
            r"profitab\w+",
        ),
        *(r"окупаемост\w+", r"рентабельност\w+", r"отдач\w+", r"доходност\w+"),
    ),
    "revenue": match_words(r"revenues?", r"sales", r"turnover", r"выручк\w+", r"доход\w*", r"продаж\w*"),
    "budget": match_words(r"budgets?", r"allocations?", r"allocate\w*", r"month's plan", r"бюджет\w*"),
    "spend": match_words(
        r"spend(?:ing|s)?", r"spent", r"investments?", r"invest(?:ed|ing)?", r"расход\w*", r"потра\w+", r"затрат\w*"
    ),
    "uplift": match_words(
        r"uplift", r"gains?", r"plan as a whole", r"whole plan", r"эффект\w*", r"прирост\w*", r"план целиком"
    ),
    "confidence": match_words(
        r"confidence",
        r"confident",
        r"уверен\w*",
        r"chances?",
        r"probabilit\w+",
        r"likelihood",
        r"вероятност\w+",
        r"шанс\w*",
    ),
    "engagement": match_words(r"engagement", r"вовлеч\w+"),
    "reach": match_words(r"reach(?:ed)?", r"охват\w*"),
}
"""What words name which family of measures; earlier families claim their words before later ones."""

MEANT: Final = {"spend": {"spend", "budget"}, "roi": {"roi", "uplift"}, "budget": {"budget", "uplift"}}
"""Families of facts that a word may speak of, where these are more than its own."""

ACCOUNT: Final = match_words(
    *(r"accounts?", r"accounts?['’]s?", r"overall", r"in total", r"altogether", r"combined"),
    *(r"plan as a whole", r"whole plan", r"the plan", r"portfolio", r"blended", r"in all"),
    *(r"(?:across|over|of|for|on) all (?:the |our |\w+ )?channels",),
    *(
        r"аккаунт\w*",
        r"в целом",
        r"итого",
        r"(?<!скорее )всего(?! \d)",
        r"суммарн\w+",
        r"по всем каналам",
        r"план\w* целиком",
        r"в сумме",
    ),
)
IT: Final = match_words(
    *(r"it", r"its", r"this channel", r"that channel", r"this channel['’]s", r"the channel", r"the channel['’]s"),
    *(r"он", r"она", r"его", r"её", r"ему", r"нему", r"н[её]м", r"эт(?:от|ого|ому|ом) канал\w*", r"канала?"),
)
EVERY: Final = match_words(
    r"(?:every|each|"
    r"(?<!across )(?<!over )(?<!of )(?<!for )(?<!on )all)(?: of)?(?: the| our| these)?"
    r"(?: (?:two|three|four|five|six|seven|eight|\d+))? "
    r"channels?",
    r"(?:вс[её]|все|всех|каждый|каждого|у всех) (?:(?:два|три|тр[её]х|четыре|пять|шесть|\d+) )?канал\w*",
)
OTHERS: Final = match_words(
    r"(?:all |any |every )?(?:the )?other(?:s|(?= \w))",
    r"the rest",
    r"every other channel",
    r"остальн\w+",
    r"други\w+",
    r"прочи\w+",
)
PREDICTED: Final = match_words(
    *(r"forecast\w*", r"expect\w*", r"predict\w*", r"project(?:ed|ion|ions)", r"outlook", r"upcoming", r"will"),
    *(r"next \d+", r"next \w+ (?:days|weeks)", r"likely", r"would", r"прогноз\w*", r"ожида\w+", r"следующ\w+"),
    *(r"ближайш\w+", r"предстоящ\w+"),
)
PAST: Final = match_words(
    *(r"last", r"past", r"previous\w*", r"recent\w*", r"was", r"were", r"had", r"has", r"have", r"earned", r"returned"),
    *(r"spent", r"brought", r"so far", r"current\w*", r"now", r"today", r"actual\w*", r"seen"),
    *(r"последн\w+", r"прошл\w+", r"был\w*", r"состав\w+", r"прин[её]с\w*", r"потра\w+", r"сейчас", r"текущ\w+"),
    r"фактическ\w+",
)
INTERVAL: Final = match_words(
    *(r"intervals?", r"range\w*", r"between", r"at (?:least|most)", r"lower (?:end|bound)", r"upper (?:end|bound)"),
    *(r"low end", r"high end", r"интервал\w*", r"диапазон\w*", r"между", r"не (?:менее|более)", r"границ\w+"),
)
USUAL: Final = match_words(
    *(r"(?:was|were|been) expected", r"expected (?:then|range|value|[^\w\s]?\d\S*)", r"the expected", r"its expected"),
    *(r"usual\w*", r"normal\w*", r"ожидал\w+", r"ожидаем\w+", r"обычн\w+", r"как правило"),
)
"""What was expected of the days that an incident is about: no forecast of days to come."""
BEYOND: Final = match_words(
    *(r"below", r"above", r"under", r"over", r"thresholds?", r"limits?", r"exceed\w*", r"less than", r"more than"),
    *(r"beyond", r"fewer than", r"ниже", r"выше", r"порог\w*", r"менее", r"более", r"меньше", r"больше", r"превы\w+"),
)
ADVISED: Final = match_words(
    *(r"to", r"recommend\w*", r"should", r"advi[sc]\w+", r"rais\w+", r"cut\w*", r"reduc\w+", r"increas\w+", r"new"),
    *(
        r"propos\w+",
        r"suggest\w*",
        r"plan\w*",
        r"keep\w*",
        r"leave",
        r"hold",
        r"set",
        r"give",
        r"take",
        r"put",
        r"scal\w+",
        r"trim\w*",
        r"more budget",
        r"lower",
        r"shift",
        r"decreas\w+",
    ),
    *(r"до", r"рекоменд\w+", r"совет\w*", r"следует", r"стоит", r"увелич\w+", r"сокра\w+", r"сниз\w+", r"снижа\w+"),
    *(r"повы\w+", r"план\w*", r"остав\w+", r"уменьш\w+", r"добав\w+", r"предл\w+"),
    *(r"уре[зж]\w+", r"дайте", r"больше бюджета", r"забер\w+", r"поднят\w*", r"подним\w+", r"снижение", r"рост"),
)
LESS: Final = match_words(
    *(r"cut\w*", r"reduc\w+", r"decreas\w+", r"lower\w*", r"down", r"los[ets]\w*", r"loss\w*", r"fall\w*", r"fell"),
    *(r"drop\w*", r"declin\w+", r"negative", r"minus", r"less", r"trim\w*", r"shrink\w*", r"scal\w+ back"),
    *(r"сокра\w+", r"сниз\w+", r"сниж\w+", r"уменьш\w+", r"уре[зж]\w+", r"паден\w+", r"потер\w+", r"убыт\w+", r"минус"),
)
LOST: Final = match_words(r"loss\w*", r"los[et]", r"losing", r"negative", r"minus", r"убыт\w+", r"потер\w+", r"минус")

SUPERLATIVE: Final = match_words(
    *(
        r"best",
        r"worst",
        r"highest",
        r"lowest",
        r"largest",
        r"smallest",
        r"strongest",
        r"weakest",
        r"most(?! likely)",
        r"least",
    ),
    *(r"cheapest", r"top", r"laggard", r"only", r"(?:сам|лучш|худш|наибольш|наименьш|наивысш)\w+", r"единственн\w+"),
)
AMONG: Final = match_words(
    *(
        r"(?:of|among|amongst|out of|across) all (?:the |our |other )*channels",
        r"(?:of|in) the (?:portfolio|account|mix)",
    ),
    *(r"(?:среди|из) (?:всех )?(?:остальных )?канал\w*",),
)
"""Whom a superlative is about: no figure is of these."""
PERIOD: Final = match_words(
    *(r"(?:last|this|next|previous|past|first|second|third|fourth) (?:week|month|quarter|year)s?", r"quarterly"),
    *(
        r"yesterday",
        r"tomorrow",
        r"(?:прошл|следующ|позапрошл|эт)\w+ (?:недел|месяц|год|квартал)\w*",
        r"вчера",
        r"завтра",
    ),
    *(r"квартал\w*", r"(?:per|a|each|every) (?:week|month|year)", r"в (?:неделю|месяц|год)", r"полугоди\w+"),
)
"""Times that no fact is about."""
MARKUP: Final = re.compile(r"https?://|www\.|</?\w|\]\(|javascript:|\w@\w+\.\w", re.IGNORECASE)
