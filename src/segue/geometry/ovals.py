"""Ovals and rectangles in upright boxes as rings.

Two rules. "imagej" reproduces the pixels that ImageJ selects: the box becomes whole (position cut off towards zero, size rounded up, as
the constructors of ``ij.gui.Roi`` do), and a pixel of it belongs to the oval if ``(dx / a)^2 + (dy / b)^2 <= 1`` for its centre
(``OvalRoi.getMask``, public domain; compared with ImageJ 1.53t for all boxes up to 60 x 60). "centre" takes the geometric figure and the
pixels whose centres are inside, by the rule of ``rasterize``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from segue.errors import InvalidOption, Malformed, TooLarge
from segue.geometry.rings import Rings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Float = NDArray[np.float64]
    Int = NDArray[np.int64]

Rule = Literal["imagej", "centre"]

LARGEST = 10_000_000
"""Pixels along a side of a box."""


def ovals(boxes: ArrayLike, rule: Rule = "imagej") -> Rings:
    """The outline, along pixel edges, of the pixels of each oval; a shape without parts where there is none.

    Parameters
    ----------
    boxes : (s, 4) float64
        x, y, width, height of the enclosing box in pixels.
    rule : "imagej" or "centre"
        Which pixels belong to an oval.

    Raises
    ------
    Malformed
        A number is not finite, or a size is negative.
    TooLarge
        A side is longer than 10,000,000 pixels.
    """
    whole, rest = _split(_boxes(boxes, rule))
    distinct, which = _distinct(rest)
    spans = _imagej_spans(distinct) if rule == "imagej" else _centre_spans(distinct)
    rings = _outlined(spans, len(distinct)).take(which)
    return rings.with_coords(rings.coords + np.repeat(whole, np.diff(rings.coord_start), axis=0))


def rectangles(boxes: ArrayLike, rule: Rule = "imagej") -> Rings:
    """Each box as a ring of four corners, clockwise from the top left; "imagej" makes it whole, "centre" keeps it.

    Parameters and errors are those of :func:`ovals`.
    """
    box = _boxes(boxes, rule)
    x, y, right, bottom = box[:, 0], box[:, 1], box[:, 0] + box[:, 2], box[:, 1] + box[:, 3]
    coords = np.stack([x, y, right, y, right, bottom, x, bottom], axis=1).reshape(-1, 2)
    return Rings.simple(coords, np.arange(0, len(coords) + 1, 4))


def _boxes(boxes: ArrayLike, rule: Rule) -> Float:
    box = np.asarray(boxes, np.float64).reshape(-1, 4)
    if rule not in ("imagej", "centre"):
        raise InvalidOption(f"the rule is {rule!r}; it can be imagej or centre", option="rule", given=rule)
    wrong = np.flatnonzero(~(np.isfinite(box).all(axis=1) & (box[:, 2:] >= 0).all(axis=1)))
    if len(wrong):
        raise Malformed(f"box {wrong[0]} is {box[wrong[0]].tolist()}; it needs finite numbers and no negative size", position=str(wrong[0]))
    if len(box) and box[:, 2:].max() > LARGEST:
        raise TooLarge(f"a box is {box[:, 2:].max():g} pixels long; the most is {LARGEST:,}")
    if rule == "imagej":
        return np.hstack([np.trunc(box[:, :2]), np.maximum(np.ceil(box[:, 2:]), 1)])
    return box


def _split(box: Float) -> tuple[Float, Float]:
    """Whole pixels of the position, and the box with what remains: equal ovals at other places become equal rows."""
    whole = np.floor(box[:, :2])
    return whole, np.hstack([box[:, :2] - whole, box[:, 2:]])


def _distinct(box: Float) -> tuple[Float, Int]:
    """The different rows, and for each row which of them it is. (``np.unique`` with an axis sorts ten times slower.)"""
    order = np.lexsort(box.T)
    ordered = box[order]
    new = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)] if len(box) else np.zeros(0, np.bool_)
    which = np.empty(len(box), np.int64)
    which[order] = np.cumsum(new) - 1
    return ordered[new], which


class _Spans(NamedTuple):
    """Runs of pixels, row by row, oval by oval; within an oval the rows follow each other."""

    oval: Int
    row: Int
    left: Int
    right: Int


def _imagej_spans(box: Float) -> _Spans:
    oval, row = _rows(np.zeros(len(box)), box[:, 3])
    width, a, b = box[oval, 2], box[oval, 2] / 2, box[oval, 3] / 2
    dy = row - (b - 0.5)
    high = dy * dy / (b * b)
    guess = np.ceil(a - 0.5 - a * np.sqrt(np.maximum(0, 1 - high)))
    left = np.maximum(guess + 1, 0)
    for candidate in (guess, guess - 1):
        dx = candidate - (a - 0.5)
        left = np.where((candidate >= 0) & (dx * dx / (a * a) + high <= 1), candidate, left)
    dx = left - (a - 0.5)
    left = np.where(dx * dx / (a * a) + high <= 1, left, width)
    return _filled(oval, row, left, width - left)


def _centre_spans(box: Float) -> _Spans:
    oval, row = _rows(np.ceil(box[:, 1] - 0.5), np.ceil(box[:, 1] + box[:, 3] - 0.5))
    x, y, a, b = box[oval, 0] + box[oval, 2] / 2, box[oval, 1] + box[oval, 3] / 2, box[oval, 2] / 2, box[oval, 3] / 2
    half = a * np.sqrt(np.maximum(0, 1 - ((row + 0.5 - y) / b) ** 2))
    return _filled(oval, row, np.floor(x - half + 0.5), np.floor(x + half + 0.5))


def _rows(first: Float, end: Float) -> tuple[Int, Int]:
    height = np.maximum(end - first, 0).astype(np.int64)
    start = np.zeros(len(height) + 1, np.int64)
    np.cumsum(height, out=start[1:])
    oval = np.repeat(np.arange(len(height)), height)
    return oval, np.arange(start[-1]) + np.repeat(first.astype(np.int64) - start[:-1], height)


def _filled(oval: Int, row: Int, left: Float, right: Float) -> _Spans:
    keep = right > left
    return _Spans(oval[keep], row[keep], left[keep].astype(np.int64), right[keep].astype(np.int64))


def _outlined(spans: _Spans, count: int) -> Rings:
    """One ring per oval: from the top-left corner along the top, down the right-hand side, up the left-hand side.

    A side has a vertex at both ends of a row unless the side goes straight on there.
    """
    oval, row, left, right = spans
    first = np.r_[True, oval[1:] != oval[:-1]] if len(oval) else np.zeros(0, np.bool_)
    last = np.roll(first, -1)
    down = _pairs(first | (np.roll(right, 1) != right), last | (np.roll(right, -1) != right))
    up = _pairs(~first & (np.roll(left, 1) != left), last | (np.roll(left, -1) != left))[::-1]
    owner, y = np.repeat(oval, 2), _pairs(row, row + 1)
    x = np.r_[left[first], np.repeat(right, 2)[down], np.repeat(left, 2)[::-1][up]]
    side = np.r_[oval[first] * 3, owner[down] * 3 + 1, owner[::-1][up] * 3 + 2]
    order = np.argsort(side, kind="stable")
    coords = np.stack([x, np.r_[row[first], y[down], y[::-1][up]]], axis=1)[order].astype(np.float64)
    length = np.bincount(side // 3, minlength=count)
    ring_start = np.r_[0, np.cumsum(length[oval[first]])]
    return Rings(coords, ring_start, np.arange(len(ring_start)), np.r_[0, np.cumsum(length > 0)])


def _pairs(one: NDArray[Any], two: NDArray[Any]) -> NDArray[Any]:
    return np.stack([one, two], axis=1).ravel()
