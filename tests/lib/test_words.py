"""One catalogue holds both languages, and each writes figures and days its own way."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from demetra import dashboard
from demetra.words import LANGUAGES, Words, choose_language
from demetra.words.page import PAGE
from demetra.words.report import REPORT
from demetra.words.voice import CATALOGUE

DASHBOARD = Path(dashboard.__file__).parent
ru = Words("ru")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_entry_has_both_languages_with_the_same_facts():
    assert LANGUAGES == ("en", "ru")
    assert [key for key, (english, russian) in CATALOGUE.items() if fields(english) != fields(russian)] == []
    assert [key for key, texts in CATALOGUE.items() if not all(texts)] == []


def test_every_key_that_a_template_names_is_in_the_catalogue_and_none_of_the_page_is_unused():
    folders = (DASHBOARD / "templates", DASHBOARD.parent / "reports" / "templates")
    templates = "".join(path.read_text() for folder in folders for path in folder.iterdir())
    named = {key for key in re.findall(r't\("([a-z_.-]+)"', templates) if not key.endswith(".")}
    assert len(named) > 30
    assert named - CATALOGUE.keys() == set()
    server = (DASHBOARD.parents[2] / "runner/demetra_runner/voila/templates/demetra/door.html.j2").read_text()
    everything = templates + server + "".join(path.read_text() for path in DASHBOARD.parent.rglob("*.py"))
    built = ("nav.", "weekday.", "dimension.", "audience.", "head.", "feature.", "trust.")  # of a prefix and a name
    assert [key for key in (*PAGE, *REPORT) if everything.count(key) < 2 and not key.startswith(built)] == []


def test_every_word_that_the_script_asks_for_is_in_the_catalogue():
    scripts = "".join(path.read_text() for path in (DASHBOARD / "front_end").glob("*.js"))
    asked = set(re.findall(r'\bt\((?:[^()"]*\? )?"([a-z_0-9]+)"', scripts))
    assert len(asked) > 25
    assert {f"live.{key}" for key in asked} - CATALOGUE.keys() == set()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (ru.number(1234.5), "1\u00a0234,50"),
        (ru.percent(0.051), "5,1\u00a0%"),
        (ru.change(-12.34), "−12,3\u00a0%"),
        (ru.count(1_240_000, compact=True), "1,24\u00a0млн"),
        (ru.compact(1200), "1,2\u00a0тыс."),
        (ru.money(12_400, "RUB"), "12\u00a0400\u00a0₽"),
        (ru.money(1_240_000, "USD", compact=True), "1,24\u00a0млн\u00a0$"),
        (ru.money(-5, "EUR"), "−5,00\u00a0€"),
        (ru.money(100, "SEK"), "100\u00a0SEK"),
        (ru.money(None, "USD"), "–"),
        (ru.day(date(2026, 5, 3)), "3 мая 2026"),
        (ru.moment(datetime(2026, 3, 31, 14, 5, tzinfo=UTC)), "31 мар 2026, 14:05 UTC"),
        (ru.join(["A", "B", "C"]), "A, B и C"),
        (Words("en").interval("1", "2"), "1 to 2"),
        (ru.interval("1", "–"), "–"),
    ],
)
def test_figures_and_days_are_written_as_the_language_does(written: str, expected: str):
    assert written == expected


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (["ru", "en"], "ru"),
        (["", "ru-RU,ru;q=0.9,en;q=0.8"], "ru"),
        (["", "de-DE,de;q=0.9,en;q=0.5"], "en"),
        (["fr", "kk"], "en"),
        ([None, ""], "en"),
    ],
)
def test_the_first_language_that_we_have_is_taken(wishes: list[str | None], language: str):
    assert choose_language(*wishes) == language
