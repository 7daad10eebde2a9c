"""Thresholds as scikit-image finds them: on the values of whole numbers, and on 256 classes of fractions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Floats = NDArray[np.floating[Any]]
    Blocks = Callable[[], Iterable[NDArray[Any]]]

STEPS = 1000
"""More than the search for a minimum ever took; ends one that turns in circles."""


def otsu(counts: Counts, centres: Floats) -> float:
    """The largest variance between background and objects, of equal ones the first (Otsu 1979).

    Parameters
    ----------
    counts : (n,)
        Pixels of each class; the first and the last are not 0.
    centres : (n,)
        Values of the classes, ascending.

    Returns
    -------
    The highest value of the background.
    """
    weights = counts.astype(np.float32)
    one, two = np.cumsum(weights), np.cumsum(weights[::-1])[::-1]
    mean_one = np.cumsum(weights * centres) / one
    mean_two = (np.cumsum((weights * centres)[::-1]) / two[::-1])[::-1]
    between = one[:-1] * two[1:] * (mean_one[:-1] - mean_two[1:]) ** 2
    return float(centres[np.argmax(between)])


def triangle(counts: Counts, centres: Floats) -> float:
    """Farthest from the line between the peak and the longer tail (Zack, Rogers and Latt 1977); as for ``otsu``."""
    peak, low, high = int(np.argmax(counts)), 0, len(counts) - 1
    flipped = peak - low < high - peak
    heights = counts[::-1] if flipped else counts
    if flipped:
        low, peak = len(counts) - 1 - high, len(counts) - 1 - peak
    across, width = float(heights[peak]), float(peak - low)
    length = np.sqrt(across**2 + width**2)
    place = np.arange(int(width))
    best = int(np.argmax(across / length * place - width / length * heights[low + place])) + low
    return float(centres[len(counts) - 1 - best if flipped else best])


def li(blocks: Blocks, counts: Counts, centres: Floats, *, fractions: bool) -> float:
    """The least cross entropy (Li and Tam 1998); of fractions on the values themselves, in several passes over them.

    Parameters
    ----------
    blocks
        The pixels, as often as asked for; used only for fractions.
    counts, centres
        As for ``otsu``.
    fractions
        Whether the values are of floating point.
    """
    low = _smallest(blocks) if fractions else float(centres[0])
    if fractions:
        sides, new, tolerance = _sides(blocks, low), _overall(blocks, low), _step(blocks) / 2
    else:
        sides, new, tolerance = _sides_of_counts(counts, centres - low), float(np.average(centres - low, weights=counts)), 0.5
    old = -2 * tolerance
    for _ in range(STEPS):
        if abs(new - old) <= tolerance:
            break
        old = new
        objects, back = sides(old)
        if back == 0:
            break
        new = (back - objects) / (np.log(back) - np.log(objects))
    return float(new + low)


def _sides_of_counts(counts: Counts, values: Floats) -> Callable[[float], tuple[float, float]]:
    weights = counts.astype(np.float32)

    def sides(threshold: float) -> tuple[float, float]:
        above = values > threshold
        return float(np.average(values[above], weights=weights[above])), float(np.average(values[~above], weights=weights[~above]))

    return sides


def _sides(blocks: Blocks, low: float) -> Callable[[float], tuple[float, float]]:
    def sides(threshold: float) -> tuple[float, float]:
        totals, numbers = np.zeros(2), np.zeros(2)
        for block in blocks():
            values = finite(block) - low
            above = values > threshold
            for side, chosen in enumerate((above, ~above)):
                totals[side] += values[chosen].sum(dtype=np.float64)
                numbers[side] += np.count_nonzero(chosen)
        return float(totals[0] / numbers[0]), float(totals[1] / numbers[1])

    return sides


def _smallest(blocks: Blocks) -> float:
    return min(float(values.min()) for block in blocks() if (values := finite(block)).size)


def _overall(blocks: Blocks, low: float) -> float:
    found = [((values - low).sum(dtype=np.float64), values.size) for block in blocks() if (values := finite(block)).size]
    return float(sum(total for total, _ in found) / sum(number for _, number in found))


def _step(blocks: Blocks) -> float:
    """The least difference between two values; of each block by itself, so that not all values have to be in memory at once."""
    return min(float(np.diff(values).min()) for block in blocks() if (values := np.unique(finite(block))).size > 1)


def finite(block: NDArray[Any]) -> NDArray[Any]:
    """The values that are numbers, in one row."""
    return block[np.isfinite(block)] if block.dtype.kind == "f" else block.reshape(-1)
