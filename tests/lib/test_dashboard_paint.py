"""The page is painted once for what is published, and kept; whatever it was made of changes, it is painted anew."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from demetra.dashboard import frame
from demetra.dashboard.live import Live
from demetra.dashboard.paint import paint_page, prepare_pages
from demetra.settings import Settings
from demetra.store.tables import publications, runs
from demetra.words import Words

en, ru = Words("en"), Words("ru")


def publish_something(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        run = {"id": "r", "trigger": "sync", "status": "succeeded", "options": {}, "queued_at": sa.func.now()}
        connection.execute(sa.insert(runs).values(run))
        row = {
            "step": "alerts",
            "run_id": "r",
            "as_of": "2026-03-01",
            "demo": False,
            "fingerprint": "f",
            "published_at": sa.func.now(),
        }
        connection.execute(sa.insert(publications).values(row))


def mark(settings: Settings) -> None:
    """Write into the stored pages what only a stored page can show."""
    for path in (settings.outputs / "pages").iterdir():
        path.write_text(path.read_text() + "<!-- stored -->")


def is_stored(settings: Settings, words: Words) -> bool:
    return paint_page(settings, words=words).html.endswith("<!-- stored -->")


def test_a_page_is_painted_once_in_each_language(settings: Settings, engine: sa.Engine):
    prepare_pages(settings)
    assert sorted(path.name for path in (settings.outputs / "pages").iterdir()) == ["en.html", "ru.html"]
    mark(settings)
    assert is_stored(settings, en)
    assert is_stored(settings, ru)
    publish_something(engine)
    assert not is_stored(settings, en), "what is published has changed"


@pytest.mark.usefixtures("engine")
def test_other_rules_or_other_code_paint_it_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    prepare_pages(settings)
    mark(settings)
    settings.home.joinpath("demetra.toml").write_text('[account]\ncurrency = "EUR"\n')
    assert not is_stored(settings, en)
    assert is_stored(settings, ru) is False

    prepare_pages(settings)
    mark(settings)
    package = tmp_path / "package"
    package.mkdir()
    package.joinpath("__init__.py").write_text("")
    monkeypatch.setattr("demetra.__file__", str(package / "__init__.py"))
    assert not is_stored(settings, en)


@pytest.mark.usefixtures("engine")
def test_a_broken_or_forbidden_store_costs_time_alone(settings: Settings):
    painted = paint_page(settings, words=en)
    (settings.outputs / "pages" / "en.html").write_text("half a sig")
    assert paint_page(settings, words=en) == painted
    barred = replace(settings, home=settings.home / "barred")
    barred.home.mkdir()
    barred.outputs.write_text("no folder can be made below a file")
    assert paint_page(barred, words=en).html


@pytest.mark.usefixtures("engine")
def test_who_only_reads_the_page_needs_neither_pandas_nor_sqlalchemy(settings: Settings, environment: dict[str, str]):
    prepare_pages(settings)
    script = (
        "import sys\nfrom demetra.dashboard import open_page\npage = open_page()._repr_html_()\n"
        "assert 'demetra ingest' in page, page[-500:]\n"
        "from demetra.dashboard.live import Live\nfrom demetra.settings import Settings\n"
        "from demetra.words import Words\n"
        "answer = Live(Settings.from_environment(), Words()).answer({'id': 1, 'kind': 'pulse'})\n"
        "assert not answer['data']['working'], answer\n"
        "print([name for name in ('pandas', 'numpy', 'sqlalchemy', 'jinja2', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_open_page_asks_for_the_pulse_and_for_the_new_page(settings: Settings, engine: sa.Engine):
    live = Live(settings, en)
    before = live.answer({"id": 1, "kind": "page", "language": "en"})["data"]
    assert live.answer({"id": 2, "kind": "pulse"})["data"] == {
        "published": before["shown"],
        "working": False,
        "run": None,
    }
    publish_something(engine)
    assert live.answer({"id": 3, "kind": "pulse"})["data"]["published"] != before["shown"]
    after = live.answer({"id": 4, "kind": "page", "language": "ru"})["data"]
    assert after["language"] == "ru"
    assert live.answer({"id": 5, "kind": "pulse", "run": "r"})["data"] == {
        "published": after["shown"],
        "working": False,
        "run": {"id": "r", "status": "succeeded", "error": None, "steps": []},
    }
    live.visitor.engine.dispose()


def test_pages_are_in_ascii(settings: Settings, engine: sa.Engine):
    """Python holds ASCII in one byte a character, and all else in two or four, in each visitor's kernel."""
    assert engine
    assert paint_page(settings, words=ru).html.isascii()
    for path in Path(frame.__file__).parent.joinpath("front_end").iterdir():
        assert path.read_bytes().isascii(), path.name
