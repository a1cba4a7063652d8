"""What all shapes have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Ratio = Annotated[float | None, Field(description="A ratio of sums; null where the denominator is zero or unknown")]
Amount = Annotated[float | None, Field(description="In the account's currency; null where unknown")]


class Shape(BaseModel):
    """An answer: of what the store returns, that which is part of the answer."""

    model_config = ConfigDict(ser_json_inf_nan="null", extra="ignore")


class Problem(Shape):
    """What every error answers."""

    detail: str = Field(description="What is wrong, and what to do", examples=["There is no campaign 'x'."])


class FaultyField(Shape):
    """One thing that is wrong with a request."""

    loc: list[str | int] = Field(description="Where: `query`, `path` or `body`, then the name")
    msg: str
    type: str


class FaultyRequest(Shape):
    """What is wrong with a request: one sentence, and each fault with its place."""

    detail: str
    faults: list[FaultyField] = Field(default_factory=list)


class Measures(Shape):
    """Sums and their ratios."""

    spend: Amount
    revenue: Amount
    conversions: float | None = Field(description="May be a fraction: platforms share them out")
    clicks: int | None
    impressions: int | None
    reach: int | None = Field(description="Summed: contacts, not people; impressions where there is no reach")
    engagements: int | None
    roi: Ratio = Field(description="(revenue - spend) / spend")
    roas: Ratio = Field(description="revenue / spend")
    ctr: Ratio = Field(description="clicks / impressions")
    conversion_rate: Ratio = Field(description="conversions / clicks")
    cpc: Ratio = Field(description="spend / clicks")
    cpm: Ratio = Field(description="1000 spend / impressions")
    cpa: Ratio = Field(description="spend / conversions, the acquisition cost")
