"""The names that columns go by: spelling folded, units split off, aliases in English and Russian."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from demetra.schema import CANONICAL_COLUMNS
from demetra.sources.currencies import CODES, find_currencies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

DERIVED_FROM: Final = ("roi", "roas", "conversion_rate")
"""Columns that are none of ours, but from which one of ours can be computed."""

_ALIASES: Final = {
    "date": "day, report date, date start, stat time day, дата, день, дата отчета",
    "channel": "platform, ad platform, media source, advertising channel, publisher platform, канал, площадка,"
    " платформа, рекламный канал, рекламная система, источник",
    "campaign_id": "id кампании, № кампании, номер кампании, ид кампании",
    "campaign_name": "campaign, кампания, название кампании, имя кампании, рекламная кампания",
    "spend": "cost, costs, amount spent, spent, ad spend, total spend, total cost, media cost,"
    " расход, расходы, затраты, стоимость, потрачено, сумма затрат",
    "currency": "currency code, account currency, валюта",
    "impressions": "impr, imps, показы, количество показов, кол-во показов, просмотры",
    "reach": "unique reach, reached users, accounts reached, охват",
    "clicks": "link clicks, clicks (all), клики, количество кликов, кол-во кликов, переходы",
    "conversions": "conversion, conv, total conversions, purchases, website purchases, orders, leads,"
    " конверсии, заказы, покупки, лиды",
    "revenue": "purchase value, purchases value, purchases conversion value, conversion value, conversions value,"
    " conv. value, total revenue, доход, доходы, выручка, ценность конверсий, сумма продаж",
    "account_id": "account, customer id, advertiser id, аккаунт, id аккаунта, номер аккаунта",
    "company": "advertiser, brand, client, компания, клиент, бренд, рекламодатель",
    "campaign_goal": "goal, objective, campaign objective, цель, цель кампании",
    "target_audience": "audience, аудитория, целевая аудитория",
    "customer_segment": "segment, сегмент, сегмент клиентов",
    "location": "country, region, city, geo, регион, страна, город, гео, местоположение",
    "language": "lang, язык",
    "duration_days": "duration, campaign duration, длительность, длительность дней",
    "engagements": "engagement, post engagement, post engagements, interactions, вовлечения, взаимодействия",
    "engagement_score": "оценка вовлеченности",
    "roi": "return on investment, рентабельность, окупаемость инвестиций",
    "roas": "purchase roas, return on ad spend, окупаемость рекламы",
    "conversion_rate": "conv. rate, cvr, cr, конверсия, коэффициент конверсии",
    "month": "period, месяц, период",
    "amount": "plan, budget, planned amount, planned budget, сумма, план, бюджет, плановый бюджет, план расхода",
}
_UNIT: Final = re.compile(r"(?P<name>.+?)(?:\s*[(\[]\s*(?P<inside>[^()\[\]]+?)\s*[)\]]|\s*,\s*(?P<after>[^,]+?))\s*")
_MICROS: Final = re.compile(r"(?P<name>.+?)[\s(]+(?:in )?micros?(?: dollars?)?\)?")


@dataclass(frozen=True)
class Format:
    """A kind of file: the folded headers that give it away, and what each of its folded headers means."""

    name: str
    signature: frozenset[str]
    meanings: Mapping[str, str]


def fold(name: str) -> str:
    """A header without case, spaces, underscores, hyphens and other punctuation; ё is е, № is no, % stays."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    return re.sub(r"[^\w%]|_", "", plain)


def _names_of(ours: str) -> list[str]:
    return [fold(alias) for alias in (ours, *_ALIASES.get(ours, ours).split(","))]


_MEANINGS: Final = {name: ours for ours in dict.fromkeys((*CANONICAL_COLUMNS, *_ALIASES)) for name in _names_of(ours)}
_SOCIAL: Final = {"channelused": "channel", "acquisitioncost": "spend"}
_FORMATS: Final = (
    Format(
        "social-media-advertising",
        frozenset({*_SOCIAL, "campaignid", "conversionrate", "roi", "clicks", "impressions", "date"}),
        _MEANINGS | _SOCIAL,
    ),
    Format("canonical", frozenset(), _MEANINGS),
)


def recognise_format(header: Iterable[str]) -> Format:
    """The first format whose signature the header has; month plans are told by what their columns mean, later."""
    folded = {fold(cell) for cell in header}
    return next(candidate for candidate in _FORMATS if candidate.signature <= folded)


def split_unit(header: str) -> tuple[str, str]:
    """A header and the unit that it names: "%", "micros", a currency's sign or code, "" where it names none."""
    micros = _MICROS.fullmatch(header.replace("_", " ").casefold())
    if micros:
        return micros["name"], "micros"
    found = _UNIT.fullmatch(header)
    unit = (found["inside"] or found["after"]) if found else ""
    is_currency = find_currencies(unit) and (unit.isupper() or unit.upper() not in CODES)  # "all" is no Albanian lek
    return (found["name"], unit) if found and (unit == "%" or is_currency) else (header, "")


def count_known(cells: Iterable[str], known: Collection[str]) -> int:
    """How many cells of a line name columns, ours or the folded ones in `known`: with many, it is the header."""
    cells = list(cells)
    meanings = recognise_format(cells).meanings
    return sum(1 for cell in cells if fold(cell) in known or fold(split_unit(cell)[0]) in meanings)


def suggest(ours: str, candidates: Iterable[str]) -> str | None:
    """The header that looks most like a misspelling of one of a column's names, if any does."""
    by_fold = {fold(header): header for header in candidates}
    for name in _names_of(ours):
        near = get_close_matches(name, by_fold, n=1, cutoff=0.82)
        if near:
            return by_fold[near[0]]
    return None
