"""The dashboard as people use it, in Chromium: it fills by itself, answers, keeps filters, and knows its states."""

from __future__ import annotations

import io
import json
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from PIL import Image

from demetra.contrasts import judge_cells
from demetra.ingest import load_demo
from demetra.rules import Rules
from demetra.settings import Settings
from demetra.store import runs
from demetra.store.history import read_history
from demetra.store.incidents import mark_incident_read
from demetra.store.publication import StepResult, publish, stage, stage_chart
from demetra.store.slices import read_groups
from demetra.store.tables import campaigns
from demetra_runner.dashboard import Dashboard

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
HOSTILE = '<img src=x onerror="window.hacked=1">'
TODAY = date(2026, 4, 1)
AS_OF = TODAY - timedelta(days=1)


def draw() -> bytes:
    """A PNG in the shape of a chart."""
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), (30, 90, 160)).save(buffer, "PNG")
    return buffer.getvalue()


pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(200),
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@pytest.fixture
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield launched
        launched.close()


@pytest.fixture
def address(settings: Settings, environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with Dashboard(settings, host="127.0.0.1", port=port) as dashboard:
        dashboard.wait_until_ready()
        yield dashboard.address


def load_market(engine: sa.Engine) -> list[str]:
    """A simulated quarter, one of its campaigns with a hostile name; the channels."""
    rules = Rules()
    load_demo(
        engine,
        rules=rules.model_copy(update={"demo": rules.demo.model_copy(update={"history_days": 120})}),
        today=TODAY,
    )
    with engine.begin() as connection:
        connection.execute(
            sa.update(campaigns).where(campaigns.c.campaign_name == "Shopping").values(campaign_name=HOSTILE)
        )
        return list(connection.execute(sa.select(campaigns.c.channel).distinct().order_by("channel")).scalars())


def tables_of(engine: sa.Engine, channels: list[str]) -> dict[str, pd.DataFrame]:
    """Results such as the steps stage them, without the time that the methods take."""
    with engine.connect() as connection:
        spend = read_history(connection, until=AS_OF).groupby("channel")["spend"].mean() * 30
        groups = read_groups(connection, since=AS_OF - timedelta(days=89), until=AS_OF)
    level = np.linspace(1, 3, len(channels))
    bounds = {
        f"roi_{side}{level_}": level + sign * 0.3 for level_ in (80, 95) for side, sign in (("lo", -1), ("hi", 1))
    }
    forecast = pd.DataFrame({"channel": channels, "roi_forecast": level, "confidence_score": 0.6, **bounds})
    days = pd.date_range(end=pd.Timestamp(AS_OF) + pd.Timedelta(days=7), periods=37)
    series = pd.MultiIndex.from_product([channels, days], names=["channel", "date"]).to_frame(index=False)
    past = series["date"] <= pd.Timestamp(AS_OF)

    def follow(names: tuple[str, str]) -> pd.DataFrame:
        columns = {f"{name}_actual": np.where(past, 1.0, np.nan) for name in names}
        columns |= {f"{name}_pred": 1.0 for name in names}
        sides = (("lo80", 0.9), ("hi80", 1.1), ("lo95", 0.8), ("hi95", 1.2))
        return series.assign(**columns, **{f"{name}_{side}": value for name in names for side, value in sides})

    advice = {
        "roi_pred": level,
        "conversion_pred": 100.0,
        "acquisition_cost": 9.0,
        "evidence": "weak",
        "reason": HOSTILE,
    }
    budget = pd.DataFrame({"channel": channels, "current_budget": spend[channels].to_numpy(), **advice}).assign(
        budget_change_pct=np.linspace(-10, 10, len(channels)), expected_uplift_pct=2.0, uplift_lo80=1.0, uplift_hi80=3.0
    )
    written = {"channel_comparison": {}, "ml_predictions": {}, "recommendations": {"budget_allocation": HOSTILE}}
    breach = {"alert_type": "roi_drop", "severity": "high", "message": HOSTILE, "action": "Look.", "occurrences": 1}
    return {
        "ml_roi_forecast": forecast.assign(horizon_days=7, method="blend"),
        "ml_roi_timeseries": follow(("roi", "conversion")),
        "ml_reach_ctr_timeseries": follow(("reach", "ctr")),
        "ml_budget_rec": budget.assign(recommended_budget=budget["current_budget"]),
        "ml_audience_timing": judge_cells(groups, as_of=AS_OF, days=90),
        "recommendations": pd.DataFrame(
            [{**written, "summary": f"ROI 3.00. {HOSTILE}", "generated_by": "rules", "unanswered": False}]
        ),
        "breaches": pd.DataFrame([{**breach, "channel": name, "worst": [{"name": HOSTILE}]} for name in channels[:4]]),
    }


STEPS = {
    "roi-forecast": "ml_roi_forecast",
    "roi-timeseries": "ml_roi_timeseries",
    "reach-ctr-timeseries": "ml_reach_ctr_timeseries",
    "budget-recommendation": "ml_budget_rec",
    "audience-timing": "ml_audience_timing",
    "recommendations": "recommendations",
    "alerts": "breaches",
}


def execute(engine: sa.Engine, run_id: str, tables: dict[str, pd.DataFrame], page: Page | None = None) -> None:
    """What the runner does with a queued run; with a page, its progress is looked at on the way. The budget fails."""
    results = []
    with runs.hold_lock(engine, run_id, wait=True) as lock:
        runs.start_run(lock, run_id, steps=list(STEPS))
        for step, table in STEPS.items():
            runs.record_step(engine, run_id, step, status="running")
            stage(engine, run_id, table, tables[table])
            charted = table.startswith("ml_")
            if charted:
                stage_chart(engine, run_id, step, image=draw(), sha256="0", width=900, height=600)
            failed = page is not None and step == "budget-recommendation"
            runs.record_step(engine, run_id, step, status="failed" if failed else "succeeded")
            publishes = (table, "ml_dashboards") if charted else (table,)
            results.append(StepResult(step, publishes, f"f-{run_id}", failure="cell 5 failed" if failed else None))
            if page is not None and step == "roi-timeseries":
                page.wait_for_selector('#dm-progress li[data-status="succeeded"]')
                assert "ROI forecast" in page.inner_text("#dm-progress")
        publish(lock, run_id, results, as_of=AS_OF, demo=True, moment=datetime.now(UTC))
        runs.finish_run(lock, run_id, status="failed" if page else "succeeded", error="Failed." if page else None)
        lock.commit()


def queue(engine: sa.Engine) -> str:
    return runs.request_run(engine, runs.new_run_id(datetime.now(UTC)), trigger="api", options={})


def check_accessible(page: Page, where: str) -> None:
    from axe_core_python.sync_playwright import Axe

    page.wait_for_selector(".dm-busy", state="detached")  # what is being asked for is faded
    found = [
        (each["impact"], each["id"], node["target"]) for each in Axe().run(page)["violations"] for node in each["nodes"]
    ]
    assert [each for each in found if each[0] in ("serious", "critical")] == [], where


def check_narrow(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.querySelectorAll('#demetra details').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 390, "nothing scrolls sideways"
    assert page.evaluate("matchMedia('(max-width: 640px)').matches")


def watch(page: Page) -> list[str]:
    """What goes wrong on the page, filled as it happens: errors, refusals of the security policy, foreign requests."""
    errors: list[str] = []
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            errors.append(request.url)
            if "127.0.0.1" not in request.url and not request.url.startswith(("data:", "blob:"))
            else None
        ),
    )
    return errors


