"""Numbers as exports write them: `$1,234.50`, `1 234,50 руб.`, `(12)`, `12.5%`.

Whether `1,234` is a thousand or one and a bit is decided by evidence: the other values of its column, then the other
columns of the file, then what is usual (a comma where columns are parted by semicolons, else a point). Counts have no
fraction, so that there both marks part thousands. Where the evidence contradicts itself such a value is a fault, not a
guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demetra.sources.currencies import find_currencies

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["money", "count", "ratio", "percent", "plain"]
"""Money may carry a currency, ratios a percent sign; percents are such with or without it; counts have no fraction."""
Mark = Literal[".", ","]

UNKNOWN: Final = ("", "-", "--", "—", "–", "n/a", "na", "null", "none", "#n/a", "\\n")
"""What stands in a cell of numbers or dates where nothing is known, lower case."""

FINE, NOT_A_NUMBER, NOT_FINITE, TWO_MARKS, FOREIGN = range(5)
REASONS: Final = {
    NOT_A_NUMBER: "not a number",
    NOT_FINITE: "not finite",
    TWO_MARKS: "could be thousands or a fraction, because decimals are written with a point and with a comma",
    FOREIGN: "in another currency than the account's; convert it, or set the account's currency",
}

_SPACES: Final = r"\s\x{00a0}\x{202f}\x{2009}'’"
_SHAPE: Final = (
    r"^(?P<open>\(?)\s*(?P<sign>[-−+]?)\s*(?P<before>[^\d\s.,()+\-−%]{0,4}\s?)(?P<inner>[-−]?)"
    rf"(?P<body>\d[\d.,{_SPACES}]*|[.,]\d+)(?P<exponent>(?:[eE][+-]?\d{{1,3}})?)"
    rf"\s*(?P<after>[^\d{_SPACES}()%]{{0,5}})\s*(?P<percent>%?)\s*(?P<close>\)?)$"
)
_SPACED: Final = rf"^\d{{1,3}}([{_SPACES}]\d{{3}})+([.,]\d*)?$"
_MARKED: Final = {
    mark: rf"^([1-9]\d{{0,2}}([{group}]\d{{2,3}})*[{group}]\d{{3}}([{mark}]\d*)?|\d*[{mark}]\d*)$"
    for mark, group in ((".", ","), (",", "."))
}


@dataclass(frozen=True)
class Numbers:
    """A column as float64, NaN where nothing is known or the value is no good; `faults` tells the two apart."""

    values: np.ndarray
    faults: np.ndarray
    how: str

    @property
    def unknown(self) -> np.ndarray:
        """Where the cell is empty."""
        mask: np.ndarray = np.isnan(self.values) & (self.faults == FINE)
        return mask


@dataclass(frozen=True)
class _Body:
    """The distinct values of a column, taken apart: digits and marks alone, what they could mean, and the rest."""

    texts: pa.Array
    point: np.ndarray
    comma: np.ndarray
    factors: np.ndarray
    faults: np.ndarray
    places: np.ndarray

    @property
    def marks(self) -> frozenset[Mark]:
        """The decimal marks that values of this column prove."""
        proofs: dict[Mark, np.ndarray] = {".": self.point & ~self.comma, ",": self.comma & ~self.point}
        return frozenset(mark for mark, proof in proofs.items() if proof.any())


def parse_numbers(
    columns: Mapping[str, tuple[pa.Array, Kind]], *, currency: str, usual: Mark = "."
) -> dict[str, Numbers]:
    """Read columns of text as numbers, all columns of a file together.

    Args:
        columns: by name, the cells (null where empty) and the kind of number.
        currency: the account's; amounts with another's sign are a fault.
        usual: the decimal mark, where no value of the file proves one.
    """
    plain = {
        name: numbers
        for name, (cells, kind) in columns.items()
        if (numbers := _cast_plain(cells, kind, currency)) is not None
    }
    bodies = {name: _dissect(*columns[name], currency) for name in columns if name not in plain}
    if usual == "," or any("," in body.marks for body in bodies.values()):
        # What a plain cast took for a decimal point may part thousands.
        hasty = [name for name, (_, kind) in columns.items() if name not in bodies and kind != "count"]
        bodies |= {name: _dissect(*columns[name], currency) for name in hasty}
    proven = frozenset[Mark]().union(*(body.marks for body in bodies.values())) or frozenset({usual})
    return {
        name: _convert(bodies[name], kind, proven) if name in bodies else plain[name]
        for name, (_, kind) in columns.items()
    }


def _cast_plain(cells: pa.Array, kind: Kind, currency: str) -> Numbers | None:
    """The short way for the common case: digits with a point; None where the column holds anything else."""
    texts = pc.ascii_ltrim(cells, "$") if kind == "money" and currency in find_currencies("$") else cells
    try:
        numbers = pc.cast(texts, pa.int64() if kind == "count" else pa.float64())
    except pa.ArrowInvalid:
        return None
    values = pc.cast(numbers, pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)
    if np.count_nonzero(~np.isfinite(values)) != numbers.null_count:
        return None
    values = values / 100 if kind == "percent" else values
    return Numbers(values, np.zeros(len(values), np.int8), "number")


def _dissect(cells: pa.Array, kind: Kind, currency: str) -> _Body:
    coded = cells.dictionary_encode()
    distinct = pc.utf8_trim_whitespace(coded.dictionary)
    lowered = pc.utf8_lower(distinct)
    empty = _mask(pc.is_in(lowered, pa.array(UNKNOWN)))
    parts = pc.extract_regex(distinct, _SHAPE)
    shaped = _mask(pc.is_valid(parts))

    def part(name: str) -> pa.Array:
        return pc.fill_null(pc.struct_field(parts, name), "")

    body = pc.utf8_trim_whitespace(part("body"))
    spaced = _mask(pc.match_substring_regex(body, rf"[{_SPACES}]"))
    broken = spaced & ~_mask(pc.match_substring_regex(body, _SPACED))
    body = pc.replace_substring_regex(body, rf"[{_SPACES}]", "")
    digits = _mask(pc.match_substring_regex(body, r"^\d+$"))
    point, comma = (_mask(pc.match_substring_regex(body, _MARKED[mark])) for mark in (".", ","))

    faults = np.where(shaped & ~broken & (digits | point | comma), FINE, NOT_A_NUMBER)
    signs = pc.utf8_trim_whitespace(pc.binary_join_element_wise(part("before"), part("after"), ""))
    faults = np.where(faults == FINE, _judge_signs(signs, kind, currency), faults)
    percent = _mask(pc.equal(part("percent"), "%"))
    unbalanced = pc.not_equal(pc.utf8_length(part("open")), pc.utf8_length(part("close")))
    stray = percent & (kind not in ("ratio", "percent"))
    faults[stray | _mask(unbalanced)] = NOT_A_NUMBER
    faults[_mask(pc.match_substring_regex(lowered, r"^[-+]?(nan|inf|infinity)$"))] = NOT_FINITE
    faults[empty] = FINE
    minus = [pc.is_in(part(name), pa.array(["-", "−", "("])) for name in ("open", "sign", "inner")]
    factors = np.where(np.logical_or.reduce([_mask(each) for each in minus]), -1.0, 1.0)
    factors /= np.where(percent | (kind == "percent"), 100, 1)
    good = (faults == FINE) & ~empty
    texts = pc.if_else(pa.array(good), pc.binary_join_element_wise(body, part("exponent"), ""), None)
    places = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return _Body(texts, point & good, comma & good, factors, faults.astype(np.int8), places)


def _judge_signs(signs: pa.Array, kind: Kind, currency: str) -> np.ndarray:
    coded = signs.dictionary_encode()
    verdicts = []
    for sign in coded.dictionary.to_pylist():
        meant = find_currencies(sign)
        allowed = not sign or (kind == "money" and currency in meant)
        verdicts.append(FINE if allowed else FOREIGN if kind == "money" and meant else NOT_A_NUMBER)
    judged: np.ndarray = np.array(verdicts, np.int8)[coded.indices.to_numpy(zero_copy_only=False)]
    return judged


def _convert(body: _Body, kind: Kind, proven: frozenset[Mark]) -> Numbers:
    either = body.point & body.comma
    marks = body.marks or proven
    comma_decimal = body.comma & ~body.point
    faults = body.faults.copy()
    thousands = np.zeros(len(either), bool)
    if kind == "count" and not body.marks:
        thousands = either
    elif len(marks) > 1:
        faults[either] = TWO_MARKS
    elif "," in marks:
        comma_decimal = comma_decimal | either
    swapped = pc.replace_substring(pc.replace_substring(body.texts, ".", ""), ",", ".")
    texts = pc.if_else(pa.array(comma_decimal), swapped, pc.replace_substring(body.texts, ",", ""))
    texts = pc.if_else(pa.array(thousands), pc.replace_substring(texts, ".", ""), texts)
    values = pc.cast(texts, pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False) * body.factors
    values = np.append(np.where(faults == FINE, values, np.nan), np.nan)
    how = "number, decimal comma" if comma_decimal.any() else "number"
    return Numbers(values[body.places], np.append(faults, np.int8(FINE))[body.places], how)


def _mask(values: pa.Array) -> np.ndarray:
    mask: np.ndarray = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return mask
