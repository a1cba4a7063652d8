from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from demetra.rules import RunRules
from demetra.settings import Settings
from demetra_runner.outputs import are_current, run_directory, write_outputs

KEEP_ALL = RunRules(keep_count=100, keep_days=100)


def run_id(*, days_ago: float) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days_ago):%Y%m%dT%H%M%SZ}-abc"


def write(settings: Settings, engine: sa.Engine, name: str, rules: RunRules = KEEP_ALL) -> None:
    with run_directory(settings, name) as directory:
        write_outputs(settings, engine, directory, run_id=name, shown={"alerts": {"run_id": name}}, rules=rules)


def kept(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.outputs / "runs").iterdir())


def test_latest_is_the_newest_run(settings: Settings, engine: sa.Engine):
    names = [run_id(days_ago=2), run_id(days_ago=1)]
    for name in names:
        write(settings, engine, name)
    assert kept(settings) == names
    assert json.loads((settings.outputs / "latest" / "manifest.json").read_text())["run_id"] == names[-1]
    assert sorted(path.name for path in settings.outputs.iterdir()) == ["latest", "runs"]


def test_the_link_is_relative_so_that_the_home_can_move(settings: Settings, engine: sa.Engine):
    write(settings, engine, "one")
    assert (settings.outputs / "latest").readlink() == Path("runs/one")


def test_what_is_on_disk_is_compared_with_what_is_published(settings: Settings, engine: sa.Engine):
    shown = {"alerts": {"run_id": "one"}}
    assert not are_current(settings, shown)
    write(settings, engine, "one")
    assert are_current(settings, shown)
    assert not are_current(settings, {"alerts": {"run_id": "two"}})
    (settings.outputs / "latest" / "manifest.json").write_text("{")
    assert not are_current(settings, shown)


def test_runs_go_when_they_are_neither_among_the_newest_nor_young(settings: Settings, engine: sa.Engine):
    names = [run_id(days_ago=days) for days in (9, 8, 7, 1, 0.5)]
    for name in names:
        write(settings, engine, name)
    write(settings, engine, run_id(days_ago=0), RunRules(keep_count=4, keep_days=3))
    assert kept(settings)[:-1] == names[2:]


def test_young_runs_stay_whatever_their_number(settings: Settings, engine: sa.Engine):
    names = [run_id(days_ago=days) for days in (0.3, 0.2, 0.1)]
    for name in names:
        write(settings, engine, name, RunRules(keep_count=1, keep_days=1))
    assert kept(settings) == names


def test_what_a_killed_run_left_is_removed_by_the_next(settings: Settings, engine: sa.Engine):
    abandoned = settings.outputs / "runs" / ".partial-killed"
    abandoned.mkdir(parents=True)
    (abandoned / "half.ipynb").touch()
    write(settings, engine, "next")
    assert kept(settings) == ["next"]


def test_a_run_that_fails_leaves_no_directory(settings: Settings):
    with pytest.raises(ZeroDivisionError), run_directory(settings, "one") as directory:  # noqa: PT012
        (directory / "notebooks").mkdir()
        raise ZeroDivisionError
    assert kept(settings) == []
