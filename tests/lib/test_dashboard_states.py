"""Every state of the page in Chromium: both widths, languages and themes; nothing runs, nothing scrolls sideways."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from chart_frames import TEN_CHANNELS
from page_cases import HOSTILE, PIXEL, fail, headline, incident, publish, written
from test_dashboard_page import contents, history

from demetra.dashboard.contents import Contents
from demetra.dashboard.frame import frame_page
from demetra.dashboard.render import fill, render_content
from demetra.reports import Headline, Published
from demetra.words import Words

CHROMIUM = shutil.which("chromium")
LONG = "Очень-длинное-название-канала-без-единого-пробела-" * 3


def show(published: Published, channels: tuple[str, ...] = ("Instagram", "Facebook"), **changes: object) -> Contents:
    charts = dict.fromkeys(published.tables, PIXEL)
    return replace(contents(replace(published, charts=charts), channels), **changes)


def everything_is_named(name: str) -> Contents:
    alerts = [
        incident(name, message=name, action=name, worst=[{"name": name}], id=1),
        incident("Facebook", "critical", id=2, status="snoozed", snoozed_until=pd.Timestamp("2026-04-03T06:00:00Z")),
    ]
    past = [incident(name, id=3, status="resolved", resolved_by=name, resolved_at=pd.Timestamp("2026-04-01T06:00Z"))]
    published = publish((name, "Facebook"), alerts=pd.DataFrame(alerts), recommendations=written(name))
    return show(published, (name, "Facebook"), past_alerts=pd.DataFrame(past))


def has_no_conversions() -> Contents:
    without = headline(conversions=0.0)
    shown = show(publish(headline=Headline(28, without, without)))
    return replace(shown, history=history(("Instagram", "Facebook"), conversions=0.0))


STATES: dict[str, Callable[[], Contents]] = {
    "empty database": lambda: Contents(Published()),
    "failed step": lambda: show(fail(publish(demo=True), "budget-recommendation", "limits contradict " + "y" * 300)),
    "never computed": lambda: show(fail(publish(), "roi-forecast", "no rows", ever=False)),
    "very long names": lambda: everything_is_named(LONG),
    "hostile names": lambda: everything_is_named(HOSTILE),
    "one channel": lambda: show(publish(("Only one",)), ("Only one",)),
    "ten channels": lambda: show(publish(TEN_CHANNELS), TEN_CHANNELS),
    "no conversions": has_no_conversions,
}


def write_pages(folder: Path) -> dict[tuple[str, str], Path]:
    """Each state in both languages, as files."""
    found = {}
    for words in (Words("en"), Words("ru")):
        pages = {state: render_content(make(), words=words) for state, make in STATES.items()}
        pages["database away"] = fill("away.html.j2", words, reason="no answer " + "z" * 200)
        for state, content in pages.items():
            path = found[state, words.language] = folder / f"{state}-{words.language}.html"
            html = frame_page(content, words=words, live=True)._repr_html_()
            path.write_text(
                f'<!doctype html><html lang="{words.language}"><meta charset="utf-8"><title>.</title>{html}'
            )
    return found


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
def test_every_state_fits_both_widths_and_is_accessible_in_both_themes_and_languages(tmp_path: Path):
    from axe_core_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    happened: list[str] = []
    pages = write_pages(tmp_path)
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page()
        page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: happened.append(message.text))
        page.on("pageerror", lambda error: happened.append(str(error)))
        looks = itertools.cycle(itertools.product(("en", "ru"), ("light", "dark"), (1440, 390)))
        judged = dict(zip(dict.fromkeys(state for state, _ in pages), looks, strict=False))
        for (state, language), path in pages.items():
            page.goto(path.as_uri())
            page.evaluate("document.getElementById('demetra').classList.add('dm-connected')")
            page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") == width, (state, language, width)
            seen_in, theme, width = judged[state]
            if language != seen_in:
                continue
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            found = [(each["impact"], each["id"]) for each in Axe().run(page)["violations"]]
            grave = [each for each in found if each[0] in ("serious", "critical")]
            assert grave == [], (state, language, theme, width)
        browser.close()
    assert happened == []
