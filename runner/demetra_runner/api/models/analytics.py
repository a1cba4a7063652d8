"""Sums and ratios over periods; the names of the brief, and ours beside them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from demetra_runner.api.models.base import Amount, Measures, Ratio, Shape


class ChannelStats(Measures):
    """One channel over the period."""

    channel: str
    total_campaigns: int = Field(description="How many campaign ids have a row")
    avg_roi: Ratio = Field(description="The same as `roi`: the mean weighted by spend, not a mean of ratios")
    avg_conversion_rate: Ratio = Field(description="The same as `conversion_rate`")
    total_clicks: int | None
    total_impressions: int | None
    avg_acquisition_cost: Ratio = Field(description="The same as `cpa`")


class AnalyticsSummary(Shape):
    """The account over a period, each change against the period of equal length before, in percent."""

    since: date
    until: date
    previous_since: date
    previous_until: date
    currency: str = Field(examples=["USD"])
    total_campaigns: int = Field(description="How many campaign ids have a row in the period")
    total_roi: Ratio = Field(description="(revenue - spend) / spend, over all channels")
    avg_roi: Ratio = Field(description="The same as `total_roi`: the mean weighted by spend, not a mean of ratios")
    avg_conversion_rate: Ratio = Field(description="conversions / clicks")
    total_clicks: int | None
    total_impressions: int | None
    avg_acquisition_cost: Ratio = Field(description="spend / conversions")
    total_spend: Amount
    total_revenue: Amount
    total_conversions: float | None
    roi_change: float | None = Field(description="Of ROI, percent of its former size; null where that was zero")
    conversion_change: float | None = Field(description="Of the conversion rate, in percent")
    clicks_change: float | None = Field(description="Of clicks, in percent")
    cost_change: float | None = Field(description="Of the acquisition cost, in percent")
    spend_change: float | None = Field(description="Of spend, in percent")
    revenue_change: float | None = Field(description="Of revenue, in percent")
    channels: list[ChannelStats] = Field(description="By ROI, the best first")
    top_performing_channel: str | None = Field(description="The channel of the highest ROI")
    worst_performing_channel: str | None = Field(description="The channel of the lowest ROI")


class RoiPoint(Shape):
    """ROI of one channel on one day."""

    date: date
    channel: str
    roi: Ratio
    spend: Amount
    revenue: Amount
