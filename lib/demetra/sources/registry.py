"""The live sources, in the order in which they are asked. A platform's connector is added here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demetra.sources.simulator import Simulator

if TYPE_CHECKING:
    from demetra.rules import Rules
    from demetra.sources.base import Source


def list_sources(rules: Rules) -> tuple[Source, ...]:
    """Every live source, set up by the business rules."""
    return (Simulator(seed=rules.demo.seed, history_days=rules.demo.history_days),)
