"""The report as PDF: A4, text that can be selected and searched, in any alphabet that DejaVu Sans knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demetra.palette import CUT, MUTED, RAISE
from demetra.reports.advice_text import lay_out_advice
from demetra.reports.cards import build_cards
from demetra.reports.cover import describe_cover
from demetra.reports.definitions import list_definitions
from demetra.reports.incidents import list_incidents
from demetra.reports.panels import build_panels
from demetra.reports.paper import GAP, Paper
from demetra.reports.tables import EXACT, lay_out_table, list_tables
from demetra.reports.trust import lay_out_trust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.reports.cards import Card
    from demetra.reports.grids import Grid
    from demetra.reports.published import Published
    from demetra.reports.tables import Table
    from demetra.reports.trust import Trust
    from demetra.words import Words

_TONES = {"good": RAISE, "bad": CUT, "plain": MUTED}
_CARDS_A_ROW, _CARD_HEIGHT, _READING_HEIGHT = 4, 24, 22


def render_pdf(published: Published, *, words: Words) -> bytes:
    """The pages: cover with the key figures, alerts, the four dashboards, recommendations, trust, definitions."""
    paper = Paper(f"DEMETRA, {published.currency}", language=words.language)
    tables = {table.name: table for table in list_tables(published, words=words)}
    _print_cover(paper, published, words)
    for name in ("figures", "channels"):
        if name in tables:
            _print_table(paper, tables[name], published.currency, words)
    _print_alerts(paper, published, words)
    for panel in build_panels(published, words=words):
        paper.add_page()
        paper.print_heading(panel.title)
        if panel.stale:
            told = words("stale.since", since=panel.stale.since, reason=panel.stale.reason)
            state = words("stale.badge_outdated" if panel.stale.until else "stale.badge_failed")
            paper.print_text(f"{state}. {told}", colour=CUT)
        if chart := published.charts.get(panel.name):
            paper.print_picture(chart, description=panel.alt[:500], below=_READING_HEIGHT)
            if words.language != "en":
                paper.print_text(words("panels.in_english"), colour=MUTED)
        paper.print_text(panel.reading or words("panels.not_computed"))
        if panel.name in EXACT and panel.name in tables:
            _print_table(paper, tables[panel.name], published.currency, words, titled=False)
        elif panel.grid and panel.grid.rows:
            _print_grid(paper, panel.grid, words, texts=[0, 1])
    _print_advice(paper, published, words)
    _print_trust(paper, lay_out_trust(published, words=words), words)
    paper.print_heading(words("words.title"))
    for word, meaning in list_definitions(words):
        paper.print_entry(word, meaning)
    return bytes(paper.output())


def _print_cover(paper: Paper, published: Published, words: Words) -> None:
    paper.add_page()
    paper.print_title("DEMETRA", words("report.lead"))
    for name, text in describe_cover(published, words=words):
        paper.print_entry(name, text)
    if published.headline:
        paper.print_heading(words("report.against", days=published.headline.days))
        _print_cards(paper, build_cards(published.headline, currency=published.currency, words=words))


def _print_cards(paper: Paper, cards: list[Card]) -> None:
    width = (paper.epw - GAP * (_CARDS_A_ROW - 1)) / _CARDS_A_ROW
    top = paper.y
    for place, card in enumerate(cards):
        down, across = divmod(place, _CARDS_A_ROW)
        x, y = paper.l_margin + across * (width + GAP), top + down * (_CARD_HEIGHT + GAP)
        paper.print_card((x, y, width, _CARD_HEIGHT), card.label, card.value, card.change, colour=_TONES[card.tone])
    paper.set_xy(paper.l_margin, top + -(-len(cards) // _CARDS_A_ROW) * (_CARD_HEIGHT + GAP))


def _print_alerts(paper: Paper, published: Published, words: Words) -> None:
    paper.print_heading(words("alerts.title"))
    incidents = list_incidents(published.alerts, words=words)
    for incident in incidents:
        graded = words("report.alert", severity=incident.grade, since=incident.since)
        said = f"{graded}; {incident.state}" if incident.state else graded
        paper.print_entry(f"{incident.channel}: {incident.kind}", said, colour=CUT)
        paper.print_text(incident.message)
        paper.print_text(f"{words('alerts.do')} {incident.action}")
        if incident.worst:
            names = ", ".join(incident.worst)
            named = words("alerts.and_more", names=names, count=incident.more) if incident.more else names
            paper.print_text(words("alerts.campaigns", names=named), colour=MUTED)
        paper.ln(GAP / 2)
    if not incidents:
        paper.print_text(words("alerts.none"))


def _print_advice(paper: Paper, published: Published, words: Words) -> None:
    paper.add_page()
    paper.print_heading(words("advice.title"))
    if not published.recommendations:
        paper.print_text(words("advice.none"))
        return
    advice = lay_out_advice(published.recommendations, words=words)
    paper.print_text(advice.summary, size=11)
    for section in advice.sections:
        paper.print_heading(section.title, size=12)
        for title, texts in section.entries:
            for text in texts:
                paper.print_entry(title, text)
    paper.print_text(advice.author, colour=MUTED)


def _print_trust(paper: Paper, trust: Trust, words: Words) -> None:
    paper.print_heading(words("trust.title"))
    paper.print_entry(words("trust.record"), trust.reading)
    if trust.grid:
        _print_grid(paper, trust.grid, words, texts=[0])
    if trust.model:
        paper.print_entry(words("trust.model"), " ".join(trust.model))
    if trust.outlook:
        paper.print_entry(words("trust.outlook"), "\n".join(trust.outlook))


def _print_table(paper: Paper, table: Table, currency: str, words: Words, *, titled: bool = True) -> None:
    if titled:
        paper.print_heading(table.title)
    texts = [place for place, _ in enumerate(table.heads) if all(row[place].kind == "text" for row in table.rows)]
    _print_grid(paper, lay_out_table(table, currency=currency, words=words), words, texts=texts)


def _print_grid(paper: Paper, grid: Grid, words: Words, *, texts: Sequence[int]) -> None:
    if grid.rows:
        paper.print_table(grid.heads, [[cell.text for cell in row] for row in grid.rows], texts=texts)
    else:
        paper.print_text(words("report.no_rows"), colour=MUTED)
