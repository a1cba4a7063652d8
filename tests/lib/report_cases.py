"""What is published, with amounts to the cent, long and hostile names, and Cyrillic text."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
from PIL import Image

from demetra.metrics import summarise
from demetra.reports import Headline, Published, PublishedStep
from demetra.schema import BOUNDS, DASHBOARDS

AS_OF = date(2026, 3, 31)
HOSTILE = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://evil.example","open")'
LONG = "Очень длинное название рекламного канала, которое ни в одну колонку не входит " * 3
CHANNELS = (FORMULA, HOSTILE, LONG, "+cmd", "Instagram")


def draw() -> bytes:
    """A PNG in the shape of a chart."""
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), (30, 90, 160)).save(buffer, "PNG")
    return buffer.getvalue()


def bounds(*metrics: str) -> dict[str, float]:
    """All interval bounds of some metrics."""
    return {f"{metric}_{bound}": 1.25 for metric in metrics for bound in BOUNDS}


def publish(rows_a_channel: int = 3) -> Published:
    """Everything published, from a history whose sums are known."""
    days = pd.date_range(end=AS_OF, periods=28)
    history = pd.DataFrame(
        [
            {
                "channel": channel,
                "date": day,
                "spend": 1234.56 + place,
                "revenue": 4321.09,
                "conversions": 10.0,
                "clicks": 200.0,
                "impressions": 9_000.0,
                "reach": 8_000.0,
                "engagements": np.nan,
            }
            for place, channel in enumerate(CHANNELS)
            for day in days
        ]
    )
    forecast = pd.DataFrame({"channel": CHANNELS, "roi_forecast": [3.125, np.nan, 1.5, 1.0, 0.5], **bounds("roi")})
    budget = {
        "channel": CHANNELS,
        "roi_pred": 1.5,
        "conversion_pred": 10.0,
        "acquisition_cost": 123.45,
        "current_budget": [1000.01, 2000.02, 3000.03, 4000.04, np.nan],
        "recommended_budget": [1300.99, 1400.01, 3000.03, 4000.04, np.nan],
        "budget_change_pct": [30.1, -30.0, 0.0, 0.0, np.nan],
        "expected_uplift_pct": 2.5,
        "uplift_lo80": 0.5,
        "uplift_hi80": 4.5,
        "evidence": "moderate",
        "reason": f"it pays more than {HOSTILE}",
    }
    past = pd.date_range(end=AS_OF, periods=rows_a_channel)
    series = pd.DataFrame({"channel": np.repeat(CHANNELS, len(past)), "date": [*past] * len(CHANNELS)})
    roi = {"roi_actual": 1.5, "roi_pred": 1.4, "conversion_actual": 0.051234, "conversion_pred": 0.05}
    reach = {"reach_actual": 8000.0, "reach_pred": 7900.0, "ctr_actual": np.nan, "ctr_pred": 0.02}
    alert = {
        "id": 1,
        "alert_type": "roi_drop",
        "severity": "high",
        "channel": HOSTILE,
        "message": f"ROI of {HOSTILE} was 0.92.",
        "action": "Остановите кампании из списка.",
        "first_seen": pd.Timestamp("2026-03-28T06:00:00Z"),
        "last_seen": pd.Timestamp("2026-03-31T06:00:00Z"),
        "occurrences": 7,
        "is_read": False,
        "resolved_at": pd.NaT,
        "worst": [{"campaign_id": "t-12", "name": FORMULA, "value": 0.1, "spend": 900.0}],
    }
    moment = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
    return Published(
        as_of=AS_OF,
        generated_at=moment,
        run_id="20260401T060000Z-abcdef",
        steps=tuple(PublishedStep(name, "run", AS_OF, moment) for name in DASHBOARDS),
        headline=Headline(
            28, summarise(history), summarise(history.assign(spend=1000.0)), summarise(history, by=["channel"])
        ),
        tables={
            "roi-forecast": forecast.assign(confidence_score=0.5, horizon_days=14, method="blend"),
            "budget-recommendation": pd.DataFrame(budget),
            "roi-timeseries": series.assign(**roi, **bounds("roi", "conversion")),
            "reach-ctr-timeseries": series.assign(**reach, **bounds("reach", "ctr")),
        },
        charts=dict.fromkeys(DASHBOARDS, draw()),
        alerts=pd.DataFrame([alert]),
        recommendations={
            "channel_comparison": {"analysis": f"Канал {HOSTILE} слабее остальных."},
            "ml_predictions": {},
            "recommendations": {"budget_allocation": "Перенесите бюджет."},
            "summary": "Бюджет стоит перенести.",
            "generated_by": "llm",
            "model": HOSTILE,
        },
    )
