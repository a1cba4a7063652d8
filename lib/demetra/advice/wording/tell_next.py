"""What the rules tell of the future and of what to do: forecasts, drivers, budget, clicks, conversion, ROI."""

from __future__ import annotations

from typing import Final

from demetra.advice.facts import Facts
from demetra.advice.wording.tell_channels import MOST_TOLD, find_extreme, forecast_parts
from demetra.advice.wording.writer import Writer
from demetra.names import quote

MOST_LISTED: Final = 3


def tell_forecasts(writer: Writer) -> list[str]:
    """The ROI forecasts, whether they leave what was seen of late, and how sure they are."""
    facts = writer.facts
    known = [channel for channel in facts.channels if facts.find("roi_forecast", channel) is not None]
    if not known:
        return [writer.say("no_forecast")]
    listed = []
    for channel in known:
        parts = forecast_parts(writer, channel)
        interval = f" ({writer.words.span.format(**parts)})" if facts.find("roi_lo80", channel) is not None else ""
        listed.append(f"{parts['name']} {parts['roi']}{interval}")
    told = [writer.say("forecasts", days=writer.horizon, level=writer.level, list=", ".join(listed))]
    days = writer.count(facts.days, "days")
    for phrase, trend in (("rising", 1), ("falling", -1)):
        told += [
            writer.say(phrase, name=writer.name(channel), recent=writer.known("roi", channel), days=days)
            for channel in known
            if facts.trends.get(channel) == trend
        ]
    if facts.trends and not any(facts.trends.values()):
        told.append(writer.say("steady", days=days))
    return [*told, *_tell_chances(writer, known)]


def _tell_chances(writer: Writer, channels: list[str]) -> list[str]:
    """How likely the forecasts are to hold; the range of chances where there are many channels."""
    facts, tolerance = writer.facts, writer.figure(10, "percent")
    # Whole percents are exact enough for a chance, unless it is small.
    known = {name: chance for name in channels if (chance := facts.find("confidence", name)) is not None}
    sure = {name: round(chance, 2) if chance >= 0.1 else chance for name, chance in known.items()}
    if len(sure) > MOST_LISTED and len(sure) == len(facts.channels):
        low, high = (writer.figure(chance, "share") for chance in (min(sure.values()), max(sure.values())))
        span = low if low == high else writer.words.span.format(low=low, high=high)
        return [writer.say("chances_alike", tolerance=tolerance, span=span)]
    listed = [writer.say("chance", value=writer.figure(sure[name], "share"), name=writer.name(name)) for name in sure]
    return [writer.say("chances", tolerance=tolerance, list=writer.join(listed))] if listed else []


def tell_drivers(writer: Writer) -> str:
    """What predicts a campaign's ROI."""
    drivers = writer.facts.drivers
    if drivers is None:
        return writer.say("drivers_unknown")
    if not drivers:
        return writer.say("no_drivers")
    return writer.say(
        "drivers", list=", ".join(writer.words.drivers.get(name, name.replace("_", " ")) for name in drivers)
    )


def tell_budget(writer: Writer) -> list[str]:
    """Which budgets to change, and what the whole plan is expected to bring."""
    facts = writer.facts
    if not facts.moves:
        return [writer.say("no_budget")]
    moved = moves_by_size(facts)
    if not moved:
        alone = len(facts.channels) == 1
        return [writer.say("one_budget")] if alone else [writer.say("hold"), writer.say("learn")]
    told = [tell_move(writer, channel, short=False) for channel in moved[:MOST_TOLD]]
    if len(moved) > MOST_TOLD:
        told.append(writer.say("more_moves"))
    kept = [channel for channel, move in facts.moves.items() if move == 0]
    if kept:
        told.append(writer.say("keep", names=writer.names(kept)))
    current, advised = writer.known("current_budget"), writer.known("recommended_budget")
    same = current == advised
    told.append(
        writer.say("total", total=current) if same else writer.say("total_changes", current=current, advised=advised)
    )
    return [*told, *tell_plan(writer)]


def moves_by_size(facts: Facts) -> list[str]:
    """Channels whose budget changes, the most money first."""

    def money(channel: str) -> float:
        return abs((facts.find("recommended_budget", channel) or 0.0) - (facts.find("current_budget", channel) or 0.0))

    return sorted((channel for channel, move in facts.moves.items() if move), key=money, reverse=True)


def tell_move(writer: Writer, channel: str, *, short: bool) -> str:
    """The change of one channel's budget."""
    phrase = ("raise" if writer.facts.moves[channel] > 0 else "cut") + ("_short" if short else "")
    return writer.say(
        phrase,
        name=writer.name(channel),
        current=writer.known("current_budget", channel),
        advised=writer.known("recommended_budget", channel),
        change=writer.known("budget_change", channel, signed=True),
        days=writer.budget_days,
        evidence=writer.words.evidence.get(writer.facts.evidence.get(channel, "none"), ""),
    )


def tell_plan(writer: Writer) -> list[str]:
    """The expected effect of the whole plan, and whether it may be none."""
    facts = writer.facts
    low, high = facts.find("uplift_lo80"), facts.find("uplift_hi80")
    if facts.find("uplift") is None or low is None or high is None:
        return []
    shown = {
        name: writer.known(measure, signed=True)
        for name, measure in (("uplift", "uplift"), ("low", "uplift_lo80"), ("high", "uplift_hi80"))
    }
    told = [writer.say("plan", **shown, level=writer.level)]
    return [*told, writer.say("plan_uncertain")] if low <= 0 else told


def tell_tuning(writer: Writer) -> list[str]:
    """Where clicks and views cost clearly the most, or clicks are clearly the rarest."""
    told = []
    for phrase, measure, highest in (
        ("dear_clicks", "cpc", True),
        ("few_clicks", "ctr", False),
        ("dear_views", "cpm", True),
    ):
        channel = find_extreme(writer.facts, measure, highest=highest)
        if channel is not None:
            told.append(writer.say(phrase, name=writer.name(channel), value=writer.known(measure, channel)))
    return told or [writer.say("no_tuning" if len(writer.facts.channels) > 1 else "one_tuning")]


def tell_conversion(writer: Writer) -> list[str]:
    """Where to look after conversion."""
    told = []
    channels = list(dict.fromkeys(one.channel for one in writer.facts.incidents if one.measure == "conversion_rate"))
    if channels:
        told.append(writer.say("check_conversion", names=writer.names(channels)))
    lowest = find_extreme(writer.facts, "conversion_rate", highest=False)
    if lowest is not None:
        value = writer.known("conversion_rate", lowest)
        told.append(writer.say("few_conversions", name=writer.name(lowest), value=value))
    return told or [writer.say("no_conversion" if len(writer.facts.channels) > 1 else "one_conversion")]


def tell_roi(writer: Writer) -> list[str]:
    """Where to begin with ROI."""
    drops = {one.channel: one for one in reversed(writer.facts.incidents) if one.measure == "roi"}
    if not drops:
        return [writer.say("watch")]
    told = []
    for channel in list(dict.fromkeys(one.channel for one in writer.facts.incidents if one.channel in drops))[:2]:
        worst = drops[channel].worst
        first = writer.say("first", campaign=quote(worst[0], writer.language)) if worst else ""
        told.append(writer.say("rework" if worst else "rework_channel", name=writer.name(channel), first=first))
    return told
