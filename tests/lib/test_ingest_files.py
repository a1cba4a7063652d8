from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.errors import UnreadableFileError
from demetra.ingest import IngestReport, ingest_files, load_demo
from demetra.rules import Rules
from demetra.store.frames import read_frame
from demetra.store.tables import channel_daily

HEADER = "date,channel,campaign_id,campaign_name,spend,impressions,clicks,conversions,revenue"
SUMS = ("spend", "revenue", "conversions", "clicks", "impressions", "reach")


def line(day: int = 14, channel: str = "Instagram", spend: object = 10) -> str:
    return f"2026-03-{day:02d},{channel},c1,Spring,{spend},1000,100,5,30"


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def refuse(engine: sa.Engine, paths: Sequence[Path], **options: Any) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        ingest_files(engine, paths, **options)
    return str(caught.value)


def ask(engine: sa.Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def count(engine: sa.Engine, table: str) -> int:
    return int(ask(engine, f"SELECT count(*) FROM {table}")[0][0])


def is_accounted_for(report: IngestReport) -> bool:
    return report.rows_read == report.rows_loaded + report.rows_merged + report.rows_rejected


def test_every_row_is_accounted_for(engine: sa.Engine, tmp_path: Path):
    path = write(tmp_path / "a.csv", line(14), line(14), line(15, spend="x"), "short,row", line(16), "Total,,,,30,,,,")
    report = ingest_files(engine, [path])
    assert (report.rows_read, report.rows_loaded, report.rows_merged, report.rows_rejected) == (5, 2, 1, 2)
    assert is_accounted_for(report)
    assert count(engine, "campaigns") == 2
    assert ask(engine, "SELECT rows_read, rows_loaded, rows_merged, rows_rejected FROM imports") == [(5, 2, 1, 2)]
    rejections = report.files[0].rejections
    assert [(each.column, each.reason, each.count, each.first_lines) for each in rejections] == [
        ("spend", "not a number", 1, (4,)),
        (None, "2 cells where the header has 9", 1, (5,)),
    ]


def test_the_report_is_json(engine: sa.Engine, tmp_path: Path):
    report = ingest_files(engine, [write(tmp_path / "a.csv", line(14), line(15, spend="x"))])
    told = json.loads(json.dumps(report.as_json()))
    assert {name: told[name] for name in ("rows_read", "rows_loaded", "rows_merged", "rows_rejected")} == {
        "rows_read": 2,
        "rows_loaded": 1,
        "rows_merged": 0,
        "rows_rejected": 1,
    }
    assert told["seconds"] > 0
    assert told["files"][0]["columns"][0]["theirs"] == "date"


def test_the_same_file_again_changes_nothing_and_is_reported_all_the_same(engine: sa.Engine, tmp_path: Path):
    path = write(tmp_path / "a.csv", line(14), line(14), line(15), line(16, spend="x"))
    first = ingest_files(engine, [path])
    again = ingest_files(engine, [path])
    assert first.rows_changed == 2
    assert again.rows_changed == 0
    assert (again.rows_read, again.rows_loaded, again.rows_merged, again.rows_rejected) == (4, 2, 1, 1)
    assert count(engine, "imports") == 2


def test_a_corrected_file_replaces_its_own_rows(engine: sa.Engine, tmp_path: Path):
    path = write(tmp_path / "a.csv", line(14), line(15), line(16))
    ingest_files(engine, [path])
    assert ingest_files(engine, [write(path, line(14, spend=99), line(15))]).rows_changed == 2
    assert ask(engine, "SELECT date::text, spend FROM channel_daily ORDER BY 1") == [
        ("2026-03-14", 99),
        ("2026-03-15", 10),
    ]


def test_days_that_have_not_come_are_loaded_and_told(engine: sa.Engine, tmp_path: Path):
    today = datetime.now(UTC).date()
    ahead = [line().replace("2026-03-14", str(today + timedelta(days=days))) for days in (0, 1, 30, 90)]
    report = ingest_files(engine, [write(tmp_path / "a.csv", *ahead)])
    last = today + timedelta(days=90)
    assert report.rows_loaded == 4
    assert report.files[0].notes == (f"2 rows are dated in the future, {last} the last; is that meant?",)


def test_a_dry_run_reads_everything_and_stores_nothing(engine: sa.Engine, tmp_path: Path):
    path = write(tmp_path / "a.csv", line(14), line(15, spend="x"), header=HEADER.replace("spend", "Kosten"))
    report = ingest_files(engine, [path], mapping={"spend": "Kosten"}, dry_run=True)
    assert (report.dry_run, report.rows_read, report.rows_loaded, report.rows_rejected) == (True, 2, 1, 1)
    reading = {column.ours: column for column in report.files[0].columns}["spend"]
    assert (reading.theirs, reading.origin, reading.examples) == ("Kosten", "--map", ("10", "x"))
    for table in ("campaigns", "imports", "channel_daily", "rejected_rows", "column_maps"):
        assert count(engine, table) == 0


def test_one_bad_file_keeps_all_out_and_all_problems_of_all_files_are_told(engine: sa.Engine, tmp_path: Path):
    good = write(tmp_path / "good.csv", line())
    worse = write(tmp_path / "worse.csv", "1,2", header="date,channel")
    message = refuse(engine, [good, worse, tmp_path / "absent.csv"])
    assert (
        "worse.csv: found the columns 'date', 'channel', expected also: campaign_id or campaign_name; spend" in message
    )
    assert "absent.csv: found no such file" in message
    assert count(engine, "campaigns") + count(engine, "imports") == 0


def test_several_files_are_stored_together(engine: sa.Engine, tmp_path: Path):
    paths = [write(tmp_path / f"{day}.csv", line(day)) for day in (14, 15, 16)]
    report = ingest_files(engine, paths)
    assert [file.file_name for file in report.files] == ["14.csv", "15.csv", "16.csv"]
    assert report.rows_changed == count(engine, "channel_daily") == 3


def test_a_mapping_is_remembered_for_its_source(engine: sa.Engine, tmp_path: Path):
    path = write(tmp_path / "a.csv", line(), header=HEADER.replace("spend", "Kosten"))
    ingest_files(engine, [path], mapping={"spend": "Kosten"}, source="agency")
    again = ingest_files(engine, [path], source="agency")
    assert {column.ours: column.origin for column in again.files[0].columns}["spend"] == "an earlier --map"
    assert "expected also: spend" in refuse(engine, [path])


def test_what_is_said_anew_replaces_what_was_remembered_and_leaves_the_rest(engine: sa.Engine, tmp_path: Path):
    header = HEADER.replace("spend", "Kosten").replace("clicks", "Klicks")
    ingest_files(
        engine, [write(tmp_path / "a.csv", line(), header=header)], mapping={"spend": "Kosten", "clicks": "Klicks"}
    )
    other = header.replace("Kosten", "Betrag")
    ingest_files(engine, [write(tmp_path / "b.csv", line(), header=other)], mapping={"spend": "Betrag"})
    assert ask(engine, "SELECT mapping FROM column_maps") == [({"spend": "Betrag", "clicks": "Klicks"},)]


@pytest.mark.parametrize(("source", "remembered"), [(None, {}), ("facebook", {"channel": "=Facebook"})])
def test_a_constant_is_remembered_for_a_named_source_alone(
    engine: sa.Engine, tmp_path: Path, source: str | None, remembered: Mapping[str, str]
):
    path = write(tmp_path / "a.csv", "2026-03-14,c1,A,5,100,10,1,9", header=HEADER.replace("channel,", ""))
    ingest_files(engine, [path], mapping={"channel": "=Facebook"}, source=source)
    assert ask(engine, "SELECT mapping FROM column_maps") == ([(dict(remembered),)] if remembered else [])
    assert ask(engine, "SELECT channel FROM campaigns") == [("Facebook",)]


@pytest.mark.parametrize("source", ["simulator", " "])
def test_rows_cannot_be_passed_off_as_simulated_or_as_nobodys(engine: sa.Engine, tmp_path: Path, source: str):
    assert "--source" in refuse(engine, [write(tmp_path / "a.csv", line())], source=source)


def test_an_import_of_no_files_is_refused(engine: sa.Engine):
    assert "at least one file" in refuse(engine, [])


def test_month_plans_are_stored_and_replaced(engine: sa.Engine, tmp_path: Path):
    path = write(tmp_path / "plans.csv", "IG,2026-03,1000", "fb,2026-03,500", header="channel,month,amount")
    assert ingest_files(engine, [path]).rows_changed == 2
    assert ingest_files(engine, [path]).rows_changed == 0
    changed = write(tmp_path / "plans.csv", "IG,2026-03,1200", "fb,2026-03,500", header="channel,month,amount")
    assert ingest_files(engine, [changed]).rows_changed == 1
    query = "SELECT channel, month::text, amount FROM budgets ORDER BY 1"
    assert ask(engine, query) == [("Facebook", "2026-03-01", 500), ("Instagram", "2026-03-01", 1200)]


def fill_with_demo(engine: sa.Engine) -> int:
    """Load four weeks of the simulated market; returns the number of rows."""
    load_demo(engine, rules=Rules.model_validate({"demo": {"history_days": 28}}), today=date(2026, 11, 22))
    return count(engine, "campaigns")


def test_the_simulated_market_makes_room_for_real_rows(engine: sa.Engine, tmp_path: Path):
    simulated = fill_with_demo(engine)
    report = ingest_files(engine, [write(tmp_path / "a.csv", line())])
    assert report.demo_rows_withdrawn == simulated > 500
    assert ask(engine, "SELECT DISTINCT source FROM campaigns") == [("files",)]
    assert (count(engine, "channel_daily"), count(engine, "budgets")) == (1, 0)
    assert ingest_files(engine, [write(tmp_path / "b.csv", line(15))]).demo_rows_withdrawn == 0


def test_a_refused_import_leaves_the_simulated_market(engine: sa.Engine, tmp_path: Path):
    simulated = fill_with_demo(engine)
    refuse(engine, [tmp_path / "absent.csv"])
    assert count(engine, "campaigns") == simulated


def test_progress_is_told_step_by_step(engine: sa.Engine, tmp_path: Path):
    told: list[str] = []
    ingest_files(engine, [write(tmp_path / "a.csv", line())], progress=told.append)
    assert told == ["Reading a.csv", "Storing 1 rows of a.csv"]


@pytest.fixture
def real_files(shared_data: Path) -> dict[str, Path]:
    folder = shared_data / "social_media_advertising"
    return {kind: folder / f"Social_Media_Advertising_first30k_{kind}.csv.gz" for kind in ("iso", "raw")}


def compute_daily(path: Path) -> pd.DataFrame:
    """Sums per channel and day of the public file by plain pandas, sharing nothing with ours."""
    frame = pd.read_csv(path)
    frame = frame[frame["Campaign_ID"] != "Total"]
    cents = frame["Acquisition_Cost"].str.replace("$", "", regex=False).astype(float)
    frame = frame.assign(
        channel=frame["Channel_Used"],
        date=pd.to_datetime(frame["Date"], dayfirst=not str(frame["Date"].iloc[0]).startswith("20")),
        spend=cents,
        revenue=cents * (1 + frame["ROI"].astype(float)),
        conversions=frame["Conversion_Rate"].astype(float) * frame["Clicks"].astype(float),
        clicks=frame["Clicks"].astype(float),
        impressions=frame["Impressions"].astype(float),
        reach=frame["Impressions"].astype(float),
    )
    return frame.groupby(["channel", "date"])[list(SUMS)].sum().reset_index()


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", ["iso", "raw"])
def test_the_real_rows_add_up_to_the_cent(engine: sa.Engine, real_files: dict[str, Path], kind: str):
    report = ingest_files(engine, [real_files[kind]])
    assert (report.rows_read, report.rows_loaded, report.rows_merged, report.rows_rejected) == (30_000, 30_000, 0, 0)
    query = sa.select(*(channel_daily.c[name] for name in ("channel", "date", *SUMS))).order_by("channel", "date")
    with engine.connect() as connection:
        found = read_frame(connection, query)
    expected = compute_daily(real_files[kind])
    assert (found[["channel", "date"]].astype(str) == expected[["channel", "date"]].astype(str)).all().all()
    assert (found[list(SUMS)] - expected[list(SUMS)]).abs().max().max() < 0.005
    assert ask(engine, "SELECT sum(rows), bool_and(reach_is_impressions) FROM channel_daily") == [(30_000, True)]


@pytest.mark.shared_data
def test_the_resaved_file_replaces_the_original_instead_of_doubling_it(engine: sa.Engine, real_files: dict[str, Path]):
    ingest_files(engine, [real_files["iso"]])
    before = ask(engine, "SELECT sum(spend), round(sum(revenue), 2), sum(clicks), count(*) FROM campaigns")
    ids = ask(engine, "SELECT min(id), max(id), sum(id) FROM campaigns")
    ingest_files(engine, [real_files["raw"]])
    assert ask(engine, "SELECT sum(spend), round(sum(revenue), 2), sum(clicks), count(*) FROM campaigns") == before
    assert ask(engine, "SELECT min(id), max(id), sum(id) FROM campaigns") == ids
    assert float(before[0][0]) == pytest.approx(compute_daily(real_files["raw"])["spend"].sum(), abs=0.005)
    assert ingest_files(engine, [real_files["raw"]]).rows_changed == 0
