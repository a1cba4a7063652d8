"""Which column of a file is which of ours: by name, by alias, by `--map`, now or remembered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from demetra.errors import Problem
from demetra.schema import BUDGETS, CANONICAL_COLUMNS
from demetra.sources.dates import Order
from demetra.sources.headers import DERIVED_FROM, fold, recognise_format, split_unit, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DATE_ORDER: Final = "date_order"
"""What `--map` can say beside columns: DMY or MDY, for dates like 03/04/2026."""
MAPPABLE: Final = (*CANONICAL_COLUMNS, *DERIVED_FROM, *BUDGETS[1:], DATE_ORDER)
MONTH_PLANS: Final = "month-plans"

_ORDERS: Final[dict[str, Order]] = {"DMY": "DMY", "MDY": "MDY"}
_SHOWN: Final = 25
_EITHER: Final = {
    "date": (),
    "channel": (),
    "campaign_id": ("campaign_name",),
    "spend": (),
    "impressions": (),
    "clicks": (),
    "conversions": ("conversion_rate",),
    "revenue": ("roi", "roas"),
}
"""What a file of rows must have, and what does instead."""
_MAY_LACK: Final = ("impressions", "clicks", "conversions", "revenue")
"""Of those, what a row can do without."""


@dataclass(frozen=True)
class Column:
    """How one of our columns is read: from which of theirs, in which unit, and who says so.

    `index` is the column's place in the file; None where every row has the constant that `theirs` holds after its `=`.
    """

    ours: str
    theirs: str
    index: int | None
    unit: str = ""
    origin: str = "its name"

    @property
    def constant(self) -> str:
        """The value of every row, where the column is not in the file."""
        return self.theirs.removeprefix("=")


@dataclass(frozen=True)
class Layout:
    """What a header means: the format's name, our columns, and the headers that nothing is read from."""

    format: str
    columns: Mapping[str, Column]
    unused: tuple[str, ...]
    date_order: Order | None


def read_header(
    header: Sequence[str],
    *,
    mapping: Mapping[str, str],
    remembered: Mapping[str, str],
    where: str,
    absent: Mapping[str, str] | None = None,
) -> tuple[Layout, list[Problem]]:
    """Find our columns in a header.

    `mapping` (ours -> theirs, or `=constant`) goes before `remembered`, which counts where the file has the column, and
    that before names and aliases. `absent` holds constants for columns that are none of these.

    Returns:
        The layout, and everything that keeps it from being used: unknown or absent names in `mapping`, columns claimed
        twice, columns missing.
    """
    problems = check_mapping(mapping) + _find_absent(mapping, header, where)
    kind = recognise_format(header)
    places = {fold(cell): index for index, cell in reversed(list(enumerate(header)))}
    columns: dict[str, Column] = {}
    for origin, pairs in (("--map", mapping), ("an earlier --map", remembered)):
        for ours, theirs in pairs.items():
            index = places.get(fold(theirs))
            if ours in MAPPABLE and ours != DATE_ORDER and ours not in columns and _is_usable(theirs, index):
                columns[ours] = _at(ours, header, index, theirs, origin)
    taken = {column.index for column in columns.values()}
    claims: dict[str, list[int]] = {}
    for index, cell in enumerate(header):
        meaning = kind.meanings.get(fold(cell)) or kind.meanings.get(fold(split_unit(cell)[0]))
        if meaning is not None and meaning not in columns and index not in taken:
            claims.setdefault(meaning, []).append(index)
    found = {*claims, *columns}
    plans = {"amount", "month"} <= found and "spend" not in found
    wanted: tuple[str, ...] = BUDGETS if plans else (*CANONICAL_COLUMNS, *DERIVED_FROM)
    for ours in wanted:
        if len(claims.get(ours, ())) > 1:
            problems.append(_claimed_twice(ours, [header[index] for index in claims[ours]], where))
        if ours in claims:
            columns[ours] = _at(ours, header, claims[ours][0], header[claims[ours][0]], "its name")
    columns |= _fill_absent(columns, absent or {})
    columns = {ours: column for ours, column in columns.items() if ours in wanted}
    read = {column.index for column in columns.values()}
    unused = tuple(cell for index, cell in enumerate(header) if cell and index not in read)
    problems += _find_missing(columns, unused, header, where, plans=plans)
    name = MONTH_PLANS if plans else kind.name
    order = mapping.get(DATE_ORDER, remembered.get(DATE_ORDER, "")).upper()
    return Layout(name, columns, unused, _ORDERS.get(order)), problems


