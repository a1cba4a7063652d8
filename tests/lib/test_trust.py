"""What the page tells of how far to believe its figures."""

from __future__ import annotations

import pandas as pd
from test_track_record import record

from demetra.reports import Published, render_report
from demetra.reports.published import PublishedStep
from demetra.reports.trust import lay_out_trust
from demetra.schema import BUDGET_OUTLOOK, HORIZON_ROI
from demetra.track_record import summarise_track_record
from demetra.words import ENGLISH

CARD = {
    "method": "channel mean",
    "notes": ["XGBoost did not beat the channel's mean."],
    "data": {"from": "2025-01-01", "to": "2025-12-31", "rows": 30_000},
    "metrics": {"xgboost": {"r2": 0.336}, "channel mean": {"r2": 0.338}, "account mean": {"r2": None}},
    "drivers": [],
}


def test_before_anything_has_come_due_it_says_so() -> None:
    trust = lay_out_trust(Published())
    assert (trust.reading, trust.grid, trust.model, trust.outlook) == (ENGLISH("trust.nothing_due"), None, (), ())


def test_the_record_is_told_by_metric_over_all_channels() -> None:
    table = summarise_track_record(record(50))
    trust = lay_out_trust(Published(track_record=table))
    assert trust.grid is not None
    assert [[cell.text for cell in row][:3] for row in trust.grid.rows] == [["ROI", "100", "0.50"]]
    assert "2 Jan to 20 Feb" in trust.reading


def test_whole_horizons_are_told_beside_the_days_and_not_among_them() -> None:
    days = record(50)
    days["hi80"] = days["lo80"] = 0.0  # no day came inside
    whole = record(20).assign(metric=HORIZON_ROI, lo80=-1e9, hi80=1e9)  # every horizon did
    trust = lay_out_trust(Published(track_record=summarise_track_record(pd.concat([days, whole]))))
    assert trust.grid is not None
    assert [[cell.text for cell in row][:4] for row in trust.grid.rows] == [
        ["ROI", "100", "0.50", "0%"],
        ["ROI over the whole horizon", "40", "0.50", "100%"],
    ]
    assert "0% of the days, and 100% of the whole horizons" in trust.reading


def test_the_model_and_the_outlook_are_told_in_sentences() -> None:
    outlook = pd.DataFrame([{"kind": "experiment", "sentence": "Try VK."}], columns=list(BUDGET_OUTLOOK))
    trust = lay_out_trust(Published(model_card=CARD, budget_outlook=outlook))
    told = " ".join(trust.model)
    assert "30,000 campaigns" in told
    assert "XGBoost 34% and the channel's mean 34%." in told
    assert "No attribute tells more than chance" in told
    assert trust.outlook == ("Try VK.",)


def test_the_report_shows_it() -> None:
    step = PublishedStep("alerts", "r", None, None)
    published = Published(steps=(step,), track_record=summarise_track_record(record(50)), model_card=CARD)
    html = render_report(published)
    assert "How far to trust this" in html
    assert "come due" in html
