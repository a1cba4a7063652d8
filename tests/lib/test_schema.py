from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demetra import schema
from demetra.errors import FrameError
from demetra.store import tables


@pytest.mark.parametrize("spelling", ["Google Ads", "google_ads", " GOOGLE  ads ", "AdWords", "google-ads", "Гугл"])
def test_one_channel_has_one_name(spelling: str):
    assert schema.normalise_channel(spelling) == "Google Ads"


@pytest.mark.parametrize("spelling", ["Yandex.Direct", "yandex_direct", "Яндекс.Директ", "яндекс директ"])
def test_the_name_may_be_russian(spelling: str):
    assert schema.normalise_channel(spelling) == "Yandex.Direct"


def test_an_unknown_channel_keeps_its_letters():
    assert schema.normalise_channel("Podcast iHeart") == "Podcast iHeart"
    assert schema.normalise_channel("my_channel") == schema.normalise_channel("MY CHANNEL") == "My Channel"


@given(st.text(min_size=1))
def test_normalising_again_changes_nothing(name: str):
    once = schema.normalise_channel(name)
    assert schema.normalise_channel(once) == once


def test_missing_columns_are_all_named():
    with pytest.raises(FrameError) as caught:
        schema.require_columns(pd.DataFrame({"channel": []}), ("channel", "date", "spend"), "history")
    assert [problem.where for problem in caught.value.problems] == ["date", "spend"]


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        (schema.ROI_FORECAST, "ml_roi_forecast"),
        (schema.ROI_TIMESERIES, "ml_roi_timeseries"),
        (schema.REACH_CTR_TIMESERIES, "ml_reach_ctr_timeseries"),
        (schema.BUDGET_REC, "ml_budget_rec"),
        (schema.PREDICTIONS, "predictions"),
        (schema.BREACHES, "breaches"),
    ],
)
def test_frames_have_the_columns_of_their_tables(columns: tuple[str, ...], table: str):
    assert [column.name for column in tables.STAGED[table].columns if column.name != "run_id"] == list(columns)
