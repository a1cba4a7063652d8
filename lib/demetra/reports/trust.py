"""How far to believe the figures: what became of published forecasts, and how the campaign model did on later rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from demetra.formats import format_count, format_number, format_percent, format_short_day, is_known, join_words
from demetra.reports.grids import Cell, Grid
from demetra.schema import ALL_CHANNELS, TRACK_RECORD, require_columns
from demetra.track_record import NOTHING_DUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from demetra.reports.published import Published

_METRICS: Final = {"roi": "ROI", "conversion_rate": "Conversion rate", "reach": "Reach", "ctr": "CTR"}
_CANDIDATES: Final = {"xgboost": "XGBoost", "channel mean": "the channel's mean", "account mean": "the account's mean"}
_HEADS: Final = ("Metric", "Days judged", "Error against the best naive", "Inside 80%", "Inside 95%")


@dataclass(frozen=True)
class Trust:
    """What became of forecasts, how the campaign model did, and what would tell more of the channels' response.

    `grid` is None before a forecast has come due; the texts are sentences, none where there is nothing to tell.
    """

    reading: str
    grid: Grid | None
    model: tuple[str, ...]
    outlook: tuple[str, ...]


def lay_out_trust(published: Published) -> Trust:
    """Lay out the track record, the model's card and the outlook of the budget advice."""
    record, card = published.track_record, published.model_card
    model = _describe_model(card) if card else ()
    outlook = tuple(published.budget_outlook["sentence"].astype(str)) if len(published.budget_outlook) else ()
    if record.empty:
        return Trust(NOTHING_DUE, None, model, outlook)
    require_columns(record, TRACK_RECORD, "track record")
    whole = record.loc[record["channel"] == ALL_CHANNELS]
    rows = [
        [
            Cell(_METRICS[row["metric"]]),
            Cell(format_count(row["days"])),
            Cell(format_number(row["ratio_to_best_naive"])),
            Cell(format_percent(row["inside_80"], 0)),
            Cell(format_percent(row["inside_95"], 0)),
        ]
        for row in whole.to_dict("records")
    ]
    return Trust(_read_record(whole), Grid(_HEADS, rows), model, outlook)


def _read_record(whole: pd.DataFrame) -> str:
    first, last = format_short_day(whole["first_day"].min()), format_short_day(whole["last_day"].max())
    held = (whole["inside_80"] * whole["days"]).sum() / whole["days"].sum()
    return (
        f"What was forecast for {first} to {last} has come due: {format_percent(held, 0)} of the days came inside the "
        "80% interval. An error below 1 is less than that of the best naive forecast (the last value, the last "
        "weekday's, the mean of 28 days), which is known only in hindsight."
    )


def _describe_model(card: Mapping[str, Any]) -> tuple[str, ...]:
    """The campaign model in sentences: what serves and why, what it was trained on, how it did, what drives it."""
    data, said = card.get("data", {}), list(card.get("notes", []))
    if "from" in data:
        said.append(f"Trained on {format_count(data['rows'])} campaigns of {data['from']} to {data['to']}.")
    metrics = card.get("metrics", {})
    shares = [
        f"{told} {format_percent(metrics[method]['r2'], 0)}"
        for method, told in _CANDIDATES.items()
        if method in metrics and is_known(metrics[method]["r2"])
    ]
    if shares:
        said.append(f"Share of the differences in ROI that they explained on later rows: {join_words(shares)}.")
    drivers = [driver["feature"] for driver in card["drivers"]]
    said.append(f"What drives it: {', '.join(drivers)}." if drivers else "No attribute tells more than chance.")
    return tuple(said)
