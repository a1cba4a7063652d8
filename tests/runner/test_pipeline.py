from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from demetra.rules import BudgetRules, Rules
from demetra.settings import Settings
from demetra_runner.fingerprint import notebook_version
from demetra_runner.pipeline import BY_NAME, STEPS
from demetra_runner.planning import Task, plan_tasks

ALL = [step.name for step in STEPS]


@pytest.fixture
def checkout(tmp_path: Path) -> Settings:
    """Settings whose checkout is a copy that a test may change."""
    shutil.copytree(Settings().notebooks, tmp_path / "notebooks")
    return Settings(home=tmp_path, checkout=tmp_path)


def plan(settings: Settings, known: dict[str, str], *, rules: Rules = Rules(), **changes: object) -> list[Task]:  # noqa: B008
    facts = {"chosen": ALL, "as_of": None, "data_version": 1, **changes}
    return plan_tasks(settings, rules, known=known, **facts)


def needed(tasks: list[Task]) -> set[str]:
    return {task.step.name for task in tasks if task.needed}


@pytest.fixture
def known(checkout: Settings) -> dict[str, str]:
    return {task.step.name: task.fingerprint for task in plan(checkout, {})}


def test_everything_is_needed_at_first_and_nothing_when_nothing_changed(checkout: Settings, known: dict[str, str]):
    assert needed(plan(checkout, {})) == set(ALL)
    assert needed(plan(checkout, known)) == set()


def test_new_rows_another_day_and_force_need_everything(checkout: Settings, known: dict[str, str]):
    assert needed(plan(checkout, known, data_version=2)) == set(ALL)
    assert needed(plan(checkout, known, as_of=date(2026, 1, 1))) == set(ALL)
    assert needed(plan(checkout, known, force=True)) == set(ALL)


def test_a_changed_notebook_needs_what_rests_on_it(checkout: Settings, known: dict[str, str]):
    notebook = checkout.notebooks / BY_NAME["roi-forecast"].notebook
    notebook.write_text(notebook.read_text().replace("outlook", "forecast_table"))
    assert needed(plan(checkout, known)) == {"roi-forecast", "budget-recommendation", "recommendations"}


def test_outputs_in_a_notebook_change_nothing(checkout: Settings):
    notebook = checkout.notebooks / BY_NAME["alerts"].notebook
    before = notebook_version(notebook)
    notebook.write_text(notebook.read_text().replace('"execution_count": null', '"execution_count": 7'))
    assert notebook_version(notebook) == before


def test_a_changed_rule_needs_the_steps_that_are_given_it(checkout: Settings, known: dict[str, str]):
    rules = Rules(budget=BudgetRules(bound=0.1))
    assert needed(plan(checkout, known, rules=rules)) == {"budget-recommendation", "recommendations"}


def test_another_model_needs_the_recommendations_alone(checkout: Settings, known: dict[str, str]):
    other = Settings(home=checkout.home, checkout=checkout.checkout, llm_model="another/model")
    assert needed(plan(other, known)) == {"recommendations"}


def test_a_step_alone_has_the_same_fingerprint_as_in_a_whole_run(checkout: Settings, known: dict[str, str]):
    [task] = plan(checkout, {}, chosen=["budget-recommendation"])
    assert task.fingerprint == known["budget-recommendation"]
