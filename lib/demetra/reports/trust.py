"""How far to believe the figures: what became of published forecasts, and how the campaign model did on later rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from demetra.formats import is_known
from demetra.reports.grids import Cell, Grid
from demetra.schema import ALL_CHANNELS, HORIZON_ROI, TRACK_RECORD, require_columns
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from demetra.reports.published import Published
    from demetra.words import Words

_CANDIDATES: Final = ("xgboost", "channel mean", "account mean")
_HEADS: Final = ("column.metric", "trust.days", "trust.ratio", "trust.inside80", "trust.inside95")


@dataclass(frozen=True)
class Trust:
    """What became of forecasts, how the campaign model did, and what would tell more of the channels' response.

    `grid` is None before a forecast has come due; the texts are sentences, none where there is nothing to tell.
    """

    reading: str
    grid: Grid | None
    model: tuple[str, ...]
    outlook: tuple[str, ...]


def lay_out_trust(published: Published, *, words: Words = ENGLISH) -> Trust:
    """Lay out the track record, the model's card and the outlook of the budget advice."""
    record, card = published.track_record, published.model_card
    model = _describe_model(card, words) if card else ()
    outlook = tuple(_tell_outlook(row, words) for row in published.budget_outlook.to_dict("records"))
    if record.empty:
        return Trust(words("trust.nothing_due"), None, model, outlook)
    require_columns(record, TRACK_RECORD, "track record")
    whole = record.loc[record["channel"] == ALL_CHANNELS]
    rows = [
        [
            Cell(words(f"metric.{row['metric']}")),
            Cell(words.count(row["days"])),
            Cell(words.number(row["ratio_to_best_naive"])),
            Cell(words.percent(row["inside_80"], 0)),
            Cell(words.percent(row["inside_95"], 0)),
        ]
        for row in whole.to_dict("records")
    ]
    return Trust(_read_record(whole, words), Grid(tuple(words(head) for head in _HEADS), rows), model, outlook)


def _read_record(whole: pd.DataFrame, words: Words) -> str:
    by_day, by_horizon = (whole.loc[(whole["metric"] == HORIZON_ROI) == chosen] for chosen in (False, True))
    first, last = words.short_day(whole["first_day"].min()), words.short_day(whole["last_day"].max())
    held = words("trust.held", share=_read_held(by_day, words))
    if len(by_horizon):
        held += words("trust.held_whole", share=_read_held(by_horizon, words))
    return words("trust.due", first=first, last=last, held=held)


def _read_held(rows: pd.DataFrame, words: Words) -> str:
    """The share inside the 80 % interval, over metrics of unequal length."""
    return words.percent((rows["inside_80"] * rows["days"]).sum() / rows["days"].sum(), 0)


def _describe_model(card: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    """The campaign model in sentences: what serves and why, what it was trained on, how it did, what drives it."""
    data, metrics = card.get("data", {}), card.get("metrics", {})
    serves = "too_few" if not metrics else "trees_serve" if card["method"] == "xgboost" else "mean_serves"
    said = [words(f"trust.{serves}")]
    if "from" in data:
        first, last = (words.day(date.fromisoformat(data[name])) for name in ("from", "to"))
        said.append(words("trust.trained", rows=words.count(data["rows"]), first=first, last=last))
    shares = [
        words("trust.share", name=words(f"trust.of_{method}"), share=words.percent(metrics[method]["r2"], 0))
        for method in _CANDIDATES
        if method in metrics and is_known(metrics[method]["r2"])
    ]
    if shares:
        said.append(words("trust.explained", shares=words.join(shares)))
    drivers = [words.choose(f"feature.{driver['feature']}", driver["feature"]) for driver in card["drivers"]]
    said.append(words("trust.drivers", names=", ".join(drivers)) if drivers else words("trust.no_drivers"))
    return tuple(said)


def _tell_outlook(row: Mapping[Any, Any], words: Words) -> str:
    """The sentence as the run wrote it, in English; in another language what its columns say."""
    if words.language == "en":
        return str(row["sentence"])
    if row["kind"] == "experiment":
        share, days = words.percent(row["change_pct"] / 100, 0), words.count(row["days"])
        return words("outlook.experiment", channel=row["channel"], days=days, share=share)
    low, high = words.change(row["uplift_lo80"]), words.change(row["uplift_hi80"])
    facts = {"bound": words.percent(row["bound"], 0), "gain": words.change(row["expected_uplift_pct"])}
    return words("outlook.wider bounds", **facts, interval=words.interval(low, high))
