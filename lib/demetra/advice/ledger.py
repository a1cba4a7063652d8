"""Facts in the making: numbered as they come, without those that are not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demetra.advice.facts import Fact
from demetra.advice.measures import MEASURES, OF_INCIDENTS, Topic
from demetra.formats import is_known

if TYPE_CHECKING:
    from collections.abc import Mapping


class Ledger:
    """Facts about channels, which `channels` gives their clean names."""

    def __init__(self, channels: Mapping[str, str]) -> None:
        self.channels = channels
        self.facts: list[Fact] = []

    def add(
        self,
        measure: str,
        value: Any,
        channel: str | None = None,
        *,
        topic: Topic | None = None,
        campaign: str | None = None,
    ) -> None:
        """Add a fact about a channel as the data name it, or about the account."""
        if not is_known(value):
            return
        kind = MEASURES[measure]
        name = None if channel is None else self.channels[channel]
        number = f"f{len(self.facts) + 1}"
        self.facts.append(Fact(number, name, campaign, topic or kind.topic, measure, float(value), kind.unit))

    def find(self, measure: str, channel: str) -> float | None:
        """The value of a measure of the channel (its clean name) itself, none of its incidents'."""
        for fact in self.facts:
            if (fact.measure, fact.channel) == (measure, channel) and fact.topic not in OF_INCIDENTS:
                return fact.value
        return None
