"""The house keeps its shape: who may import whom, who may read the environment, who may ask the clock."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "lib" / "demetra"
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
PURE = CONTRACTS["the pure middle never imports the edge"]
MODULES = {
    f"demetra.{path.stem}" for path in LIBRARY.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
} - {"demetra.__init__"}


def offenders(pattern: str, *paths: Path) -> list[str]:
    """The lines of these files and folders that match, as `file:line: text`."""
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]


def source_of(module: str) -> Path:
    path = ROOT / "lib" / module.replace(".", "/")
    return path if path.is_dir() else path.with_suffix(".py")


def test_import_contracts_hold():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [lint_imports, "--no-logo", "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_module_is_either_pure_or_edge():
    pure, edge = set(PURE["source_modules"]), set(PURE["forbidden_modules"])
    assert pure & edge == set()
    assert pure | edge == MODULES


@pytest.mark.parametrize(
    ("contract", "owner"),
    [
        ("SQL and the driver belong to the store", "demetra.store"),
        ("Matplotlib and Seaborn belong to charts", "demetra.charts"),
    ],
)
def test_what_has_an_owner_is_forbidden_to_all_others(contract, owner):
    assert set(CONTRACTS[contract]["source_modules"]) == MODULES - {owner} | {"demetra_runner"}


def test_only_settings_reads_the_environment():
    others = [source_of(module) for module in MODULES - {"demetra.settings"}]
    assert offenders(r"\bos\.(environ|getenv)\b|from os import .*\b(environ|getenv)\b", *others) == []


def test_the_pure_middle_asks_no_clock():
    pattern = r"\b(datetime|date|Timestamp)\.(now|today|utcnow)\(|\btime\.(time|monotonic|perf_counter)\(|^from time "
    assert offenders(pattern, *map(source_of, PURE["source_modules"])) == []


def test_nobody_edits_the_import_path():
    assert offenders(r"\bsys\.path\.(append|insert|extend)|\bsys\.path\s*[+=]", ROOT / "lib", ROOT / "runner") == []
