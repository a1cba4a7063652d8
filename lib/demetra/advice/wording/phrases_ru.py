"""What the rules say, in Russian: one template per statement, filled in by `writer`."""

from __future__ import annotations

from typing import Final

from demetra.advice.wording.phrases import Phrases

_SENTENCES: Final = {
    "demo": "Демоданные: цифры взяты с имитации рынка, а не из настоящего аккаунта.",
    "spent": "За период {period} аккаунт потратил {spend} на {channels}, ROI составил {roi}.",
    "spent_no_roi": "За период {period} аккаунт потратил {spend} на {channels}; ROI неизвестен.",
    "nothing_spent": "За период {period} расходов не записано.",
    "one_channel": "Канал всего один, сравнивать его не с чем.",
    "no_forecast": "Прогноза ROI нет, сравнить каналы не по чему.",
    "ahead": "{name} опережает все остальные каналы: прогноз ROI на ближайшие {days} — {roi} "
    "({level} интервал от {low} до {high}); ни один другой интервал до него не доходит.",
    "behind": "{name} уступает всем остальным каналам: прогноз ROI на ближайшие {days} — {roi} "
    "({level} интервал от {low} до {high}); ни один другой интервал до него не доходит.",
    "above": "{name} с прогнозом ROI {roi} на ближайшие {days} ({level} интервал от {low} до {high}) опережает "
    "{lower}.",
    "above_short": "{name} с прогнозом ROI {roi} ({level} интервал от {low} до {high}) опережает {lower}.",
    "tied": "Данные не позволяют различить {names}: прогнозы ROI — от {low} до {high}, а 80-процентные интервалы "
    "перекрываются.",
    "tied_close": "Данные не позволяют различить {names}: прогноз ROI у каждого около {low}, а 80-процентные интервалы "
    "перекрываются.",
    "ahead_short": "{name} опережает все остальные каналы: прогноз ROI — {roi} ({level} интервал от {low} до {high}).",
    "behind_short": "{name} уступает всем остальным каналам: прогноз ROI — {roi} ({level} интервал от {low} до "
    "{high}).",
    "tied_short": "Данные не позволяют различить {names}.",
    "idle": "За это время нет расходов по каналам: {names}.",
    "extremes": "{name}: {list}.",
    "highest": "самый высокий {measure} ({value})",
    "lowest": "самый низкий {measure} ({value})",
    "no_strength": "По CTR, конверсии, CPC, CPM и CPA ни один канал явно не опережает все остальные.",
    "no_weakness": "По CTR, конверсии, CPC, CPM и CPA ни один канал явно не уступает всем остальным.",
    "open": "Открыто {incidents}.",
    "open_ordered": "Открыто {incidents}; самые серьёзные — первыми.",
    "open_one": "Открыт {incidents}.",
    "none_open": "Открытых инцидентов нет.",
    "incident_whole": "{name}: {label} — {value}, {side} порога {threshold}, нарушение у {campaigns}{worst}.",
    "incident_share": "{name}: {label} {side} порога {threshold} у {campaigns} с заметной долей расходов; {label} по "
    "каналу — {value}{worst}.",
    "incident_one": "{name}: {label} по каналу — {value}, но у крупной кампании {campaign} — {worst}, {side} порога "
    "{threshold}.",
    "incident_clicks": "{name}: кликов много, покупателей мало; {label} {side} порога {threshold} у {campaigns} с "
    "заметной долей расходов и высоким CTR; {label} по каналу — {value}{worst}.",
    "incident_plan": "{name}: потрачено {value} плана на месяц, {side} порога {threshold}.",
    "incident_account": "{name}: ROI — {value}, {side} порога {threshold}, который задан от ROI аккаунта.",
    "incident_pace": "{name}: при нынешнем темпе к концу месяца будет потрачено {value} плана.",
    "incident_change": "{name}: с {since} {label} вне ожидаемого диапазона от {low} до {high}: {value}.",
    "incident_change_open": "{name}: с {since} {label} вне ожидаемого диапазона: {value}, ожидалось {expected}.",
    "incident_no_conversions": "{name}: с {since} не записано ни одной конверсии; ожидалась {label} {expected}.",
    "incident_channel_silent": "{name} молчит: с {since} уже {days} показов почти нет.",
    "incident_data_gap": "{name}: с {since} уже {days} нет данных, хотя у других каналов они есть.",
    "incident_missing_days": "{name}: не хватает данных за {days} между днями, за которые они есть; первый — {since}.",
    "incident_silence": "{name}: с {since} уже {days} нет ни данных, ни показов.",
    "worst": "; дороже всего обходится кампания {campaign}: {value}",
    "forecasts": "Прогноз ROI на ближайшие {days}, в скобках {level} интервал: {list}.",
    "rising": "У {name} ожидается рост ROI: за последние {days} было {recent}.",
    "falling": "У {name} ожидается снижение ROI: за последние {days} было {recent}.",
    "steady": "Ни у одного канала прогноз не отходит от того, что показали последние {days}.",
    "chances": "Насколько этому верить: ROI окажется в пределах {tolerance} от прогноза с вероятностью {list}.",
    "chance": "{value} у {name}",
    "chances_alike": "Насколько этому верить: у каждого канала ROI окажется в пределах {tolerance} от прогноза с "
    "вероятностью {span}.",
    "drivers": "Что лучше всего предсказывает ROI кампании на отложенных строках, по убыванию силы: {list}.",
    "no_drivers": "Ни один признак кампании не предсказывает её ROI на отложенных строках лучше случайности.",
    "drivers_unknown": "Факторы ROI в этом запуске не рассчитаны.",
    "raise": "Увеличить бюджет {name} с {current} до {advised} ({change}) на ближайшие {days}; обоснованность: "
    "{evidence}.",
    "cut": "Сократить бюджет {name} с {current} до {advised} ({change}) на ближайшие {days}; обоснованность: "
    "{evidence}.",
    "keep": "Бюджет {names} оставить прежним.",
    "raise_short": "Следующий шаг: увеличить бюджет {name} с {current} до {advised} на ближайшие {days}.",
    "cut_short": "Следующий шаг: сократить бюджет {name} с {current} до {advised} на ближайшие {days}.",
    "total": "Общая сумма остаётся прежней: {total}.",
    "total_changes": "Общая сумма меняется с {current} до {advised}.",
    "plan": "Ожидаемый эффект всего плана — {uplift} к отдаче ({level} интервал от {low} до {high}).",
    "plan_uncertain": "Интервал допускает и отсутствие выигрыша, поэтому план стоит считать проверкой.",
    "hold": "Сохранить все бюджеты без изменений: ни одно другое распределение не обещает большей отдачи с достаточной "
    "уверенностью.",
    "learn": "Чтобы узнать больше, стоит намеренно менять расход одного канала и сравнить недели до и после.",
    "more_moves": "Остальные изменения — в таблице бюджета.",
    "one_budget": "Бюджет оставить прежним: другого канала, куда его перенести, нет.",
    "no_budget": "Рекомендаций по бюджету в этом запуске нет.",
    "dear_clicks": "Самый высокий CPC — у {name}: {value}; пересмотреть ставки и отказаться от самых дорогих ключевых "
    "слов и площадок.",
    "few_clicks": "Самый низкий CTR — у {name}: {value}; обновить креативы и проверить, кому они показываются.",
    "dear_views": "Самый высокий CPM — у {name}: {value}; попробовать более широкую или другую аудиторию.",
    "no_tuning": "CPC, CTR и CPM у каналов расходятся слишком слабо, чтобы делать выводы; улучшать их стоит по "
    "отдельным кампаниям.",
    "one_tuning": "Сравнить CPC, CTR и CPM по кампаниям и улучшать там, где они отстают сильнее всего.",
    "one_conversion": "Сравнить посадочные страницы и предложения по кампаниям.",
    "few_conversions": "Самый низкий коэффициент конверсии — у {name}: {value}; сравнить посадочные страницы и "
    "предложения.",
    "check_conversion": "{names}: проверить посадочные страницы и предложения кампаний с нарушением и то, что их "
    "конверсии по-прежнему записываются.",
    "no_conversion": "По конверсии ни один канал не выделяется; сравнить посадочные страницы внутри каждого канала.",
    "rework": "Начать с {name}: переработать самые слабые кампании{first}, а бюджет вести по рекомендации выше.",
    "first": ", прежде всего {campaign}",
    "rework_channel": "Начать с {name}: выяснить, почему у него низкий ROI, а бюджет вести по рекомендации выше.",
    "watch": "Инцидентов по ROI нет; следить, остаётся ли ROI внутри интервалов прогноза.",
}

