"""What a run has to do: each step with its parameters, and whether anything that it rests on has changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demetra_runner.fingerprint import code_version, digest, notebook_version
from demetra_runner.pipeline import STEPS, Step, read_values, rule_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from demetra.rules import Rules
    from demetra.settings import Settings


@dataclass(frozen=True)
class Task:
    """A step with everything that its result depends on; `needed` tells whether that has changed."""

    step: Step
    parameters: dict[str, Any]
    fingerprint: str
    needed: bool


def plan_tasks(
    settings: Settings,
    rules: Rules,
    *,
    chosen: Collection[str],
    as_of: date | None,
    data_version: int,
    known: Mapping[str, str],
    force: bool = False,
) -> list[Task]:
    """The chosen steps in order of dependence.

    Args:
        settings: where notebooks and code lie, and which model writes the recommendations.
        rules: the business rules, with the caller's changes applied.
        chosen: names of the steps to look at.
        as_of: the day that the caller asked for; None: the last complete day, which the data decide.
        data_version: see `store.history.data_version`.
        known: fingerprint of what each step shows now.
        force: whether to do everything again.
    """
    import demetra

    code = code_version(*map(Path, demetra.__path__), packages=settings.checkout / "requirements.txt")
    prints: dict[str, str] = {}
    tasks = []
    for step in STEPS:
        parameters = rule_values(step, rules)
        facts = {
            "code": code,
            "notebook": notebook_version(settings.notebooks / step.notebook),
            "parameters": parameters,
            "rules": read_values(step, rules),
            "as_of": as_of,
            "data": data_version,
            "upstream": [prints[need] for need in step.needs],
            "model": _model_facts(settings) if step.asks_model else None,
        }
        prints[step.name] = digest(facts)
        if step.name in chosen:
            needed = force or known.get(step.name) != prints[step.name]
            tasks.append(Task(step, parameters, prints[step.name], needed))
    return tasks


def _model_facts(settings: Settings) -> list[Any]:
    return [settings.llm_model, settings.llm_base_url, settings.hf_token is not None]
