"""Frames as text that other programs read: every digit, ISO dates, NULL as null or empty, never NaN."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def as_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame as JSON-able records: days as `2026-03-31`, moments as `2026-03-31T08:30:00Z`, NULL as None."""
    dated = _with_iso_dates(frame)
    return dated.astype("object").where(frame.notna(), None).to_dict("records")


def as_csv(frame: pd.DataFrame) -> str:
    """A frame as CSV text with a header: days and moments as in `as_records`, JSON as JSON, NULL as empty."""
    dated = _with_iso_dates(frame)
    texts = {
        name: dated[name].map(lambda value: json.dumps(value, ensure_ascii=False), na_action="ignore")
        for name in dated.columns[dated.dtypes == "object"]
    }
    return dated.assign(**texts).to_csv(index=False)


def as_json(value: Any) -> Any:
    """Nested dicts and lists with days and moments as texts, the same as in `as_records`."""
    if isinstance(value, dict):
        return {str(name): as_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if isinstance(value, date) else value


def _with_iso_dates(frame: pd.DataFrame) -> pd.DataFrame:
    moments = frame.select_dtypes(include=["datetime", "datetimetz"])
    texts = {
        name: moments[name].dt.strftime("%Y-%m-%d" if moments[name].dt.tz is None else "%Y-%m-%dT%H:%M:%SZ")
        for name in moments
    }
    return frame.assign(**texts)
