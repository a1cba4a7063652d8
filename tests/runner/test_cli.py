from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from demetra.settings import Settings
from demetra.store import tables
from demetra.store.runs import hold_lock

DEMETRA = Path(sys.executable).with_name("demetra")


@pytest.fixture
def demetra(environment: dict[str, str]):
    def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [DEMETRA, *arguments], env={**environment, **changes}, capture_output=True, text=True, check=False
        )

    return run


def test_status_and_tables_before_anything_is_published_say_the_way_out(demetra):
    status = demetra("status")
    assert status.returncode == 0
    assert "demetra ingest FILE" in status.stdout
    assert json.loads(demetra("status", "--json").stdout)["published"] == []
    shown = demetra("show", "roi-forecast")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "demetra sync" in shown.stderr
    record = demetra("show", "track-record", "--format", "csv")
    assert record.returncode == 0
    assert record.stdout.startswith("metric,channel,forecasts")
    assert "No published forecast has come due yet" in record.stderr


def test_a_sync_without_rows_is_one_sentence(demetra):
    done = demetra("sync")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "The database holds no rows. Import a file: `demetra ingest FILE`. `demetra up` starts with demo data."
    ]


def test_recommendations_are_paragraphs_to_read_and_json_to_compute_with(demetra, engine: sa.Engine):
    texts = {"channel_comparison": {}, "ml_predictions": {}, "recommendations": {"budget_allocation": "Keep it. " * 20}}
    written = {**texts, "summary": "All is well.", "generated_by": "rules", "unanswered": False, "run_id": "r"}
    shown = {"step": "recommendations", "run_id": "r", "as_of": "2026-03-01", "demo": False, "fingerprint": "f"}
    asked = {"id": "r", "trigger": "sync", "status": "succeeded", "options": {}, "queued_at": sa.func.now()}
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.runs).values(asked))
        connection.execute(sa.insert(tables.publications).values({**shown, "published_at": sa.func.now()}))
        connection.execute(sa.insert(tables.recommendations).values(written))
    lines = demetra("show", "recommendations").stdout.splitlines()
    assert lines[:4] == ["All is well.", "", "WHAT TO DO", "Budget"]
    assert max(map(len, lines)) <= 70
    assert lines[-1] == "Written by rules from the figures above, without a language model."
    (row,) = json.loads(demetra("show", "recommendations", "--format", "json").stdout)
    assert row["recommendations"] == texts["recommendations"]


def test_a_wrong_table_or_step_names_the_right_ones(demetra):
    assert "budget-recommendation" in demetra("show", "budget").stderr
    only = demetra("sync", "--only", "budget")
    assert only.returncode == 2
    assert "budget-recommendation" in only.stderr


def test_no_wait_exits_with_3_where_another_run_is_under_way(demetra, engine: sa.Engine):
    with hold_lock(engine, "other", wait=True):
        assert demetra("sync", "--no-wait").returncode == 3


def test_all_that_is_wrong_with_the_environment_is_told_at_once_without_secrets(demetra):
    done = demetra("status", DEMETRA_SYNC_MINUTES="soon", DEMETRA_DATABASE_URL="mysql://me:hunter2@host/db")
    assert done.returncode == 2
    assert "DEMETRA_SYNC_MINUTES" in done.stderr
    assert "DEMETRA_DATABASE_URL" in done.stderr
    assert "hunter2" not in done.stderr


