from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from demetra.errors import ParameterError
from demetra_runner.parameters import check_parameters, declared_parameters


def notebook(source: str, *, cells: int = 1) -> nbformat.NotebookNode:
    tagged = [new_code_cell(source, metadata={"tags": ["parameters"]}) for _ in range(cells)]
    return new_notebook(cells=[new_code_cell("1 + 1"), *tagged])


def check(source: str, **given: Any) -> dict[str, Any]:
    return check_parameters(declared_parameters(notebook(source), "n.ipynb"), given, "n.ipynb")


def test_names_types_and_defaults_are_read_from_the_tagged_cell():
    declared = declared_parameters(notebook('days: int = 14  # ahead\nfixed: list[str] = ["A"]\nrun_id: str'), "n")
    assert {name: p.annotation for name, p in declared.items()} == {
        "days": "int",
        "fixed": "list[str]",
        "run_id": "str",
    }
    assert declared["fixed"].default == ["A"]
    assert [name for name, p in declared.items() if p.required] == ["run_id"]


@pytest.mark.parametrize("cells", [0, 2])
def test_there_is_exactly_one_parameters_cell(cells: int):
    with pytest.raises(ParameterError, match="exactly one"):
        declared_parameters(notebook("a: int = 1", cells=cells), "n")


def test_every_wrong_line_of_the_declaration_is_told():
    with pytest.raises(ParameterError) as caught:
        declared_parameters(notebook("a = 1\nb: dict = {}\nc: int = 'x'\nd: int = max(1, 2)"), "n")
    assert len(caught.value.problems) == 4


def test_unknown_missing_and_ill_typed_parameters_are_told_at_once():
    with pytest.raises(ParameterError) as caught:
        check("days: int = 14\nrun_id: str", dayz=3, days="3")
    assert {problem.where for problem in caught.value.problems} == {"dayz", "days", "run_id"}
    assert "no kernel was started" in str(caught.value)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        ("int", True),
        ("int", 1.0),
        ("int", None),
        ("float", "1"),
        ("float", True),
        ("str", 1),
        ("bool", 1),
        ("list[str]", ["a", 1]),
        ("list[str]", "abc"),
        ("float | None", "none"),
    ],
)
def test_values_of_another_type_are_refused(annotation: str, value: Any):
    with pytest.raises(ParameterError):
        check(f"a: {annotation}", a=value)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        ("int", 1),
        ("float", 1),
        ("float", 1.5),
        ("str", ""),
        ("bool", False),
        ("list[str]", []),
        ("list[float]", [1, 2.5]),
        ("float | None", None),
        ("None | float", 2.0),
    ],
)
def test_values_of_the_declared_type_are_accepted(annotation: str, value: Any):
    assert check(f"a: {annotation}", a=value) == {"a": value}


def test_declared_parameters_need_not_be_given():
    assert check("days: int = 14") == {}
