from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.errors import NoDataError
from demetra.store.publication import (
    StepResult,
    discard_abandoned,
    fingerprints,
    forget_old_results,
    publish,
    read_publications,
    read_staged,
    stage,
    stage_chart,
)
from demetra.store.published import count_rows, read_charts, read_published, snapshot
from demetra.store.runs import finish_run, hold_lock, request_run, start_run

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def forecast(value: float = 1.0) -> pd.DataFrame:
    bounds = {"roi_lo80": 0.5, "roi_hi80": 1.5, "roi_lo95": 0.2, "roi_hi95": 1.8}
    row = {"channel": "Telegram", "roi_forecast": value, "confidence_score": 0.4, **bounds}
    return pd.DataFrame([{**row, "horizon_days": 14, "method": "mean"}])


def breaches(*kinds: str, occurrences: int = 1) -> pd.DataFrame:
    columns = ["alert_type", "severity", "channel", "message", "metric_value", "threshold_value", "action"]
    rows = [[kind, "high", "Telegram", f"{kind}!", 1.0, 1.5, "look"] for kind in kinds]
    return pd.DataFrame(rows, columns=columns).assign(occurrences=occurrences, worst=[[] for _ in kinds])


def do_run(engine: sa.Engine, run_id: str, *results: StepResult) -> None:
    """A run whose steps have staged already."""
    request_run(engine, run_id, trigger="sync", options={"id": run_id})
    with hold_lock(engine, run_id, wait=True) as lock:
        start_run(lock, run_id, steps=[result.step for result in results])
        publish(lock, run_id, results, as_of=date(2026, 2, 28), demo=False, moment=MOMENT)
        finish_run(lock, run_id, status="succeeded")
        lock.commit()


def good(step: str, *tables: str, fingerprint: str = "f") -> StepResult:
    return StepResult(step, tables, fingerprint)


def test_staged_rows_are_seen_by_their_run_only(engine: sa.Engine):
    stage(engine, "one", "ml_roi_forecast", forecast())
    with engine.connect() as connection:
        assert len(read_staged(connection, "one", "ml_roi_forecast")) == 1
        assert read_staged(connection, "two", "ml_roi_forecast").empty
        assert count_rows(connection, "ml_roi_forecast") == 0
        with pytest.raises(NoDataError, match="demetra sync"):
            read_published(connection, "roi-forecast")


def test_staging_again_replaces(engine: sa.Engine):
    stage(engine, "one", "ml_roi_forecast", forecast(1.0))
    stage(engine, "one", "ml_roi_forecast", forecast(2.0))
    with engine.connect() as connection:
        assert read_staged(connection, "one", "ml_roi_forecast")["roi_forecast"].tolist() == [2.0]


def test_publishing_shows_the_rows_and_the_chart_and_empties_staging(engine: sa.Engine):
    stage(engine, "one", "ml_roi_forecast", forecast())
    stage_chart(engine, "one", "roi-forecast", image=b"png", sha256="s", width=1, height=2)
    do_run(engine, "one", good("roi-forecast", "ml_roi_forecast", "ml_dashboards"))
    with snapshot(engine) as connection:
        assert read_published(connection, "roi-forecast")["run_id"].tolist() == ["one"]
        assert read_charts(connection) == {"roi-forecast": b"png"}
        assert fingerprints(connection) == {"roi-forecast": "f"}
        assert read_staged(connection, "one", "ml_roi_forecast").empty


def test_a_failed_step_keeps_its_last_good_result_and_is_stale_since_its_first_failure(engine: sa.Engine):
    stage(engine, "one", "ml_roi_forecast", forecast())
    do_run(engine, "one", good("roi-forecast", "ml_roi_forecast"))
    do_run(engine, "two", StepResult("roi-forecast", ("ml_roi_forecast",), "g", failure="cell 5: boom"))
    with snapshot(engine) as connection:
        first = read_publications(connection).iloc[0]
    do_run(engine, "three", StepResult("roi-forecast", ("ml_roi_forecast",), "g", failure="cell 6: boom"))
    with snapshot(engine) as connection:
        second = read_publications(connection).iloc[0]
        assert read_published(connection, "roi-forecast")["run_id"].tolist() == ["one"]
        assert fingerprints(connection) == {}
    assert first["stale_since"] == second["stale_since"]
    assert second["stale_reason"] == "cell 6: boom"


