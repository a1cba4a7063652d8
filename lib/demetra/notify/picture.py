"""The chart that a message carries: the metric that is in trouble, with its expected range, over the last weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.alerts.changes import track_table
from demetra.charts import incident_chart, render_png
from demetra.store.history import is_demo, read_history
from demetra.store.published import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

SHOWN_DAYS: Final = 60


def draw_incident(engine: Engine, notification: Mapping[str, Any]) -> bytes | None:
    """PNG bytes; None where the incident's metric is not one that is tracked day by day."""
    content = notification["content"]
    as_of = pd.Timestamp(content["as_of"])
    with snapshot(engine) as connection:
        history, demo = read_history(connection, until=as_of.date()), is_demo(connection)
    metric = {"plan_share": "spend", "days": "reach"}.get(content["metric"], content["metric"])
    table = track_table(history, str(notification["channel"]), metric, as_of=as_of)
    if table is None:
        return None
    shown = table.loc[table["date"] > as_of - pd.Timedelta(days=SHOWN_DAYS)]
    figure = incident_chart(shown, str(notification["channel"]), metric, content["message"], as_of=as_of, demo=demo)
    return render_png(figure).data
