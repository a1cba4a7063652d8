"""The simulated market: six channels whose response to spend is known, so that methods can be held against the truth.

Per channel and day, with `s` the day's spend, revenue is expected at

    R(s) = ceiling * s / (half + s) * weekday * trend

(a Michaelis-Menten curve: concave, half of its ceiling at `half`). The channel's parameters are easier to read at its
usual spend `base`: there the ROI is `roi`, and `saturation` = base / (half + base) is the share of the ceiling that is
reached, so that the next unit of spend earns (1 - saturation) times what the average unit does. Weekday factors have
mean 1; the trend is `growth` per year since the market's start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

WEEKDAYS: Final = {
    "office": np.array([1.08, 1.10, 1.08, 1.06, 1.00, 0.84, 0.84]),
    "leisure": np.array([0.94, 0.93, 0.95, 0.98, 1.04, 1.10, 1.06]),
}
"""Monday to Sunday: how much more or less the same spend earns."""
SPEND_WEEKDAYS: Final = np.array([1.02, 1.03, 1.03, 1.02, 1.00, 0.96, 0.94])


@dataclass(frozen=True)
class Campaign:
    """A campaign: its share of the channel's spend, how well it does (1: as the channel), and whom it addresses."""

    name: str
    share: float
    quality: float
    goal: str
    audience: str
    segment: str
    location: str
    language: str
    duration_days: int


@dataclass(frozen=True)
class Channel:
    """A channel at its usual spend: `base` USD a day, cost per 1,000 impressions, rates, ROI; and how it responds."""

    name: str
    code: str
    base: float
    cpm: float
    ctr: float
    conversion_rate: float
    roi: float
    saturation: float
    growth: float
    week: str
    frequency: float
    engagement_rate: float
    engagement_score: float
    plan_factor: float
    campaigns: tuple[Campaign, ...]

    @property
    def half(self) -> float:
        """The daily spend at which half of the ceiling is reached."""
        return self.base * (1 - self.saturation) / self.saturation

    @property
    def ceiling(self) -> float:
        """The daily revenue that no spend can exceed, on an average weekday at the market's start."""
        return (1 + self.roi) * (self.half + self.base)

    @property
    def order_value(self) -> float:
        """USD per conversion: what makes the rates above agree with the ROI at the usual spend."""
        return (1 + self.roi) * self.cpm / 1000 / self.ctr / self.conversion_rate

    def respond(self, spend: np.ndarray | float) -> np.ndarray | float:
        """Expected revenue of a day (USD) at a day's spend (USD), on an average weekday at the market's start."""
        return self.ceiling * spend / (self.half + spend)


