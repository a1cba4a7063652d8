"""How long things may take, and what a step's kernel may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from demetra_runner.warm.limits import KernelLimits

if TYPE_CHECKING:
    from demetra.rules import LimitRules


@dataclass(frozen=True)
class Limits:
    """How long a cell and a whole step may take, in seconds, and the limits of its kernel's process."""

    cell_seconds: int = 300
    step_seconds: int = 900
    kernel: KernelLimits = field(default_factory=KernelLimits)

    @classmethod
    def from_rules(cls, rules: LimitRules) -> Self:
        """The limits that `demetra.toml` sets."""
        kernel = KernelLimits(rules.memory_mib * 2**20, rules.cpu_seconds, rules.open_files)
        return cls(rules.cell_seconds, rules.step_seconds, kernel)
