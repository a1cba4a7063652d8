"""Words that claims without figures are made of, in English and Russian together.

They are meant to over-match: a sentence that is not understood is dropped.
"""

from __future__ import annotations

import re
from typing import Final

from demetra.advice.checks.lexicon import match_words

BEST: Final = match_words(
    r"(?:is|are|looks?|remains?) (?:\w+ )?(?:strong|good|healthy|solid)",
    *(r"best(?:[- ]performing)?", r"top(?:[- ]performing)?", r"leading", r"leads?", r"leader", r"strongest", r"winner"),
    *(
        r"most (?:efficient|effective|profitable|valuable|successful|promising)",
        r"number one",
        r"runner-up",
        r"no other channel",
        r"first place",
    ),
    *(r"excel\w*", r"outstanding", r"superb", r"fantastic", r"amazing", r"impressive", r"great", r"star", r"champion"),
    *(r"лучш(?:ий|ая|ее|ие|его|ей|им|их)", r"лидер\w*", r"лидиру\w+", r"самы\w+ (?:эффективн|прибыльн|выгодн)\w+"),
    *(r"наилучш\w+", r"сильнейш\w+", r"первое место", r"на первом месте", r"отличн\w+", r"превосходн\w+"),
)
WORST: Final = match_words(
    r"(?:is|are|looks?|remains?) (?:\w+ )?(?:weak|poor)",
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
        r"ahead",
        r"edg(?:e|es|ed|ing) out",
        r"overtak\w+",
        r"surpass\w*",
        r"superior",
    ),
    *(
        r"more (?:efficient|effective|profitable)\w*",
        r"лучше(?! \w+(?:ть|ти|чь)\b)",
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
    r"followed by|(?<!\w)(?:comes?|ranks?) (?:first|second|third|last)|за (?:ним|ней|ними)|"
    r"(?<=, )[\ue000-\ue7ff] follows|(?<!\w)rank(?:s|ed|ing)?(?!\w)|>|<|следом|рейтинг|по убыванию",
    re.IGNORECASE,
)
ATTRIBUTE: Final = re.compile(
    r"\s+(?:\w+\s+){0,1}?(?:creatives?|ads?|campaigns?|keywords?|audiences?|practices?|placements?|segments?|pages?|posts?|"
    r"incidents?|alerts?|инцидент\w*|times?|hours?|step|offers?|объявлени\w+|креатив\w*|кампани\w+|ключев\w+|аудитори\w+|практик\w*|площад\w+)",
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
BREACH: Final = match_words(
    *(
        r"breach\w*",
        r"thresholds?",
        r"spend is recorded",
        r"gone silent",
        r"advice above",
        r"по рекомендации выше",
        r"no data",
        r"lacks data",
        r"no longer recorded",
    ),
    *(r"нарушени\w+", r"порог\w*", r"молчит", r"нет данных", r"не хватает данных", r"нет расходов"),
)