CHANNELS: Final = (
    Channel(
        "Instagram", "IG", base=900, cpm=8.0, ctr=0.011, conversion_rate=0.055, roi=1.9, saturation=0.70,
        growth=-0.10, week="leisure", frequency=1.7, engagement_rate=0.032, engagement_score=7.2, plan_factor=1.18,
        campaigns=(
            Campaign("Autumn wardrobe", 0.35, 1.10, "Increase Sales", "Women 25-34", "Fashion", "Paris", "French", 60),
            Campaign("Stories: new in", 0.25, 0.95, "Product Launch", "Women 18-24", "Fashion", "Berlin", "German", 30),
            Campaign("Weekly look", 0.25, 1.00, "Brand Awareness", "Everyone", "Lifestyle", "London", "English", 90),
            Campaign("Came back?", 0.15, 0.85, "Retargeting", "Visitors", "Fashion", "London", "English", 30),
        ),
    ),
    Channel(
        "Facebook", "FB", base=1100, cpm=7.0, ctr=0.012, conversion_rate=0.060, roi=1.4, saturation=0.75,
        growth=-0.05, week="leisure", frequency=2.0, engagement_rate=0.014, engagement_score=5.4, plan_factor=0.92,
        campaigns=(
            Campaign("Family essentials", 0.40, 1.05, "Increase Sales", "Women 35-44", "Home", "London", "English", 90),
            Campaign("Garden season", 0.35, 0.90, "Increase Sales", "Men 45-60", "Home", "Berlin", "German", 60),
            Campaign("Catalogue: seen", 0.25, 1.06, "Retargeting", "Visitors", "Home", "Paris", "French", 30),
        ),
    ),
    Channel(
        "Google Ads", "GA", base=1500, cpm=42.0, ctr=0.046, conversion_rate=0.070, roi=2.4, saturation=0.55,
        growth=0.05, week="office", frequency=1.3, engagement_rate=0.004, engagement_score=4.6, plan_factor=1.15,
        campaigns=(
            Campaign("Search: brand", 0.20, 1.40, "Increase Sales", "Everyone", "Home", "London", "English", 365),
            Campaign("Search: generic", 0.30, 0.90, "Increase Sales", "Everyone", "Home", "Berlin", "German", 365),
            Campaign("Shopping", 0.30, 1.05, "Increase Sales", "Everyone", "Technology", "London", "English", 365),
            Campaign("Video reach", 0.10, 0.55, "Brand Awareness", "Men 25-34", "Technology", "Paris", "French", 60),
            Campaign("Display: seen", 0.10, 0.80, "Retargeting", "Visitors", "Home", "Paris", "French", 30),
        ),
    ),
    Channel(
        "TikTok", "TT", base=500, cpm=5.0, ctr=0.009, conversion_rate=0.025, roi=0.5, saturation=0.50,
        growth=0.30, week="leisure", frequency=1.5, engagement_rate=0.060, engagement_score=8.1, plan_factor=1.20,
        campaigns=(
            Campaign("Unboxed", 0.45, 1.10, "Product Launch", "All 18-24", "Lifestyle", "Berlin", "German", 30),
            Campaign("Creators", 0.35, 0.95, "Brand Awareness", "Women 18-24", "Fashion", "London", "English", 60),
            Campaign("Challenge", 0.20, 0.86, "Brand Awareness", "All 18-24", "Lifestyle", "Paris", "French", 15),
        ),
    ),
    Channel(
        "Telegram", "TG", base=300, cpm=3.0, ctr=0.008, conversion_rate=0.080, roi=2.8, saturation=0.25,
        growth=0.15, week="office", frequency=1.4, engagement_rate=0.009, engagement_score=6.0, plan_factor=1.15,
        campaigns=(
            Campaign("Posts: deals", 0.50, 1.08, "Increase Sales", "Men 25-34", "Technology", "Moscow", "Russian", 30),
            Campaign("Posts: guides", 0.30, 0.90, "Brand Awareness", "Everyone", "Technology", "Kazan", "Russian", 60),
            Campaign("Mini app", 0.20, 0.95, "Product Launch", "Women 25-34", "Fashion", "Moscow", "Russian", 30),
        ),
    ),
    Channel(
        "Yandex.Direct", "YD", base=700, cpm=25.0, ctr=0.035, conversion_rate=0.065, roi=2.1, saturation=0.45,
        growth=0.0, week="office", frequency=1.3, engagement_rate=0.003, engagement_score=4.2, plan_factor=1.15,
        campaigns=(
            Campaign("Поиск: бренд", 0.25, 1.30, "Increase Sales", "Everyone", "Home", "Moscow", "Russian", 365),
            Campaign("Поиск: категории", 0.40, 0.95, "Increase Sales", "Everyone", "Home", "Kazan", "Russian", 365),
            Campaign("РСЯ", 0.20, 0.75, "Brand Awareness", "Women 35-44", "Home", "Moscow", "Russian", 60),
            Campaign("Смарт-баннеры", 0.15, 0.97, "Retargeting", "Visitors", "Technology", "Moscow", "Russian", 30),
        ),
    ),
)  # fmt: skip
"""Telegram is the one to invest in (unsaturated, profitable); Facebook and Instagram are near their ceilings."""
