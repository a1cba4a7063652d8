"""The README is true: every command, table and file that it owes or names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from demetra.settings import Settings
from demetra.store.tables import metadata
from demetra_runner.api.app import build_app
from demetra_runner.cli import app

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
TABLES = {table.name: table for table in metadata.tables.values() if table.schema is None}
DIAGRAM = "".join(re.findall(r"erDiagram\n(.*?)```", README, re.DOTALL))


def test_every_make_target_is_documented():
    targets = re.findall(r"^([a-z]+):.* ## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) > 1
    assert [name for name in targets if name != "help" and f"| `make {name}` |" not in README] == []


def command_names() -> list[str]:
    commands = get_command(app).commands
    groups = {name: getattr(command, "commands", None) for name, command in commands.items()}
    return [f"{name} {sub}" if sub else name for name, inner in groups.items() for sub in (inner or [""])]


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_documented(name):
    table = README.partition("## Commands")[2].partition("\n## ")[0]
    assert re.search(rf"`demetra {name}[ `]", table)


def test_the_diagram_has_every_table():
    assert set(re.findall(r"^ {4}(\w+) \{", DIAGRAM, re.MULTILINE)) == TABLES.keys()


@pytest.mark.parametrize("name", TABLES)
def test_the_diagram_names_real_columns_and_the_whole_key(name):
    [body] = re.findall(rf"^    {name} {{\n(.*?)^    }}", DIAGRAM, re.MULTILINE | re.DOTALL)
    columns = re.findall(r"^ +\w+ (\w+)", body, re.MULTILINE)
    keys = re.findall(r"^ +\w+ (\w+) PK", body, re.MULTILINE)
    table = TABLES[name]
    assert set(columns) <= set(table.columns.keys())
    assert set(keys) == set(table.primary_key.columns.keys())


def test_solid_lines_of_the_diagram_are_the_foreign_keys():
    drawn = {frozenset(pair) for pair in re.findall(r"^ {4}(\w+) [|}o]{2}--[|{o]{2} (\w+) :", DIAGRAM, re.MULTILINE)}
    owed = {frozenset([name, key.column.table.name]) for name, table in TABLES.items() for key in table.foreign_keys}
    assert drawn == owed


def test_links_lead_to_files():
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_interval_that_the_readme_tells_is_the_default():
    assert set(re.findall(r"every (\d+) minutes", README)) == {str(Settings().sync_minutes)}


def test_every_endpoint_is_documented():
    table = README.partition("## The REST API")[2].partition("\n## ")[0]
    paths = build_app(Settings(), engine=None).openapi()["paths"]
    named = " ".join(re.findall(r"`([^`]+)`", table)).replace("\\|", "|")
    ends = [re.sub(r"\{.*?\}", "", path).strip("/").split("/")[-1] for path in paths]
    assert len(ends) > 15
    assert [path for path, end in zip(paths, ends, strict=True) if end not in named] == []
