from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

from demetra.rules import Rules, read_rules
from demetra.settings import Settings
from demetra_runner.parameters import declared_parameters
from demetra_runner.pipeline import STEPS, Step, find_step, rule_values

NOTEBOOKS = sorted(Settings().notebooks.glob("*.ipynb"))
FORBIDDEN = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.AsyncFunctionDef, ast.ListComp)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_outputs_are_cleared(path: Path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


def test_it_is_short_enough_to_read_in_one_screen(path: Path):
    cells = code_cells(path)
    assert len(cells) <= 8
    assert max(len(source.splitlines()) for source in cells) <= 12


def test_it_holds_no_logic(path: Path):
    found = [
        type(node).__name__
        for source in code_cells(path)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, FORBIDDEN)
    ]
    assert found == []


def test_it_imports_demetra_only(path: Path):
    modules = set()
    for source in code_cells(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                modules.add((node.module or "").split(".")[0])
            elif isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
    assert modules == {"demetra"}


def test_it_begins_with_its_question(path: Path):
    assert read(path).cells[0].cell_type == "markdown"
    assert read(path).cells[0].source.startswith("# ")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_pipeline_gives_exactly_the_declared_parameters(step: Step):
    declared = declared_parameters(read(Settings().notebooks / step.notebook), step.notebook)
    assert set(declared) == {"run_id", "as_of", *step.rules}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_defaults_in_the_notebook_are_those_of_the_rules_file(step: Step):
    declared = declared_parameters(read(Settings().notebooks / step.notebook), step.notebook)
    rules = read_rules(Settings().rules_file)
    assert (
        {name: declared[name].default for name in step.rules} == rule_values(step, rules) == rule_values(step, Rules())
    )


def test_every_notebook_but_the_dashboard_is_a_step():
    assert {path.name for path in NOTEBOOKS} == {step.notebook for step in STEPS} | {"dashboard.ipynb"}


def test_steps_come_after_what_they_need():
    names = [step.name for step in STEPS]
    assert all(names.index(need) < names.index(step.name) for step in STEPS for need in step.needs)


@pytest.mark.parametrize("name", ["roi-forecast", "03_roi_forecast", "03_roi_forecast.ipynb"])
def test_a_step_is_found_by_its_name_and_by_its_notebook(name: str):
    assert find_step(name).name == "roi-forecast"
