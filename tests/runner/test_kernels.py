from __future__ import annotations

import logging
import sys
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.ingest import load_demo
from demetra.rules import DemoRules, Rules
from demetra.settings import Settings
from demetra.store.published import SHOWABLE, read_charts, read_published, snapshot
from demetra_runner.sync import Options, Sync

MOMENTS = ["published_at", "generated_at", "created_at", "trained_at", "first_seen", "last_seen", "run_id", "id"]


def results(engine: sa.Engine) -> tuple[dict[str, pd.DataFrame], dict[str, bytes]]:
    """Everything that is shown, without the moments and the runs that made it."""
    with snapshot(engine) as connection:
        tables = {name: read_published(connection, name).drop(columns=MOMENTS, errors="ignore") for name in SHOWABLE}
        return tables, read_charts(connection)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all kernels are plain")
def test_every_notebook_gives_the_same_in_a_warm_kernel_and_in_a_plain_one(
    settings: Settings, engine: sa.Engine, environment: dict[str, str], caplog: pytest.LogCaptureFixture
):
    load_demo(engine, rules=Rules(demo=DemoRules(history_days=60)), today=date(2026, 3, 1))
    force = Options(force=True)

    with caplog.at_level(logging.WARNING, logger="demetra_runner.warm"):
        assert Sync(settings).run(options=force).status == "succeeded"
        assert not caplog.records, "the kernels were warm"
        warm_tables, warm_charts = results(engine)

        assert Sync(replace(settings, warm_kernels=0)).run(options=force).status == "succeeded"
        assert len(caplog.records) <= 1, "said once"
    plain_tables, plain_charts = results(engine)

    assert warm_charts == plain_charts
    assert len(warm_tables["roi-timeseries"]) > 100
    for name, table in warm_tables.items():
        pd.testing.assert_frame_equal(table, plain_tables[name], obj=name)
