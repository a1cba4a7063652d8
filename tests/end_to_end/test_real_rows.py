"""The 30,000 real rows, from the file to what is published, through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.settings import Settings
from demetra_runner.limits import Limits
from demetra_runner.notebook import KernelWatch, execute_notebook
from demetra_runner.pipeline import STEPS, Step

DEMETRA = Path(sys.executable).with_name("demetra")
MEASURES = ["spend", "revenue", "conversions", "clicks", "impressions"]

pytestmark = [pytest.mark.shared_data, pytest.mark.timeout(280)]


def demetra(*arguments: object, environment: dict[str, str]) -> str:
    done = subprocess.run([DEMETRA, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_independently(path: Path) -> pd.DataFrame:
    """Channel-days of the file by plain pandas, without a line of our own code."""
    rows = pd.read_csv(path)
    spend = rows["Acquisition_Cost"].str.replace("$", "").str.replace(",", "").astype(float)
    measures = {
        "channel": rows["Channel_Used"],
        "date": rows["Date"],
        "spend": spend,
        "revenue": spend * (1 + rows["ROI"]),
        "conversions": rows["Conversion_Rate"] * rows["Clicks"],
        "clicks": rows["Clicks"],
        "impressions": rows["Impressions"],
    }
    return pd.DataFrame(measures).groupby(["channel", "date"])[MEASURES].sum()


def read_stored(engine: sa.Engine) -> pd.DataFrame:
    columns = ", ".join(f"{name}::float8" for name in MEASURES)
    with engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT channel, date::text, {columns} FROM channel_daily ORDER BY 1, 2"))
        return pd.DataFrame(rows.fetchall(), columns=["channel", "date", *MEASURES]).set_index(["channel", "date"])


def test_the_real_rows_are_accounted_for_and_answered_honestly(
    engine: sa.Engine, environment: dict[str, str], shared_data: Path, tmp_path: Path
):
    iso = shared_data / "social_media_advertising" / "Social_Media_Advertising_first30k_iso.csv.gz"
    expected = read_independently(iso)

    report = json.loads(demetra("ingest", iso, "--json", environment=environment))
    assert (report["rows_read"], report["rows_rejected"]) == (30_000, 0)
    assert report["rows_loaded"] + report["rows_merged"] == 30_000
    pd.testing.assert_frame_equal(read_stored(engine), expected, check_dtype=False, rtol=0, atol=0.005)

    again = json.loads(demetra("ingest", iso, "--json", environment=environment))
    assert again["rows_changed"] == 0

    outcome = json.loads(demetra("sync", "--json", environment=environment))
    assert outcome["status"] == "succeeded"
    assert outcome["as_of"] == "2022-12-31"
    assert not outcome["demo"]

    forecast = pd.DataFrame(json.loads(demetra("show", "roi-forecast", "--format", "json", environment=environment)))
    forecast = forecast.set_index("channel")
    assert forecast.loc["Pinterest", "roi_forecast"] == pytest.approx(0.72, abs=0.05)
    others = forecast.drop("Pinterest")
    assert others["roi_forecast"].between(3.7, 4.3).all()
    assert others["roi_lo80"].max() < others["roi_hi80"].min(), "nothing tells these three apart"

    latest = Path(environment["DEMETRA_HOME"]) / "outputs" / "latest"
    tables = {path.stem: pd.read_csv(path) for path in (latest / "tables").glob("*.csv")}
    series, budget, alerts = tables["roi-timeseries"], tables["budget-recommendation"], tables["alerts"]
    future = series[series["date"] > "2022-12-31"].groupby("channel")["roi_pred"].mean()
    np.testing.assert_allclose(future, forecast.loc[future.index, "roi_forecast"], rtol=1e-9)
    np.testing.assert_allclose(budget.set_index("channel")["roi_pred"], forecast["roi_forecast"], rtol=1e-9)
    assert budget["recommended_budget"].sum() == pytest.approx(budget["current_budget"].sum(), rel=1e-3)
    assert 0 < len(alerts) < 30
    assert ("roi_drop", "Pinterest") in set(zip(alerts["alert_type"], alerts["channel"], strict=True))

    assert len(list((latest / "charts").glob("*.png"))) == 5
    with engine.connect() as connection:
        images = connection.execute(sa.text("SELECT dashboard, image_data FROM ml_dashboards")).all()
    assert {name for name, _ in images} == {path.stem for path in (latest / "charts").glob("*.png")}
    assert all(bytes(image) == (latest / "charts" / f"{name}.png").read_bytes() for name, image in images)

    unchanged = json.loads(demetra("sync", "--json", environment=environment))
    assert unchanged["status"] == "unchanged"
    check_that_notebooks_run_by_hand(engine, tmp_path)


def check_that_notebooks_run_by_hand(engine: sa.Engine, directory: Path) -> None:
    """Each notebook runs with its defaults, as in JupyterLab, and publishes nothing."""
    before = read_publications_of(engine)

    def run(step: Step) -> None:
        notebook = Settings().notebooks / step.notebook
        execute_notebook(notebook, directory / step.notebook, {}, limits=Limits(), watch=KernelWatch())

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(run, STEPS))
    assert read_publications_of(engine) == before
    with engine.connect() as connection:
        scratch = connection.execute(sa.text("SELECT DISTINCT run_id FROM staging.ml_dashboards")).scalars().all()
    assert len(scratch) == 5
    assert all(run_id.startswith("scratch-") for run_id in scratch)


def read_publications_of(engine: sa.Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text("SELECT * FROM publications ORDER BY step"))]


def test_the_file_as_somebody_saved_it_again_gives_the_same_sums(
    engine: sa.Engine, environment: dict[str, str], shared_data: Path
):
    folder = shared_data / "social_media_advertising"
    raw = folder / "Social_Media_Advertising_first30k_raw.csv.gz"
    expected = read_independently(folder / "Social_Media_Advertising_first30k_iso.csv.gz")
    report = json.loads(demetra("ingest", raw, "--json", environment=environment))
    assert (report["rows_read"], report["rows_rejected"]) == (30_000, 0)
    pd.testing.assert_frame_equal(read_stored(engine), expected, check_dtype=False, rtol=0, atol=0.005)
    demetra("ingest", folder / "Social_Media_Advertising_first30k_iso.csv.gz", environment=environment)
    pd.testing.assert_frame_equal(read_stored(engine), expected, check_dtype=False, rtol=0, atol=0.005)