def test_a_page_lives_from_the_empty_database_to_the_advice(
    browser: Browser, address: str, engine: sa.Engine, tmp_path: Path
):
    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
    errors = watch(page)
    page.goto(address)
    page.wait_for_selector(".dm-connected")
    assert "demetra ingest FILE" in page.inner_text("main"), "an empty database shows the way out"

    channels = load_market(engine)
    tables = tables_of(engine, channels)
    execute(engine, queue(engine), tables)
    page.locator("#dm-explorer").scroll_into_view_if_needed(timeout=20_000)  # it is asked for when it comes near
    page.wait_for_selector("#dm-explorer .dm-chart svg", timeout=20_000)
    assert HOSTILE in page.inner_text("#dm-alerts"), "it filled by itself, and text from data is text"
    check_accessible(page, "light, English")

    drill_down(page)
    compare(page)
    ask_what_if(page)
    sort_and_save(page, tmp_path)
    deal_with_alerts(page, engine)
    sync(page, engine, tables)
    assert "channel=Google+Ads" in page.url, "filters are kept"
    switch(page)
    check_narrow(page)
    check_accessible(page, "dark, Russian, 390 px")
    assert page.evaluate("window.hacked") is None
    assert errors == []
    page.close()


def drill_down(page: Page) -> None:
    explorer = page.locator("#dm-explorer")
    explorer.get_by_role("button", name="Google Ads").click()
    explorer.get_by_role("button", name=HOSTILE).click()
    page.wait_for_selector(f"#dm-explorer .dm-crumbs strong:has-text('{HOSTILE[:8]}')")
    assert explorer.locator("tbody").count() == 28, "a row a day"
    page.locator(".dm-chart svg").focus()
    page.keyboard.press("Home")
    assert "4 Mar 2026" in page.inner_text(".dm-tip")
    explorer.locator(".dm-crumbs button").last.click()
    page.wait_for_selector("#dm-explorer tbody button")
    page.select_option("#dm-explore-location", "Paris")
    page.wait_for_selector("#dm-explorer tbody >> nth=2", state="detached")
    assert explorer.locator("tbody").count() == 2
    box = page.locator(".dm-chart svg").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 50)
    page.mouse.up()
    page.wait_for_selector("#dm-explore-since")
    assert "days=own" in page.url
    page.click("#dm-zoom-out")
    page.wait_for_selector("#dm-explore-since", state="detached")
    assert "days=own" not in page.url, "back to the days before"


