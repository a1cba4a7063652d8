"""What there is to show: everything that is published at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True)
class PublishedStep:
    """Which result a step shows: its run, the day its data end, and since when and why it is stale, if it is.

    `run_id`, `as_of` and `published_at` are None for a step that has failed and never published anything.
    """

    name: str
    run_id: str | None
    as_of: date | None
    published_at: datetime | None
    stale_since: datetime | None = None
    stale_reason: str | None = None


@dataclass(frozen=True, eq=False)
class Headline:
    """The account over the last `days` days and over as many before: one row each, from `metrics.summarise`.

    `channels` has a row per channel over the last `days` days.
    `daily` has a row per day of both periods, with its `date`.
    """

    days: int
    now: pd.DataFrame
    before: pd.DataFrame
    channels: pd.DataFrame = field(default_factory=pd.DataFrame)
    daily: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, eq=False)
class Published:
    """Everything that is published, read at one moment; without `steps`, nothing has been published yet.

    `tables` and `charts` (PNG bytes) are by dashboard name (`schema.DASHBOARDS`); other names are left alone. `alerts`
    are the open incidents, with the columns of the store's table. `recommendations` holds `channel_comparison`,
    `ml_predictions`, `recommendations`, `summary`, `generated_by` and `model`. `track_record` has the columns
    `schema.TRACK_RECORD`, `budget_outlook` those of `schema.BUDGET_OUTLOOK`; either may be empty. Times are aware,
    money is in `currency`.
    """

    as_of: date | None = None
    generated_at: datetime | None = None
    run_id: str | None = None
    demo: bool = False
    currency: str = "USD"
    steps: tuple[PublishedStep, ...] = ()
    headline: Headline | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    charts: Mapping[str, bytes] = field(default_factory=dict)
    alerts: pd.DataFrame = field(default_factory=pd.DataFrame)
    recommendations: Mapping[str, Any] | None = None
    track_record: pd.DataFrame = field(default_factory=pd.DataFrame)
    model_card: Mapping[str, Any] | None = None
    budget_outlook: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def is_empty(self) -> bool:
        """Whether no step has published anything yet."""
        return not any(step.run_id for step in self.steps)

    @property
    def stale(self) -> dict[str, PublishedStep]:
        """The steps whose newest run failed, by name."""
        return {step.name: step for step in self.steps if step.stale_since is not None}
