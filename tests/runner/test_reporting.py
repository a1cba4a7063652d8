from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from demetra.settings import Settings
from demetra.store.publication import StepResult, publish
from demetra.store.runs import request_run
from demetra_runner.cli import app
from demetra_runner.reporting import write_due_reports

MONDAY = date(2026, 3, 30)


def show_something(engine: sa.Engine) -> None:
    """The least that is published: the incidents, none of them."""
    request_run(engine, "run-1", trigger="sync", options={})
    with engine.begin() as connection:
        results = [StepResult("alerts", ("breaches",), "f")]
        publish(connection, "run-1", results, as_of=MONDAY, demo=False, moment=datetime.now(UTC))


def rule(settings: Settings, text: str) -> Settings:
    (settings.home / "demetra.toml").write_text(f"[reports]\n{text}")
    return settings


def names(settings: Settings) -> list[str]:
    folder = settings.outputs / "reports"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_reports_are_off_unless_asked_for(settings: Settings, engine: sa.Engine):
    show_something(engine)
    assert write_due_reports(settings, today=MONDAY) == []
    assert names(settings) == []


def test_one_report_a_day_and_the_oldest_go(settings: Settings, engine: sa.Engine):
    rule(settings, 'every = "day"\nkinds = ["html"]\nkeep_count = 2')
    assert write_due_reports(settings, today=MONDAY) == [], "nothing is published yet"
    show_something(engine)
    folder = settings.outputs / "reports"
    folder.mkdir(parents=True)
    (folder / "notes.html").write_text("somebody's own")
    for day in (30, 30, 31):
        write_due_reports(settings, today=date(2026, 3, day))
    write_due_reports(settings, today=date(2026, 4, 1))
    assert names(settings) == ["demetra-day-2026-03-31.html", "demetra-day-2026-04-01.html", "notes.html"]


def test_one_report_a_week_whichever_day_its_first_run_is_on(settings: Settings, engine: sa.Engine):
    rule(settings, 'every = "week"\nkinds = ["html", "xlsx"]')
    show_something(engine)
    assert len(write_due_reports(settings, today=date(2026, 4, 2))) == 2
    assert write_due_reports(settings, today=date(2026, 4, 5)) == []
    assert len(write_due_reports(settings, today=date(2026, 4, 6))) == 2
    assert names(settings)[0] == "demetra-week-2026-03-30.html"


@pytest.mark.usefixtures("environment")
def test_the_command_writes_what_is_published(engine: sa.Engine, tmp_path: Path):
    run = CliRunner().invoke
    out = tmp_path / "report.html"
    assert "Nothing has been published yet" in str(run(app, ["export", "html", "--out", str(out)]).exception)
    show_something(engine)
    told = run(app, ["export", "html", "--out", str(out)])
    assert (told.exit_code, "2026-03-30" in told.output) == (0, True)
    assert "30 Mar 2026" in out.read_text()
    assert run(app, ["export", "html", "--out", str(out), "--language", "ru"]).exit_code == 0
    assert "30 мар 2026" in out.read_text()
    for wrong in (
        ["doc", "--out", str(out)],
        ["html", "--out", str(out), "--language", "de"],
        ["html", "--out", str(tmp_path / "report.html" / "x")],
    ):
        assert "found" in str(run(app, ["export", *wrong]).exception)
