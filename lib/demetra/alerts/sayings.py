"""What an incident of the newer kinds says, in English and in Russian: where, what was seen, what was expected."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from demetra.languages import write_day, write_figure, write_period

if TYPE_CHECKING:
    import pandas as pd

    from demetra.advice.measures import Unit
    from demetra.alerts.pace import Pace
    from demetra.alerts.track import Verdict

METRIC_UNITS: Final[dict[str, Unit]] = {
    "roi": "ratio",
    "conversion_rate": "share",
    "cpa": "money",
    "ctr": "share",
    "spend": "money",
    "reach": "count",
}
METRIC_LABELS: Final = {
    "en": {
        "roi": "ROI",
        "conversion_rate": "conversion rate",
        "cpa": "cost per conversion",
        "ctr": "click-through rate",
        "spend": "spend per day",
        "reach": "reach per day",
    },
    "ru": {
        "roi": "ROI",
        "conversion_rate": "конверсия",
        "cpa": "цена конверсии",
        "ctr": "CTR",
        "spend": "расход в день",
        "reach": "охват в день",
    },
}


@dataclass(frozen=True)
class Voice:
    """Says incidents in a language, with amounts in a currency."""

    language: str
    currency: str

    def say_change(
        self, channel: str, metric: str, verdict: Verdict, *, first: pd.Timestamp, last: pd.Timestamp
    ) -> str:
        """A metric has left its expected range."""
        label = METRIC_LABELS[self.language][metric]
        value, expected, low, high = (
            self._figure(each, METRIC_UNITS[metric])
            for each in (verdict.value, verdict.expected, verdict.low, verdict.high)
        )
        when = self._when(first, last)
        if not math.isfinite(verdict.value):  # a cost per conversion without conversions
            if self.language == "en":
                return f"{channel} had no conversions {when}; a {label} of {expected} was expected."
            return f"{channel}: {when} ни одной конверсии; ожидаемая {label} – {expected}."
        above = high if math.isfinite(verdict.high) else None
        if self.language == "en":
            span = f"{low} to {above}" if above else f"at least {low}"
            return f"{channel}'s {label} was {value} {when}; {expected} was expected ({span})."
        span = f"от {low} до {above}" if above else f"не меньше {low}"
        return f"{channel}: {label} {when} – {value}, ожидалось {expected} ({span})."

    def say_silence(self, channel: str, *, first: pd.Timestamp, last: pd.Timestamp) -> str:
        """A channel reports nothing but zeros."""
        when = self._when(first, last)
        if self.language == "en":
            return f"{channel} has gone silent: next to no impressions {when}, after running day by day."
        return f"{channel} молчит: {when} показов почти нет, хотя до этого канал работал день за днём."

    def say_gap(self, channel: str, *, first: pd.Timestamp, last: pd.Timestamp) -> str:
        """A channel has no rows up to the last day."""
        when = self._when(first, last)
        if self.language == "en":
            return f"{channel} has no data {when}, while other channels have."
        return f"{channel}: нет данных {when}, хотя по другим каналам они есть."

    def say_holes(self, channel: str, *, first: pd.Timestamp, last: pd.Timestamp) -> str:
        """Days of the last week are missing."""
        when = self._when(first, last)
        if self.language == "en":
            return f"{channel} lacks data {when}, between days that have them."
        return f"{channel}: {when} данных не хватает, хотя дни до и после есть."

    def say_pace(self, channel: str, pace: Pace, *, day: pd.Timestamp) -> str:
        """Spend is ahead of the month's plan."""
        spent, planned, projected, over = (
            self._figure(each, "money")
            for each in (pace.spent, pace.planned, pace.projected, pace.projected - pace.planned)
        )
        ahead = self._figure(pace.spent / pace.due - 1.0, "share")
        if self.language == "en":
            so_far = f"{channel} has spent {spent} by day {day.day} of {day.days_in_month}, {ahead} ahead of its plan"
            return f"{so_far}; at this pace the month ends at {projected}, {over} above the {planned} planned."
        so_far = f"{channel}: к {day.day}-му дню из {day.days_in_month} потрачено {spent}, на {ahead} больше плана"
        return f"{so_far}; при таком темпе за месяц выйдет {projected}, на {over} больше плана в {planned}."

    def _figure(self, value: float, unit: Unit) -> str:
        if not math.isfinite(value):
            return "–"
        return write_figure(value, unit, language=self.language, currency=self.currency)

    def _when(self, first: pd.Timestamp, last: pd.Timestamp) -> str:
        if first == last:
            day = write_day(last.date(), self.language)
            return f"on {day}" if self.language == "en" else day
        period = write_period(first.date(), last.date(), self.language)
        return f"over {period}" if self.language == "en" else f"за {period}"


def describe(**facts: Any) -> dict[str, Any]:
    """A row of `schema.BREACHES` with what these rules have in common."""
    usual = {"occurrences": 0, "worst": [], "expected_value": None, "expected_lo": None, "expected_hi": None}
    return {**usual, "silenced_by": None, **facts}
