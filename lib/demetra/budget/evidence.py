"""How much is known about each channel's next unit of spend, as one word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.response import Response

    FloatArray = NDArray[np.float64]

Evidence = Literal["strong", "moderate", "weak", "none"]

_ELASTICITY_SD: Final[tuple[tuple[float, Evidence], ...]] = ((0.08, "strong"), (0.13, "moderate"), (0.18, "weak"))
"""Largest posterior standard deviation of an elasticity for each grade; before any data it is about 0.23."""
_LEVEL_SD: Final = (0.25, 0.5)
"""Relative standard deviation of a channel's outcome above which evidence is at best weak, and none."""
_APART: Final[tuple[tuple[float, Evidence], ...]] = ((0.99, "moderate"), (0.85, "weak"))
"""Least chance of returning more than the account's next unit, or less, that earns a grade whatever it rests on: an
average return of a tenth of the account's is evidence, too."""
_ORDER: Final[tuple[Evidence, ...]] = ("none", "weak", "moderate", "strong")


def grade_evidence(response: Response) -> tuple[Evidence, ...]:
    """Grade every channel, in the order of `response.channels`; "none" for channels that cannot be judged."""
    spread = response.own.std(axis=0)
    mean = response.level.mean(axis=0)
    level = np.divide(response.level.std(axis=0), mean, out=np.full_like(mean, np.inf), where=mean > 0)
    apart = _chance_apart(response)
    return tuple(
        _grade(float(spread[place]), float(level[place]), float(apart[place])) if judged else "none"
        for place, judged in enumerate(response.judged)
    )


def learnt_from_spend(response: Response) -> NDArray[np.bool_]:
    """Channels whose own changes of spend told something, beyond what average returns tell."""
    return np.asarray(response.judged & (response.own.std(axis=0) <= _ELASTICITY_SD[-1][0]))


def _chance_apart(response: Response) -> FloatArray:
    """Chance that a channel's next unit returns more than the account's, or less, whichever is likelier."""
    marginal, current = response.marginal(), response.panel.current
    account = marginal @ current / max(float(current.sum()), 1e-12)
    above = (marginal > account[:, None]).mean(axis=0)
    return np.asarray(np.maximum(above, 1 - above))


def _grade(elasticity_sd: float, level_sd: float, apart: float) -> Evidence:
    learnt: Evidence = next((name for limit, name in _ELASTICITY_SD if elasticity_sd <= limit), "none")
    if level_sd > _LEVEL_SD[0]:
        learnt = "weak" if level_sd <= _LEVEL_SD[1] and learnt != "none" else "none"
    clear: Evidence = next((name for limit, name in _APART if apart >= limit), "none")
    return max(learnt, clear, key=_ORDER.index)
