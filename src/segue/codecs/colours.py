"""Colours for labels: neighbouring numbers look as different as possible.

The method of Glasbey et al. (2007, Color Research & Application 32): each further colour is the one farthest from all before it in CIE Lab,
chosen from a fixed set. Computed, not copied, so it is the same everywhere and free of any licence.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

_LEVELS = np.linspace(0, 255, 13).round().astype(np.uint8)
_DISTINCT = 255


@cache
def label_colours(count: int = 256) -> Array:
    """(count, 3) uint8 RGB: black for label 0, then distinct colours, repeated after 255.

    The array is read-only.
    """
    distinct = _glasbey(_DISTINCT)
    table = np.zeros((count, 3), np.uint8)
    table[1:] = distinct[np.arange(count - 1) % _DISTINCT]
    table.flags.writeable = False
    return table


def colour_of(labels: Array) -> Array:
    """(..., 3) uint8: the colour of every label of an integer array; 0 is black, negative numbers count as their absolute value."""
    magnitude = np.abs(labels.astype(np.int64)) if labels.dtype.kind == "i" else labels.astype(np.uint64)
    entry = np.where(magnitude > 0, (magnitude - (magnitude > 0)) % _DISTINCT + 1, 0).astype(np.uint8)
    return label_colours()[entry]


def _glasbey(count: int) -> Array:
    """(count, 3) uint8: greedily the farthest of a fixed grid of colours, starting from black and white, the dark ones left out."""
    grid = np.stack(np.meshgrid(_LEVELS, _LEVELS, _LEVELS, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = _lab(grid)
    bright = lab[:, 0] > 35
    grid, lab = grid[bright], lab[bright]
    distance = np.minimum(_squared(lab, _lab(np.array([[0, 0, 0]]))[0]), _squared(lab, _lab(np.array([[255, 255, 255]]))[0]))
    chosen = []
    for _ in range(count):
        best = int(np.argmax(np.round(distance, 6)))
        chosen.append(best)
        distance = np.minimum(distance, _squared(lab, lab[best]))
    return grid[chosen]


def _squared(lab: Array, one: Array) -> Array:
    squares: Array = ((lab - one) ** 2).sum(axis=1)
    return squares


def _lab(rgb: Array) -> Array:
    """sRGB 0..255 -> CIE Lab (D65), IEC 61966-2-1 and CIE 15."""
    value = rgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array([[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]]) / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack((116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])), axis=1)
