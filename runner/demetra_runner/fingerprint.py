"""What a step's result depends on, as one hash: data, code, parameters, and the results that it reads."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def digest(facts: Mapping[str, Any]) -> str:
    """A stable hash of JSON-able facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def code_version(*roots: Path, packages: Path) -> str:
    """A hash of every Python file and template below the roots, of the pinned packages, and of the Python version."""
    hasher = hashlib.sha256(sys.version.encode())
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in (".py", ".j2") and path.is_file():
                hasher.update(str(path.relative_to(root)).encode())
                hasher.update(path.read_bytes())
    if packages.exists():
        hasher.update(packages.read_bytes())
    return hasher.hexdigest()


def notebook_version(path: Path) -> str:
    """A hash of a notebook's sources; outputs, counters and metadata do not count."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return digest({"cells": [[cell["cell_type"], cell["source"]] for cell in content["cells"]]})
