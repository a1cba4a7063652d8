"""Everything that is published, made up for tests of what shows it; hostile names; a page as a browser reads it."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pandas as pd
from chart_frames import AS_OF, budget, random_forecast, timeseries

from demetra.metrics import summarise
from demetra.reports import Headline, Published, PublishedStep

MOMENT = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
HOSTILE = '<img src=x onerror="alert(1)">\'"&lt;</p><script>alert(2)</script>{{ 7 * 7 }}'
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def headline(spend: float = 100.0, revenue: float = 400.0, conversions: float = 10.0) -> pd.DataFrame:
    day = {"channel": "A", "date": pd.Timestamp(AS_OF), "spend": spend, "revenue": revenue, "conversions": conversions}
    history = pd.DataFrame([{**day, "clicks": 200.0, "impressions": 9_000.0, "reach": 8_000.0, "engagements": np.nan}])
    return summarise(history)


def incident(channel: str = "Telegram", severity: str = "high", **fields) -> dict[str, object]:
    return {
        "alert_type": "roi_drop",
        "severity": severity,
        "channel": channel,
        "message": "ROI was 0.92, below 1.50.",
        "action": "Pause the campaigns listed.",
        "first_seen": pd.Timestamp("2026-03-28T06:00:00Z"),
        "occurrences": 7,
        "worst": [{"campaign_id": "t-12", "name": "Spring sale", "value": 0.1, "spend": 900.0}],
        **fields,
    }


def written(text: str = "Cut Pinterest.", **fields) -> dict[str, object]:
    return {
        "channel_comparison": {"top_channel": None, "analysis": text},
        "ml_predictions": {"trend": text},
        "recommendations": {"budget_allocation": text},
        "summary": text,
        "generated_by": "rules",
        "model": None,
        **fields,
    }


def publish(channels: tuple[str, ...] = ("Instagram", "Facebook"), **changes) -> Published:
    tables = {
        "roi-forecast": random_forecast(channels),
        "roi-timeseries": timeseries(channels=channels),
        "reach-ctr-timeseries": timeseries(("reach", "ctr"), channels=channels),
        "budget-recommendation": budget({name: 9.0 - 2 * at for at, name in enumerate(channels)}),
    }
    published = Published(
        as_of=AS_OF,
        generated_at=MOMENT,
        run_id="20260401T060000Z-ab12",
        steps=tuple(PublishedStep(name, "r1", AS_OF, MOMENT) for name in (*tables, "alerts", "recommendations")),
        headline=Headline(28, headline(), headline(spend=90.0)),
        tables=tables,
        charts=dict.fromkeys(tables, PIXEL),
        alerts=pd.DataFrame([incident()]),
        recommendations=written(),
    )
    return replace(published, **changes)


def fail(published: Published, name: str, reason: str = "cell 5 failed", *, ever: bool = True) -> Published:
    kept = tuple(step for step in published.steps if step.name != name)
    run = ("r1", AS_OF, MOMENT) if ever else (None, None, None)
    return replace(published, steps=(*kept, PublishedStep(name, *run, MOMENT, reason)))


class Page(HTMLParser):
    """What a browser makes of a page: elements with their attributes, and the text that is seen or read out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_endtag(self, tag):
        self._in_style = False

    def handle_data(self, data):
        if not self._in_style:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]
