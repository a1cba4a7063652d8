"""Commands that compute from a file alone, without a database: `forecast`, `allocate`."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from demetra.settings import Settings
from demetra_runner.cli.data import parse_mapping
from demetra_runner.cli.output import Format, print_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from demetra.budget import BudgetLimits
    from demetra.rules import BudgetRules

RowsFile = Annotated[
    Path,
    typer.Argument(
        help="CSV, TSV or XLSX, gzipped or not, as for `ingest`, with a row or more per channel and day; campaigns "
        "need not be named"
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], metavar="DATE", help="The last day that counts [default: the last complete one]"
    ),
]
Columns = Annotated[
    list[str] | None, typer.Option("--map", metavar="OURS=THEIRS", help="A column by another name; repeatable")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(forecast)
    app.command()(allocate)


def forecast(
    file: RowsFile,
    horizon: Annotated[
        int | None,
        typer.Option(min=1, max=365, help="Days ahead [default: as in demetra.toml]", metavar="DAYS"),
    ] = None,
    as_of: AsOf = None,
    history: Annotated[
        bool, typer.Option("--history", help="Instead, what would have been forecast for each past day the day before")
    ] = False,
    mapping: Columns = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it")] = Format.csv,
) -> None:
    """Forecast ROI, conversion rate, reach and CTR per channel from a file; touches no database.

    What is not forecast, and why, is told on standard error.
    """
    from demetra.forecast import forecast_channels, forecast_table, past_table
    from demetra.rules import read_rules

    _import_xgboost_alone()
    rules = read_rules(Settings.from_environment().rules_file)
    rows = _read_history(file, mapping, rules.account.currency)
    made = forecast_channels(rows, as_of=_choose_day(rows, as_of), horizon_days=horizon or rules.forecast.horizon_days)
    for sentence in _sum_up(made.notes):
        typer.echo(sentence, err=True)
    print_frame(past_table(made) if history else forecast_table(made), form)


def allocate(
    file: RowsFile,
    as_of: AsOf = None,
    total: Annotated[
        float | None,
        typer.Option(min=0, metavar="AMOUNT", help="Budget of all channels for those days [default: as is spent now]"),
    ] = None,
    bound: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="SHARE", help="Largest move of a channel; 0.3: by 30 % of its spend"),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=366, metavar="N", help="How many days the advice is for")
    ] = None,
    fixed: Annotated[
        list[str] | None, typer.Option(metavar="CHANNEL", help="A channel whose budget must not move; repeatable")
    ] = None,
    minimum: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANNEL=AMOUNT", help="The least budget of a channel for those days; repeatable"),
    ] = None,
    target_roi: Annotated[
        float | None,
        typer.Option(metavar="RATIO", help="Least expected ROI of the whole plan, (revenue - spend) / spend"),
    ] = None,
    target_cpa: Annotated[
        float | None, typer.Option(metavar="AMOUNT", help="Highest expected cost per conversion of the whole plan")
    ] = None,
    caution: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=5,
            metavar="NUMBER",
            help="0: the highest expected gain; 1.8: hardly ever a loss [default: as in demetra.toml]",
        ),
    ] = None,
    mapping: Columns = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it")] = Format.csv,
) -> None:
    """Advise on the next days' budget from a file; touches no database.

    Limits that are not given are those of demetra.toml. What would add to the advice is told on standard error.
    """
    from demetra.budget import allocate_budget, fit_response, tabulate_outlook
    from demetra.forecast import forecast_channels, roi_forecast_table, roi_timeseries
    from demetra.rules import read_rules

    _import_xgboost_alone()
    rules = read_rules(Settings.from_environment().rules_file)
    asked = {"total": total, "bound": bound, "days": days, "fixed": fixed, "minimum": minimum}
    asked |= {"target_roi": target_roi, "target_cpa": target_cpa, "caution": caution}
    limits = _read_limits(rules.budget, asked)
    history = _read_history(file, mapping, rules.account.currency)
    day = _choose_day(history, as_of)
    horizon = rules.forecast.horizon_days
    series = roi_timeseries(forecast_channels(history, metrics=("roi",), as_of=day, horizon_days=horizon))
    outlook = roi_forecast_table(history, series, as_of=day, horizon_days=horizon)
    advice = allocate_budget(fit_response(history, as_of=day), limits, roi_forecast=outlook)
    for sentence in tabulate_outlook(advice)["sentence"]:
        typer.echo(sentence, err=True)
    print_frame(advice.table, form)


def _sum_up(notes: pd.DataFrame) -> list[str]:
    """Each note once, with the metrics that it is about unless it is about all of a channel's, and the channels."""
    from demetra.schema import METRICS

    about = notes.groupby(["note", "channel"], sort=False)["metric"].agg(tuple).reset_index()
    alike = about.groupby(["note", "metric"], sort=False)["channel"].agg(list)
    found = []
    for (note, metrics), channels in alike.items():
        part = "" if set(metrics) == set(METRICS) else f" ({', '.join(metrics)})"
        found.append(f"{', '.join(channels)}{part}: {note}")
    return found


def _import_xgboost_alone() -> None:
    """Import XGBoost without scikit-learn, which it takes where it finds it, for wrappers that are not used here.

    That would be a third of these commands' time.
    """
    if "sklearn" in sys.modules:
        return
    sys.modules["sklearn"] = None  # type: ignore[assignment]  # what Python takes for "not there"
    try:
        import_module("xgboost")
    finally:
        del sys.modules["sklearn"]


def _read_limits(rules: BudgetRules, asked: Mapping[str, Any]) -> BudgetLimits:
    """The limits asked for on the command line, those of the rules file where nothing was asked."""
    from demetra.budget import BudgetLimits, read_minimum
    from demetra.schema import normalise_channel

    wanted = {name: getattr(rules, name) if value is None else value for name, value in asked.items()}
    fixed = tuple(normalise_channel(name) for name in wanted["fixed"])
    return BudgetLimits(**{**wanted, "fixed": fixed, "minimum": read_minimum(wanted["minimum"])})


def _read_history(file: Path, mapping: list[str] | None, currency: str) -> pd.DataFrame:
    from demetra.sources.frames import history_from_file

    def tell(sentence: str) -> None:
        typer.echo(sentence, err=True)

    return history_from_file(file, mapping=parse_mapping(mapping or []), currency=currency, tell=tell)


def _choose_day(history: pd.DataFrame, asked: datetime | None) -> date:
    """The last day that counts: the one asked for, else the last complete one; what is left out then is told."""
    from demetra.cadence import drop_stray_days
    from demetra.metrics import last_complete_day

    if asked:
        return asked.date()
    kept = drop_stray_days(history, today=datetime.now(UTC).date())
    if len(kept) < len(history):
        first = history["date"].drop(kept.index).min()
        typer.echo(f"{first:%Y-%m-%d} and later are left out: days in the future, long after the others", err=True)
    chosen, last = last_complete_day(kept), kept["date"].max()
    if chosen < last:
        typer.echo(f"{last:%Y-%m-%d} is left out, as it looks unfinished; --as-of {last:%Y-%m-%d} counts it", err=True)
    return chosen.date()
