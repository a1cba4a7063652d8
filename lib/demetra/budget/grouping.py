"""Channels that the history cannot rank: they are moved together, by the same share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Groups = list[list[int]]


def group_alike(marginal: FloatArray, spend: FloatArray, *, apart: float) -> Groups:
    """Merge neighbours in return until all neighbours differ by `apart` standard deviations of their difference.

    `marginal` holds draws of the channels' next unit's return, draws × channels, `spend` their weights in a merged
    return. Groups of places, from the lowest return to the highest.
    """
    groups = [[int(place)] for place in np.argsort(marginal.mean(axis=0), kind="stable")]
    while len(groups) > 1:
        pooled = np.column_stack([marginal[:, group] @ spend[group] / spend[group].sum() for group in groups])
        step = np.diff(pooled, axis=1)
        distance = np.abs(step.mean(axis=0)) / np.maximum(step.std(axis=0), 1e-12)
        nearest = int(np.argmin(distance))
        if distance[nearest] >= apart:
            break
        groups[nearest] += groups.pop(nearest + 1)
    return groups
