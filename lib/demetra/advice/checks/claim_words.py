"""Words that claims without figures are made of, in English and Russian together.

They are meant to over-match: a sentence that is not understood is dropped.
"""

from __future__ import annotations

import re
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
CUT: Final = match_words(
    *(r"cut(?:s|ting)?", r"reduc\w+", r"decreas\w+", r"lower(?:ing|ed|s)?", r"trim\w*", r"paus\w+", r"stop(?:s|ping)?"),
    *(
        r"shrink\w*",
        r"slash\w*",
        r"scal\w+ (?:\S+ ){0,3}?(?:back|down)",
        r"limit(?:ing|s)?",
        r"withdraw\w*",
        r"drop(?:s|ping)?",
    ),
    *(r"(?:spend|allocate|invest|put)\w* less", r"less (?:budget|spend|money)", r"switch\w* off", r"turn\w* off"),
    *(
        r"сокра[тщ]\w+",
        r"сни[зж]\w+",
        r"уменьш\w+",
        r"уреза\w+",
        r"уре[зж]\w+",
        r"останов\w+",
        r"приостанов\w+",
        r"отключ\w+",
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
    *(r"take\w* (?:\S+ ){0,3}?(?:out of|away)", r"los(?:e|es|ing) (?:\S+ )?(?:budget|money|funding|funds)"),
)
KEEP: Final = match_words(
    *(r"keep\w*", r"maintain\w*", r"hold(?:s|ing)?", r"unchanged", r"leav(?:e|es|ing)", r"stays?", r"same budget"),
    *(r"(?:do(?:es)? not|don['’]t|need not|should not) (?:change|touch|alter|adjust)\w*", r"steady"),
    *(r"остав\w+", r"сохран\w+", r"без изменений", r"не мен\w+", r"прежн\w+"),
    *(r"(?:менять|трогать) не (?:\w+)", r"не (?:\w+ )?(?:менять|трогать)", r"не трога\w+"),
)
STOP: Final = match_words(
    *(r"paus\w+", r"stop(?:s|ping)?", r"switch\w* off", r"turn\w* off", r"останов\w+", r"приостанов\w+", r"отключ\w+"),
)
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
    *(r"не", r"нельзя", r"избега\w+", r"вместо", r"без", r"ни"),
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

BEST: Final = match_words(
    *(r"best(?:[- ]performing)?", r"top(?:[- ]performing)?", r"leading", r"leads?", r"leader", r"strongest", r"winner"),
    *(
        r"most (?:efficient|effective|profitable|valuable|successful|promising)",
        r"number one",
        r"no other channel",
        r"first place",
    ),
    *(r"excel\w*", r"outstanding", r"superb", r"fantastic", r"amazing", r"impressive", r"great", r"star", r"champion"),
    *(r"лучш(?:ий|ая|ее|ие|его|ей|им|их)", r"лидер\w*", r"лидиру\w+", r"самы\w+ (?:эффективн|прибыльн|выгодн)\w+"),
    *(r"наилучш\w+", r"сильнейш\w+", r"первое место", r"на первом месте", r"отличн\w+", r"превосходн\w+"),
)
WORST: Final = match_words(
    *(r"worst(?:[- ]performing)?", r"weakest", r"poorest", r"least (?:efficient|effective|profitable)", r"bottom"),
    *(r"last place", r"laggard", r"loser", r"худш(?:ий|ая|ее|ие|его|ей|им|их)", r"наихудш\w+", r"слабейш\w+"),
    *(r"самы\w+ (?:неэффективн|убыточн|слаб)\w+", r"аутсайдер\w*", r"на последнем месте"),
)
HIGHEST: Final = match_words(
    r"highest",
    r"largest",
    r"biggest",
    r"greatest",
    r"most(?! likely)",
    r"самы\w+ (?:высок|больш)\w+",
    r"наибольш\w+",
    r"максимальн\w+",
)
LOWEST: Final = match_words(
    r"lowest",
    r"smallest",
    r"least",
    r"cheapest",
    r"самы\w+ (?:низк|маленьк|деш[её]в)\w+",
    r"наименьш\w+",
    r"минимальн\w+",
)
BETTER: Final = match_words(
    *(
        r"better",
        r"stronger",
        r"outperform\w*",
        r"outpac\w+",
        r"outrank\w*",
        r"beat(?:s|ing)?",
        r"tops",
        r"topping",
        r"ahead of",
        r"surpass\w*",
        r"superior",
    ),
    *(
        r"more (?:efficient|effective|profitable)\w*",
        r"лучше",
        r"превосход\w+",
        r"опережа\w+",
        r"обгоня\w+",
        r"эффективнее",
    ),
    *(r"выгоднее", r"прибыльнее", r"сильнее"),
)
WORSE: Final = match_words(
    *(
        r"worse",
        r"weaker",
        r"underperform\w*",
        r"lag(?:s|ging)?(?: behind)?",
        r"trail(?:s|ing)?",
        r"behind",
        r"inferior",
    ),
    *(r"less (?:efficient|effective|profitable)\w*", r"хуже", r"уступа\w+", r"отста\w+", r"слабее"),
)
HIGHER: Final = match_words(
    *(r"higher", r"greater", r"larger", r"more", r"above", r"exceeds?", r"dearer", r"costlier", r"pricier"),
    *(r"выше", r"больше", r"дороже"),
)
LOWER: Final = match_words(
    r"lower", r"smaller", r"less", r"fewer", r"below", r"cheaper", r"ниже", r"меньше", r"дешевле"
)
VERSUS: Final = match_words(
    r"than",
    r"compared (?:with|to)",
    r"versus",
    r"vs\.?",
    r"against",
    r"relative to",
    r"чем",
    r"по сравнению с",
    r"против",
)
ORDERED: Final = re.compile(
    r"followed by|(?<!\w)rank(?:s|ed|ing)?(?!\w)|>|<|следом|за (?:ним|ней) ид|рейтинг|по убыванию", re.IGNORECASE
)
ATTRIBUTE: Final = re.compile(
    r"\s+(?:\w+\s+){0,1}?(?:creatives?|ads?|campaigns?|keywords?|audiences?|practices?|placements?|segments?|pages?|posts?|"
    r"times?|hours?|step|offers?|объявлени\w+|креатив\w*|кампани\w+|ключев\w+|аудитори\w+|практик\w*|площад\w+)",
    re.IGNORECASE,
)
"""After a superlative: then it is not a channel that is called the best."""
ALIKE: Final = match_words(
    *(r"similar\w*", r"comparabl[ey]", r"the same", r"equal(?:ly)?", r"on par", r"in line", r"alike", r"overlap\w*"),
    *(r"within (?:the |their )?(?:margin of error|noise|uncertainty)", r"no (?:\w+ )?(?:winner|difference|leader)"),
    *(r"в пределах (?:погрешности|ошибки|шума)", r"нет (?:\w+ )?(?:победителя|разницы|лидера)", r"пересека\w+"),
    *(r"indistinguishable", r"неразличим\w+", r"перекрыва\w+", r"одинаков\w+", r"сопоставим\w+", r"похож\w+"),
    r"на одном уровне",
)
APART: Final = match_words(
    *(r"(?:tell|told|telling|set) (?:\S+ ){0,30}?apart", r"distinguish(?:ed|ing)?", r"separat(?:e|ed|ing)", r"ranked"),
    *(r"rankings?", r"ранжир\w+"),
    *(r"различ\w+", r"отлич(?:ить|аются|ается|им\w*)"),
)
PREFER: Final = re.compile(
    r"(?<!\w)(?:prioriti[sz]\w*|prefer\w*|favou?r\w*|choos\w+|предпоч\w+|приоритет\w*)\s(.*?)\s"
    r"(?:over|rather than|instead of|ahead of|перед|вместо|а не)\s(.*)",
    re.IGNORECASE,
)
NOT: Final = match_words(
    *(r"not", r"no", r"cannot", r"can['’]t", r"neither", r"nor", r"never", r"\w+n['’]t", r"without", r"hard(?:ly)?"),
    *(r"не", r"нет", r"нельзя", r"невозможно", r"ни", r"без"),
)
_GROW: Final = (
    r"(?:increas|improv|ris|rais|grow|climb|recover|boost)\w*|growth|higher|better|upward\w*|"
    r"вырас\w+|раст[иеу]\w*|рост\w*|увелич\w+|повы[шс]\w+|улучш\w+"
)
_SHRINK: Final = (
    r"(?:decreas|declin|fall|drop|worsen|deteriorat|weaken|shrink|reduc)\w*|lower|worse|downward\w*|"
    r"сни[зж]\w+|упад\w+|пад[ае]\w*|ухудш\w+|уменьш\w+|сокра[тщ]\w+"
)
GROW: Final = match_words(_GROW)
FORETOLD: Final = re.compile(
    rf"(?<!\w)(?:will|would|going to|(?:expected|forecast|forecasted|predicted|projected|likely|set|poised) to)\s"
    rf"(?:\S+\s){{0,3}}?(?:{_GROW}|{_SHRINK})(?!\w)"
    rf"|(?<!\w)(?:expect|predict|project|forecast|foresee)\w*\s(?:\S+\s){{0,3}}?(?:{_GROW}|{_SHRINK})(?!\w)"
    rf"|(?<!\w)(?:ожида|прогноз|предсказ)\w+\s(?:\S+\s){{0,2}}?(?:{_GROW}|{_SHRINK})(?!\w)"
    r"|(?<!\w)(?:вырастет|вырастут|будет расти|увеличится|повысится|улучшится|снизится|снизятся|упад[её]т|"
    r"ухудшится|уменьшится|сократится)(?!\w)",
    re.IGNORECASE,
)
CHANGED: Final = match_words(
    *(r"rose", r"risen", r"grew", r"grown", r"fell", r"fallen", r"(?<!be )(?<!been )improved", r"worsened", r"climbed"),
    *(r"(?:has|have|had|also) (?:increased|decreased)", r"(?:increased|decreased) (?:over|during|since)", r"declined"),
    *(r"dropped", r"(?:is|are|was|were|been) (?:\w+ )?(?:rising|falling|declining|growing|improving|worsening)"),
    *(r"(?:up|down)ward trend", r"trend(?:s|ing) (?:up|down)\w*"),
    *(r"вырос\w*", r"упал\w*", r"снизил\w*", r"увеличил\w*", r"улучшил\w*", r"ухудшил\w*", r"раст[её]т", r"пада[её]т"),
    *(r"used to", r"no longer", r"растут", r"падают", r"снижа[юе]тся", r"ухудша[юе]тся", r"улучша[юе]тся", r"раньше"),
)
PLAN: Final = match_words(
    r"plans?", r"allocations?", r"reallocation", r"uplift", r"план\w*", r"распределени\w+", r"эффект\w*"
)
EVIDENCE: Final = match_words(r"evidence", r"обоснованност\w+", r"доказательств\w+", r"свидетельств\w+")
GRADES: Final = {
    "strong": match_words(
        *(r"strong\w*", r"solid\w*", r"robust\w*", r"clear\w*", r"сильн\w+", r"над[её]жн\w+", r"убедительн\w+")
    ),
    "moderate": match_words(r"moderate\w*", r"fair\w*", r"умеренн\w+"),
    "weak": match_words(r"weak\w*", r"thin\w*", r"limited", r"слаб\w+"),
    "none": match_words(r"no", r"missing", r"lacking", r"отсутств\w+", r"нет"),
}
OVERSURE: Final = match_words(
    *(r"certain(?:ly)?", r"guarantee\w*", r"definitely", r"surely", r"undoubtedly", r"without (?:a )?doubt", r"always"),
    *(r"гарантир\w+", r"наверняка", r"безусловно", r"несомненно", r"точно", r"всегда"),
)
INCIDENT: Final = match_words(
    r"incidents?", r"alerts?", r"anomal(?:y|ies)", r"инцидент\w*", r"аномали\w+", r"тревог\w*"
)
