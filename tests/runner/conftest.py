"""A pipeline of tiny notebooks: the real steps, papermill and kernels, with next to no arithmetic."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import sqlalchemy as sa
from nbformat.v4 import new_code_cell, new_notebook

from demetra.rules import Rules
from demetra.settings import Settings
from demetra.store.frames import copy_frame
from demetra.store.tables import channel_daily
from demetra_runner.pipeline import BY_NAME, STEPS, Step, rule_values

OPEN = "import pandas as pd\nfrom demetra import run\nopened = run.open_run(run_id, as_of)\nwho = opened.id"
STAGE = {
    "roi-timeseries": "opened.stage('ml_roi_timeseries', pd.DataFrame([{'channel': who, 'date': opened.as_of}]))",
    "reach-ctr-timeseries": (
        "opened.stage('ml_reach_ctr_timeseries', pd.DataFrame([{'channel': who, 'date': opened.as_of}]))"
    ),
    "roi-forecast": (
        "series = opened.result('ml_roi_timeseries')\n"
        "row = {'channel': series['channel'][0], 'roi_forecast': 1.0, 'horizon_days': 14, 'method': 'mean'}\n"
        "opened.stage('ml_roi_forecast', pd.DataFrame([row]))"
    ),
    "budget-recommendation": (
        "opened.stage('ml_budget_rec', pd.DataFrame([{'channel': who, 'evidence': 'none', 'reason': 'a test'}]))"
    ),
    "alerts": (
        "columns = 'alert_type severity channel message action occurrences worst'.split()\n"
        "opened.stage('breaches', pd.DataFrame([['roi_drop', 'high', 'X', 'm', 'a', 1, []]], columns=columns))"
    ),
    "audience-timing": (
        "columns = 'dimension value rows days roi_verdict conversion_verdict'.split()\n"
        "opened.stage('ml_audience_timing', pd.DataFrame([['weekday', '1', 1, 1, 'thin', 'thin']], columns=columns))"
    ),
    "recommendations": (
        "row = {'channel_comparison': {}, 'ml_predictions': {}, 'recommendations': {}, 'summary': who}\n"
        "opened.stage('recommendations', pd.DataFrame([row | {'generated_by': 'rules', 'unanswered': False}]))"
    ),
}


def write_notebook(notebooks: Path, step: Step, *sources: str) -> None:
    """A notebook that declares what the pipeline gives the step, and then runs these cells."""
    values = {"run_id": "", "as_of": "", **rule_values(step, Rules())}
    kinds = {name: "float | None" if value is None else type(value).__name__ for name, value in values.items()}
    lines = [f"{name}: {kinds[name].replace('list', 'list[str]')} = {value!r}" for name, value in values.items()]
    declared = new_code_cell("\n".join(lines), metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[declared, *map(new_code_cell, sources)]), notebooks / step.notebook)


@pytest.fixture
def checkout(settings: Settings, engine: sa.Engine, environment: dict[str, str], tmp_path: Path) -> Settings:
    """Settings whose checkout holds the tiny notebooks, and a database with 40 days of two channels."""
    root = tmp_path / "checkout"
    (root / "notebooks").mkdir(parents=True)
    shutil.copy(settings.rules_file, root / "demetra.toml")
    for step in STEPS:
        write_notebook(root / "notebooks", step, OPEN, STAGE[step.name])
    days = pd.date_range("2026-01-01", periods=40)
    measures = {"spend": 10.0, "revenue": 30.0, "conversions": 2.0, "clicks": 50, "impressions": 1000, "reach": 900}
    frame = pd.DataFrame(
        [{"channel": name, "date": day, **measures} for name in ("Instagram", "TikTok") for day in days]
    )
    with engine.begin() as connection:
        copy_frame(connection, channel_daily, frame, rows=1)
    return replace(settings, checkout=root)


@pytest.fixture
def rewrite(checkout: Settings) -> Callable[..., None]:
    """Replace the cells of a step's notebook; without cells, the working ones come back."""

    def write(step: str, *sources: str) -> None:
        write_notebook(checkout.notebooks, BY_NAME[step], *(sources or (OPEN, STAGE[step])))

    return write
