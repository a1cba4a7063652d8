"""Fills the templates. Every text is escaped by the template engine; nothing here is marked as safe."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from demetra.formats import format_day, format_moment
from demetra.reports.advice_text import lay_out_advice
from demetra.reports.cards import build_cards
from demetra.reports.cover import describe_cover
from demetra.reports.definitions import DEFINITIONS
from demetra.reports.incidents import count_severities, list_incidents
from demetra.reports.panels import build_panels, describe_stale
from demetra.reports.tables import EXACT, lay_out_table, list_tables
from demetra.reports.trust import lay_out_trust

if TYPE_CHECKING:
    from demetra.reports.published import Published


def render_report(published: Published) -> str:
    """What is published as one HTML file that needs nothing else: styles inline, pictures as data, for print too."""
    exact = [table for table in list_tables(published) if table.name in EXACT]
    written = [(table.title, lay_out_table(table, currency=published.currency)) for table in exact]
    return _environment().get_template("report.html.j2").render(_describe(published), exact=written)


def _describe(published: Published) -> dict[str, Any]:
    incidents = list_incidents(published.alerts)
    advice = published.recommendations
    return {
        "empty": published.is_empty,
        "demo": published.demo,
        "until": format_day(published.as_of) if published.as_of else "",
        "refreshed": format_moment(published.generated_at) if published.generated_at else "",
        "run_id": published.run_id or "",
        "stale": [describe_stale(step) for step in published.stale.values()],
        "days": published.headline.days if published.headline else 0,
        "cards": build_cards(published.headline, currency=published.currency) if published.headline else [],
        "incidents": incidents,
        "severities": count_severities(incidents),
        "panels": build_panels(published),
        "advice": lay_out_advice(advice) if advice else None,
        "trust": lay_out_trust(published),
        "period": dict(describe_cover(published)).get("Period", ""),
        "definitions": DEFINITIONS,
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("demetra.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
