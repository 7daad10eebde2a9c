"""Label image to exact outlines along the pixel edges. The exact inverse is ``rasterize``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import Malformed, TooLarge
from segue.geometry.parts import RawRings, arrange

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Rings

SMALL = 2_000_000
"""Pixels below which the numpy twin runs: loading compiled code would take longer."""

MOST_PIXELS = 2**40


def outline(labels: NDArray[np.generic]) -> tuple[NDArray[np.uint64], Rings]:
    """Exact outlines of all labels, along pixel edges.

    Parts are 4-connected. A ring that touches itself at a corner is split there, so that every ring is simple and every shape valid.
    Outer rings run clockwise on the screen (y down), holes the other way; each starts at its topmost, then leftmost corner. Parts of a
    label, and holes of a part, are in the order of these corners.

    Parameters
    ----------
    labels : (y, x) integer or bool, any byte order
        0 is background.

    Returns
    -------
    labels : (s,) uint64
        The labels that occur, ascending.
    rings : Rings
        One shape per label, with all its parts.

    Raises
    ------
    Malformed
        Not two-dimensional, not of whole numbers, or with negative labels.
    TooLarge
        More than 2**31 rows or columns, or more than 2**40 pixels.
    """
    image = np.asarray(labels)
    if image.ndim != 2 or image.dtype.kind not in "biu":
        raise Malformed(f"outlines need a two-dimensional image of whole numbers, not {image.ndim} axes of {image.dtype}", expected="(y, x) integers")
    if max(image.shape) >= 2**31 - 2 or image.size > MOST_PIXELS:
        raise TooLarge(f"a label image of {image.shape[0]} x {image.shape[1]} pixels is too large to outline in one piece; cut it into regions")
    if image.size < SMALL:
        from segue.geometry.reference import in_order, trace
    else:
        from segue.geometry.outline_kernel import in_order, trace
    found = trace(_comparable(image))
    return arrange(_with_true_labels(found, image.dtype), image.shape, in_order)


def _comparable(image: NDArray[np.generic]) -> NDArray[np.generic]:
    """Contiguous, in native byte order, and of one of four types, so that few kernels are compiled.

    Values of 4 and 8 bytes keep their bits, not their sign: tracing only compares them.
    """
    native = np.ascontiguousarray(image, image.dtype.newbyteorder("="))
    return native.view({1: np.uint8, 2: np.uint16, 4: np.int32, 8: np.int64}[native.dtype.itemsize])


def _with_true_labels(found: RawRings, dtype: np.dtype[np.generic]) -> RawRings:
    label = found.label.view(dtype.newbyteorder("="))
    if (label < 0).any():
        raise Malformed(f"label {label.min()} is negative; labels are positive and 0 is background", expected="labels >= 0")
    return found._replace(label=label.astype(np.uint64))
