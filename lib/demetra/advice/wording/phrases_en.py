"""What the rules say, in English: one template per statement, filled in by `writer`."""

from __future__ import annotations

from typing import Final

from demetra.advice.wording.phrases import Phrases

_SENTENCES: Final = {
    "demo": "Demo data: these figures come from a simulated market, not from a real account.",
    "spent": "Over {period} the account spent {spend} on {channels} and had an ROI of {roi}.",
    "spent_no_roi": "Over {period} the account spent {spend} on {channels}; its ROI is not known.",
    "nothing_spent": "No spend is recorded over {period}.",
    "one_channel": "There is one channel only, so there is nothing to compare it with.",
    "no_forecast": "There is no ROI forecast to compare the channels by.",
    "ahead": "{name} is ahead of every other channel: its ROI is forecast at {roi} for the next {days} "
    "({level} interval {low} to {high}), and no other interval reaches it.",
    "behind": "{name} is behind every other channel: its ROI is forecast at {roi} for the next {days} "
    "({level} interval {low} to {high}), and no other interval reaches down to it.",
    "above": "{name}, whose ROI is forecast at {roi} for the next {days} ({level} interval {low} to {high}), is ahead "
    "of {lower}.",
    "above_short": "{name}, with a forecast ROI of {roi} ({level} interval {low} to {high}), is ahead of {lower}.",
    "tied": "The data cannot tell {names} apart: their ROI forecasts run from {low} to {high}, and their {level} "
    "intervals overlap.",
    "tied_close": "The data cannot tell {names} apart: their ROI forecasts are all near {low}, and their {level} "
    "intervals overlap.",
    "ahead_short": "{name} is ahead of every other channel, with a forecast ROI of {roi} ({level} interval {low} to "
    "{high}).",
    "behind_short": "{name} is behind every other channel, with a forecast ROI of {roi} ({level} interval {low} to "
    "{high}).",
    "tied_short": "The data cannot tell {names} apart.",
    "idle": "No spend is recorded for {names} in this time.",
    "extremes": "{name} has the {list}.",
    "highest": "highest {measure} ({value})",
    "lowest": "lowest {measure} ({value})",
    "no_strength": "On CTR, conversion, CPC, CPM and CPA no channel is clearly ahead of all the others.",
    "no_weakness": "On CTR, conversion, CPC, CPM and CPA no channel is clearly behind all the others.",
    "open": "{incidents} are open.",
    "open_ordered": "{incidents} are open; the gravest come first.",
    "open_one": "{incidents} is open.",
    "none_open": "No incident is open.",
    "incident_whole": "{name}: {label} was {value}, {side} {threshold}, with {campaigns} in breach{worst}.",
    "incident_share": "{name}: {campaigns}, with a fair share of its spend, had {label} {side} {threshold}; the "
    "channel as a whole had {value}{worst}.",
    "incident_one": "{name}: {label} of the channel as a whole was {value}, but its large campaign {campaign} had "
    "{worst}, {side} {threshold}.",
    "incident_clicks": "{name}: many clicks and few buyers; {campaigns}, with a fair share of its spend, had {label} "
    "{side} {threshold} at a high click-through rate; {label} of the channel as a whole was {value}{worst}.",
    "incident_plan": "{name}: {value} of the month's plan is spent, {side} {threshold}.",
    "incident_account": "{name}: ROI was {value}, {side} {threshold}, the floor drawn from the account's ROI.",
    "incident_pace": "{name}: at the recent pace, {value} of the month's plan will be spent at the month's end.",
    "incident_change": "{name}: since {since} {label} has left its expected range of {low} to {high}: it was {value}.",
    "incident_change_open": "{name}: since {since} {label} has left its expected range: it was {value}, where "
    "{expected} was expected.",
    "incident_no_conversions": "{name}: since {since} no conversion is recorded; a {label} of {expected} was expected.",
    "incident_channel_silent": "{name} has gone silent: next to no impressions for {days}, since {since}.",
    "incident_data_gap": "{name} has no data for {days}, since {since}, though other channels have theirs.",
    "incident_missing_days": "{name} lacks data for {days} between days that have them; the first is {since}.",
    "incident_silence": "{name} has no data or impressions for {days}, since {since}.",
    "worst": "; the costliest, campaign {campaign}, had {value}",
    "forecasts": "Forecast ROI for the next {days}, with the {level} interval in brackets: {list}.",
    "rising": "{name}'s ROI is expected to rise from the {recent} of the last {days}.",
    "falling": "{name}'s ROI is expected to fall from the {recent} of the last {days}.",
    "steady": "For no channel does the forecast leave what the last {days} showed.",
    "chances": "How far to trust this: ROI lands within {tolerance} of its forecast with a chance of {list}.",
    "chance": "{value} for {name}",
    "chances_alike": "How far to trust this: for every channel, ROI lands within {tolerance} of its forecast with a "
    "chance of {span}.",
    "drivers": "What best predicts a campaign's ROI on rows held back, strongest first: {list}.",
    "no_drivers": "No feature of a campaign predicts its ROI better than chance on rows held back.",
    "drivers_unknown": "Drivers of ROI were not computed in this run.",
    "raise": "Raise {name} from {current} to {advised} ({change}) for the next {days}; the evidence is {evidence}.",
    "cut": "Cut {name} from {current} to {advised} ({change}) for the next {days}; the evidence is {evidence}.",
    "keep": "Leave the budget of {names} unchanged.",
    "raise_short": "Next step: raise {name} from {current} to {advised} for the next {days}.",
    "cut_short": "Next step: cut {name} from {current} to {advised} for the next {days}.",
    "total": "The total stays at {total}.",
    "total_changes": "The total goes from {current} to {advised}.",
    "plan": "The whole plan is expected to change the return by {uplift} ({level} interval {low} to {high}).",
    "plan_uncertain": "The interval includes no gain at all, so treat the plan as a test.",
    "hold": "Keep all budgets as they are: no other split is likely enough to return more.",
    "learn": "To learn more, vary one channel's spend on purpose and compare the weeks before and after.",
    "more_moves": "The budget table has the other changes.",
    "one_budget": "Keep the budget as it is: there is no other channel to move it to.",
    "no_budget": "There is no budget advice in this run.",
    "dear_clicks": "CPC is highest on {name}, at {value}: review its bids, and leave out the dearest keywords and "
    "placements.",
    "few_clicks": "CTR is lowest on {name}, at {value}: renew its creatives and check whom they are shown to.",
    "dear_views": "CPM is highest on {name}, at {value}: try a wider audience or another one.",
    "no_tuning": "CPC, CTR and CPM do not differ clearly between the channels; improve them campaign by campaign.",
    "one_tuning": "Compare CPC, CTR and CPM campaign by campaign, and improve where they lag most.",
    "one_conversion": "Compare landing pages and offers campaign by campaign.",
    "few_conversions": "Conversion rate is lowest on {name}, at {value}: compare its landing pages and offers.",
    "check_conversion": "On {names}, check the landing pages and offers of the campaigns in breach, and that their "
    "conversions are still recorded.",
    "no_conversion": "No channel stands out on conversion; compare landing pages within each channel.",
    "rework": "Start with {name}: rework its weakest campaigns{first}, and let its budget follow the advice above.",
    "first": ", {campaign} first",
    "rework_channel": "Start with {name}: find out why its ROI is low, and let its budget follow the advice above.",
    "watch": "No ROI incident is open; watch whether ROI stays inside its forecast intervals.",
}