def test_an_unreachable_database_is_said_without_the_password(demetra):
    done = demetra("status", DEMETRA_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/db")
    assert done.returncode == 2
    assert "127.0.0.1" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_understood_exits_with_2_and_loads_nothing(demetra, engine: sa.Engine, tmp_path: Path):
    bad = tmp_path / "bad.csv"
    bad.write_text("mood,weather\ngood,fine\n")
    good = Path(__file__).resolve().parents[2] / "data" / "sample"
    done = demetra("ingest", str(bad), *map(str, good.glob("*.csv")))
    assert done.returncode == 2
    assert "mood" in done.stderr
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM imports")).scalar() == 0


def test_the_url_in_use_is_printed(demetra, settings: Settings):
    assert settings.database_url is not None
    assert sa.make_url(demetra("db", "url").stdout.strip()) == sa.make_url(settings.database_url.reveal())


def test_forecast_and_allocate_answer_from_a_file_alone(demetra, tmp_path: Path):
    lines = ["date,channel,spend,impressions,clicks,conversions,revenue"]
    lines += [
        f"2026-01-{day:02},{channel},{100 + day},10000,200,10,{300 + day}"
        for day in range(1, 32)
        for channel in ("Instagram", "TikTok")
    ]
    lines.append("2026-01-31,VK,much,10000,200,10,300")
    path = tmp_path / "small.csv"
    path.write_text("\n".join(lines))
    nowhere = {"DEMETRA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    forecast = demetra("forecast", str(path), "--horizon", "3", **nowhere)
    assert forecast.returncode == 0, forecast.stderr
    rows = forecast.stdout.splitlines()
    assert rows[0] == "channel,metric,date,yhat,lo80,hi80,lo95,hi95,method"
    assert len(rows) == 1 + 2 * 4 * 3
    assert "1 of 63 rows set aside: spend" in forecast.stderr
    past = demetra("forecast", str(path), "--history", **nowhere).stdout.splitlines()
    assert past[1].split(",")[2] <= "2026-01-31"
    allocate = demetra("allocate", str(path), "--total", "5000", **nowhere)
    assert allocate.returncode == 0, allocate.stderr
    header, *advice = [line.split(",") for line in allocate.stdout.splitlines()]
    spent = sum(float(row[header.index("recommended_budget")]) for row in advice)
    assert spent == pytest.approx(5000, rel=1e-3)
    too_careful = demetra("allocate", str(path), "--caution", "9", **nowhere)
    assert (too_careful.returncode, too_careful.stdout) == (2, "")
    refused = demetra("allocate", str(path), "--minimum", "tik tok=99999", "--target-cpa", "1000", **nowhere)
    assert refused.returncode == 2
    assert "minimum of TikTok: found 99,999.00, expected at most" in refused.stderr
    assert "--days N" in demetra("allocate", "--help").stdout


def test_files_are_read_in_the_currency_of_the_account(demetra, settings: Settings, tmp_path: Path):
    path = tmp_path / "euro.csv"
    rows = [f"2026-01-{day:02},VK,EUR,{10_000 + day},900,20,2,{31_000 + day}" for day in range(1, 32)]
    path.write_text("\n".join(["date,channel,currency,spend,impressions,clicks,conversions,revenue", *rows]))
    for command in ("forecast", "allocate"):
        refused = demetra(command, str(path))
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "currency EUR is not the account's USD" in refused.stderr
    settings.home.joinpath("demetra.toml").write_text('[account]\ncurrency = "EUR"\n')
    assert demetra("forecast", str(path)).stdout.count("\n") == 1 + 4 * 14
    assert demetra("allocate", str(path)).stdout.count("\n") == 2


def test_what_stands_in_a_table_can_be_read(demetra, tmp_path: Path):
    """No exponents, no sentence that is cut off, each note once: what a person reads, and no program."""
    path = tmp_path / "large.csv"
    rows = [
        f"2026-01-{day:02},{channel},{1_234_567 + day},900000,2000,20,{3_100_000 + day}"
        for day in range(1, 32)
        for channel in ("TikTok", "VK")
    ]
    path.write_text("\n".join(["date,channel,spend,impressions,clicks,conversions,revenue", *rows]))
    advice = demetra("allocate", str(path), "--format", "table").stdout
    assert re.search(r" 37,037,\d{3} ", advice)
    assert not re.search(r"\de[+-]\d|\.\.\.|NaN", advice)
    (tiktok,) = [line for line in advice.splitlines() if line.startswith("TikTok – ")]
    assert len(tiktok) > 60
    path.write_text(path.read_text() + "\n2026-02-01,TikTok,90000,70000,150,1,300000\n")
    forecast = demetra("forecast", str(path), "--format", "table")
    assert "900,000" in forecast.stdout
    assert " 2026-02-01 " in forecast.stdout
    assert forecast.stderr.splitlines() == [
        "2026-02-01 is left out, as it looks unfinished; --as-of 2026-02-01 counts it",
        "TikTok, VK: limited: means only, 31 days with data",
    ]


def test_a_mistyped_day_of_the_future_changes_nothing_and_is_told(demetra, tmp_path: Path):
    path = tmp_path / "typo.csv"
    today = datetime.now(UTC).date()
    rows = [f"{today - timedelta(days=back)},VK,{10_000 + back},900,20,2,{31_000 + back}" for back in range(31, 0, -1)]
    path.write_text("\n".join(["date,channel,spend,impressions,clicks,conversions,revenue", *rows]))
    expected = demetra("forecast", str(path))
    stray = today + timedelta(days=365)
    path.write_text(f"{path.read_text()}\n{stray},VK,10000,900,20,2,31000\n")
    found = demetra("forecast", str(path))
    assert found.stdout == expected.stdout
    assert f"{stray} and later are left out: days in the future, long after the others" in found.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["status"], ["status", "--json"]], ids=" ".join)
