"""What is painted on: red, green and blue as fractions, rounded once at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SMALL = 300_000
"""Pixels of a tile below which plain numpy paints: loading compiled code would take longer."""


WIDEST = 64.0
"""Pixels of the widest outline."""


@dataclass(frozen=True, eq=False)
class Coats:
    """What a coat of colour does to what is below it: ``below * keep + add``."""

    keep: Floats
    """(n,) 1 = nothing is painted."""
    add: Floats
    """(n, 3)"""

    def __len__(self) -> int:
        return len(self.keep)

    def take(self, rows: NDArray[Any]) -> Coats:
        """The coats of some rows."""
        return Coats(self.keep[rows], self.add[rows])

    def under(self, over: Coats) -> Coats:
        """This coat, and another one over it, as one."""
        return Coats(self.keep * over.keep, self.add * over.keep[:, None] + over.add)


def coats(rgb: NDArray[Any], opacity: NDArray[Any] | float) -> Coats:
    """Coats of colours (n, 3) of 0 to 255, with opacities (n,) of 0 to 1."""
    colour = np.asarray(rgb, np.float64).reshape(-1, 3)
    share = np.broadcast_to(np.asarray(opacity, np.float64), len(colour))
    return Coats(1.0 - share, colour * share[:, None])


def black(height: int, width: int) -> Floats:
    """(height, width, 3) float64 of 0."""
    return np.zeros((height, width, 3))


def finished(canvas: Floats) -> NDArray[np.uint8]:
    """(y, x, 3) uint8; the canvas is used up. Halves are rounded up, and so is what arithmetic left a millionth below one."""
    np.clip(canvas, 0, 255, out=canvas)
    canvas += 0.500001
    return canvas.astype(np.uint8)


def steps(width: float) -> NDArray[np.int64]:
    """(n, 2) offsets (rows, columns) to the pixels around one that are not farther away than ``width``, the nearest first."""
    reach = int(width)
    rows, columns = (axis.reshape(-1) for axis in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    distance = rows * rows + columns * columns
    order = np.argsort(distance, kind="stable")
    order = order[(distance[order] <= width * width) & (distance[order] > 0)]
    return np.stack([rows[order], columns[order]], axis=1).astype(np.int64)
