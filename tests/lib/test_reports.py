"""The report shows what is published, escapes every text, and knows every state."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from chart_frames import AS_OF, TEN_CHANNELS, budget, roi_forecast, timeseries
from page_cases import HOSTILE, PIXEL, Page, fail, headline, incident, publish, written

from demetra.reports import Headline, Published, render_report
from demetra.reports.advice_text import lay_out_advice
from demetra.reports.cards import build_cards
from demetra.reports.grids import lay_out_budget, lay_out_roi_forecast, lay_out_roi_timeseries
from demetra.reports.incidents import list_incidents
from demetra.reports.panels import build_panels
from demetra.schema import DASHBOARDS

CHROMIUM = shutil.which("chromium")


def report(published: Published) -> Page:
    return Page(render_report(published))


# The whole page ------------------------------------------------------------------------------------------------------


def test_the_page_says_what_until_when_and_since_when():
    text = report(publish()).text
    assert "DEMETRA" in text
    assert "Data until 31 Mar 2026 · refreshed 1 Apr 2026, 06:00 UTC" in text
    assert "Run 20260401T060000Z-ab12" in text


def test_every_text_from_data_shows_as_text():
    published = publish(
        (HOSTILE, "Facebook"),
        alerts=pd.DataFrame(
            [incident(HOSTILE, message=HOSTILE, action=HOSTILE, alert_type=HOSTILE, worst=[{"name": HOSTILE}])]
        ),
        recommendations=written(HOSTILE, generated_by="llm", model=HOSTILE),
        run_id=HOSTILE,
    )
    published.tables["roi-forecast"]["method"] = HOSTILE
    published.tables["budget-recommendation"][["reason", "evidence"]] = HOSTILE
    page = report(fail(published, "budget-recommendation", HOSTILE))
    assert {tag for tag, _ in page.elements} & {"script", "iframe", "object", "svg", "a", "form"} == set()
    assert all((image["src"] or "").startswith("data:image/png;base64,") for image in page.all("img"))
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.text.count('<img src=x onerror="alert(1)">') > 10
    assert "49" not in page.text


def test_the_report_is_one_file_that_loads_nothing():
    html = render_report(publish())
    assert html.startswith("<!doctype html>")
    assert re.findall(r"(?:https?:)?//[a-z]|url\(|@import|<script|<link", html) == []
    policies = [meta["content"] for meta in Page(html).all("meta") if meta.get("http-equiv")]
    assert policies == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_light_and_dark_print_and_phones_are_provided_for():
    html = render_report(publish())
    assert all(
        query in html for query in ("prefers-color-scheme: dark", "@media print", "@container (max-width: 640px)")
    )


def test_tables_are_open():
    assert report(publish()).all("details") == []
    assert len(report(publish()).all("table")) == 4 + 3, "key figures, forecast and budget to the last cent, too"


def test_the_page_needs_neither_jupyter_nor_matplotlib():
    code = (
        "import sys, demetra.reports; print(sorted({'IPython', 'matplotlib', 'ipykernel', 'voila'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# Headline figures ----------------------------------------------------------------------------------------------------


def _cards(now: pd.DataFrame, before: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    cards = build_cards(Headline(28, now, before), currency="USD")
    return {card.label: (card.value, card.change, card.tone) for card in cards}


def test_headline_figures_have_value_change_and_the_right_sign_of_good():
    cards = _cards(headline(spend=110.0, conversions=11.0), headline(spend=100.0, conversions=8.0))
    assert cards["ROI"] == ("2.64", "−0.36", "bad")
    assert cards["Spend"] == ("$110", "+10.0%", "plain")
    assert cards["Conversions"] == ("11", "+37.5%", "good")
    assert cards["Conversion rate"] == ("5.50%", "+1.5 pts", "good")
    assert cards["Cost per conversion"] == ("$10.00", "−20.0%", "good")
    assert cards["Clicks"] == ("200", "0.0%", "plain")


def test_a_figure_that_is_unknown_is_a_dash_and_one_without_a_past_has_no_change():
    cards = _cards(headline(conversions=0.0), headline().head(0))
    assert cards["Cost per conversion"] == ("–", "", "plain")
    assert cards["Revenue"] == ("$400", "", "plain")


def test_the_headline_says_what_it_compares():
    assert "Last 28 days against the 28 days before" in report(publish()).text


# Charts and tables ---------------------------------------------------------------------------------------------------


def test_each_chart_is_shown_as_published_with_a_sentence_and_words_for_those_who_do_not_see_it():
    page = report(publish(charts={name: PIXEL + name.encode() for name in DASHBOARDS}))
    images = [base64.b64decode(image["src"].split(",")[1])[len(PIXEL) :].decode() for image in page.all("img")]
    assert sorted(images) == sorted(DASHBOARDS)
    panels = build_panels(publish())
    for panel in panels:
        assert panel.reading in page.text
        assert panel.alt.startswith(f"{panel.title}. {panel.reading} Instagram: ") or "Facebook: " in panel.alt


def test_the_table_of_forecasts_equals_its_frame():
    grid = lay_out_roi_forecast(roi_forecast(("A", 1.234, 1.0, 1.5), ("B", np.nan, np.nan, np.nan)))
    rows = [[cell.text for cell in row] for row in grid.rows]
    assert rows == [
        ["A", "1.23", "1.00 to 1.50", "0.88 to 1.62", "62%", "blend"],
        ["B", "–", "–", "–", "62%", "blend"],
    ]


def test_the_table_of_budgets_has_money_signs_reasons_and_the_largest_raise_first():
    grid = lay_out_budget(budget({"A": -12.0, "B": 12.0, "C": 0.0}), currency="EUR")
    assert [row[0].text for row in grid.rows] == ["B", "C", "A"]
    assert [cell.text for cell in grid.rows[0][1:4]] == ["€10,000", "€11,200", "+12.0%"]
    assert [row[3].tone for row in grid.rows] == ["raise", "", "cut"]
    assert grid.rows[0][0].note == "Its next unit (evidence: moderate)"


def test_a_time_series_is_cut_down_to_its_newest_day_and_its_horizon():
    table = timeseries(channels=("A",))
    today = table["date"] == pd.Timestamp(AS_OF)
    table.loc[today, "roi_actual"] = 99.0
    grid = lay_out_roi_timeseries(table, as_of=AS_OF)
    ahead = table.loc[table["date"] > pd.Timestamp(AS_OF), "roi_pred"].mean()
    roi = grid.rows[0]
    assert [cell.text for cell in roi[:4]] == ["A", "ROI", "31 Mar", "99.00"]
    assert roi[3].tone == "outside"
    assert roi[5].text == f"{ahead:.2f}"
    assert grid.heads[5] == "Next 14 days"


def test_a_metric_without_a_known_day_is_no_data():
    grid = lay_out_roi_timeseries(timeseries(channels=("A",)).assign(conversion_actual=np.nan), as_of=AS_OF)
    assert [cell.text for cell in grid.rows[1][2:5]] == ["–", "no data", "–"]


def test_a_missing_picture_and_a_missing_table_are_said():
    published = publish(charts={})
    assert "There is no picture of this result" in report(published).text
    without = replace(published, tables={name: published.tables[name] for name in DASHBOARDS[:3]})
    assert "Not computed yet. demetra sync" in report(without).text


def test_tables_without_rows_are_shown_without_a_claim():
    published = publish()
    text = report(replace(published, tables={name: table.head(0) for name, table in published.tables.items()})).text
    assert "There is no ROI forecast yet." in text
    assert "There is no budget advice yet." in text


# Alerts and recommendations ------------------------------------------------------------------------------------------


def test_alerts_come_gravest_first_with_what_where_since_and_what_to_do():
    alerts = pd.DataFrame([incident("A", "low"), incident("B", "critical"), incident("C", "medium")])
    incidents = list_incidents(alerts)
    assert [one.channel for one in incidents] == ["B", "C", "A"]
    text = report(publish(alerts=alerts)).text
    assert "Alerts 1 critical, 1 medium, 1 low" in text
    assert (
        "B: ROI drop since 28 Mar 2026, 06:00 UTC ROI was 0.92, below 1.50. Campaigns: Spring sale and 6 more" in text
    )
    assert "Do: Pause the campaigns listed." in text


@pytest.mark.parametrize("alerts", [pd.DataFrame(), pd.DataFrame([incident()]).head(0)])
def test_no_alert_is_good_news_said_plainly(alerts):
    assert "No open alerts." in report(publish(alerts=alerts)).text


def test_recommendations_name_their_author():
    assert "Written by rules" in report(publish()).text
    told = report(publish(recommendations=written(generated_by="llm", model="Qwen/Qwen2.5-7B-Instruct"))).text
    assert "Written by the language model Qwen/Qwen2.5-7B-Instruct; its figures were checked." in told


def test_recommendations_of_any_shape_become_paragraphs_and_empty_ones_vanish():
    advice = lay_out_advice(
        {"summary": "S", "recommendations": ["one", {"roi_growth": ["two", ""]}], "ml_predictions": {"trend": " "}}
    )
    assert [(section.title, section.entries) for section in advice.sections] == [
        ("What to do", [("", ["one", "ROI growth: two"])])
    ]


def test_missing_recommendations_tell_the_way_out():
    assert "Not written yet. demetra sync" in report(publish(recommendations=None)).text


# States --------------------------------------------------------------------------------------------------------------


def test_before_the_first_run_the_page_tells_the_way_out():
    text = report(Published()).text
    assert "Nothing has been published yet" in text
    assert text.index("demetra ingest FILE") < text.index("demetra sync")


def test_demo_data_are_marked_and_real_ones_are_not():
    assert "Demo data" in report(publish(demo=True)).text
    assert "Demo" not in report(publish()).text


def test_a_stale_result_says_since_when_and_why():
    text = report(fail(publish(), "budget-recommendation", "limits contradict " + "x" * 900)).text
    assert "Out of date in part" in text
    assert "Budget advice is out of date. What is shown is its last good result, with data until 31 Mar 2026." in text
    assert "It has failed since 1 Apr 2026, 06:00 UTC: limits contradict x" in text
    assert "x" * 500 not in text


def test_a_step_that_never_succeeded_says_why_also_before_anything_is_published():
    failed = fail(Published(), "roi-timeseries", "no rows", ever=False)
    text = report(failed).text
    assert (
        "ROI and conversion over time could not be computed. It has failed since 1 Apr 2026, 06:00 UTC: no rows" in text
    )
    assert "Nothing has been published yet" in text


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_nothing_scrolls_sideways_or_runs_in_a_browser(tmp_path: Path):
    from playwright.sync_api import sync_playwright

    odd = ("w" * 90, HOSTILE, *TEN_CHANNELS[:8])
    published = fail(publish(odd, demo=True, recommendations=written("v" * 400)), "roi-forecast", "y" * 300)
    (tmp_path / "report.html").write_text(render_report(published))
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        for width in (390, 800, 1440):
            page = browser.new_page(viewport={"width": width, "height": 900})
            happened: list[str] = []
            page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))  # noqa: B023
            page.on("console", lambda message: happened.append(message.text))  # noqa: B023
            page.goto((tmp_path / "report.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == width, width
            assert happened == []
            page.close()
        browser.close()
