"""Writes this folder's files anew, always the same bytes: `python data/sample/generate.py [FOLDER]`."""  # noqa: INP001

from __future__ import annotations

import csv
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from demetra.sources.simulator import Simulator

if TYPE_CHECKING:
    import pyarrow as pa

SEED = 20260101
START = date(2026, 1, 1)
DAYS = 60


def write(path: Path, table: pa.Table) -> None:
    """Write a table as CSV; columns that are empty throughout are left out."""
    names = [name for name in table.column_names if table.column(name).null_count < table.num_rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table.select(names).to_pylist())


def main() -> None:
    """Sixty days of the simulated market, and its month plans."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    delivery = Simulator(seed=SEED, history_days=DAYS).deliver(START, START, START + timedelta(days=DAYS - 1))
    write(folder / "campaigns.csv", delivery.rows)
    write(folder / "plans.csv", delivery.plans)


if __name__ == "__main__":
    main()
