from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.errors import UnreadableFileError
from demetra.ingest import ingest_files
from demetra.schema import CAMPAIGNS, HISTORY
from demetra.sources.frames import campaigns_from_file, history_from_file
from demetra.store.history import read_campaigns, read_history

HEADER = "date,channel,campaign_id,spend,impressions,reach,clicks,conversions,revenue,location,duration_days"
LINES = (
    "2026-03-15,Instagram,c1,10.10,1000,700,100,5,30,Berlin,15",
    "2026-03-14,Instagram,c2,20.20,2000,,100,,30.5,,",
    "2026-03-14,fb,c3,5,,,,,,Paris,30",
    "2026-03-14,Instagram,c1,10.15,1000,800,100,5.5,30,Berlin,15",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *LINES, ""]))
    return path


def test_a_files_history_is_the_one_that_the_database_would_give(engine: sa.Engine, file: Path):
    ingest_files(engine, [file])
    with engine.connect() as connection:
        pd.testing.assert_frame_equal(history_from_file(file), read_history(connection))


def test_a_files_campaigns_are_those_that_the_database_would_give(engine: sa.Engine, file: Path):
    ingest_files(engine, [file])
    with engine.connect() as connection:
        stored = read_campaigns(connection)
    keys = ["date", "channel", "campaign_id"]
    found, expected = (frame.sort_values(keys, ignore_index=True) for frame in (campaigns_from_file(file), stored))
    pd.testing.assert_frame_equal(found.drop(columns="id"), expected.drop(columns="id"))
    assert sorted(found["id"]) == [1, 2, 3, 4]


def test_frames_have_the_columns_of_their_contract(file: Path):
    history = history_from_file(file)
    assert tuple(history.columns) == HISTORY
    assert tuple(campaigns_from_file(file).columns) == CAMPAIGNS
    assert list(zip(history["channel"], history["date"].dt.day, strict=True)) == [
        ("Facebook", 14),
        ("Instagram", 14),
        ("Instagram", 15),
    ]
    assert history["reach"].tolist()[1:] == [2800, 700]


def test_a_mapping_works_without_a_database(file: Path):
    file.write_text(file.read_text().replace("spend", "Kosten"))
    assert history_from_file(file, mapping={"spend": "Kosten"})["spend"].sum() == pytest.approx(45.45)


def test_a_file_that_lacks_a_measure_is_refused_with_the_way_to_do_without(file: Path):
    pd.read_csv(file).drop(columns=["impressions", "clicks"]).to_csv(file, index=False)
    with pytest.raises(UnreadableFileError, match="unknown with --map impressions== --map clicks==") as refused:
        history_from_file(file)
    assert "spend==" not in str(refused.value)
    history = history_from_file(file, mapping={"impressions": "=", "clicks": "="})
    assert history[["impressions", "clicks"]].isna().all(axis=None)
    assert history["spend"].sum() == pytest.approx(45.45)


def test_month_plans_are_no_history(tmp_path: Path):
    path = tmp_path / "plans.csv"
    path.write_text("channel,month,amount\nInstagram,2026-03,5\n")
    with pytest.raises(UnreadableFileError, match="month plans, expected rows with spend and results"):
        history_from_file(path)


def test_a_history_needs_no_campaigns_but_an_import_does(engine: sa.Engine, file: Path):
    expected = history_from_file(file)
    without = pd.read_csv(file).drop(columns="campaign_id")
    without.to_csv(file, index=False)
    pd.testing.assert_frame_equal(history_from_file(file), expected)
    for read in (campaigns_from_file, lambda path: ingest_files(engine, [path])):
        with pytest.raises(UnreadableFileError, match="campaign_id"):
            read(file)


def test_what_the_reader_noted_is_told(file: Path):
    file.write_text("Report of March\n" + file.read_text() + "2026-03-16,VK,c9,1,10,,20,,,,\nTotal,,,36,,,,,,,\n")
    said: list[str] = []
    history_from_file(file, tell=said.append)
    assert [sentence for sentence in said if "rows have more clicks than impressions" in sentence]
    assert [sentence for sentence in said if "footer" in sentence]
    assert [sentence for sentence in said if "above the header" in sentence]


def test_rows_that_are_set_aside_are_told(file: Path):
    file.write_text(file.read_text() + "2026-03-16,VK,c9,-1,,,,,,,\nyesterday,VK,c9,1,,,,,,,\n")
    said: list[str] = []
    assert "VK" not in set(history_from_file(file, tell=said.append)["channel"])
    assert len(said) == 2
    assert all("1 of 6 rows set aside" in sentence for sentence in said)
    assert "line 6" in "".join(said)
