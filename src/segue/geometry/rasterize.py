"""Outlines to a label image, by pixel centres. The exact inverse of ``outline``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from segue.errors import Incompatible, InvalidOption, TooLarge
from segue.geometry.rings import Rings, check_coordinates

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from segue.geometry.rings import Flat

Overlap = Literal["last", "first", "smallest", "error"]

SMALL = 2_000_000
"""Pixels, and crossings of an edge with a row, below which the numpy twin runs."""


def rasterize(
    rings: Flat,
    values: ArrayLike,
    shape: tuple[int, int],
    *,
    overlap: Overlap = "last",
    out: NDArray[np.generic] | None = None,
    dtype: DTypeLike | None = None,
) -> tuple[NDArray[np.generic], NDArray[np.int64]]:
    """Paint each shape with its value.

    A pixel belongs to a shape if its centre is inside; a centre exactly on an edge counts by x in (left, right], y in [top, bottom), the
    rule and the arithmetic of ImageJ's PolygonFiller. Shapes may lie outside the image.

    Parameters
    ----------
    rings : Rings
        s shapes: even-odd over the rings of a part, union over the parts.
    values : (s,) integer
        Not 0, which is background.
    shape : (rows, columns)
        Of the image.
    overlap : "last", "first", "smallest" or "error"
        Whose pixel it is where shapes with different values overlap: the later row's, the earlier row's, the smaller area's (of equal
        areas the later row's), or nobody's: an error.
    out : (y, x) integer, optional
        Image to paint on; what no shape covers stays. Otherwise a new image of 0.
    dtype : optional
        Of a new image; that of ``values`` where not given.

    Returns
    -------
    labels : (y, x)
    overwritten : (s,) int64
        Pixels that each shape lost to a shape with another value.

    Raises
    ------
    Incompatible
        Shapes overlap and ``overlap`` is "error"; values are 0, do not fit the dtype, or are not one per shape.
    Malformed
        A coordinate is not a finite number.
    TooLarge
        More than 2**31 shapes, rows or columns.
    """
    flat = Rings.of(rings)
    if overlap not in ("last", "first", "smallest", "error"):
        raise InvalidOption(f"overlap is {overlap!r}; it can be last, first, smallest or error", option="overlap", given=overlap)
    colours = _checked_values(np.asarray(values), len(flat), out.dtype if out is not None else dtype)
    if max(*shape, len(flat)) >= 2**31 - 2 or min(shape) < 0:
        raise TooLarge(f"{len(flat)} shapes on {shape[0]} x {shape[1]} pixels are too many to paint in one piece; cut the image into regions")
    if out is not None and out.shape != tuple(shape):
        raise Incompatible(f"the image to paint on is {out.shape[0]} x {out.shape[1]}, not {shape[0]} x {shape[1]}")
    check_coordinates(flat)
    if shape[0] * shape[1] < SMALL and _crossings(flat, shape[0]) < SMALL:
        from segue.geometry.reference import colour, paint
    else:
        from segue.geometry.rasterize_kernel import colour, paint
    owner, overwritten = paint(flat, colours, _order(flat, overlap), shape)
    if overlap == "error" and overwritten.any():
        rows = np.flatnonzero(overwritten)
        raise Incompatible(
            f"{len(rows)} shapes are partly covered by others, first rows {rows[:5].tolist()}; choose who wins an overlap", rows=rows[:5].tolist()
        )
    return colour(owner, colours, out), overwritten


def _checked_values(values: NDArray[np.generic], count: int, dtype: DTypeLike | None) -> NDArray[np.generic]:
    if values.shape != (count,) or values.dtype.kind not in "iub":
        raise Incompatible(f"{count} shapes need {count} whole numbers as values, not {values.shape} of {values.dtype}")
    wanted = np.dtype(values.dtype if dtype is None else dtype).newbyteorder("=")
    cast = values.astype(wanted)
    if (cast != values).any() or not cast.all():
        raise Incompatible(f"the values do not fit: {wanted} holds labels from 1 to {np.iinfo(wanted).max if wanted.kind in 'iu' else 1}")
    return cast


def _crossings(flat: Rings, rows: int) -> float:
    """At most how many times edges cross the centre line of a row."""
    y = np.clip(flat.coords[:, 1], 0, rows)
    return float(np.abs(np.diff(y)).sum() + rows * 2.0 * (len(flat.ring_start) - 1 + len(y) // rows if rows else 0))


def _order(flat: Rings, overlap: Overlap) -> NDArray[np.int64]:
    """The rows in the order in which painting over gives the wanted winner."""
    if overlap == "first":
        return np.arange(len(flat), dtype=np.int64)[::-1].copy()
    if overlap == "smallest":
        return np.argsort(-flat.areas(), kind="stable")
    return np.arange(len(flat), dtype=np.int64)
