"""What the rules tell of the channels: how the account did, who stands where, strengths, weaknesses, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from demetra.advice.facts import Facts
from demetra.advice.measures import MEASURES
from demetra.advice.wording.writer import Writer
from demetra.words.prose import write_period

MOST_TOLD: Final = 5
MOST_TIES: Final = 3
_GOOD_HIGH: Final = ("ctr", "conversion_rate")
_GOOD_LOW: Final = ("cpc", "cpm", "cpa")


def tell_account(writer: Writer) -> str:
    """What the account spent and returned of late."""
    facts = writer.facts
    period = write_period(facts.first_day, facts.as_of, writer.language)
    if not facts.find("spend"):
        return writer.say("nothing_spent", period=period)
    channels = writer.count(int(facts.find("active_channels") or 0), "channels")
    if facts.find("roi") is None:
        return writer.say("spent_no_roi", period=period, spend=writer.known("spend"), channels=channels)
    return writer.say("spent", period=period, spend=writer.known("spend"), channels=channels, roi=writer.known("roi"))


def tell_idle(writer: Writer) -> list[str]:
    """The channels that the period has no spend of."""
    facts = writer.facts
    idle = [channel for channel in facts.channels if not facts.find("spend", channel)]
    return [writer.say("idle", names=writer.names(idle))] if idle and facts.find("spend") else []


def tell_standing(writer: Writer, *, short: bool) -> list[str]:
    """Who is ahead, who is behind, and who cannot be told apart."""
    facts, suffix = writer.facts, "_short" if short else ""
    if len(facts.channels) < 2:
        return [writer.say("one_channel")] if facts.channels and not short else []
    if not any(facts.find("roi_forecast", channel) is not None for channel in facts.channels):
        return [writer.say("no_forecast")]
    told: list[str] = []
    for phrase, highest in (("ahead", True), ("behind", False)):
        channel = find_extreme(facts, "roi", highest=highest)
        if channel is not None and (
            highest or len(facts.channels) > 2 or find_extreme(facts, "roi", highest=True) is None
        ):
            told.append(writer.say(phrase + suffix, **forecast_parts(writer, channel)))
    told = told or _tell_lead(writer, suffix)
    return [*told, *(_tell_tie(writer, group, short=short) for group in facts.ties[: 1 if short else MOST_TIES])]


def _tell_lead(writer: Writer, suffix: str) -> list[str]:
    """Where nobody is ahead of everybody: the highest forecast, and whom it is ahead of."""
    facts = writer.facts
    forecasts = {name: value for name in facts.channels if (value := facts.find("roi_forecast", name)) is not None}
    highest = max(forecasts, key=forecasts.__getitem__)
    lower = [name for name in facts.channels if facts.is_higher("roi", highest, name)]
    parts = forecast_parts(writer, highest)
    return [writer.say("above" + suffix, **parts, lower=writer.names(lower))] if lower else []


def _tell_tie(writer: Writer, group: Sequence[str], *, short: bool) -> str:
    names = writer.names(group)
    if short:
        return writer.say("tied_short", names=names)
    values = [value for name in group if (value := writer.facts.find("roi_forecast", name)) is not None]
    low, high = (writer.figure(value, "ratio") for value in (min(values), max(values)))
    return writer.say("tied_close" if low == high else "tied", names=names, low=low, high=high, level=writer.level)


def forecast_parts(writer: Writer, channel: str) -> dict[str, str]:
    """A channel's ROI forecast with its interval, as phrases take them."""
    return {
        "name": writer.name(channel),
        "roi": writer.known("roi_forecast", channel),
        "low": writer.known("roi_lo80", channel),
        "high": writer.known("roi_hi80", channel),
        "days": writer.horizon,
        "level": writer.level,
    }


def find_extreme(facts: Facts, measure: str, *, highest: bool) -> str | None:
    """The channel that the data tell apart from every other one on the measure, at its high or low end."""
    for channel in facts.channels:
        others = [other for other in facts.channels if other != channel]
        pairs = [(channel, other) if highest else (other, channel) for other in others]
        if others and all(facts.is_higher(measure, *pair) for pair in pairs):
            return channel
    return None


def tell_extremes(writer: Writer, *, strengths: bool) -> list[str]:
    """The channels clearly ahead of all others on a recent ratio, or clearly behind."""
    if len(writer.facts.channels) < 2:
        return []
    found: dict[str, list[str]] = {}
    for measure in (*_GOOD_HIGH, *_GOOD_LOW):
        highest = (measure in _GOOD_HIGH) == strengths
        channel = find_extreme(writer.facts, measure, highest=highest)
        if channel is not None:
            label = getattr(MEASURES[measure], writer.language)
            shown = writer.say("highest" if highest else "lowest", measure=label, value=writer.known(measure, channel))
            found.setdefault(channel, []).append(shown)
    told = [
        writer.say("extremes", name=writer.name(channel), list=writer.join(listed)) for channel, listed in found.items()
    ]
    return told or [writer.say("no_strength" if strengths else "no_weakness")]
