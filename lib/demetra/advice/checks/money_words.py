"""Words that advice on budgets is made of, and what else may be done, in English and Russian together.

They are meant to over-match: a sentence that is not understood is dropped.
"""

from __future__ import annotations

from typing import Final

from demetra.advice.checks.lexicon import match_words

RAISE: Final = match_words(
    *(
        r"rais(?:e|es|ed|ing)",
        r"increas\w+",
        r"boost\w*",
        r"scal(?:e|es|ed|ing)(?: up)?(?! (?:\S+ ){0,3}?(?:back|down))",
        r"ris(?:e|es|ing)",
        r"(?:put|bring|take)\w* (?:\S+ ){1,3}?up",
        r"grow(?:ing)?",
        r"expand\w*",
    ),
    *(
        r"add(?:ing)?",
        r"double down",
        r"doubling down",
        r"prioriti[sz]\w+",
        r"favou?r\w*",
        r"focus\w*",
        r"concentrat\w+",
    ),
    *(
        r"invest(?:ing)? more",
        r"(?:spend|allocate|put|give|get|receive)\w* (?:\S+ ){0,2}?more",
        r"more (?:budget|spend|money|funds|investment)",
    ),
    *(r"higher (?:budget|spend)", r"увелич\w+", r"повы[шс]\w+", r"нараст\w+", r"наращива\w+", r"добав\w+", r"усил\w+"),
    *(
        r"поднят\w*",
        r"подним\w+",
        r"расшир\w+",
        r"масштабир\w+",
        r"больше (?:бюджета|денег|средств)",
        r"вложи\w+ больше",
    ),
    *(r"рост(?= на)", r"больше(?= на [\ue000-\uefff])"),
    *(r"приоритет\w*", r"сосредоточ\w+", r"сделать ставку", r"больше (?:вклад|инвестир)\w+", r"вкладыва\w+ больше"),
)
_STOP: Final = (
    *(r"paus\w+", r"stop(?:s|ping)?", r"switch\w* off", r"turn\w* off", r"останов\w+", r"приостанов\w+", r"отключ\w+"),
)
CUT: Final = match_words(
    *_STOP,
    *(r"cut(?:s|ting)?", r"reduc\w+", r"decreas\w+", r"lower(?:ing|ed|s)?", r"trim\w*"),
    *(
        r"shrink\w*",
        r"slash\w*",
        r"scal\w+ (?:\S+ ){0,3}?(?:back|down)",
        r"limit(?:ing|s)?",
        r"withdraw\w*",
        r"drop(?:s|ping)?",
    ),
    *(r"(?:spend|allocate|invest|put)\w* less", r"less (?:budget|spend|money)"),
    *(
        r"сокра[тщ]\w+",
        r"сни[зж]\w+",
        r"уменьш\w+",
        r"уреза\w+",
        r"уре[зж]\w+",
    ),
    *(
        r"меньше (?:бюджета|денег|средств)",
        r"забер\w+",
        r"забрать",
        r"отнять",
        r"отним\w+",
        r"меньше (?:трат|вклад)\w+",
    ),
    *(r"снижение(?= на)", r"меньше(?= на [\ue000-\uefff])"),
    *(r"трат\w+ (?:\S+ ){0,3}?меньше", r"fall(?:s|ing)?", r"(?:take|bring|put)\w* (?:\S+ ){1,3}?down"),
    *(r"take\w* (?:\S+ ){0,3}?(?:out of|away|off)", r"los(?:e|es|ing) (?:\S+ )?(?:budget|money|funding|funds)"),
)
KEEP: Final = match_words(
    *(r"keep\w*", r"maintain\w*", r"hold(?:s|ing)?", r"unchanged", r"leav(?:e|es|ing)", r"stays?", r"same budget"),
    *(r"(?:do(?:es)? not|don['’]t|need not|should not) (?:change|touch|alter|adjust)\w*", r"steady"),
    *(r"остав\w+", r"сохран\w+", r"без изменений", r"не мен\w+", r"прежн\w+"),
    *(r"(?:менять|трогать) не (?:\w+)", r"не (?:\w+ )?(?:менять|трогать)", r"не трога\w+"),
)
STOP: Final = match_words(*_STOP)
SOME: Final = match_words(
    *(r"weakest", r"worst", r"some", r"listed", r"in breach", r"poorest", r"underperforming", r"lowest\S*", r"losing"),
    *(r"слаб\w+", r"худш\w+", r"отдельн\w+", r"убыточн\w+", r"с нарушени\w+", r"campaign", r"кампанию"),
)
"""Of whose campaigns or ads only a part is meant; one campaign is a part, too."""
AVOID: Final = match_words(
    *(
        r"not",
        r"n['’]t",
        r"\w+n['’]t",
        r"never",
        r"avoid",
        r"refrain from",
        r"instead of",
        r"rather than",
        r"without",
        r"no",
    ),
    *(r"не", r"нет", r"нельзя", r"избега\w+", r"вместо", r"без", r"ни"),
)
MOVE: Final = match_words(
    *(r"flow\w*", r"direct(?:ed|ing)?", r"steer\w*", r"go(?:es)?(?= to)", r"направ\w+"),
    *(
        r"shift\w*",
        r"mov(?:e|es|ed|ing)",
        r"reallocat\w+",
        r"redirect\w*",
        r"redistribut\w+",
        r"transfer\w*",
        r"divert\w*",
    ),
    *(r"перелож\w+", r"перекла\w+", r"перебро\w+", r"перекин\w+"),
    *(r"перенес\w*", r"перенос\w*", r"перераспредел\w+", r"перевести", r"перевод\w*", r"перенаправ\w+"),
)
TOTAL: Final = match_words(r"total\w*", r"overall", r"общ\w+", r"сумм\w+", r"итог\w*")
MONEY: Final = match_words(
    *(r"budgets?", r"spend(?:ing|s)?", r"investments?", r"invest\w*", r"allocat\w+", r"money", r"funds?", r"funding"),
    *(r"бюджет\w*", r"расход\w*", r"затрат\w*", r"инвестиц\w+", r"денег", r"деньги", r"средств\w*", r"вложени\w+"),
)
TUNED: Final = match_words(
    *(r"CPC", r"CPM", r"CPA", r"CTR", r"ROI", r"CVR", r"bids?", r"bidding", r"conversions?(?: rates?)?", r"frequency"),
    *(
        r"click[- ]through(?: rates?)?",
        r"costs? per \w+",
        r"costs?",
        r"creatives?",
        r"audiences?",
        r"friction",
        r"waste",
    ),
    *(r"tests?", r"landing pages?", r"keywords?", r"campaigns?", r"ads?", r"placements?", r"targeting", r"relevance"),
    *(
        r"таргет\w+",
        r"ставк\w+",
        r"конверси\w+",
        r"стоимост\w+",
        r"цен\w+",
        r"частот\w+",
        r"креатив\w*",
        r"аудитори\w+",
        r"посадочн\w+",
    ),
    *(r"кампани\w+", r"объявлени\w+", r"ключев\w+", r"площад\w+", r"кликабельност\w+", r"окупаемост\w+", r"страниц\w+"),
)
"""What may be raised or lowered beside budgets; a verb whose object is one of these moves no money."""

