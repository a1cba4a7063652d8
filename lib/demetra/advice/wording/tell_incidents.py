"""What the rules tell of the open incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demetra.advice.measures import MEASURES
from demetra.names import quote
from demetra.words.prose import write_day

if TYPE_CHECKING:
    from demetra.advice.facts import Incident
    from demetra.advice.wording.writer import Writer

MOST_TOLD: Final = 5
_SILENCES: Final = ("channel_silent", "data_gap", "missing_days")


def tell_incidents(writer: Writer) -> list[str]:
    """How many incidents are open, and the gravest of them."""
    incidents = writer.facts.incidents
    if not incidents:
        return [writer.say("none_open")]
    number = int(writer.facts.find("incidents") or 0)
    told = [one for one in incidents if not any(_covers(other, one) for other in incidents)]
    sentences = [sentence for one in told[:MOST_TOLD] if (sentence := tell_incident(writer, one))]
    phrase = "open_one" if number == 1 else "open" if len(sentences) < 2 else "open_ordered"
    return [writer.say(phrase, incidents=writer.count(number, "incidents")), *sentences]


def _covers(one: Incident, other: Incident) -> bool:
    """Whether one incident says all that the other would: many clicks and few buyers is a low conversion, too."""
    pairs = (("anomaly_high_ctr_low_conv", "low_conversion"), ("roi_drop", "channel_underperform"))
    return one.channel == other.channel and (one.kind, other.kind) in pairs


def tell_incident(writer: Writer, incident: Incident) -> str:
    """One incident in a sentence; nothing where facts know no such measure."""
    if incident.measure is None:
        return ""
    tellers = {"change": _tell_change, "silence": _tell_silence, "threshold": _tell_threshold}
    if incident.form in tellers:
        return tellers[incident.form](writer, incident)
    if incident.value is None or incident.threshold is None:
        return ""
    return writer.say(f"incident_{incident.form}", **_name_parts(writer, incident))


def _name_parts(writer: Writer, incident: Incident) -> dict[str, str]:
    """Channel, value, bounds and first day, as phrases take them; what is not known is left out."""
    unit = MEASURES[str(incident.measure)].unit
    values = {
        name: getattr(incident, name)
        for name in ("value", "threshold", "expected", "low", "high")
        if getattr(incident, name) is not None
    }
    figures = {name: writer.figure(value, unit) for name, value in values.items()}
    since = {"since": write_day(incident.since, writer.language)} if incident.since else {}
    label = writer.words.labels.get(str(incident.measure), "")
    side = writer.words.sides[incident.side]
    return {"name": writer.name(incident.channel), "label": label, "side": side, **figures, **since}


def _tell_change(writer: Writer, incident: Incident) -> str:
    parts = _name_parts(writer, incident)
    if "since" not in parts or "expected" not in parts:
        return ""
    if "value" not in parts:
        return writer.say("incident_no_conversions", **parts) if incident.measure == "cpa" else ""
    return writer.say("incident_change" if {"low", "high"} <= parts.keys() else "incident_change_open", **parts)


def _tell_silence(writer: Writer, incident: Incident) -> str:
    if incident.value is None or incident.since is None:
        return ""
    phrase = incident.kind if incident.kind in _SILENCES else "silence"
    days = writer.count(int(incident.value), "days")
    return writer.say(f"incident_{phrase}", **_name_parts(writer, incident), days=days)


def _tell_threshold(writer: Writer, incident: Incident) -> str:
    parts = _name_parts(writer, incident)
    if not {"value", "threshold"} <= parts.keys():
        return ""
    if incident.worst is not None and incident.campaigns == 1 and not incident.whole:
        campaign, value = incident.worst
        shown = writer.figure(value, MEASURES[str(incident.measure)].unit)
        return writer.say("incident_one", **parts, campaign=quote(campaign, writer.language), worst=shown)
    worst = ""
    if incident.worst is not None:
        campaign, value = incident.worst
        shown = writer.figure(value, MEASURES[str(incident.measure)].unit)
        if shown != parts["value"]:
            worst = writer.say("worst", campaign=quote(campaign, writer.language), value=shown)
    clicks = incident.kind == "anomaly_high_ctr_low_conv"
    return writer.say(
        "incident_clicks" if clicks else "incident_whole" if incident.whole else "incident_share",
        **parts,
        campaigns=writer.count(incident.campaigns, "campaigns"),
        worst=worst,
    )