def test_what_people_ask_all_day_imports_nothing_heavy(arguments: list[str], environment: dict[str, str]):
    command = [sys.executable, "-X", "importtime", DEMETRA, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    imported = set(re.findall(r"\| +([a-z_]+)(?=\.|$)", done.stderr, flags=re.MULTILINE))
    heavy = [
        "pandas",
        "numpy",
        "pyarrow",
        "sqlalchemy",
        "alembic",
        "pydantic",
        "rich",
        "papermill",
        "fastapi",
        "apprise",
    ]
    assert "typer" in imported
    assert imported.isdisjoint(heavy)


@pytest.mark.parametrize("command", ["forecast", "allocate"])
def test_an_answer_from_a_file_waits_neither_for_a_database_nor_for_what_xgboost_wraps(
    command: str, environment: dict[str, str], tmp_path: Path
):
    path = tmp_path / "long.csv"
    days = [str(np.datetime64("2026-01-01") + day) for day in range(90)]  # enough for XGBoost to be asked
    rows = [f"{day},VK,{100 + place % 9},9000,200,{10 + place % 7},300" for place, day in enumerate(days)]
    path.write_text("\n".join(["date,channel,spend,impressions,clicks,conversions,revenue", *rows]))
    asked = [sys.executable, "-X", "importtime", DEMETRA, command, path]
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
    imported = set(re.findall(r"\| +([a-z_]+)(?=\.|$)", done.stderr, flags=re.MULTILINE))
    assert {"pandas", "xgboost"} <= imported
    assert imported.isdisjoint(["sqlalchemy", "alembic", "matplotlib"])
    assert " sklearn.base" not in done.stderr


def test_an_incident_is_listed_shown_taken_on_and_closed_by_the_commands(demetra, engine: sa.Engine):
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO alerts (alert_type, severity, channel, message, action, first_seen, last_seen,"
                " occurrences, worst, run_id)"
                " VALUES ('roi_drop', 'high', 'VK', 'ROI fell.', 'Look.', now(), now(), 1, '[]', 'r')"
            )
        )
    [listed] = json.loads(demetra("alerts", "list", "--format", "json").stdout)
    number = str(listed["id"])
    assert demetra("alerts", "ack", number, "--author", "ann", "--note", "on it").stdout.endswith("acknowledged.\n")
    assert "exactly one of them" in demetra("alerts", "snooze", number).stderr
    assert demetra("alerts", "snooze", number, "--hours", "2").returncode == 0
    assert demetra("alerts", "resolve", number, "--author", "bob").returncode == 0
    refused = demetra("alerts", "resolve", number)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert demetra("alerts", "list").stdout == "(no rows)\n"
    shown = demetra("alerts", "show", number).stdout
    assert "acknowledged by ann: on it" in shown
    assert "resolved by bob" in shown