@pytest.mark.parametrize("unanswered", [True, False])
def test_advice_for_which_a_model_was_asked_in_vain_is_owed_still(engine: sa.Engine, unanswered: bool):
    parts = {name: {} for name in ("channel_comparison", "ml_predictions", "recommendations")}
    words = {"summary": "s", "generated_by": "rules", "unanswered": unanswered}
    stage(engine, "one", "recommendations", pd.DataFrame([{**parts, **words}]))
    do_run(engine, "one", good("recommendations", "recommendations"))
    with engine.connect() as connection:
        assert fingerprints(connection) == ({} if unanswered else {"recommendations": "f"})


def test_a_success_after_a_failure_is_fresh_again(engine: sa.Engine):
    stage(engine, "one", "ml_roi_forecast", forecast())
    do_run(engine, "one", good("roi-forecast", "ml_roi_forecast"))
    do_run(engine, "two", StepResult("roi-forecast", ("ml_roi_forecast",), "g", failure="boom"))
    stage(engine, "three", "ml_roi_forecast", forecast(3.0))
    do_run(engine, "three", good("roi-forecast", "ml_roi_forecast", fingerprint="g"))
    with snapshot(engine) as connection:
        assert read_publications(connection)["stale_since"].isna().all()
        assert read_published(connection, "roi-forecast")["roi_forecast"].tolist() == [3.0]


def test_an_uncommitted_publication_is_invisible(engine: sa.Engine):
    stage(engine, "one", "ml_roi_forecast", forecast())
    request_run(engine, "one", trigger="sync", options={})
    with hold_lock(engine, "one", wait=True) as lock:
        results = [good("roi-forecast", "ml_roi_forecast")]
        publish(lock, "one", results, as_of=date(2026, 2, 28), demo=False, moment=MOMENT)
        with snapshot(engine) as reader:
            assert read_publications(reader).empty
            assert count_rows(reader, "ml_roi_forecast") == 0


def test_a_failed_alerts_step_leaves_incidents_as_they_are(engine: sa.Engine):
    stage(engine, "one", "breaches", breaches("roi_drop"))
    do_run(engine, "one", good("alerts", "breaches"))
    do_run(engine, "two", StepResult("alerts", ("breaches",), "g", failure="boom"))
    with snapshot(engine) as connection:
        assert read_published(connection, "alerts")["run_id"].tolist() == ["one"]


def test_what_unfinished_and_old_scratch_runs_staged_is_forgotten(engine: sa.Engine):
    today = f"scratch-{datetime.now(UTC):%Y%m%d}T000000Z-abc"
    for run_id in ("never-recorded", "scratch-20200101T000000Z-abc", today):
        stage(engine, run_id, "ml_roi_forecast", forecast())
    with engine.connect() as connection:
        discard_abandoned(connection)
        left = connection.execute(sa.text("SELECT run_id FROM staging.ml_roi_forecast")).scalars().all()
    assert left == [today]


def test_old_results_go_but_never_those_that_are_shown(engine: sa.Engine):
    for run_id, step in (("1", "roi-forecast"), ("2", "roi-forecast"), ("3", "other"), ("4", "other")):
        stage(engine, run_id, "ml_roi_forecast", forecast())
        do_run(engine, run_id, good(step, "ml_roi_forecast"))
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE runs SET queued_at = now() - interval '100 days' + id::int * interval '1 h'")
        )
    with engine.connect() as connection:
        forget_old_results(connection, keep_count=1, keep_days=30)
        left = connection.execute(sa.text("SELECT run_id FROM ml_roi_forecast ORDER BY 1")).scalars().all()
        runs = connection.execute(sa.text("SELECT id FROM runs ORDER BY 1")).scalars().all()
    assert left == runs == ["2", "4"]
