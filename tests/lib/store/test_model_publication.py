"""A campaign model is kept with its predictions; a later run predicts what is new or changed, and readers see all."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import sqlalchemy as sa
from loading_cases import ask, load, row

from demetra.roi_model import predict_campaigns
from demetra.run import Run
from demetra.settings import Settings
from demetra.store.publication import StepResult, publish
from demetra.store.published import read_model_card, read_published, snapshot
from demetra.store.runs import request_run

CAMPAIGNS = [row(day=day, campaign=f"c{day}", channel=name) for day in range(1, 29) for name in ("Instagram", "VK")]


def predict(engine: sa.Engine, settings: Settings, run_id: str) -> tuple[int, int]:
    """Predict and publish as the step does; how many campaigns were predicted, and how many kept."""
    run = Run(run_id, date(2026, 3, 31), False, settings, engine)
    model = predict_campaigns(run.campaigns(), as_of=run.as_of, earlier=run.earlier_model())
    run.stage_predictions(model)
    request_run(engine, run_id, trigger="sync", options={"id": run_id})
    with engine.begin() as connection:
        result = StepResult("roi-forecast", ("model_versions",), run_id)
        publish(connection, run_id, [result], as_of=run.as_of, demo=False, moment=datetime(2026, 4, 1, tzinfo=UTC))
    return len(model.predictions), model.kept


def shown(engine: sa.Engine) -> pd.DataFrame:
    with snapshot(engine) as connection:
        return read_published(connection, "predictions")


def test_a_later_run_predicts_what_is_new_or_changed_and_readers_see_all(engine: sa.Engine, settings: Settings):
    load(engine, *CAMPAIGNS)
    assert predict(engine, settings, "one") == (56, 0)
    first = shown(engine)
    assert predict(engine, settings, "two") == (0, 56)
    pd.testing.assert_frame_equal(shown(engine), first)

    changed = [given | {"clicks": 40} if given["campaign_id"] == "c3" else given for given in CAMPAIGNS]
    load(engine, *changed, row(day=29, campaign="c29"))
    assert predict(engine, settings, "three") == (3, 54)
    assert len(shown(engine)) == 57
    assert ask(engine, "SELECT count(DISTINCT model_version) FROM predictions") == [(1,)]
    with snapshot(engine) as connection:
        card = read_model_card(connection)
        told = read_published(connection, "model-card")
    assert card is not None
    assert card["data"]["rows"] == 56
    assert "56" in told["value"].tolist()


def test_another_model_replaces_the_predictions_and_keeps_the_card(engine: sa.Engine, settings: Settings):
    load(engine, *CAMPAIGNS)
    predict(engine, settings, "one")
    load(engine, *CAMPAIGNS, row(campaign="new", channel="TikTok"))
    assert predict(engine, settings, "two") == (57, 0)
    assert ask(engine, "SELECT count(DISTINCT model_version), count(*) FROM predictions") == [(1, 57)]
    assert ask(engine, "SELECT count(card), count(model) FROM model_versions") == [(2, 1)]
