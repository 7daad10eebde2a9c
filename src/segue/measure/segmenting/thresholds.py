"""Thresholds as ImageJ finds them: between the classes of a histogram of 256."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Finder = Callable[[Counts], int]

CLASSES = 256


def otsu(counts: Counts) -> int:
    """The last class of the background: the largest variance between background and objects, of equal ones the last (Otsu 1979).

    Parameters
    ----------
    counts : (256,)
        Pixels of each class; not of one class only.
    """
    number = np.cumsum(counts).astype(np.float64)
    moment = np.cumsum(np.arange(CLASSES) * counts).astype(np.float64)
    denominator = number * (number[-1] - number)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.where(denominator != 0, (number / number[-1] * moment[-1] - moment) ** 2 / denominator, 0)
    inner = between[1 : CLASSES - 1]
    return int(CLASSES - 2 - np.argmax(inner[::-1])) if inner.max() >= 0 else 0


def li(counts: Counts) -> int:
    """The last class of the background: least cross entropy, in whole steps from the mean (Li and Tam 1998)."""
    values = np.arange(CLASSES) * counts
    number, moment = np.cumsum(counts).astype(np.float64), np.cumsum(values).astype(np.float64)
    new, threshold = float(moment[-1] / number[-1]), 0
    for _ in range(10 * CLASSES):
        old, threshold = new, int(new + 0.5)
        back = _mean(moment[threshold], number[threshold])
        objects = _mean(moment[-1] - moment[threshold], number[-1] - number[threshold])
        new = _rounded(back, objects)
        if abs(new - old) <= 0.5:
            break
    return threshold


def _mean(total: float, number: float) -> float:
    return float(total / number) if number else 0.0


def _rounded(back: float, objects: float) -> float:
    """The class of least cross entropy, towards zero as Java rounds; where a side is empty or black, 0."""
    if not back or not objects:
        return 0.0
    logarithms = float(np.log(back) - np.log(objects))
    if not logarithms:
        return 0.0
    exact = (back - objects) / logarithms
    return float(int(exact - 0.5) if exact < -np.finfo(np.float64).eps else int(exact + 0.5))


def triangle(counts: Counts) -> int:
    """The last class of the background: farthest from the line between the peak and the longer tail (Zack, Rogers and Latt 1977)."""
    used = np.flatnonzero(counts)
    low, high = max(int(used[0]) - 1, 0), min(int(used[-1]) + 1, CLASSES - 1)
    peak = int(np.argmax(counts))
    flipped = peak - low < high - peak
    heights = counts[::-1] if flipped else counts
    if flipped:
        low, peak = CLASSES - 1 - high, CLASSES - 1 - peak
    if low == peak:
        return low
    found = _farthest(heights, low, peak) - 1
    return CLASSES - 1 - found if flipped else found


def _farthest(heights: Counts, low: int, peak: int) -> int:
    """The class whose point is farthest below the line from the foot at ``low`` to the top at ``peak``; ``low`` if none is."""
    across, down = float(heights[peak]), float(low - peak)
    length = sqrt(across * across + down * down)
    across, down = across / length, down / length
    start = across * low + down * float(heights[low])
    place = np.arange(low + 1, peak + 1)
    distance = across * place + down * heights[low + 1 : peak + 1] - start
    best = int(np.argmax(distance))
    return int(place[best]) if distance[best] > 0 else low


def isodata(counts: Counts) -> int:
    """The last class of the background: half-way between the means of its two sides, ImageJ's "Default".

    The first and the last class are left out, and a peak more than twice as high as any other class counts 1.5 times that one.
    """
    counts = counts.copy()
    peak = int(np.argmax(counts))
    second = int(np.delete(counts, peak).max())
    if second and counts[peak] > 2 * second:
        counts[peak] = int(second * 1.5)
    counts[0] = counts[-1] = 0
    used = np.flatnonzero(counts)
    if len(used) < 2:
        return CLASSES // 2
    low, high = int(used[0]), int(used[-1])
    number, moment = np.cumsum(counts).astype(np.float64), np.cumsum(np.arange(CLASSES) * counts).astype(np.float64)
    moving = low
    while True:
        middle = (moment[moving] / number[moving] + (moment[-1] - moment[moving]) / (number[-1] - number[moving])) / 2
        moving += 1
        if moving + 1 > middle or moving >= high - 1:
            return int(np.floor(middle + 0.5))


FINDERS: dict[str, Finder] = {"imagej-default": isodata, "otsu": otsu, "li": li, "triangle": triangle}
"""Method -> the last class of the background."""
