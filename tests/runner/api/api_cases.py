"""Published runs without kernels, and the API on a real socket."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import sqlalchemy as sa
from PIL import Image

from demetra.schema import BOUNDS
from demetra.settings import Settings
from demetra.store.publication import StepResult, publish, stage, stage_chart
from demetra.store.runs import finish_run, hold_lock, request_run, start_run
from demetra_runner.api.server import Api
from demetra_runner.pipeline import STEPS

SAMPLE = Path(__file__).resolve().parents[3] / "data/sample/campaigns.csv"
AS_OF = date(2026, 3, 1)
DAYS = pd.date_range(end="2026-03-15", periods=30)
CHANNELS = ("Google Ads", "Instagram")
HOSTILE = "<img src=x onerror=alert(1)>"
SERIES = pd.DataFrame({"channel": np.repeat(CHANNELS, len(DAYS)), "date": [*DAYS, *DAYS]})
ACTUAL = np.where(SERIES["date"] <= pd.Timestamp(AS_OF), 1.5, np.nan)


def with_bounds(frame: pd.DataFrame, *metrics: str) -> pd.DataFrame:
    return frame.assign(**{f"{metric}_{bound}": 1.0 for metric in metrics for bound in BOUNDS})


def write_tables(value: float) -> dict[str, pd.DataFrame]:
    """Small tables of every step; `value` tells one run from another."""
    forecast = {"channel": CHANNELS, "roi_forecast": [value, np.nan], "confidence_score": [0.5, np.nan]}
    budget = {
        "channel": CHANNELS,
        "roi_pred": [value, 1.0],
        "current_budget": [100.25, 50.5],
        "recommended_budget": [120.75, 30.0],
        "budget_change_pct": [20.449, -40.594],
        "expected_uplift_pct": [1.5, 1.5],
        "evidence": "moderate",
        "reason": ["it pays", "it does not"],
    }
    breach = {
        "alert_type": "roi_drop",
        "severity": "high",
        "channel": "Instagram",
        "message": HOSTILE,
        "action": "Stop.",
        "metric_value": 0.5,
        "occurrences": 1,
        "worst": [{"name": HOSTILE}],
    }
    written = {
        "channel_comparison": {"analysis": HOSTILE},
        "ml_predictions": {},
        "recommendations": {"roi_growth": "Да."},
        "summary": f"Кратко: {HOSTILE}",
        "generated_by": "rules",
        "unanswered": False,
    }
    return {
        "ml_roi_forecast": with_bounds(pd.DataFrame(forecast), "roi").assign(horizon_days=14, method="mean"),
        "ml_roi_timeseries": with_bounds(
            SERIES.assign(roi_actual=ACTUAL, conversion_actual=ACTUAL, roi_pred=value, conversion_pred=0.1),
            "roi",
            "conversion",
        ),
        "ml_reach_ctr_timeseries": with_bounds(
            SERIES.assign(reach_actual=ACTUAL, ctr_actual=ACTUAL, reach_pred=value, ctr_pred=0.1), "reach", "ctr"
        ),
        "ml_budget_rec": pd.DataFrame(budget),
        "breaches": pd.DataFrame([breach]),
        "recommendations": pd.DataFrame([written]),
    }


def draw(value: float) -> bytes:
    """A small PNG, another one for another value."""
    buffer = io.BytesIO()
    Image.new("RGB", (80, 50), (int(value * 10) % 256, 90, 160)).save(buffer, "PNG")
    return buffer.getvalue()


def publish_run(engine: sa.Engine, run_id: str, value: float, *, failing: str | None = None) -> None:
    """A run whose every table and chart says its value; the step `failing` fails."""
    request_run(engine, run_id, trigger="sync", options={"only": run_id})
    with hold_lock(engine, run_id, wait=True) as lock:
        start_run(lock, run_id, steps=[step.name for step in STEPS])
        for name, table in write_tables(value).items():
            stage(engine, run_id, name, table)
        results = []
        for step in STEPS:
            charted = "ml_dashboards" in step.publishes
            if charted:
                stage_chart(engine, run_id, step.name, image=draw(value), sha256="", width=80, height=50)
            failure = "RuntimeError: no luck" if step.name == failing else None
            results.append(StepResult(step.name, step.publishes, "f", failure=failure))
        publish(lock, run_id, results, as_of=AS_OF, demo=False, moment=datetime.now(UTC))
        finish_run(lock, run_id, status="failed" if failing else "succeeded")
        lock.commit()


@contextmanager
def serve(settings: Settings, engine: sa.Engine, **options: object) -> Iterator[httpx.Client]:
    """A client of the API on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (
        Api(settings, engine, host="127.0.0.1", port=port) as api,
        httpx.Client(base_url=api.address, timeout=20, trust_env=False, **options) as client,
    ):
        yield client
