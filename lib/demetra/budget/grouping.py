"""Channels that the history cannot rank: they are moved together, by the same share."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Groups = list[list[int]]

_APART: Final = 1.1
"""Standard deviations of the difference between two returns from which on they count as ranked."""


def group_alike(marginal: FloatArray, budgets: FloatArray, may_merge: Callable[[list[int]], bool]) -> Groups:
    """Merge neighbours in return, the most alike first, wherever they are not ranked and `may_merge` them.

    `marginal` holds draws of the channels' next unit's return, draws × channels, `budgets` their weights in a merged
    return. Groups of places, two at least, from the lowest return to the highest.
    """
    groups = [[int(place)] for place in np.argsort(marginal.mean(axis=0), kind="stable")]
    refused: list[list[int]] = []
    while len(groups) > 2:
        pooled = np.column_stack([marginal[:, group] @ budgets[group] / budgets[group].sum() for group in groups])
        step = np.diff(pooled, axis=1)
        distance = np.abs(step.mean(axis=0)) / np.maximum(step.std(axis=0), 1e-12)
        merged = [low + high for low, high in pairwise(groups)]
        distance[[both in refused for both in merged]] = np.inf
        nearest = int(np.argmin(distance))
        if distance[nearest] >= _APART:
            break
        if may_merge(merged[nearest]):
            groups[nearest : nearest + 2] = [merged[nearest]]
        else:
            refused.append(merged[nearest])
    return groups
