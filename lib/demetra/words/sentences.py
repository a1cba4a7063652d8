"""Sentences that readings are made of. Names from data are never inflected, so each stands where it need not be."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "and": ("and", "и"),
    "interval": ("{low} to {high}", "от {low} до {high}"),
    "others": ("{count} other channels", "ещё каналов: {count}"),
    "more": ("{count} more", "ещё {count}"),
    "reading.no_forecast": ("There is no ROI forecast yet.", "Прогноза ROI пока нет."),
    "reading.level": ("ROI {value} over the next {days} days", "ROI {value} на ближайшие {days} дн."),
    "reading.level_interval": ("{level} (80% interval {interval})", "{level} (80%-й интервал {interval})"),
    "reading.single": ("{channel} is forecast to return {level}.", "{channel}, прогноз: {level}."),
    "reading.highest": (
        "{channel} is forecast highest: {level}; {rest}.",
        "Самый высокий прогноз у канала {channel}: {level}; {rest}.",
    ),
    "reading.rest_lower": ("all other intervals lie lower", "интервалы остальных лежат ниже"),
    "reading.rest_unknown": (
        "not every channel has an interval to compare",
        "не у каждого канала есть интервал для сравнения",
    ),
    "reading.span": ("ROI {interval}", "ROI {interval}"),
    "reading.tied": (
        "{names} cannot be told apart: their 80% intervals overlap ({span})",
        "{names} неразличимы: их 80%-е интервалы пересекаются ({span})",
    ),
    "reading.tied_top": (
        "{first} is forecast highest, but cannot be told from {names} ({span})",
        "Самый высокий прогноз у канала {first}, но он неотличим от каналов {names} ({span})",
    ),
    "reading.lower_one": ("{sentence}; {names} is lower than all of these.", "{sentence}; {names} — ниже их всех."),
    "reading.lower_many": ("{sentence}; {names} are lower than all of these.", "{sentence}; {names} — ниже их всех."),
    "reading.no_past": (
        "There is no past prediction to compare the actual values with yet.",
        "Прошлых предсказаний, с которыми можно сравнить факт, пока нет.",
    ),
    "reading.kept": ("past days inside their 80% interval: {held}", "прошлых дней внутри 80%-го интервала: {held}"),
    "reading.nothing_beyond": (
        "Nothing was beyond its expected range for most of the last {days} days ({kept}).",
        "Ничто не выходило за ожидаемый диапазон в большинство из последних {days} дней ({kept}).",
    ),
    "reading.below": (
        "{channel}'s {label} was below its expected range on {count}",
        "{channel}: {label} ниже ожидаемого в {count}",
    ),
    "reading.above": (
        "{channel}'s {label} was above its expected range on {count}",
        "{channel}: {label} выше ожидаемого в {count}",
    ),
    "reading.departures": ("{found} of the last {days} days ({kept}).", "{found} из последних {days} дней ({kept})."),
    "reading.roi": ("ROI", "ROI"),
    "reading.conversion": ("conversion rate", "конверсия"),
    "reading.reach": ("reach", "охват"),
    "reading.ctr": ("CTR", "CTR"),
    "reading.no_budget": ("There is no budget advice yet.", "Совета по бюджету пока нет."),
    "reading.keep_budget": (
        "Keep every channel's budget: no other split is likely enough to return more.",
        "Оставить бюджеты каналов как есть: нет другого распределения, которое достаточно вероятно вернёт больше.",
    ),
    "reading.raise": ("raise {names} by {sum}", "увеличить {names} на {sum}"),
    "reading.cut": ("cut {names} by {sum}", "сократить {names} на {sum}"),
    "reading.in_all": ("{sum} in all", "{sum} в сумме"),
    "reading.plan": ("{moves}; {uplift}.", "{moves}; {uplift}."),
    "reading.uplift": ("expected return {value}", "ожидаемая отдача {value}"),
    "reading.uplift_interval": (
        "expected return {value} (80% interval {interval})",
        "ожидаемая отдача {value} (80%-й интервал {interval})",
    ),
    "reading.uplift_unknown": ("its expected uplift is not known", "ожидаемый прирост неизвестен"),
    "audience.nothing": (
        "Chance explains every difference: no group and no weekday stands out.",
        "Все различия объясняет случай: ни одна группа и ни один день недели не выделяется.",
    ),
    "audience.stands_out": (
        "{name} ({metric} {value}, expected {expected})",
        "{name} ({metric} {value}, ожидалось {expected})",
    ),
    "audience.found": ("Beyond chance: {names}.", "Не объясняется случаем: {names}."),
}
