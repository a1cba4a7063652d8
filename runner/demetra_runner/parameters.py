"""A notebook's parameters: declared once, in its tagged cell, typed, and checked before a kernel starts.

Papermill only warns of an unknown parameter and never looks at types: a misspelt threshold would silently do nothing.
"""

from __future__ import annotations

import ast
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from demetra.errors import ParameterError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

_TYPES: Final[dict[str, Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "None": None,
}
_REQUIRED: Final = object()


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; `default` is `_REQUIRED` where the cell gives none."""

    name: str
    annotation: str
    type: Any
    default: Any

    @property
    def required(self) -> bool:
        """Whether the runner must give a value."""
        return self.default is _REQUIRED


def declared_parameters(notebook: NotebookNode, where: Path | str) -> dict[str, Parameter]:
    """Read the parameters that a notebook declares in its cell tagged `parameters`.

    Each is an annotated assignment of a JSON scalar or list: `horizon_days: int = 14`.

    Raises:
        ParameterError: there is not exactly one such cell, or a line of it is something else.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    what = f"The notebook {where} declares its parameters wrongly"
    if len(cells) != 1:
        problem = Problem("cells tagged `parameters`", str(len(cells)), "exactly one")
        raise ParameterError(what, [problem])
    found: dict[str, Parameter] = {}
    problems: list[Problem] = []
    for statement in ast.parse(cells[0].source).body:
        line = ast.unparse(statement)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            problems.append(Problem(f"line {statement.lineno}", repr(line), "`name: type = default`"))
            continue
        name, annotation = statement.target.id, ast.unparse(statement.annotation)
        try:
            kind = _resolve(statement.annotation)
            default = _REQUIRED if statement.value is None else ast.literal_eval(statement.value)
        except ValueError:
            expected = "str, int, float, bool, list[...] or `... | None`, and a literal default"
            problems.append(Problem(f"line {statement.lineno}", repr(line), expected))
            continue
        found[name] = Parameter(name, annotation, kind, default)
        if default is not _REQUIRED and not _fits(default, kind):
            problems.append(Problem(name, f"the default {default!r}", annotation))
    if problems:
        raise ParameterError(what, problems)
    return found


def check_parameters(declared: Mapping[str, Parameter], given: Mapping[str, Any], where: Path | str) -> dict[str, Any]:
    """Check the values for a notebook against its declaration; returns them.

    Raises:
        ParameterError: naming every unknown, missing or ill-typed parameter.
    """
    problems = [
        Problem(name, "a value for it", "one of " + ", ".join(declared), "The notebook does not declare it.")
        for name in given
        if name not in declared
    ]
    for name, parameter in declared.items():
        if name not in given:
            if parameter.required:
                problems.append(Problem(name, "no value", parameter.annotation))
        elif not _fits(given[name], parameter.type):
            problems.append(Problem(name, f"{given[name]!r} ({type(given[name]).__name__})", parameter.annotation))
    if problems:
        raise ParameterError(f"The parameters for {where} cannot be used; no kernel was started", problems)
    return dict(given)


def _resolve(node: ast.expr) -> Any:
    """The type that an annotation names; only names of `_TYPES`, `list[...]` and unions of them."""
    match node:
        case ast.Name(id=name) if name in _TYPES:
            return _TYPES[name]
        case ast.Constant(value=None):
            return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return typing.Union[_resolve(left), _resolve(right)]  # noqa: UP007 - built at run time
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return list[_resolve(inner)]  # type: ignore[misc]
    raise ValueError(ast.unparse(node))


def _fits(value: Any, kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, option) for option in typing.get_args(kind))
    if kind is None or kind is type(None):
        return value is None
    if origin is list:
        return isinstance(value, list) and all(_fits(item, typing.get_args(kind)[0]) for item in value)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)
