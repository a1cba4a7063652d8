"""What the page's script may ask, and how it is answered: JSON-able values, or HTML from the page's own templates."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from demetra.dashboard.comparison import compare_channels
from demetra.dashboard.contents import read_contents
from demetra.dashboard.downloads import write_csv
from demetra.dashboard.incidents import change_incident, list_events
from demetra.dashboard.render import fill, render_alerts, render_comparison
from demetra.dashboard.what_if import allocate, fit_account
from demetra.reports.files import KINDS, MEDIA_TYPES, name_file, render_file
from demetra.store.engine import open_engine
from demetra.store.incidents import read_incidents, read_past_incidents
from demetra.store.published import snapshot
from demetra.store.pulse import feel_pulse
from demetra.store.runs import ask_for_run
from demetra.store.slices import Slice, list_choices, sum_days, sum_groups
from demetra.store.state import borrow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine

    from demetra.budget import Response
    from demetra.dashboard.contents import Contents
    from demetra.settings import Settings
    from demetra.words import Words

LINES: Final = 8
"""Most channels or campaigns that the explorer draws."""
ROWS: Final = 100
MOST_DAYS: Final = 3660
WEEKLY_BEYOND: Final = 120
"""Days beyond which the explorer draws weeks."""


@dataclass
class Visitor:
    """One open page: in which language, and what it was made of; `response` is the account's fit.

    What was read is kept until the page is refreshed.
    """

    settings: Settings
    words: Words
    response: Response | None = field(default=None, repr=False)

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        return open_engine(self.settings)

    @cached_property
    def contents(self) -> Contents:
        """What is published."""
        return read_contents(self.settings, self.engine)

    def feel_pulse(self) -> str:
        """What is shown, as one text that changes whenever a page would."""
        with borrow(self.engine) as connection:
            return feel_pulse(connection).published

    def forget_alerts(self) -> None:
        """Read the incidents anew; what else was read, and the fit, are kept."""
        with snapshot(self.engine) as connection:
            published = replace(self.contents.published, alerts=read_incidents(connection))
            past = read_past_incidents(connection)
        self.contents = replace(self.contents, published=published, past_alerts=past)

    def forget(self) -> None:
        """Read anew what is asked for from now on."""
        self.__dict__.pop("contents", None)
        self.response = None


def sync_now(visitor: Visitor) -> dict[str, Any]:
    """Ask for a run; its id, or that of the one under way."""
    return {"run": ask_for_run(visitor.engine, trigger="dashboard")}


def tell_change(visitor: Visitor, alert: int, change: str, until: str = "") -> dict[str, Any]:
    """Change an incident as `change_incident` does; the section of alerts anew, and the pulse before and after.

    A page that showed what was `before` shows with the new section what is `published`, and need not come anew.
    """
    before = visitor.feel_pulse()
    change_incident(visitor.engine, int(alert), change, until=until, moment=datetime.now(UTC))
    published = visitor.feel_pulse()
    visitor.forget_alerts()
    return {
        "html": render_alerts(visitor.contents, words=visitor.words),
        "before": before,
        "published": published,
    }


def tell_history(visitor: Visitor, alert: int) -> dict[str, Any]:
    """What has become of an incident, change by change."""
    events = list_events(visitor.engine, int(alert), words=visitor.words)
    return {"html": fill("history.html.j2", visitor.words, events=events)}


def tell_comparison(visitor: Visitor, metric: str, days: int) -> dict[str, Any]:
    """The section of the comparison for another metric or period."""
    compared = compare_channels(visitor.contents, metric=metric, days=max(1, int(days)), words=visitor.words)
    return {"html": render_comparison(compared, words=visitor.words)}


def tell_choices(visitor: Visitor) -> dict[str, Any]:
    """What the explorer's filters offer."""
    with snapshot(visitor.engine) as connection:
        return {"choices": list_choices(connection)}


def tell_slice(
    visitor: Visitor,
    since: str,
    until: str,
    by: str,
    channel: str | None = None,
    campaign: str | None = None,
    filters: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Sums of a part of the data, by channel, campaign or day, and day by day for those with the highest spend."""
    began = perf_counter()
    part = Slice(date.fromisoformat(since), date.fromisoformat(until), channel, campaign, filters or {})
    kind = next(each for each in ("channel", "campaign", "day") if each == by)
    weekly = (part.until - part.since).days >= WEEKLY_BEYOND
    with snapshot(visitor.engine) as connection:
        groups = sum_groups(connection, part, by=kind, limit=ROWS if kind != "day" else MOST_DAYS)
        lines: list[dict[str, Any]] = []
        if kind != "day" and groups.rows:
            tops = groups.rows[:LINES]
            keys = [tuple(row[name] for name in ("channel", "campaign_id") if name in row) for row in tops]
            lines = sum_days(connection, part, by=kind, keys=keys, weekly=weekly)
    rows = [{**row, **({"date": row["date"].isoformat()} if kind == "day" else {})} for row in groups.rows]
    return {
        "rows": rows,
        "count": groups.count,
        "lines": [{**line, "day": line["day"].isoformat()} for line in lines],
        "total": groups.total,
        "weekly": weekly,
        "ms": round(1000 * (perf_counter() - began)),
    }


def tell_allocation(visitor: Visitor, total: float, bound: float, fixed: list[str]) -> dict[str, Any]:
    """The budget advice under other limits; the fit is made at the first request and kept."""
    from demetra.budget import BudgetLimits

    contents = visitor.contents
    if visitor.response is None:
        visitor.response = fit_account(contents.history, as_of=contents.as_of)
    rules = contents.budget
    limits = BudgetLimits(float(total), rules.days, float(bound), tuple(map(str, fixed)), caution=rules.caution)
    advice = allocate(visitor.response, limits, contents=contents, words=visitor.words)
    return {"html": fill("allocation.html.j2", visitor.words, **advice)}


def send_table(visitor: Visitor, name: str) -> dict[str, Any]:
    """A published table as a file."""
    table = visitor.contents.published.tables[name]
    return {"name": f"{name}.csv", "type": "text/csv", "base64": _encode(write_csv(table))}


def send_export(visitor: Visitor, format: str) -> dict[str, Any]:  # noqa: A002
    """The report as a file."""
    kind = next(each for each in KINDS if each == format)
    published = visitor.contents.published
    return {
        "name": name_file(published, kind),
        "type": MEDIA_TYPES[kind],
        "base64": _encode(render_file(published, kind, words=visitor.words)),
    }


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


ANSWERS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {
    "sync": sync_now,
    "alert": tell_change,
    "history": tell_history,
    "compare": tell_comparison,
    "choices": tell_choices,
    "slice": tell_slice,
    "allocate": tell_allocation,
    "csv": send_table,
    "export": send_export,
}
