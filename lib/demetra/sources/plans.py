"""Month plans: files of `channel, month, amount`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from demetra.schema import normalise_channel
from demetra.sources.base import PLANS
from demetra.sources.numbers import FINE, REASONS, parse_numbers
from demetra.sources.rows import LIMITS, CellReader, Outcome, is_known, map_texts, read_text
from demetra.sources.verdicts import FIRST_DAY, LAST_DAY, Verdicts, find_footers, reject_ragged

if TYPE_CHECKING:
    from demetra.sources.columns import Layout
    from demetra.sources.dates import Days
    from demetra.sources.grid import Grid


def read_plans(grid: Grid, layout: Layout, *, days: Days, currency: str) -> Outcome:
    """Read and judge planned amounts for months that begin on `days`; those of one channel and month are added."""
    rejected, footers = reject_ragged(grid)
    skipped, totals = find_footers(grid, days.unknown | days.faults)
    cells = CellReader(grid, layout, skipped)
    months, unknown, faults = (values[~skipped] for values in (days.days, days.unknown, days.faults))
    verdicts = Verdicts(len(months))
    verdicts.refuse(unknown, cells.named("month"), "month is missing")
    faults |= ~unknown & ((months < FIRST_DAY) | (months > LAST_DAY))
    verdicts.refuse(faults, cells.named("month"), "not a month")
    channels = map_texts(read_text(cells.read("channel")), normalise_channel)
    verdicts.refuse(~is_known(channels), cells.named("channel"), "channel is missing")
    amounts = parse_numbers({"amount": (cells.read("amount"), "money")}, currency=currency, usual=grid.usual_mark)[
        "amount"
    ]
    for fault in np.unique(amounts.faults[amounts.faults != FINE]):
        verdicts.refuse(amounts.faults == fault, cells.named("amount"), REASONS[int(fault)])
    verdicts.refuse(amounts.unknown, cells.named("amount"), "amount is missing")
    verdicts.refuse(np.nan_to_num(amounts.values) < 0, cells.named("amount"), "negative")
    verdicts.refuse(np.nan_to_num(amounts.values) >= LIMITS["spend"], cells.named("amount"), "too large")
    good = pa.array(verdicts.good)
    plans = pa.table(
        {
            "channel": channels.filter(good).cast(pa.string()),
            "month": pa.array(months).cast(pa.date32()).filter(good),
            "amount": pa.array(amounts.values).filter(good),
        }
    )
    summed = plans.group_by(["channel", "month"], use_threads=False).aggregate([("amount", "sum")])
    rejected += verdicts.list_rejected(grid, cells.places)
    return Outcome(
        rows=summed.rename_columns(["channel", "month", "amount"]).cast(PLANS),
        rows_read=plans.num_rows + len(rejected),
        rows_merged=plans.num_rows - summed.num_rows,
        rejected=sorted(rejected, key=lambda row: row.line),
        notes=[*footers, *totals],
        readings={"month": days.how, "amount": amounts.how},
    )
