"""Which groups differ by more than chance explains: channels side by side, and the cells of audience and timing."""

from demetra.contrasts.cells import CELL_METRICS, judge_cells
from demetra.contrasts.ratios import LEAST_DAYS, Comparison, compare_groups

__all__ = ["CELL_METRICS", "LEAST_DAYS", "Comparison", "compare_groups", "judge_cells"]