_LABELS: Final = {
    "roi": "ROI",
    "cpa": "цена конверсии",
    "conversion_rate": "конверсия",
    "ctr": "CTR",
    "engagement_score": "средняя оценка вовлечённости",
    "cpc": "цена клика",
    "cpm": "цена тысячи показов",
    "daily_spend": "расход в день",
    "daily_reach": "охват в день",
}
_EVIDENCE: Final = {"strong": "высокая", "moderate": "средняя", "weak": "низкая", "none": "отсутствует"}
_SIDES: Final = {"below": "ниже", "above": "выше"}
_SPAN: Final = "от {low} до {high}"
_DRIVERS: Final[dict[str, str]] = {
    "channel": "канал",
    "location": "регион",
    "language": "язык",
    "goal": "цель кампании",
    "audience": "аудитория",
    "segment": "сегмент",
    "weekday": "день недели",
    "month": "месяц",
    "engagement rate": "доля вовлечённости",
    "day of month": "день месяца",
    "log clicks": "число кликов",
    "log impressions": "число показов",
    "duration": "длительность",
}
_LEVEL: Final = "80-процентный"
_NOUNS: Final = {
    "days": ("день", "дня", "дней"),
    "channels": ("канале", "каналах", "каналах"),
    "incidents": ("инцидент", "инцидента", "инцидентов"),
    "campaigns": ("кампании", "кампаний", "кампаний"),
}

RUSSIAN: Final = Phrases(
    sentences=_SENTENCES,
    labels=_LABELS,
    evidence=_EVIDENCE,
    sides=_SIDES,
    drivers=_DRIVERS,
    nouns=_NOUNS,
    span=_SPAN,
    level=_LEVEL,
)
