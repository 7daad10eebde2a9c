"""Which points, and which segments of a label image, lie in which shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from segue.errors import Incompatible, InvalidOption
from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings, check_coordinates

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from segue.geometry.rings import Flat

    Int = NDArray[np.int64]

SMALL = 200_000
"""Points, and vertices, below which the numpy twin may run."""

FEW_MEETINGS = 2_000_000
"""Meetings of a point with an edge at its height, below which it does."""


def points_in_shapes(points: ArrayLike, rings: Flat) -> tuple[Int, Int]:
    """Every pair of a point and a shape that it lies in.

    The rule is that of ``rasterize``: a point on an edge counts by x in (left, right], y in [top, bottom).

    Parameters
    ----------
    points : (n, 2) float64
        x, y in pixels; one that is not finite lies nowhere.
    rings : Rings
        s shapes.

    Returns
    -------
    point_row, shape_row : (k,) int64
        Ascending by point, then by shape.

    Raises
    ------
    Malformed
        A coordinate of a shape is not a finite number.
    """
    at = np.ascontiguousarray(points, np.float64).reshape(-1, 2)
    flat = Rings.of(rings)
    check_coordinates(flat)
    from segue.geometry.reference import inside, meetings

    if max(len(at), len(flat.coords)) < SMALL and meetings(at, flat) < FEW_MEETINGS:
        return inside(at, flat)
    from segue.geometry.inside_kernel import inside as compiled

    return compiled(at, flat)


def segments_in_shapes(labels: NDArray[np.generic], rings: Flat, rule: Literal["centroid", "any", "majority"] = "centroid") -> tuple[NDArray[np.uint64], Int]:
    """Every pair of a segment of a label image and a shape that it lies in.

    Parameters
    ----------
    labels : (y, x) integer
        0 is background.
    rings : Rings
        s shapes.
    rule : "centroid", "any" or "majority"
        Whether the mean of the segment's pixel centres, any of them, or more than half of them must lie in the shape.

    Returns
    -------
    label : (k,) uint64
    shape_row : (k,) int64
        Ascending by label, then by shape.
    """
    image = np.asarray(labels)
    if image.ndim != 2 or image.dtype.kind not in "biu":
        raise Incompatible(f"segments need a two-dimensional image of whole numbers, not {image.ndim} axes of {image.dtype}")
    if rule not in ("centroid", "any", "majority"):
        raise InvalidOption(f"the rule is {rule!r}; it can be centroid, any or majority", option="rule", given=rule)
    flat = Rings.of(rings)
    runs = _runs(image, None)
    names, of = np.unique(runs.label, return_inverse=True)
    pixels = np.bincount(of, runs.length, len(names)).astype(np.int64)
    if rule == "centroid":
        twice = [np.bincount(of, runs.length * (2.0 * first + extent), len(names)) for first, extent in ((runs.x, runs.length), (runs.y, 1))]
        segment, shape = points_in_shapes(np.stack(twice, axis=1) / (2.0 * pixels[:, None]), flat)
        return names[segment], shape
    label, shape, common = common_pixels(image, flat)
    enough = common * 2 > pixels[np.searchsorted(names, label)] if rule == "majority" else common > 0
    return label[enough], shape[enough]


class _Runs(NamedTuple):
    """Neighbouring pixels of a row with the same label and the same owner."""

    label: NDArray[np.uint64]
    owner: Int
    x: Int
    y: Int
    length: Int


def _runs(image: NDArray[np.generic], owner: NDArray[np.int32] | None) -> _Runs:
    """The runs with a label, and an owner where given."""
    begins = np.ones(image.shape, np.bool_)
    begins[:, 1:] = image[:, 1:] != image[:, :-1]
    if owner is not None:
        begins[:, 1:] |= owner[:, 1:] != owner[:, :-1]
    start = np.flatnonzero(begins)
    length = np.diff(np.r_[start, image.size])
    label = image.ravel()[start]
    owners = owner.ravel()[start].astype(np.int64) if owner is not None else np.ones(len(start), np.int64)
    keep = (label != 0) & (owners != 0)
    start, columns = start[keep], max(1, image.shape[1])
    return _Runs(label[keep].astype(np.uint64), owners[keep], start % columns, start // columns, length[keep])


def common_pixels(image: NDArray[np.generic], rings: Flat, top: int = 0) -> tuple[NDArray[np.uint64], Int, Int]:
    """How many pixels segments and shapes have in common: of a band of rows, for example, so that an image need not be in memory.

    Parameters
    ----------
    image : (y, x) integer
        0 is background.
    rings : Rings
        s shapes, in the coordinates of the whole image.
    top
        The row of the whole image with which ``image`` begins.

    Returns
    -------
    label : (k,) uint64
    shape_row : (k,) int64
    pixels : (k,) int64
        From 1. Ascending by label, then by shape.
    """
    flat = Rings.of(rings)
    box = flat.bounds()
    here = np.flatnonzero((box[:, 1] < top + image.shape[0]) & (box[:, 3] > top))
    flat = Rings.of(flat.take(here).translated(0, -top) if top or len(here) < len(flat) else flat)
    runs = _painted(image, flat)
    names, of = np.unique(runs.label, return_inverse=True)
    pair, index = np.unique(of * (len(flat) + 1) + runs.owner, return_inverse=True)
    pixels = np.bincount(index, runs.length, len(pair)).astype(np.int64)
    return names[pair // (len(flat) + 1)], here[pair % (len(flat) + 1) - 1], pixels


def _painted(image: NDArray[np.generic], flat: Rings) -> _Runs:
    """Runs with the shape that they lie in. Shapes that overlap others are painted one by one, each in its own box."""
    owner, overwritten = rasterize(flat, np.arange(1, len(flat) + 1), (image.shape[0], image.shape[1]), dtype=np.int32)
    owner[np.isin(owner, np.flatnonzero(overwritten) + 1)] = 0
    found = [_runs(image, owner.astype(np.int32, copy=False))]
    found += [_runs_of_one(image, flat.take([row]), int(row)) for row in np.flatnonzero(overwritten)]
    return _Runs(*(np.concatenate([getattr(runs, field) for runs in found]) for field in _Runs._fields))


def _runs_of_one(image: NDArray[np.generic], one: Rings, row: int) -> _Runs:
    box = np.clip(one.bounds()[0], 0, [image.shape[1], image.shape[0]] * 2)
    left, top = np.floor(box[:2]).astype(int)
    right, bottom = np.ceil(box[2:]).astype(int)
    part = image[top:bottom, left:right]
    mask, _ = rasterize(one.translated(-left, -top), [1], (part.shape[0], part.shape[1]), dtype=np.int32)
    runs = _runs(part, mask.astype(np.int32, copy=False))
    return runs._replace(owner=np.full(len(runs.owner), row + 1))