def compare(page: Page) -> None:
    page.select_option("#dm-comparison [name=metric]", "spend")
    page.wait_for_selector("#dm-compare .dm-reading:has-text('Totals are counted')")


def ask_what_if(page: Page) -> None:
    page.fill("#dm-sliders [name=bound]", "0.5")
    page.wait_for_selector("#dm-allocation table", timeout=60_000)
    assert page.locator("#dm-allocation tbody").count() == 6
    page.fill("#dm-sliders [name=total]", page.get_attribute("#dm-sliders [name=total]", "max") or "")
    page.fill("#dm-sliders [name=bound]", "0.1")
    page.wait_for_selector("#dm-allocation [role=alert]")
    assert "Change the total, widen the bound" in page.inner_text("#dm-allocation"), "impossible limits are explained"


def sort_and_save(page: Page, folder: Path) -> None:
    page.click("#dm-table-roi-forecast summary")
    names = "#dm-table-roi-forecast tbody th"
    before = page.locator(names).all_inner_texts()
    page.click("#dm-table-roi-forecast thead button >> text=ROI forecast")
    page.click("#dm-table-roi-forecast thead button >> text=ROI forecast")
    assert page.locator(names).all_inner_texts() == before[::-1]
    with page.expect_download() as saved:
        page.click("#dm-table-roi-forecast .dm-csv")
    saved.value.save_as(folder / "forecast.csv")
    assert len(pd.read_csv(folder / "forecast.csv")) == 6
    for kind, magic in (("html", b"<!doctype html>"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        page.click(".dm-menu summary")
        with page.expect_download() as report:
            page.click(f'[data-do="export"][data-value="{kind}"]')
        report.value.save_as(folder / f"report.{kind}")
        assert (folder / f"report.{kind}").read_bytes().startswith(magic)


def deal_with_alerts(page: Page, engine: sa.Engine) -> None:
    """With the keyboard alone, as people do who use no mouse."""
    first, second, third = (f"#{page.locator('.dm-alert').nth(place).get_attribute('id')}" for place in range(3))
    press(page, f"{first} [data-change=acknowledge]")
    page.wait_for_selector(f"{first}[data-status=acknowledged]")
    assert page.evaluate("document.activeElement.id") == first[1:], "the reader stays where they were"
    press(page, f"{first} [data-change=read]")
    page.wait_for_selector(f"{first}.dm-read")
    press(page, f"{second} .dm-menu summary")
    page.fill(f"{second} [name=until]", (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d"))
    mark_incident_read(engine, int(third.rpartition("-")[2]))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the page looks for what is new
    page.wait_for_timeout(2000)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{second}[data-status=snoozed]")
    page.wait_for_selector(f"{third}.dm-read")  # what somebody else did came when the menu was closed
    assert "snoozed until" in page.inner_text(second)
    press(page, f"{second} .dm-events summary")
    page.wait_for_selector(f"{second} .dm-events li >> nth=1")
    assert "snoozed, the dashboard" in page.inner_text(f"{second} .dm-events")
    press(page, f"{third} [data-change=resolve]")
    page.wait_for_selector(f"#dm-past-alerts {third}", state="attached")
    with engine.connect() as connection:
        counted = sa.text("SELECT status, count(*) FROM alerts GROUP BY status ORDER BY status")
        states = dict(list(connection.execute(counted)))
        assert states == {"acknowledged": 1, "open": 1, "resolved": 1, "snoozed": 1}
        assert connection.execute(sa.text("SELECT count(*) FROM alerts WHERE is_read")).scalar() == 2


def press(page: Page, selector: str) -> None:
    page.focus(selector)
    page.keyboard.press("Enter")


def sync(page: Page, engine: sa.Engine, tables: dict[str, pd.DataFrame]) -> None:
    page.click("[data-do=sync]")
    page.wait_for_selector("#dm-progress:not([hidden])")
    with engine.connect() as connection:
        queued = connection.execute(sa.text("SELECT id FROM runs WHERE status = 'queued' AND trigger = 'dashboard'"))
        run_id = queued.scalar_one()
    execute(engine, run_id, tables, page)
    page.wait_for_selector("#dm-stale")
    notice = page.inner_text("#dm-stale")
    assert "Budget advice is out of date" in notice
    assert "cell 5 failed" in notice
    page.wait_for_selector("#dm-progress[hidden]", state="attached")


def switch(page: Page) -> None:
    page.click("[data-do=theme]")
    page.click("[data-do=theme]")
    page.wait_for_selector("#demetra[data-theme=dark]")
    page.click("[data-do=language][data-value=ru]")
    page.wait_for_selector("#demetra[lang=ru][data-theme=dark] .dm-chart svg")
    text = page.inner_text("main")
    assert "Последние 28 дней" in text
    assert "Совет по бюджету: результат устарел" in text


def test_without_scripts_in_the_browsers_language_and_when_the_database_is_away(
    browser: Browser, address: str, engine: sa.Engine, settings: Settings
):
    channels = load_market(engine)
    execute(engine, queue(engine), tables_of(engine, channels))
    plain = browser.new_context(java_script_enabled=False, locale="ru-RU", viewport={"width": 390, "height": 844})
    page = plain.new_page()
    page.goto(address)
    text = page.inner_text("main")
    assert "Каналы рядом" in text
    assert HOSTILE in text
    assert page.locator("#dm-panels .dm-track").count() == 4 * len(channels)
    plain.close()

    name = engine.url.database
    engine.dispose()
    assert settings.database_url is not None
    administrator = sa.create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        page = browser.new_page()
        errors = watch(page)
        page.goto(f"{address}?lang=en")
        assert "The figures cannot be read now" in page.inner_text("main")
        assert settings.database_url.reveal() not in page.content()
        check_accessible(page, "database away")
        connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    administrator.dispose()
    page.click("text=Try again")
    page.wait_for_selector("#dm-figures .dm-kpi")
    assert json.loads(page.text_content("#dm-facts") or "{}")["language"] == "en"
    assert errors == []

    page.wait_for_selector(".dm-connected")
    page.goto("about:blank")
    deadline = time.monotonic() + 20
    while "Kernel shutdown" not in (settings.outputs / "dashboard.log").read_text():
        assert time.monotonic() < deadline, "a page that is left takes its kernel with it"
        time.sleep(0.1)
