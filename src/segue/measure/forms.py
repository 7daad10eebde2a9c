"""What segments look like: columns by the names of the catalogue, of a block of a label image that holds each segment whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.shape import shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.generic]]


def forms(labels: NDArray[np.generic], wanted: frozenset[str], origin: tuple[int, int, int] = (0, 0, 0)) -> Columns:
    """Measure the form of every segment of a block.

    Parameters
    ----------
    labels : (y, x) integer or bool
        0 is background; every segment is whole.
    wanted
        Names of measurements; others may be missing from the result.
    origin
        Plane, row and column of the block's first pixel in the image: places are counted from the corner of the image.

    Returns
    -------
    ``label`` and the wanted columns, one row per segment, ascending by label; in pixels.
    """
    columns, _ = shapes(labels)
    shift = {"x": origin[2], "y": origin[1], "z": origin[0], "left": origin[2], "top": origin[1], "front": origin[0]}
    shift |= {"feret_x": origin[2], "feret_y": origin[1]}
    return {name: column + shift[name] if name in shift else column for name, column in columns.items() if name in wanted or name == "label"}
