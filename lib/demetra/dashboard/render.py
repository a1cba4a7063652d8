"""Fills the templates of the page. Every text is escaped by the template engine; nothing here is marked as safe."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from demetra.dashboard.audience import STEP, lay_out_audience
from demetra.dashboard.comparison import Compared, choose_format, compare_channels
from demetra.dashboard.drawings import Sketch, draw_spark, sketch_budget, sketch_forecast, sketch_tracks
from demetra.dashboard.facts import gather_facts
from demetra.dashboard.linking import collect_figures, link_figures
from demetra.dashboard.what_if import offer_limits
from demetra.reports.advice_text import lay_out_advice
from demetra.reports.cards import build_cards
from demetra.reports.definitions import list_definitions
from demetra.reports.files import KINDS
from demetra.reports.incidents import count_severities, list_incidents
from demetra.reports.panels import build_panels, describe_stale
from demetra.reports.trust import lay_out_trust

if TYPE_CHECKING:
    from demetra.dashboard.contents import Contents
    from demetra.words import Words


def render_content(contents: Contents, *, words: Words) -> str:
    """Everything inside the page's frame."""
    published = contents.published
    empty = published.is_empty
    moment = published.generated_at
    return fill(
        "page.html.j2",
        words,
        empty=empty,
        demo=published.demo,
        until=words.day(published.as_of) if published.as_of else "",
        refreshed=words.moment(moment) if moment else "",
        refreshed_iso=moment.isoformat() if moment else "",
        run_id=published.run_id or "",
        exports=KINDS,
        stale=[describe_stale(step, words=words) for step in published.stale.values()],
        facts=gather_facts(contents, words=words),
        **({} if empty else _describe(contents, words)),
    )


def fill(template: str, words: Words, **facts: Any) -> str:
    """One template in one language."""
    return _environment().get_template(template).render(facts, t=words, language=words.language)


def render_alerts(contents: Contents, *, words: Words) -> str:
    """The section of alerts alone."""
    return fill("alerts.html.j2", words, **_describe_alerts(contents, words))


def render_comparison(compared: Compared, *, words: Words) -> str:
    """The section of the channel comparison alone."""
    return fill("compare.html.j2", words, compare=compared)


def _describe(contents: Contents, words: Words) -> dict[str, Any]:
    published, headline = contents.published, contents.published.headline
    cards = build_cards(headline, currency=published.currency, words=words) if headline else []
    daily = headline.daily if headline else pd.DataFrame()
    return {
        "days": headline.days if headline else 0,
        "cards": cards,
        "sparks": {card.column: draw_spark(daily[card.column]) if len(daily) else "" for card in cards},
        **_describe_alerts(contents, words),
        "panels": build_panels(published, words=words),
        "sketches": _sketch(contents, words),
        "compare": compare_channels(contents, words=words),
        "audience": _describe_audience(contents, words),
        "advice": _describe_advice(contents, words),
        "trust": lay_out_trust(published, words=words),
        "definitions": list_definitions(words),
        "what_if": offer_limits(contents, words=words),
    }


def _describe_alerts(contents: Contents, words: Words) -> dict[str, Any]:
    incidents = list_incidents(contents.published.alerts, words=words)
    return {
        "incidents": incidents,
        "severities": count_severities(incidents, words=words),
        "past": list_incidents(contents.past_alerts, words=words),
    }


def _sketch(contents: Contents, words: Words) -> dict[str, Sketch]:
    tables, as_of = contents.published.tables, contents.as_of
    found: dict[str, Sketch] = {}
    if len(tables.get("roi-forecast", ())):
        found["roi-forecast"] = sketch_forecast(tables["roi-forecast"], words=words)
    if len(tables.get("budget-recommendation", ())):
        found["budget-recommendation"] = sketch_budget(tables["budget-recommendation"], words=words)
    shows = {name: choose_format(name, contents.published.currency, words) for name in ("conversion_rate", "ctr")}
    for name, metrics in (
        ("roi-timeseries", {"roi": words.number, "conversion": shows["conversion_rate"]}),
        ("reach-ctr-timeseries", {"reach": words.compact, "ctr": shows["ctr"]}),
    ):
        if len(tables.get(name, ())):
            found[name] = sketch_tracks(tables[name], metrics, as_of=as_of, words=words)
    return found


def _describe_audience(contents: Contents, words: Words) -> Any:
    published = contents.published
    table = published.tables.get(STEP)
    step = next((step for step in published.steps if step.name == STEP), None)
    if table is None or table.empty or step is None or step.as_of is None:
        return None
    chart = published.charts.get(STEP)
    return lay_out_audience(table, as_of=step.as_of, days=contents.history_days, chart=chart, words=words)


def _describe_advice(contents: Contents, words: Words) -> dict[str, Any] | None:
    written, published = contents.published.recommendations, contents.published
    if not written:
        return None
    advice = lay_out_advice(written, words=words)
    headline = {"figures": published.headline.now} if published.headline else {}
    figures = collect_figures({**published.tables, **headline, "compare": contents.channels})
    step = next((step for step in published.steps if step.name == "recommendations"), None)
    return {
        "summary": link_figures(advice.summary, figures),
        "sections": [
            {
                "title": section.title,
                "entries": [(name, [link_figures(text, figures) for text in texts]) for name, texts in section.entries],
            }
            for section in advice.sections
        ],
        "author": advice.author,
        "written": words.moment(step.published_at) if step and step.published_at else "",
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("demetra.dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {}  # the order of metrics and filters is meant
    return environment