LOOK: Final = match_words(
    *(r"test\w*", r"review\w*", r"check\w*", r"improv\w+", r"refin\w+", r"low(?:er|ering)", r"limit\w*", r"renew\w*"),
    *(
        r"compar\w+",
        r"watch\w*",
        r"monitor\w*",
        r"tr(?:y|ying)",
        r"consider\w*",
        r"simplif\w+",
        r"rework\w*",
        r"look\w*",
    ),
    *(
        r"reduc\w+",
        r"optimi[sz]\w+",
        r"adjust\w*",
        r"audit\w*",
        r"investigat\w+",
        r"analy[sz]\w+",
        r"updat\w+",
        r"us(?:e|ing)",
    ),
    *(
        r"raise",
        r"rais(?:e|ing)",
        r"increas\w+",
        r"start\w*",
        r"stop\w*",
        r"paus\w+",
        r"may help",
        r"need\w*",
        r"should",
        r"focus\w*",
    ),
    *(
        r"keep\w*",
        r"track\w*",
        r"find out",
        r"make sure",
        r"ensur\w+",
        r"cap",
        r"narrow\w*",
        r"widen\w*",
        r"add\w*",
        r"tighten\w*",
    ),
    *(r"провер\w+", r"пересмотр\w+", r"обнов\w+", r"улучш\w+", r"уточн\w+", r"сни[зж]\w+", r"сравн\w+", r"след\w+"),
    *(r"попроб\w+", r"протест\w+", r"тестир\w+", r"перераб\w+", r"оптимиз\w+", r"убед\w+", r"выясн\w+", r"изуч\w+"),
    *(
        r"отказ\w+",
        r"добав\w+",
        r"ограничь\w*",
        r"остан\w+",
        r"сузь\w*",
        r"расшир\w+",
        r"начать",
        r"упрост\w+",
        r"продолж\w+",
    ),
    *(
        r"сосредоточ\w+",
        r"поднят\w*",
        r"поднимит\w*",
        r"повы[шс]\w+",
        r"увелич\w+",
        r"уменьш\w+",
        r"настро\w+",
        r"нужн\w+",
        r"стоит",
    ),
)
"""What to do or to look at, other than moving money."""