def check_mapping(mapping: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a `--map` whatever the file: names that are not ours, orders of dates that do not exist."""
    problems = []
    for ours, theirs in mapping.items():
        if ours not in MAPPABLE:
            near = get_close_matches(ours, MAPPABLE, n=1)
            remedy = f"Did you mean {near[0]}?" if near else ""
            problems.append(Problem("--map", repr(ours), f"one of {', '.join(MAPPABLE)}", remedy))
        elif ours == DATE_ORDER and theirs.upper() not in _ORDERS:
            problems.append(Problem(f"--map {DATE_ORDER}", repr(theirs), "DMY or MDY"))
    return problems


def show_mapping(ours: str, theirs: str) -> str:
    """The option as one would type it."""
    plain = re.fullmatch(r"[\w.%=-]+", theirs)
    return f"--map {ours}={theirs}" if plain else f"--map {ours}='{theirs}'"


def _is_usable(theirs: str, index: int | None) -> bool:
    return index is not None or theirs.startswith("=")


def _at(ours: str, header: Sequence[str], index: int | None, theirs: str, origin: str) -> Column:
    if index is None:
        return Column(ours, theirs, None, origin=origin)
    return Column(ours, header[index], index, split_unit(header[index])[1], origin)


def _find_absent(mapping: Mapping[str, str], header: Sequence[str], where: str) -> list[Problem]:
    folded = {fold(cell) for cell in header}
    return [
        Problem(where, f"no column {theirs!r} for {ours}", f"one of its columns: {_show(header)}")
        for ours, theirs in mapping.items()
        if ours in MAPPABLE and ours != DATE_ORDER and not theirs.startswith("=") and fold(theirs) not in folded
    ]


def _fill_absent(columns: Mapping[str, Column], absent: Mapping[str, str]) -> dict[str, Column]:
    """Constants for what the file has neither as itself nor as what does instead."""
    return {
        ours: Column(ours, constant, None, origin="not in the file")
        for ours, constant in absent.items()
        if not any(name in columns for name in (ours, *_EITHER[ours]))
    }


def _claimed_twice(ours: str, theirs: Sequence[str], where: str) -> Problem:
    names = " and ".join(map(repr, theirs))
    if len({fold(name) for name in theirs}) == 1:
        return Problem(
            where, f"{ours} more than once: {names}", f"one column for {ours}", "Rename or remove the other."
        )
    remedy = f"Say which: {' or '.join(show_mapping(ours, name) for name in theirs)}."
    return Problem(where, f"{ours} more than once: {names}", f"one column for {ours}", remedy)


def _find_missing(
    columns: Mapping[str, Column], unused: Sequence[str], header: Sequence[str], where: str, *, plans: bool
) -> list[Problem]:
    """One problem that names every column that is missing, with the headers that may be meant."""
    needed = dict.fromkeys(BUDGETS, ()) if plans else _EITHER
    missing = {
        ours: instead for ours, instead in needed.items() if not any(name in columns for name in (ours, *instead))
    }
    if not missing:
        return []
    guesses = {ours: near for ours in missing if (near := suggest(ours, unused))}
    remedies = [f"Is {ours} {near!r}? Then add {show_mapping(ours, near)}." for ours, near in guesses.items()]
    if "channel" in missing and "channel" not in guesses:
        remedies.append("If the file is of one channel, add --map channel==NAME.")
    if missing.keys() - guesses.keys() - {"channel"}:
        remedies.append("Say which columns they are with --map OURS=THEIRS.")
    lacking = [ours for ours in missing if ours in _MAY_LACK and ours not in guesses]
    if lacking:
        remedies.append(
            f"What the file does not hold is unknown with {' '.join(f'--map {ours}==' for ours in lacking)}."
        )
    expected = "; ".join(" or ".join((ours, *instead)) for ours, instead in missing.items())
    return [Problem(where, f"the columns {_show(header)}", f"also: {expected}", " ".join(remedies))]


def _show(header: Sequence[str]) -> str:
    names = [repr(cell) for cell in header if cell]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
