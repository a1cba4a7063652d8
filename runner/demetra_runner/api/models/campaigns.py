"""Campaign rows, the predictions made for them, and a row that is handed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from demetra_runner.api.models.base import Measures, Shape
from demetra_runner.api.parameters import Day, Plain

Word = Annotated[str, Plain, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Money = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=0, le=10**15)]


class Campaign(Measures):
    """A stored row: a campaign's day, or its dimensions within one. `id` tells rows apart, `campaign_id` need not."""

    id: int
    source: str
    account_id: str | None
    channel: str
    campaign_id: str
    campaign_name: str | None
    date: date
    company: str | None
    campaign_goal: str | None
    target_audience: str | None
    customer_segment: str | None
    location: str | None
    language: str | None
    duration_days: int | None
    currency: str
    engagement_score: float | None


class CampaignDetail(Measures):
    """A campaign over all its rows, and a page of them."""

    campaign_id: str
    campaign_name: str | None
    channels: list[str]
    first_date: date
    last_date: date
    total_rows: int
    rows: list[Campaign]


class NewCampaign(Shape):
    """A row to be stored; what is left out is unknown, never zero."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "date": "2026-03-31",
                    "channel": "Instagram",
                    "campaign_id": "spring-01",
                    "campaign_name": "Spring sale",
                    "spend": 120.5,
                    "impressions": 14000,
                    "clicks": 310,
                    "conversions": 12,
                    "revenue": 480,
                }
            ]
        },
    )

    date: Day
    channel: Word
    campaign_id: Word
    campaign_name: Word | None = None
    spend: Money
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = None
    impressions: Whole
    reach: Whole | None = None
    clicks: Whole
    conversions: Money
    revenue: Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
    account_id: Word | None = None
    company: Word | None = None
    campaign_goal: Word | None = None
    target_audience: Word | None = None
    customer_segment: Word | None = None
    location: Word | None = None
    language: Word | None = None
    duration_days: Annotated[int, Field(ge=0, le=100_000)] | None = None
    engagements: Whole | None = None
    engagement_score: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = None


class Prediction(Shape):
    """What the campaign model predicts for a row, with its 80 % interval."""

    campaign_row_id: int = Field(description="`id` of the campaign's row")
    campaign_id: str
    campaign_name: str | None
    channel: str
    date: date
    predicted_roi: float
    roi_lo80: float
    roi_hi80: float
    confidence_score: float = Field(description="The chance that the realised ROI lands within ±10 % of the prediction")
    risk_level: Literal["low", "medium", "high"]
    feature_importance: dict[str, float] | list | None = Field(description="What moved the prediction, and how much")
    model_version: str
    created_at: datetime
