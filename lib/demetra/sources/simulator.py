"""Rows of the simulated market, day by day: the demo's data, known down to its noise.

Everything is drawn from a generator seeded with the market's seed, the channel and the day (or week), so that a day
once delivered is never changed by a later pull. One channel starts in the middle of the history, another has a gap of
four days; both are placed by the first day and the length of the history, so that every demo shows them.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from demetra.sources.base import PLANS, ROWS, Delivery
from demetra.sources.market import CHANNELS, SPEND_WEEKDAYS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demetra.sources.base import Stored
    from demetra.sources.market import Channel

NAME: Final = "simulator"
LAUNCHED: Final = "TikTok"
OUT: Final = "Facebook"
OUTAGE_DAYS: Final = 4
WEEKLY_SPREAD: Final = 0.25
DAILY_SPREAD: Final = 0.08
"""Standard deviations of the logarithm of spend around its plan, drawn per week and per day."""
DISPERSION: Final = 25.0
"""Of the negative binomial from which conversions come: variance = mean + mean² / dispersion."""
_WEEKS: Final = 10_000_000  # apart from any day's number, so that weeks and days draw from different generators


@dataclass(frozen=True)
class Market:
    """A market that began on a day; `history_days` is how much of it the demo shows first."""

    seed: int
    start: date
    history_days: int

    @property
    def launch(self) -> date:
        """The first day of the channel that starts late."""
        return self.start + timedelta(days=min(120, self.history_days // 3))

    @property
    def outage(self) -> tuple[date, date]:
        """First and last day of the gap."""
        first = self.start + timedelta(days=max(self.history_days - 30, self.history_days // 2))
        return first, first + timedelta(days=OUTAGE_DAYS - 1)

    def is_running(self, channel: Channel, day: date) -> bool:
        """Whether a channel has rows on a day."""
        first, last = self.outage
        if channel.name == LAUNCHED and day < self.launch:
            return False
        return not (channel.name == OUT and first <= day <= last)

    def expect_revenue(self, channel: Channel, day: date, spend: float) -> float:
        """Expected revenue (USD) of a channel on a day at a spend (USD)."""
        years = (day - self.start).days / 365
        season = WEEKDAYS[channel.week][day.weekday()] * (1 + channel.growth) ** years
        return float(channel.respond(spend) * season)

    def rows(self, first: date, last: date) -> Iterator[dict[str, Any]]:
        """The rows of a period, both days included, by day and channel."""
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            for index, channel in enumerate(CHANNELS):
                if self.is_running(channel, day):
                    yield from self._draw_day(index, channel, day)

    def plans(self, first: date, last: date) -> Iterator[dict[str, Any]]:
        """Planned amounts of the months that a period touches, to the nearest 100 USD."""
        month = first.replace(day=1)
        while month <= last:
            days = calendar.monthrange(month.year, month.month)[1]
            for channel in CHANNELS:
                if channel.name != LAUNCHED or month >= self.launch.replace(day=1):
                    amount = float(round(channel.base * days * channel.plan_factor, -2))
                    yield {"channel": channel.name, "month": month, "amount": amount}
            month = (month + timedelta(days=days)).replace(day=1)

    def _draw_day(self, index: int, channel: Channel, day: date) -> Iterator[dict[str, Any]]:
        number = day.toordinal()
        rng = np.random.default_rng([self.seed, index, number])
        week = np.random.default_rng([self.seed, index, _WEEKS + number // 7])
        spread = np.exp(week.normal(0, WEEKLY_SPREAD) + rng.normal(0, DAILY_SPREAD))
        total = channel.base * SPEND_WEEKDAYS[day.weekday()] * spread
        shares = np.array([campaign.share for campaign in channel.campaigns])
        shares = shares * np.exp(rng.normal(0, DAILY_SPREAD, len(shares)))
        spend = np.maximum(np.round(total * shares / shares.sum(), 2), 0.01)
        earned = spend * np.array([campaign.quality for campaign in channel.campaigns])
        expected = self.expect_revenue(channel, day, float(spend.sum())) * earned / earned.sum()

        impressions = rng.poisson(1000 * spend / channel.cpm * np.exp(rng.normal(0, 0.06, len(spend))))
        clicks = rng.binomial(impressions, channel.ctr * np.exp(rng.normal(0, 0.05)))
        wanted = expected / channel.order_value
        conversions = np.minimum(rng.negative_binomial(DISPERSION, DISPERSION / (DISPERSION + wanted)), clicks)
        revenue = np.where(conversions > 0, rng.gamma(4.0 * np.maximum(conversions, 1), channel.order_value / 4), 0.0)
        reach = np.floor(impressions / (channel.frequency * rng.uniform(0.95, 1.15, len(spend))))
        engagements = rng.binomial(impressions, channel.engagement_rate)
        scores = np.clip(channel.engagement_score + rng.normal(0, 0.4, len(spend)), 1, 10)
        for place, campaign in enumerate(channel.campaigns):
            yield {
                "channel": channel.name,
                "campaign_id": f"{channel.code}-{place + 1:02d}",
                "campaign_name": campaign.name,
                "date": day,
                "account_id": "demo",
                "company": "Demo store",
                "campaign_goal": campaign.goal,
                "target_audience": campaign.audience,
                "customer_segment": campaign.segment,
                "location": campaign.location,
                "language": campaign.language,
                "duration_days": campaign.duration_days,
                "spend": float(spend[place]),
                "revenue": round(float(revenue[place]), 2),
                "conversions": float(conversions[place]),
                "clicks": int(clicks[place]),
                "impressions": int(impressions[place]),
                "reach": int(reach[place]),
                "engagements": int(engagements[place]),
                "engagement_score": round(float(scores[place]), 1),
            }


@dataclass(frozen=True)
class Simulator:
    """The simulated market as a source: it fills an empty database and goes on as days pass, never beside real rows."""

    seed: int
    history_days: int
    name: str = NAME

    def pull(self, stored: Stored, *, today: date) -> Delivery | None:
        """The days since the last stored one, through yesterday; None where real rows are, or none of ours."""
        if stored.first is None or stored.last is None or stored.has_others:
            return None
        first, last = stored.last + timedelta(days=1), today - timedelta(days=1)
        return self.deliver(stored.first, first, last) if first <= last else None

    def begin(self, *, today: date) -> Delivery:
        """The first `history_days` of a new market, through yesterday."""
        start = today - timedelta(days=self.history_days)
        return self.deliver(start, start, today - timedelta(days=1))

    def deliver(self, start: date, first: date, last: date) -> Delivery:
        """The rows and plans of a period, both days included, of the market that began at `start`."""
        market = Market(self.seed, start, self.history_days)
        rows = pa.Table.from_pylist(list(market.rows(first, last)), schema=ROWS)
        plans = pa.Table.from_pylist(list(market.plans(first, last)), schema=PLANS)
        origin = f"{self.seed} {start} {self.history_days} {first} {last}"
        return Delivery(
            file_name="simulated market",
            format="simulated",
            sha256=sha256(origin.encode()).hexdigest(),
            rows_read=rows.num_rows + plans.num_rows,
            rows=rows,
            plans=plans,
        )
