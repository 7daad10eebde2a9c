"""Segments of a label image: filled, and outlined on the pixels inside their borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.render.paint import SMALL, Coats, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def labels_of(labels: NDArray[Any]) -> NDArray[Any]:
    """(n,) the labels that occur, ascending, 0 left out. Looks at the runs of equal pixels only."""
    flat = np.ascontiguousarray(labels).reshape(-1)
    if not flat.size:
        return flat
    begins = np.ones(flat.size, np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=begins[1:])
    found: NDArray[Any] = np.unique(flat[begins])
    some: NDArray[Any] = found[found != 0]
    return some


def paint_segments(canvas: Floats, labels: NDArray[Any], halo: int, known: NDArray[Any], fill: Coats, line: Coats, width: float) -> None:
    """Paint all segments of a tile.

    A pixel is on the outline of its segment if a pixel that is not farther away than ``width`` is not of that segment: with 1 the pixels that
    touch another segment, or the background, with an edge.

    Parameters
    ----------
    canvas : (y, x, 3) float64
        Is changed.
    labels : (y + 2 halo, x + 2 halo) integer
        With what lies around the tile, so that an outline does not depend on how a picture is cut; 0 outside the image.
    halo
        At least ``width``.
    known : (n,)
        The labels that are painted, ascending.
    fill, line
        Their coats: everywhere, and on the outline.
    width
        Of outlines, in pixels; 0 = none.
    """
    around = steps(width)
    if canvas.shape[0] * canvas.shape[1] < SMALL:
        _paint(canvas, labels, halo, known, fill, line, around)
        return
    from segue.render.segments_kernel import paint

    paint(canvas, labels, halo, known, fill, line, around)


def _paint(canvas: Floats, labels: NDArray[Any], halo: int, known: NDArray[Any], fill: Coats, line: Coats, around: NDArray[np.int64]) -> None:
    height, width = canvas.shape[:2]
    inner = labels[halo : halo + height, halo : halo + width]
    place = np.searchsorted(known, inner)
    place[place == len(known)] = 0
    painted = known[place] == inner if len(known) else np.zeros(inner.shape, np.bool_)
    edge = np.zeros(inner.shape, np.bool_)
    for row, column in around:
        edge |= labels[halo + row : halo + row + height, halo + column : halo + column + width] != inner
    for where, coat in ((painted, fill), (painted & edge, line)):
        rows = place[where]
        canvas[where] = canvas[where] * coat.keep[rows, None] + coat.add[rows]
