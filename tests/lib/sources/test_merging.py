from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from demetra.sources.base import KEY_COLUMNS, ROWS
from demetra.sources.merging import merge_alike

SMALL = st.sampled_from(["a", "b", None])
KEYS = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["Instagram", "Facebook"]),
        "campaign_id": st.sampled_from(["1", "2"]),
        "campaign_name": SMALL,
        "date": st.sampled_from([date(2026, 3, 14), date(2026, 3, 15)]),
        "location": SMALL,
        "duration_days": st.sampled_from([0, 15, None]),
        "spend": st.integers(0, 1000),
        "clicks": st.integers(0, 1000) | st.none(),
        "engagement_score": st.integers(1, 10) | st.none(),
    }
)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=ROWS)


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.lists(KEYS, max_size=30))
def test_it_agrees_with_pandas(rows: list[dict[str, Any]]):
    merged, removed = merge_alike(table(rows))
    frame = table(rows).to_pandas().astype(dict.fromkeys(KEY_COLUMNS, object))
    groups = frame.groupby(list(KEY_COLUMNS), dropna=False, sort=False)
    expected = groups[["spend", "clicks"]].sum(min_count=1)
    expected["engagement_score"] = groups["engagement_score"].mean()
    assert removed == len(rows) - len(expected)
    found = merged.select(["spend", "clicks", "engagement_score"]).to_pandas()
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True), check_dtype=False)


def test_rows_that_differ_only_in_what_is_unknown_are_not_alike():
    row = {"channel": "Instagram", "campaign_id": "1", "date": date(2026, 3, 14), "spend": 1.0}
    merged, removed = merge_alike(table([row, row | {"campaign_name": "a"}, row | {"duration_days": 0}]))
    assert (merged.num_rows, removed) == (3, 0)


def test_a_table_without_rows_stays_as_it_is():
    assert merge_alike(ROWS.empty_table())[1] == 0
