"""The page before any script runs: whole in both languages, escaped, in every state."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from chart_frames import AS_OF, TEN_CHANNELS
from page_cases import HOSTILE, PIXEL, Page, fail, headline, incident, publish, written

from demetra.dashboard.contents import Contents
from demetra.dashboard.frame import frame_page, write_script
from demetra.dashboard.render import render_content
from demetra.metrics import summarise
from demetra.reports import Headline, Published
from demetra.words import Words

ru, en = Words("ru"), Words("en")


def history(channels: tuple[str, ...], days: int = 60, *, conversions: float = 5.0) -> pd.DataFrame:
    random = np.random.default_rng(3)
    dates = pd.date_range(end=pd.Timestamp(AS_OF), periods=days)
    frames = [
        pd.DataFrame(
            {
                "channel": name,
                "date": dates,
                "spend": 100.0,
                "revenue": 100 * random.uniform(2, 4, days),
                "conversions": conversions,
                "clicks": 200.0,
                "impressions": 9000.0,
                "reach": 8000.0,
                "engagements": np.nan,
            }
        )
        for name in channels
    ]
    return pd.concat(frames, ignore_index=True)


def contents(published: Published, channels: tuple[str, ...] = ("Instagram", "Facebook")) -> Contents:
    daily = history(channels)
    return Contents(published, daily, summarise(daily, by=["channel"]))


def page(published: Published, words: Words = en, **changes) -> Page:
    html = frame_page(
        render_content(replace(contents(published), **changes), words=words), words=words, live=True
    )._repr_html_()
    return Page(html.split("<script>(() =>")[0])


def test_the_page_is_a_piece_of_a_page_whose_style_touches_only_itself():
    html = frame_page(render_content(contents(publish()), words=en), words=en, live=True)._repr_html_()
    assert {tag for tag, _ in Page(html).elements} & {"html", "head", "body", "meta", "title"} == set()
    style = re.sub(r"@[^{]+\{", ";", html.split("<style>")[1].split("</style>")[0])
    selectors = re.findall(r"([^{};]+)\{[^{}]*\}", style)
    assert len(selectors) > 100
    foreign = [rule for rule in selectors if ".demetra" not in rule and rule.strip() not in (":root",)]
    assert foreign == []


def test_nothing_is_loaded_from_anywhere():
    html = frame_page(render_content(contents(publish()), words=en), words=en, live=True)._repr_html_()
    assert re.findall(r"@import|url\(|<link|<iframe|\bsrc=\"(?!data:)", html) == []
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", html) == []


def test_the_script_cannot_end_early_and_interprets_no_text():
    script = write_script()
    assert "</script" not in script.lower()
    assert re.findall(r"\beval\(|new Function|document\.write|outerHTML|insertAdjacentHTML", script) == []
    assert re.findall(r"innerHTML = (?!answer\.html|\(await ask\()", script) == [], "HTML comes from templates only"


def test_every_text_from_data_shows_as_text():
    names = (HOSTILE, "Facebook")
    published = publish(
        names,
        alerts=pd.DataFrame(
            [incident(HOSTILE, message=HOSTILE, action=HOSTILE, alert_type=HOSTILE, worst=[{"name": HOSTILE}])]
        ),
        recommendations=written(HOSTILE, generated_by="llm", model=HOSTILE),
        run_id=HOSTILE,
    )
    published.tables["roi-forecast"]["method"] = HOSTILE
    published.tables["budget-recommendation"][["reason", "evidence"]] = HOSTILE
    daily = history(names)
    shown = page(fail(published, "budget-recommendation", HOSTILE), history=daily)
    assert {tag for tag, _ in shown.elements} & {"iframe", "object"} == set()
    assert shown.all("script") == [{"type": "application/json", "id": "dm-facts"}]
    assert all((image["src"] or "").startswith("data:image/png;base64,") for image in shown.all("img"))
    assert not any(name.startswith("on") for _, attributes in shown.elements for name in attributes)
    assert shown.text.count('<img src=x onerror="alert(1)">') > 10


@pytest.mark.parametrize("words", [en, ru], ids=["en", "ru"])
def test_figures_alerts_results_and_words_are_all_there(words: Words):
    text = page(publish(charts=dict.fromkeys(publish().tables, PIXEL)), words).text
    for key in ("alerts.title", "panels.title", "compare.title", "advice.title", "what_if.title", "words.title"):
        assert words(key) in text
    assert words("incident.roi_drop") in text
    assert words.number(3.0) in text, "the ROI of 400 from 100"


def test_russian_pages_hold_no_english_of_ours():
    published = publish(recommendations=None, alerts=pd.DataFrame(), run_id="7")
    text = page(published, ru).text.partition('{"')[0]
    same = "DEMETRA ROI CTR ROAS CPA CSV HTML XLSX PDF UTC demetra ingest FILE sync Instagram Facebook"
    from_data = "Its next unit blend"
    assert set(re.findall(r"[A-Za-z]{3,}", text)) <= set(re.findall(r"[A-Za-z]{3,}", f"{same} {from_data}"))


def test_small_charts_stand_in_for_the_pictures_on_a_phone():
    shown = page(publish())
    tracks = [attributes for attributes in shown.all("svg") if attributes.get("viewbox") == "0 0 300 60"]
    assert len(tracks) == 8, "two channels, two metrics, two dashboards"
    dots = [attributes for attributes in shown.all("span") if attributes.get("class") == "dm-at"]
    assert len(dots) == 6, "two forecasts, two budgets, two channels side by side"


def test_a_sparkline_is_drawn_for_each_figure_that_is_known():
    daily = summarise(history(("A",)), by=["date"])
    known = page(publish(headline=Headline(28, headline(), headline(), daily=daily)))
    assert sum(attributes.get("class") == "dm-spark" for attributes in known.all("svg")) == 8
    unknown = daily.assign(conversions=np.nan, cpa=np.nan)
    none = page(publish(headline=Headline(28, headline(), headline(), daily=unknown)))
    assert sum(attributes.get("class") == "dm-spark" for attributes in none.all("svg")) == 6


@pytest.mark.parametrize("channels", [("Only one",), TEN_CHANNELS], ids=["one", "ten"])
def test_one_channel_and_ten(channels: tuple[str, ...]):
    text = page(publish(channels), history=history(channels)).text
    assert all(" ".join(name.split()) in text for name in channels)
    assert ("There is one channel: nothing to compare." in text) == (len(channels) == 1)


def test_zero_conversions_are_dashes_and_no_error():
    without = headline(conversions=0.0)
    shown = page(publish(headline=Headline(28, without, without)), history=history(("A",), conversions=0.0))
    assert "Cost per conversion –" in shown.text


def test_before_the_first_run_the_page_tells_the_way_out_in_both_languages():
    for words in (en, ru):
        text = page(Published(), words, history=pd.DataFrame(), channels=pd.DataFrame()).text
        assert words("empty.title") in text
        assert text.index("demetra ingest FILE") < text.index("demetra sync")


def test_a_failed_step_shows_its_last_good_result_why_and_since_when():
    text = page(fail(publish(), "budget-recommendation", "limits contradict"), ru).text
    assert "Совет по бюджету: результат устарел. Показан последний удачный результат, данные по 31 мар 2026." in text
    assert "Сбой с 1 апр 2026, 06:00 UTC: limits contradict" in text


def test_the_script_is_told_how_metrics_are_made_as_json():
    html = render_content(contents(publish((HOSTILE, "B"))), words=en)
    told = json.loads(re.search(r'id="dm-facts">(.*?)</script>', html, re.DOTALL).group(1))
    assert told["metrics"]["roi"] == {
        "label": "ROI",
        "kind": "ratio",
        "over": {"revenue": 1, "spend": -1},
        "under": "spend",
    }
    assert told["metrics"]["cpm"]["over"] == {"spend": 1000}
    assert told["until"] == AS_OF.isoformat()


def test_the_page_needs_neither_jupyter_nor_the_methods():
    code = (
        "import sys, demetra.dashboard; heavy = {'IPython', 'matplotlib', 'ipykernel', 'voila', 'scipy', 'sklearn'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
