"""What facts measure: the unit of each, the family that words name it by, and its label in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["ratio", "share", "percent", "money", "count", "score", "days", "channels", "incidents", "campaigns"]
"""`share` is a fraction shown as percent, `percent` is a change or a level that is in percent already."""

Topic = Literal[
    "recent", "forecast", "interval", "current", "advised", "plan", "incident", "threshold", "usual", "scope"
]
"""`recent`: the last days; `interval`: bounds of a forecast; `advised`: what the budget step advises; `usual`: what was
expected of a value that an incident is about; `scope`: how many days, channels and incidents are spoken of."""
OF_INCIDENTS: Final[tuple[Topic, ...]] = ("incident", "threshold", "usual")
"""What holds within an incident only: its window is another than that of the recent figures."""


@dataclass(frozen=True)
class Measure:
    """One measure: `family` joins those that the same word may mean ("ROI" is the recent one or the forecast)."""

    topic: Topic
    family: str
    unit: Unit
    en: str
    ru: str


MEASURES: Final[dict[str, Measure]] = {
    "roi": Measure("recent", "roi", "ratio", "ROI", "ROI"),
    "spend": Measure("recent", "spend", "money", "spend", "расход"),
    "revenue": Measure("recent", "revenue", "money", "revenue", "выручка"),
    "conversions": Measure("recent", "conversion", "count", "conversions", "конверсии"),
    "conversion_rate": Measure("recent", "conversion", "share", "conversion rate", "коэффициент конверсии"),
    "cpa": Measure("recent", "cpa", "money", "CPA", "CPA"),
    "cpc": Measure("recent", "cpc", "money", "CPC", "CPC"),
    "ctr": Measure("recent", "ctr", "share", "CTR", "CTR"),
    "cpm": Measure("recent", "cpm", "money", "CPM", "CPM"),
    "roi_forecast": Measure("forecast", "roi", "ratio", "ROI forecast", "прогноз ROI"),
    "roi_lo80": Measure("interval", "roi", "ratio", "ROI forecast, low end of the 80% interval", "нижняя граница ROI"),
    "roi_hi80": Measure(
        "interval", "roi", "ratio", "ROI forecast, high end of the 80% interval", "верхняя граница ROI"
    ),
    "confidence": Measure(
        "forecast", "confidence", "share", "chance that ROI lands within 10% of its forecast", "вероятность прогноза"
    ),
    "current_budget": Measure("current", "budget", "money", "current budget", "текущий бюджет"),
    "recommended_budget": Measure("advised", "budget", "money", "recommended budget", "рекомендуемый бюджет"),
    "budget_change": Measure("advised", "budget", "percent", "recommended budget change", "изменение бюджета"),
    "uplift": Measure("plan", "uplift", "percent", "expected change of return by the whole plan", "эффект плана"),
    "uplift_lo80": Measure("interval", "uplift", "percent", "the same, low end of the 80% interval", "эффект, от"),
    "uplift_hi80": Measure("interval", "uplift", "percent", "the same, high end of the 80% interval", "эффект, до"),
    "engagement_score": Measure("incident", "engagement", "score", "engagement score", "оценка вовлечённости"),
    "plan_share": Measure("incident", "budget", "share", "share of the month's plan spent", "доля плана месяца"),
    "plan_pace": Measure(
        "incident", "budget", "share", "share of the month's plan at its end, at this pace", "доля плана к концу месяца"
    ),
    "daily_spend": Measure("incident", "spend", "money", "spend per day", "расход в день"),
    "daily_reach": Measure("incident", "reach", "count", "reach per day", "охват в день"),
    "silent_days": Measure(
        "incident", "days", "days", "days without data or impressions", "дней без данных или показов"
    ),
    "campaigns_in_breach": Measure(
        "incident", "campaigns", "campaigns", "campaigns in breach", "кампаний с нарушением"
    ),
    "days": Measure("scope", "days", "days", "days looked back", "дней в прошлом"),
    "horizon": Measure("scope", "days", "days", "days forecast", "дней прогноза"),
    "budget_days": Measure("scope", "days", "days", "days budgeted", "дней бюджета"),
    "level": Measure("scope", "level", "percent", "level of the intervals", "уровень интервалов"),
    "tolerance": Measure("scope", "level", "percent", "tolerance of the confidence", "допуск прогноза"),
    "channels": Measure("scope", "channels", "channels", "channels", "каналов"),
    "active_channels": Measure("scope", "channels", "channels", "channels with spend", "каналов с расходами"),
    "tied_channels": Measure(
        "scope", "channels", "channels", "channels that cannot be told apart", "неразличимых каналов"
    ),
    "incidents": Measure("scope", "incidents", "incidents", "open incidents", "открытых инцидентов"),
}
RECENT: Final = tuple(name for name, measure in MEASURES.items() if measure.topic == "recent")
