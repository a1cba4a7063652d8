"""What a notebook works with: open a run, read its data, stage its results.

A run that the pipeline started stages under its id and is published by the pipeline. A notebook opened in JupyterLab
has no run id: it gets a scratch run, which stages in the same way and is never shown.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from demetra.errors import NoDataError, ParameterError, Problem
from demetra.metrics import last_complete_day
from demetra.rules import read_rules
from demetra.settings import Settings
from demetra.store import history as stored
from demetra.store import publication
from demetra.store.engine import open_engine
from demetra.store.published import read_earlier_model, read_model_card, read_published, snapshot
from demetra.store.runs import has_succeeded
from demetra.store.slices import read_groups

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from sqlalchemy import Engine

    from demetra.charts import Png
    from demetra.llm import Advice
    from demetra.roi_model import CampaignPredictions, EarlierModel
    from demetra.rules import Rules
    from demetra.store.replies import StoredReplies

STEP_OF_TABLE = {
    "ml_roi_forecast": "roi-forecast",
    "ml_roi_timeseries": "roi-timeseries",
    "ml_reach_ctr_timeseries": "reach-ctr-timeseries",
    "ml_budget_rec": "budget-recommendation",
    "ml_audience_timing": "audience-timing",
    "breaches": "alerts",
}


@dataclass(frozen=True)
class Run:
    """One execution of a notebook: its identity, the day its data end (`as_of`), and whether the data are simulated."""

    id: str
    as_of: date
    demo: bool
    settings: Settings
    engine: Engine

    @property
    def scratch(self) -> bool:
        """Whether this run was opened by hand and will not be published."""
        return self.id.startswith("scratch-")

    @property
    def rules(self) -> Rules:
        """The business rules of `demetra.toml`, for what is not a parameter of the notebook."""
        return read_rules(self.settings.rules_file)

    def describe(self, rows: pd.DataFrame) -> str:
        """One line for the notebook's reader: the period, the rows and the channels of a history or campaigns frame."""
        if rows.empty:
            return f"No rows until {self.as_of:%d %b %Y}."
        period = f"{rows['date'].min():%d %b %Y} to {rows['date'].max():%d %b %Y}"
        demo = " (demo data)" if self.demo else ""
        return f"{period}: {len(rows):,} rows of {rows['channel'].nunique()} channels{demo}"

    def history(self) -> pd.DataFrame:
        """The history frame of all channels up to `as_of`."""
        with snapshot(self.engine) as connection:
            return stored.read_history(connection, until=self.as_of)

    def campaigns(self, *, days: int | None = None) -> pd.DataFrame:
        """The campaigns frame up to `as_of`; with `days`, only the last so many days."""
        since = None if days is None else self.as_of - timedelta(days=days - 1)
        with snapshot(self.engine) as connection:
            return stored.read_campaigns(connection, since=since, until=self.as_of)

    def groups(self, *, days: int) -> pd.DataFrame:
        """Daily sums by audience, segment, location and weekday (`schema.GROUPS`) of the last so many days."""
        with snapshot(self.engine) as connection:
            return read_groups(connection, since=self.as_of - timedelta(days=days - 1), until=self.as_of)

    def budgets(self) -> pd.DataFrame:
        """The planned amounts per channel and month."""
        with snapshot(self.engine) as connection:
            return stored.read_budgets(connection)

    def result(self, table: str) -> pd.DataFrame:
        """An earlier step's table: what this run staged, else what is published.

        Raises:
            NoDataError: neither exists; run the step that makes it first.
        """
        step = STEP_OF_TABLE[table]
        with snapshot(self.engine) as connection:
            staged = publication.read_staged(connection, self.id, table)
            if len(staged) or has_succeeded(connection, self.id, step):
                return staged
            published = read_published(connection, step)
            return published[[name for name in staged.columns if name in published]]

    def drivers(self) -> pd.DataFrame | None:
        """What drives a campaign's ROI (`feature, importance, noise`), from the model's card; None without a model."""
        with snapshot(self.engine) as connection:
            staged = publication.read_staged(connection, self.id, "model_versions")
            card = read_model_card(connection) if staged.empty else staged["card"].iloc[0]
        return None if card is None else pd.DataFrame(card["drivers"], columns=["feature", "importance", "noise"])

    @property
    def replies(self) -> StoredReplies:
        """What language models replied to earlier questions."""
        from demetra.store.replies import StoredReplies

        return StoredReplies(self.engine)

    def earlier_model(self) -> EarlierModel | None:
        """The campaign model that is published, to be used again while it serves; None before the first."""
        from demetra.roi_model import EarlierModel

        with snapshot(self.engine) as connection:
            kept = read_earlier_model(connection)
        return None if kept is None else EarlierModel(*kept)

    def stage(self, table: str, frame: pd.DataFrame) -> str:
        """Stage a result table; returns a sentence for the notebook's reader."""
        rows = publication.stage(self.engine, self.id, table, frame)
        return f"Staged {rows:,} rows of {table} under {self._name()}."

    def stage_chart(self, dashboard: str, figure: Figure) -> Png:
        """Stage a dashboard's chart as PNG; returns that PNG, so that the notebook shows what will be published."""
        from demetra.charts import render_png

        png = render_png(figure)
        publication.stage_chart(
            self.engine, self.id, dashboard, image=png.data, sha256=png.sha256, width=png.width, height=png.height
        )
        return png

    def stage_predictions(self, model: CampaignPredictions) -> str:
        """Stage a campaign model, its card, and what it predicts anew."""
        version = pd.DataFrame(
            [{"id": model.version, "method": model.method, "card": model.card, "model": model.model}]
        )
        publication.stage(self.engine, self.id, "model_versions", version)
        return self.stage("predictions", model.predictions)

    def stage_recommendations(self, advice: Advice) -> str:
        """Stage the written recommendations."""
        columns = ("channel_comparison", "ml_predictions", "recommendations", "summary")
        about = ("generated_by", "model", "rejected_reason", "unanswered")
        spent = ("prompt_tokens", "completion_tokens", "cost_usd")
        row = {name: getattr(advice, name) for name in (*columns, *about, *spent)}
        return self.stage("recommendations", pd.DataFrame([row]))

    def _name(self) -> str:
        return f"scratch run {self.id}, which nobody is shown" if self.scratch else f"run {self.id}"


def open_run(run_id: str = "", as_of: str = "") -> Run:
    """Open the run that a notebook belongs to.

    Args:
        run_id: the pipeline's run; empty for a scratch run.
        as_of: the day the data end, as ISO date; empty for the last complete day in the data.

    Raises:
        NoDataError: the database holds no rows up to `as_of`.
        ParameterError: `as_of` is not a date.
    """
    settings = Settings.from_environment()
    engine = open_engine(settings)
    day = _parse_day(as_of) if as_of else None
    with snapshot(engine) as connection:
        history = stored.read_history(connection, until=day)
        demo = stored.is_demo(connection)
    if history.empty:
        raise NoDataError(
            "The database", "Import a file with `demetra ingest FILE`, or start the demo with `demetra up`."
        )
    scratch = f"scratch-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return Run(
        id=run_id or scratch,
        as_of=day or last_complete_day(history, today=datetime.now(UTC).date()).date(),
        demo=demo,
        settings=settings,
        engine=engine,
    )


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        problem = Problem("as_of", repr(text), "a date like 2026-03-31")
        raise ParameterError("The notebook's parameters cannot be used", [problem]) from error
