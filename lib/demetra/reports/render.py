"""Fills the templates. Every text is escaped by the template engine; nothing here is marked as safe."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from demetra.reports.advice_text import lay_out_advice
from demetra.reports.cards import build_cards
from demetra.reports.cover import describe_period
from demetra.reports.definitions import list_definitions
from demetra.reports.incidents import count_severities, list_incidents
from demetra.reports.panels import build_panels, describe_stale
from demetra.reports.tables import EXACT, lay_out_table, list_tables
from demetra.reports.trust import lay_out_trust
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from demetra.reports.published import Published
    from demetra.words import Words


def render_report(published: Published, *, words: Words = ENGLISH) -> str:
    """What is published as one HTML file that needs nothing else: styles inline, pictures as data, for print too."""
    exact = [table for table in list_tables(published, words=words) if table.name in EXACT]
    written = [(table.title, lay_out_table(table, currency=published.currency, words=words)) for table in exact]
    facts = _describe(published, words)
    template = _environment().get_template("report.html.j2")
    return template.render(facts, exact=written, t=words, language=words.language)


def _describe(published: Published, words: Words) -> dict[str, Any]:
    incidents = list_incidents(published.alerts, words=words)
    advice, headline = published.recommendations, published.headline
    return {
        "empty": published.is_empty,
        "demo": published.demo,
        "until": words.day(published.as_of) if published.as_of else "",
        "refreshed": words.moment(published.generated_at) if published.generated_at else "",
        "run_id": published.run_id or "",
        "stale": [describe_stale(step, words=words) for step in published.stale.values()],
        "days": headline.days if headline else 0,
        "cards": build_cards(headline, currency=published.currency, words=words) if headline else [],
        "incidents": incidents,
        "severities": count_severities(incidents, words=words),
        "panels": build_panels(published, words=words),
        "advice": lay_out_advice(advice, words=words) if advice else None,
        "trust": lay_out_trust(published, words=words),
        "period": describe_period(published, words=words),
        "definitions": list_definitions(words),
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
