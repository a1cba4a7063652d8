"""What every source hands over, and the protocol behind which a live source stands.

A file is read when somebody names it. A live source (the simulator; later an advertising platform) is asked at the
start of each run for what is due. To add one: write a module with a class that follows `Source`, and name it in
`registry`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import pyarrow as pa

from demetra.schema import DIMENSIONS

if TYPE_CHECKING:
    from datetime import date

FILES: Final = "files"
"""The source name of imported files that were given no other."""

KEY_COLUMNS: Final = ("channel", "campaign_id", "campaign_name", "date", *DIMENSIONS)
"""What tells two rows of one source apart; rows alike in all of these are one row. NULL is a value of its own."""

MONEY: Final = ("spend", "revenue")
COUNTS: Final = ("clicks", "impressions", "reach", "engagements")

_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
ROWS: Final = pa.schema(
    [
        *((name, _TEXT) for name in ("channel", "campaign_id", "campaign_name")),
        ("date", pa.date32()),
        *((name, pa.int32() if name == "duration_days" else _TEXT) for name in DIMENSIONS),
        *((name, pa.float64()) for name in (*MONEY, "conversions")),
        *((name, pa.int64()) for name in COUNTS),
        ("engagement_score", pa.float64()),
    ]
)
"""A table of valid rows: amounts in the account's currency, null where nothing is known."""

PLANS: Final = pa.schema([("channel", pa.string()), ("month", pa.date32()), ("amount", pa.float64())])
"""A table of planned amounts: `month` is the month's first day, `amount` in the account's currency."""


@dataclass(frozen=True)
class RejectedRow:
    """A row set aside: its 1-based line in the file, the column as the file calls it, the reason, and its own text."""

    line: int
    column: str | None
    reason: str
    raw: str


@dataclass(frozen=True)
class Delivery:
    """Rows as a source gave them: checked, in canonical columns, no two alike in every key column.

    `rows_read` counts data rows alone: `rows_read = rows_loaded + rows_merged + len(rejected)`, where `rows_loaded`
    counts `rows` and `plans`. `sha256` is of the content as it came.
    """

    file_name: str
    format: str
    sha256: str
    rows_read: int
    rows: pa.Table = field(default_factory=ROWS.empty_table)
    plans: pa.Table = field(default_factory=PLANS.empty_table)
    rows_merged: int = 0
    rejected: tuple[RejectedRow, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def rows_loaded(self) -> int:
        """Rows and plans that are fit to be stored."""
        return int(self.rows.num_rows + self.plans.num_rows)


@dataclass(frozen=True)
class Stored:
    """What the database holds: the period of one source's rows (None: it has none), and whether others have any."""

    first: date | None
    last: date | None
    has_others: bool


class Source(Protocol):
    """A live source, asked at the start of each run."""

    @property
    def name(self) -> str:
        """The value of `source` in the rows that it delivers."""

    def pull(self, stored: Stored, *, today: date) -> Delivery | None:
        """What is due, given what the database holds: None where nothing is. `today` itself is not over yet."""
