# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN202
"""Compiled twin of ``segments._paint``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.render.paint import Coats


def paint(canvas: NDArray[np.float64], labels: NDArray[Any], halo: int, known: NDArray[Any], fill: Coats, line: Coats, around: NDArray[np.int64]) -> None:
    """As ``segments._paint``."""
    _paint(canvas, np.ascontiguousarray(labels), halo, known, fill.keep, fill.add, line.keep, line.add, around)


@njit(nogil=True)
def _paint(canvas, labels, halo, known, fill_keep, fill_add, line_keep, line_add, around):
    """Neighbouring pixels mostly have the same label, which is looked up once."""
    last, place = labels.dtype.type(0), -1
    for y in range(canvas.shape[0]):
        for x in range(canvas.shape[1]):
            label = labels[y + halo, x + halo]
            if label == 0:
                continue
            if label != last:
                last, place = label, np.searchsorted(known, label)
                if place == len(known) or known[place] != label:
                    place = -1
            if place < 0:
                continue
            for c in range(3):
                canvas[y, x, c] = canvas[y, x, c] * fill_keep[place] + fill_add[place, c]
            for k in range(len(around)):
                if labels[y + halo + around[k, 0], x + halo + around[k, 1]] != label:
                    for c in range(3):
                        canvas[y, x, c] = canvas[y, x, c] * line_keep[place] + line_add[place, c]
                    break
