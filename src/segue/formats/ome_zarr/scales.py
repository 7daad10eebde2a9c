"""Which resolutions an image gets: each is half of the one before along some axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segue.model.grid import Axis, Grid

MOST = 32
"""Resolutions; more can never be different."""
_METRES = {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "nm": 1e-9, "angstrom": 1e-10, "pm": 1e-12}


@dataclass(frozen=True)
class Scale:
    """One resolution."""

    halved: str
    """The axes along which it is half of the one before; empty = the finest."""
    factors: Mapping[str, int]
    """Axis -> how many of the finest pixels one of its pixels stands for."""


def scales(sizes: Mapping[str, int], grid: Grid, chunks: Mapping[str, int], wanted: int | None) -> list[Scale]:
    """The resolutions of an image, the finest first.

    y and x are halved every time; z is where its steps are less than twice as long as those of y and x, so that pixels become as long as they are
    wide and stay so. Axes without pixel sizes count as equally fine.

    Parameters
    ----------
    sizes
        Of the axes of the image.
    grid
        With the pixel sizes.
    chunks
        Axis -> size of a chunk.
    wanted
        How many; None = until a plane fits one chunk. There are fewer where nothing is left to halve.
    """
    found = [Scale("", {})]
    left = dict(sizes)
    steps = _steps(grid)
    while len(found) < (wanted or MOST) and (wanted is not None or any(left[axis] > chunks[axis] for axis in "yx")):
        fine = _fine(steps)
        halved = "".join(axis for axis in fine if left.get(axis, 1) > 1)
        if not halved:
            break
        left |= {axis: (left[axis] + 1) // 2 for axis in halved}
        steps |= {axis: steps[axis] * 2 for axis in fine if axis in steps}
        found.append(Scale(halved, {axis: found[-1].factors.get(axis, 1) * (2 if axis in halved else 1) for axis in "zyx"}))
    return found


def _fine(steps: Mapping[str, float]) -> str:
    """The axes that are halved next."""
    if "z" not in steps and steps:
        return "yx"
    across = min(steps.get("y", 1.0), steps.get("x", 1.0))
    return "zyx" if steps.get("z", 1.0) < 2 * across else "yx"


def _steps(grid: Grid) -> dict[str, float]:
    """Axis -> length of a step, of those for which it is known; all in one unit."""
    axes = [axis for axis in grid.axes if axis.name in "zyx" and axis.scale is not None and axis.scale > 0]
    if len({axis.unit for axis in axes}) < 2:
        return {axis.name: axis.scale or 1.0 for axis in axes}
    return {axis.name: _length(axis) for axis in axes if axis.unit in _METRES}


def _length(axis: Axis) -> float:
    return (axis.scale or 1.0) * _METRES[axis.unit or ""]
