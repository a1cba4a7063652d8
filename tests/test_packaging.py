"""The places that name versions, variables and dependencies agree with each other."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from demetra.settings import Settings
from demetra_runner.cli.processes import up

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt")

CONDA_NAMES = {
    "huggingface-hub": "huggingface_hub",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "jupyter-server": "jupyter_server",
    "matplotlib": "matplotlib-base",  # without Qt
    "psycopg2-binary": "psycopg2",
    "xgboost": "py-xgboost",
    "xgboost-cpu": "py-xgboost",  # its build `cpu*`
}
"""Distributions that conda-forge knows by another name."""


def read(name: str) -> str:
    return (ROOT / name).read_text()


def distribution(requirement: str) -> str:
    """The distribution that a requirement names, normalised."""
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", read(name), re.MULTILINE))


def conda_pins() -> dict[str, str]:
    """The versions of environment.yml by name; build strings are left out."""
    entries = yaml.safe_load(read("environment.yml"))["dependencies"]
    conda = [entry for entry in entries if isinstance(entry, str)]
    pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    return dict(re.split("=+", entry)[:2] for entry in (*conda, *pip) if "=" in entry)


def declared(*extras: str) -> set[str]:
    groups = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {distribution(requirement) for group in groups for requirement in group}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_pin_has_a_hash(name):
    blocks = re.split(r"\n(?=\S)", read(name).strip())
    assert blocks
    assert [block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(
    ("name", "extras"), [("requirements.txt", ["build"]), ("requirements-dev.txt", ["build", "dev"])]
)
def test_every_dependency_is_pinned(name, extras):
    assert declared(*extras) - pins(name).keys() == set()


def test_development_uses_the_versions_that_users_get():
    assert pins("requirements.txt").items() - pins("requirements-dev.txt").items() == set()


def test_conda_users_get_the_pinned_versions():
    pinned = pins("requirements.txt")
    expected = {CONDA_NAMES.get(name, name): pinned[name] for name in declared("build")}
    found = conda_pins()
    del found["python"]
    assert found == expected


def test_image_and_conda_have_the_same_python():
    [image] = re.findall(r"^FROM python:(\d+\.\d+\.\d+)-", read("Dockerfile"), re.MULTILINE)
    assert image == conda_pins()["python"]


def test_image_installs_the_pins_with_hashes_and_runs_as_a_user():
    dockerfile = read("Dockerfile")
    [install] = re.findall(r"^RUN (pip install .* -r .*)$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in install
    assert install.endswith("-r requirements.txt")
    assert re.search(r"^USER (?!root)\w+$", dockerfile, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", dockerfile, re.MULTILINE)


def test_image_gets_every_file_that_it_copies():
    kept = [line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")]
    copies = re.findall(r"^COPY (.+) \S+$", read("Dockerfile"), re.MULTILINE)
    assert copies
    assert {source for copy in copies for source in copy.split()} - set(kept) == set()


class Asked(dict):
    """An empty environment that remembers which variables it was asked for."""

    def __init__(self):
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return default


def variables_of_settings() -> set[str]:
    environment = Asked()
    Settings.from_environment(environment)
    return environment.names


def variables_of_compose() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", read("compose.yaml")))


def test_example_environment_names_what_settings_and_compose_read():
    named = re.findall(r"^(\w+)=", read(".env.example"), re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) == variables_of_settings() | variables_of_compose()


def test_example_environment_sets_nothing():
    assert re.findall(r"^\w+=.+$", read(".env.example"), re.MULTILINE) == []


def test_compose_hands_every_setting_to_the_app():
    compose = yaml.safe_load(read("compose.yaml"))
    given = compose["services"]["app"]["environment"].keys()
    assert given == variables_of_settings() - {"DEMETRA_HOME"}, "the image sets DEMETRA_HOME"


def test_compose_publishes_to_this_machine_only():
    services = yaml.safe_load(read("compose.yaml"))["services"].values()
    ports = [port for service in services for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_image_and_compose_open_the_ports_that_the_servers_listen_on():
    options = inspect.signature(up).parameters
    ports = {str(options[name].default) for name in ("port", "api_port")}
    [exposed] = re.findall(r"^EXPOSE (.+)$", read("Dockerfile"), re.MULTILINE)
    published = yaml.safe_load(read("compose.yaml"))["services"]["app"]["ports"]
    assert set(exposed.split()) == ports
    assert {port.rpartition(":")[2] for port in published} == ports
    assert f"'127.0.0.1', {options['api_port'].default}, " in read("Dockerfile")


@pytest.mark.parametrize(
    "name", [*REQUIREMENTS, "environment.yml", "Dockerfile", "Makefile", ".ci/run", "pyproject.toml"]
)
def test_no_file_names_a_package_index(name):
    assert (
        re.findall(r"--(?:extra-)?index-url|find-links|https?://\S+|tool\.uv\.(?:index|sources|pip)", read(name)) == []
    )


def imported(*folders: str) -> dict[str, Path]:
    """Every top-level module that the code of these folders imports, with a file that does."""
    modules = {}
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            else:
                continue
            modules |= {name.partition(".")[0]: path for name in names}
    return modules


def undeclared(folders: list[str], extras: list[str]) -> dict[str, str]:
    """Third-party modules that are imported without their distribution being declared."""
    ours = {
        path.stem for folder in ("lib", "runner", "tests", "benchmarks", "tools") for path in (ROOT / folder).rglob("*")
    }
    homes = packages_distributions()
    return {
        module: str(path.relative_to(ROOT))
        for module, path in imported(*folders).items()
        if module not in sys.stdlib_module_names | ours
        and not {distribution(home) for home in homes.get(module, [])} & declared(*extras)
    }


def test_what_the_product_imports_is_declared():
    assert undeclared(["lib", "runner"], []) == {}


def test_what_tests_and_scripts_import_is_declared():
    assert undeclared(["tests", "benchmarks", "tools"], ["build", "dev"]) == {}


def test_changelog_tells_of_this_version():
    assert re.search(rf"^## \[{re.escape(PROJECT['version'])}\]", read("CHANGELOG.md"), re.MULTILINE)
