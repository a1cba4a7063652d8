"""Import of 300,000 rows against the least that it could be: `pandas.read_csv` and a raw COPY of the same file.

Both sides take turns on the same server, because these machines are noisy: read the ratio. The raw COPY sends the
unpacked text into an empty table of nothing but text columns, without keys, checks or indexes. Ours reads, judges and
merges the rows, stores them with their keys and indexes, and rolls them up per channel and day.
"""

from __future__ import annotations

import gzip
import io
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from demetra.ingest import ingest_files
from demetra.settings import Settings
from demetra.store.engine import open_engine

if TYPE_CHECKING:
    from sqlalchemy import Engine

FILE = Path(__file__).parents[1] / "../shared/data/scale/social_media_advertising_300k_synthetic.csv.gz"
COLUMNS = 16
ROUNDS = 5
RATIO_GOAL = 2.5
MEMORY_GOAL_MB = 700
ALONE = "--alone"


def read_with_pandas() -> float:
    """Seconds that `pandas.read_csv` takes."""
    import pandas as pd

    began = perf_counter()
    pd.read_csv(FILE)
    return perf_counter() - began


def copy_raw(engine: Engine) -> float:
    """Seconds that unpacking and COPY into text columns take."""
    connection = engine.raw_connection()
    with connection.cursor() as cursor:
        columns = ", ".join(f"c{number} text" for number in range(COLUMNS))
        cursor.execute(f"DROP TABLE IF EXISTS raw_copy; CREATE TABLE raw_copy ({columns})")
        connection.commit()
        began = perf_counter()
        content = gzip.decompress(FILE.read_bytes())
        cursor.copy_expert("COPY raw_copy FROM STDIN WITH (FORMAT csv, HEADER)", io.BytesIO(content), 1 << 18)
        connection.commit()
        seconds = perf_counter() - began
    connection.close()
    return seconds


def empty(engine: Engine) -> None:
    """Remove all rows."""
    connection = engine.raw_connection()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE campaigns, channel_daily, imports, rejected_rows, predictions RESTART IDENTITY")
    connection.commit()
    connection.close()


def import_alone() -> None:
    """Import the file in this process and print its peak memory in MB; run in a process of its own."""
    engine = open_engine(Settings.from_environment())
    ingest_files(engine, [FILE])
    engine.dispose()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure_memory(engine: Engine, home: str) -> float:
    """Peak resident memory (MB) of a process that does nothing but import the file; the server is not part of it."""
    empty(engine)
    command = [sys.executable, __file__, ALONE]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "DEMETRA_HOME": home})
    return float(done.stdout)


def main() -> int:
    """Print the table; exit code 1 when a goal is missed."""
    if not FILE.exists():
        print(f"{FILE} is absent: nothing to measure")
        return 0
    os.environ.pop("DEMETRA_DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="demetra-bench-") as home:
        engine = open_engine(Settings(home=Path(home)))
        rounds = []
        for _ in range(ROUNDS + 1):
            empty(engine)
            pandas, raw = read_with_pandas(), copy_raw(engine)
            ours = ingest_files(engine, [FILE])
            again = ingest_files(engine, [FILE])
            rounds.append((pandas, raw, ours.seconds, again.seconds, ours.seconds / (pandas + raw)))
        memory = measure_memory(engine, home)
        engine.dispose()
    pandas, raw, first, second, ratio = (median(values) for values in zip(*rounds[1:], strict=True))
    print(f"{ours.rows_loaded:,} rows, median of {ROUNDS} rounds after one to warm up")
    print(f"{'pandas.read_csv':<36}{pandas:8.2f} s")
    print(f"{'raw COPY into text columns':<36}{raw:8.2f} s")
    print(f"{'our import':<36}{first:8.2f} s")
    print(f"{'the same file again, nothing changed':<36}{second:8.2f} s")
    print(f"{'our import ÷ (read_csv + COPY)':<36}{ratio:8.2f}    goal ≤ {RATIO_GOAL}")
    print(f"{'peak memory of our process':<36}{memory:8.0f} MB goal ≤ {MEMORY_GOAL_MB}")
    return int(ratio > RATIO_GOAL or memory > MEMORY_GOAL_MB)


if __name__ == "__main__":
    sys.exit(import_alone() if ALONE in sys.argv else main())
