"""The four dashboards: their tables' rows as published, and what is shown of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field, create_model

from demetra.schema import BUDGET_REC, REACH_CTR_TIMESERIES, ROI_FORECAST, ROI_TIMESERIES
from demetra_runner.api.models.base import Shape

Dashboard = Literal["roi-forecast", "roi-timeseries", "reach-ctr-timeseries", "budget-recommendation"]
_KINDS = {
    "channel": (str, ...),
    "date": (date, ...),
    "horizon_days": (int, ...),
    "method": (str, ...),
    "evidence": (Literal["strong", "moderate", "weak", "none"], ...),
    "reason": (str, ...),
}


class _Row(Shape):
    model_config = ConfigDict(extra="allow")

    run_id: str = Field(description="The run that published it")


def _make_row(name: str, columns: tuple[str, ...]) -> type[_Row]:
    """A table's row: the columns of its contract, numbers where they are not said to be anything else."""
    kinds = {column: _KINDS.get(column, (float | None, ...)) for column in columns}
    return create_model(name, __base__=_Row, **kinds)


class _Data(Shape):
    dashboard: Dashboard
    run_id: str = Field(examples=["20260401T060002Z-3f9a1c"])
    as_of: date = Field(description="The last day of the data")
    generated_at: datetime = Field(description="When it was published")
    stale: bool = Field(description="A newer run failed to compute it: this is its last good result")


class RoiForecastData(_Data):
    """ROI per channel over the next `horizon_days` days, with 80 % and 95 % intervals."""

    rows: list[_make_row("RoiForecastRow", ROI_FORECAST)]


class RoiTimeseriesData(_Data):
    """ROI and conversion rate per channel and day: actual, predicted the day before, and ahead."""

    rows: list[_make_row("RoiTimeseriesRow", ROI_TIMESERIES)]


class ReachCtrTimeseriesData(_Data):
    """Reach and CTR per channel and day: actual, predicted the day before, and ahead."""

    rows: list[_make_row("ReachCtrTimeseriesRow", REACH_CTR_TIMESERIES)]


class BudgetData(_Data):
    """The advised budget per channel."""

    rows: list[_make_row("BudgetRow", BUDGET_REC)]


AnyData = RoiForecastData | RoiTimeseriesData | ReachCtrTimeseriesData | BudgetData


class DashboardState(Shape):
    """What one dashboard shows, and where its chart and data are."""

    dashboard: Dashboard
    run_id: str
    as_of: date
    generated_at: datetime
    stale: bool
    stale_since: datetime | None = Field(description="The first failure since it was published")
    stale_reason: str | None
    rows: int = Field(description="How many rows its table has")
    chart: str = Field(description="The address of its PNG", examples=["/api/ml-dashboard/roi-forecast/chart"])
    data: str = Field(description="The address of its rows", examples=["/api/ml-dashboard/roi-forecast/data"])


class DashboardSummary(Shape):
    """The dashboards that are published, at one moment."""

    as_of: date
    generated_at: datetime
    demo: bool = Field(description="Computed from the simulated market")
    dashboards: list[DashboardState]
