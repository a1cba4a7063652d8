"""The budget advice: how much each channel's budget moves, from what to what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from demetra import palette
from demetra.charts.page import MARGIN, WIDTH, add_axes, no_data_page, open_page, plan_header, write
from demetra.charts.typeset import BODY, LINE_HEIGHT, SMALL, clean_text, fit_name, wrap_text
from demetra.formats import format_change, format_money, is_known
from demetra.readings import MOVED_PCT, is_held, read_budget
from demetra.schema import BUDGET_REC, require_columns

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import date

    import pandas as pd
    from matplotlib.figure import Figure

    from demetra.charts.page import Page

_NAMES: Final = 1.5
_BARS: Final = 2.2
_BAR_HEIGHT: Final = 0.2
_GAP: Final = 0.14


def budget_chart(
    table: pd.DataFrame, *, as_of: date, demo: bool = False, currency: str = "USD", days: int | None = None
) -> Figure:
    """One row per channel, the largest raise first: change in percent, money from → to, and the reason in words.

    The header states the expected uplift of the whole plan with its 80 % interval, or that the plan is held. `currency`
    is the account's, `days` how long the budgets are for.

    Raises:
        FrameError: `table` lacks columns of `schema.BUDGET_REC`.
    """
    require_columns(table, BUDGET_REC, "budget advice")
    title = f"Budget advice by channel{f', next {days} days' if days else ''}"
    if table[["recommended_budget", "budget_change_pct"]].isna().all().any():
        return no_data_page(title, as_of=as_of, demo=demo)
    shown = table.assign(channel=table["channel"].map(clean_text))
    shown = shown.sort_values(["budget_change_pct", "channel"], ascending=[False, True], ignore_index=True)
    header = plan_header(title, read_budget(shown, currency=currency), as_of=as_of, demo=demo)
    reasons = [_write_reason(row) for row in shown.to_dict("records")]
    names = [fit_name(name, _NAMES - 0.08, most=2) for name in shown["channel"]]
    heights = [
        (len(name) * size + len(reason) * SMALL) * LINE_HEIGHT + 0.08 + _GAP
        for (name, size), reason in zip(names, reasons, strict=True)
    ]
    notes = _write_notes(shown)
    foot = len(notes) * SMALL * LINE_HEIGHT
    page = open_page(header, height=sum(heights) + 0.1 + foot + MARGIN)
    top = header.height + 0.06
    limit = max(shown["budget_change_pct"].abs().max(), 10.0)
    for row, reason, height in zip(shown.to_dict("records"), reasons, heights, strict=True):
        _draw_row(page, row, reason, top=top, limit=limit, currency=currency)
        top += height
    write(page, MARGIN, top, notes, size=SMALL, colour=palette.MUTED)
    return page


def _draw_row(
    page: Page, row: dict[Hashable, Any], reason: list[str], *, top: float, limit: float, currency: str
) -> None:
    change = float(row["budget_change_pct"])
    moved = abs(change) >= MOVED_PCT
    colour = palette.MUTED if not moved else palette.RAISE if change > 0 else palette.CUT
    name, size = fit_name(str(row["channel"]), _NAMES - 0.08, most=2)
    below = write(page, MARGIN, top, name, size=size, bold=True)
    axes = add_axes(page, MARGIN + _NAMES, top - 0.02, _BARS, _BAR_HEIGHT)
    axes.set(xlim=(-1.75 * limit, 1.75 * limit), ylim=(-0.5, 0.5), xticks=[], yticks=[])
    axes.axvline(0, color=palette.MUTED, linewidth=0.8)
    if moved:
        axes.barh([0], [change], height=0.8, color=colour)
    label = format_change(change) if moved else "unchanged" if is_known(change) else "no data"
    shift = 0.09 * limit * (-1 if moved and change < 0 else 1)
    axes.text(
        (change if moved else 0) + shift,
        0,
        label,
        ha="right" if shift < 0 else "left",
        va="center_baseline",
        fontsize=BODY,
        fontweight="bold" if moved else "normal",
        color=colour,
        parse_math=False,
    )
    before, after = (
        format_money(row[name], currency, compact=True) for name in ("current_budget", "recommended_budget")
    )
    amounts = f"{before} → {after}" if moved else after
    write(page, WIDTH - MARGIN, top, [amounts], size=BODY, align="right")
    write(page, MARGIN, below + 0.08, reason, size=SMALL, colour=palette.MUTED)


def _write_reason(row: dict[Hashable, Any]) -> list[str]:
    reason = clean_text(str(row["reason"] or "")).rstrip(".")
    evidence = f" (evidence: {row['evidence']})" if row["evidence"] else ""
    text = f"{reason[:1].upper()}{reason[1:]}{evidence}"
    return wrap_text(text, WIDTH - 2 * MARGIN, SMALL, most=3)


def _write_notes(table: pd.DataFrame) -> list[str]:
    if is_held(table):
        return []
    text = "The expected return is for the whole plan, against keeping the current split of the same total."
    return wrap_text(text, WIDTH - 2 * MARGIN, SMALL)
