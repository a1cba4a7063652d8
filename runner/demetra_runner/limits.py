"""How long things may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How long a cell and a whole step may take, in seconds."""

    cell_seconds: int = 300
    step_seconds: int = 900
