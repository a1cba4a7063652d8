"""Recommendations written by rules from the facts, in English or Russian: finding, size, uncertainty, next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from demetra.advice.answer import Advised, ChannelComparison, MlPredictions, Recommendations
from demetra.advice.facts import Facts
from demetra.advice.wording.tell_channels import (
    find_extreme,
    tell_account,
    tell_extremes,
    tell_idle,
    tell_standing,
)
from demetra.advice.wording.tell_incidents import tell_incident, tell_incidents
from demetra.advice.wording.tell_next import (
    moves_by_size,
    tell_budget,
    tell_conversion,
    tell_drivers,
    tell_forecasts,
    tell_move,
    tell_plan,
    tell_roi,
    tell_tuning,
)
from demetra.advice.wording.writer import Writer

if TYPE_CHECKING:
    from demetra.words import Language


def write_by_rules(facts: Facts, *, language: Language) -> Recommendations:
    """Write the recommendations from the facts alone; every figure and claim in them passes `check.check_answer`.

    Raises:
        ParameterError: the language is neither "en" nor "ru".
    """
    writer = Writer(facts, language)
    return Recommendations(
        channel_comparison=ChannelComparison(
            top_channel=find_extreme(facts, "roi", highest=True),
            analysis=_join([tell_account(writer), *tell_idle(writer), *tell_standing(writer, short=False)]),
            strengths=_join(tell_extremes(writer, strengths=True)),
            weaknesses=_join(tell_extremes(writer, strengths=False)),
            anomalies=_join(tell_incidents(writer)),
        ),
        ml_predictions=MlPredictions(trend=_join(tell_forecasts(writer)), drivers=tell_drivers(writer)),
        recommendations=Advised(
            budget_allocation=_join(tell_budget(writer)),
            optimization=_join(tell_tuning(writer)),
            conversion=_join(tell_conversion(writer)),
            roi_growth=_join(tell_roi(writer)),
        ),
        summary=_join(_tell_summary(writer)),
    )


def _join(sentences: Sequence[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _tell_summary(writer: Writer) -> list[str]:
    facts = writer.facts
    told = [writer.say("demo")] if facts.demo else []
    told += [tell_account(writer), *tell_standing(writer, short=True)]
    moved = moves_by_size(facts)
    if moved:
        told += [tell_move(writer, moved[0], short=True), *tell_plan(writer)]
    elif facts.moves:
        told.append(writer.say("hold" if len(facts.channels) > 1 else "one_budget"))
    gravest = next((one for one in facts.incidents if one.severity == "critical"), None)
    return [*told, tell_incident(writer, gravest)] if gravest else told
