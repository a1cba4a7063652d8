"""What stands on a report's first page: of which days it is, how fresh, and what is to be known about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from demetra.reports.panels import describe_stale

if TYPE_CHECKING:
    from demetra.reports.published import Published
    from demetra.words import Words


def describe_cover(published: Published, *, words: Words) -> list[tuple[str, str]]:
    """Labelled lines: period, freshness, run, currency, and what is demo data or out of date."""
    if published.as_of is None:
        return [(words("report.state"), words("report.empty"))]
    lines = [(words("report.period"), describe_period(published, words=words))] if published.headline else []
    lines.append((words("report.until"), words.day(published.as_of)))
    if published.generated_at:
        lines.append((words("report.refreshed"), words.moment(published.generated_at)))
    lines.append((words("report.run"), published.run_id or ""))
    lines.append((words("report.currency"), published.currency))
    if published.demo:
        lines.append((words("top.demo"), words("report.demo")))
    for step in published.stale.values():
        stale = describe_stale(step, words=words)
        facts = {"until": stale.until, "since": stale.since, "reason": stale.reason}
        told = words("report.last_good" if stale.until else "report.never", **facts)
        lines.append((words("report.stale", title=stale.title), told))
    return lines


def describe_period(published: Published, *, words: Words) -> str:
    """The days that the headline figures are of; nothing without them."""
    if published.as_of is None or published.headline is None:
        return ""
    first = published.as_of - timedelta(days=published.headline.days - 1)
    return words("report.span", first=words.day(first), last=words.day(published.as_of))