_LABELS: Final = {
    "roi": "ROI",
    "cpa": "cost per conversion",
    "conversion_rate": "conversion",
    "ctr": "click-through rate",
    "engagement_score": "mean engagement score",
    "cpc": "cost per click",
    "cpm": "cost per thousand impressions",
    "daily_spend": "spend per day",
    "daily_reach": "reach per day",
}
_EVIDENCE: Final = {"strong": "strong", "moderate": "moderate", "weak": "weak", "none": "missing"}
_SIDES: Final = {"below": "below", "above": "above"}
_SPAN: Final = "{low} to {high}"
_DRIVERS: Final[dict[str, str]] = {
    "goal": "campaign goal",
    "weekday": "day of the week",
    "log clicks": "number of clicks",
    "log impressions": "number of impressions",
}
_LEVEL: Final = "80%"
_NOUNS: Final = {
    "days": ("day", "days", "days"),
    "channels": ("channel", "channels", "channels"),
    "incidents": ("incident", "incidents", "incidents"),
    "campaigns": ("campaign", "campaigns", "campaigns"),
}

ENGLISH: Final = Phrases(
    sentences=_SENTENCES,
    labels=_LABELS,
    evidence=_EVIDENCE,
    sides=_SIDES,
    drivers=_DRIVERS,
    nouns=_NOUNS,
    span=_SPAN,
    level=_LEVEL,
)
