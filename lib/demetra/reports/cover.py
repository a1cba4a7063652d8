"""What stands on a report's first page: of which days it is, how fresh, and what is to be known about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from demetra.formats import format_day, format_moment
from demetra.reports.panels import describe_stale

if TYPE_CHECKING:
    from demetra.reports.published import Published


def describe_cover(published: Published) -> list[tuple[str, str]]:
    """Labelled lines: period, freshness, run, currency, and what is demo data or out of date."""
    if published.as_of is None:
        return [("State", "Nothing has been published yet. Import a file and run `demetra sync`.")]
    lines = []
    if published.headline:
        first = published.as_of - timedelta(days=published.headline.days - 1)
        lines.append(("Period", f"{format_day(first)} to {format_day(published.as_of)}"))
    lines.append(("Data until", format_day(published.as_of)))
    if published.generated_at:
        lines.append(("Refreshed", format_moment(published.generated_at)))
    lines += [("Run", published.run_id or ""), ("Currency", published.currency)]
    if published.demo:
        lines.append(("Demo data", "These are figures of a simulated market."))
    for step in published.stale.values():
        stale = describe_stale(step)
        what = f"its last good result, of {stale.until}" if stale.until else "never computed"
        lines.append((f"{stale.title} is out of date", f"{what}; it fails since {stale.since}: {stale.reason}"))
    return lines
