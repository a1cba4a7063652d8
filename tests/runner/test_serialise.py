from __future__ import annotations

import io
import json

import pandas as pd

from demetra_runner.serialise import as_csv, as_records

FRAME = pd.DataFrame(
    {
        "channel": ["Инстаграм", None],
        "date": [pd.Timestamp("2026-03-31"), pd.NaT],
        "seen": pd.to_datetime(["2026-03-31T08:30:00Z", None], utc=True),
        "roi": [0.1 + 0.2, float("nan")],
        "worst": pd.Series([[{"name": "ы", "value": 1}], None], dtype="object"),
    }
)


def test_records_have_iso_dates_and_none_for_null():
    first, second = as_records(FRAME)
    assert first == {
        "channel": "Инстаграм",
        "date": "2026-03-31",
        "seen": "2026-03-31T08:30:00Z",
        "roi": 0.1 + 0.2,
        "worst": [{"name": "ы", "value": 1}],
    }
    assert set(second.values()) == {None}
    json.dumps([first, second], allow_nan=False)


def test_csv_keeps_every_digit_and_leaves_null_empty():
    lines = as_csv(FRAME).splitlines()
    assert lines[0] == "channel,date,seen,roi,worst"
    assert lines[1].startswith("Инстаграм,2026-03-31,2026-03-31T08:30:00Z,0.30000000000000004,")
    assert lines[2] == ",,,,"
    assert json.loads(pd.read_csv(io.StringIO(as_csv(FRAME)))["worst"][0]) == [{"name": "ы", "value": 1}]


def test_an_empty_frame_keeps_its_header():
    assert as_csv(FRAME.head(0)) == "channel,date,seen,roi,worst\n"
    assert as_records(FRAME.head(0)) == []
