"""Border pixels of areas and back: what programs keep that follow contours through pixel centres (OpenCV, and so Cellpose).

The border of an area are its pixels that touch the outside by an edge, in the order in which one meets them on the way round. It stands for
the area with everything it encloses: an area in one piece (pixels that touch by a corner are connected) and without holes.
A polygon *through* the centres of these pixels is smaller: it loses half a pixel all around (MouseLand/cellpose#757).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segue.errors import TooLarge
from segue.geometry.components import components
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.model.rings import Ints, Rings, concat, laid_out

Array = npt.NDArray[Any]

SHEET = 1 << 22
"""Pixels that are worked on at a time, if no single area needs more."""
MOST = 1 << 27
"""Pixels of the box of one area."""
SMALL = 200_000
"""Edges below which they are followed without compiled code."""


@dataclass(frozen=True)
class _Sheet:
    """Boxes one below the other, with an empty pixel around each."""

    rows: Ints
    """Which areas."""
    shift: Ints
    """(k, 2) What is added to x, y of each to place it on the sheet."""
    owner: Ints
    """(height,) Which of them a row of the sheet belongs to, from 1."""
    width: int

    def blank(self) -> Array:
        return np.zeros((len(self.owner), self.width), np.int32)

    def on(self, rings: Rings) -> Rings:
        """The areas at their places on the sheet."""
        mine = rings.take(self.rows)
        return mine.with_coords(mine.coords + np.repeat(self.shift, np.diff(mine.coord_start), axis=0))

    def traced(self, canvas: Array) -> tuple[Ints, Rings]:
        """The areas that have pixels on the sheet, and their outlines at their own places."""
        found, rings = outline(canvas)
        index = found.astype(np.int64) - 1
        return self.rows[index], rings.with_coords(rings.coords - np.repeat(self.shift[index], np.diff(rings.coord_start), axis=0))


def _sheets(box: Ints) -> Iterator[_Sheet]:
    """Sheets for boxes (x, y, end x, end y): boxes of about the same width together."""
    size = box[:, 2:] - box[:, :2]
    if (size.astype(np.float64).prod(axis=1) > MOST).any():
        raise TooLarge(f"an area of {size.prod(axis=1).max():,} pixels is too large to follow its border; segue does so up to {MOST:,}", limit=MOST)
    width = np.ceil(np.log2(np.maximum(size[:, 0], 1))).astype(np.int64)
    for step in np.unique(width):
        rows = np.flatnonzero(width == step)
        used = np.cumsum(size[rows, 1] + 1) * ((1 << int(step)) + 2)
        for sheet in np.unique(used // SHEET):
            mine = rows[used // SHEET == sheet]
            height = size[mine, 1] + 1
            top = 1 + np.cumsum(height) - height
            owner = np.concatenate([[1], np.repeat(np.arange(1, len(mine) + 1), height)])
            yield _Sheet(mine, np.stack([1 - box[mine, 0], top - box[mine, 1]], axis=1), owner, int(size[mine, 0].max()) + 2)


def areas_of(points: Ints, start: Ints) -> Rings:
    """The outlines, along pixel edges, of the areas that have these border pixels.

    Parameters
    ----------
    points : (n, 2) int64
        Column and row of each border pixel.
    start : (areas + 1,) int64
        Where the pixels of each area begin; every area has one at least.

    Returns
    -------
    One shape per area: the border and everything inside it.

    Raises
    ------
    TooLarge
        The box of an area has more than ``MOST`` pixels.
    """
    count = len(start) - 1
    if not count:
        return Rings.empty()
    box = np.hstack([np.minimum.reduceat(points, start[:-1]), np.maximum.reduceat(points, start[:-1]) + 1])
    found, rings = [], []
    for sheet in _sheets(box):
        canvas = sheet.blank()
        offsets, mine = laid_out(start[sheet.rows], np.diff(start)[sheet.rows])
        number = np.repeat(np.arange(len(sheet.rows)), np.diff(offsets))
        at = points[mine] + sheet.shift[number]
        canvas[at[:, 1], at[:, 0]] = number + 1
        rows, traced = sheet.traced(_filled(canvas, sheet.owner))
        found.append(rows)
        rings.append(traced)
    return concat(rings).take(np.argsort(np.concatenate(found)))


def simple_areas(rings: Rings) -> tuple[Ints, Rings]:
    """What the border pixels of areas can hold: the largest piece of each, its holes filled, as the outline of its pixels.

    Parameters
    ----------
    rings
        Any areas; the pixels whose centres are inside count.

    Returns
    -------
    rows : (k,) int64
        The areas that cover a pixel, ascending.
    rings
        Their outlines.

    Raises
    ------
    TooLarge
        The box of an area has more than ``MOST`` pixels.
    """
    rows = np.flatnonzero(np.diff(rings.coord_start))
    if not len(rows):
        return rows, Rings.empty()
    drawn = rings.take(rows)
    found, traced = [], []
    for sheet in _sheets(_boxes(drawn)):
        canvas = sheet.blank()
        rasterize(sheet.on(drawn), np.arange(1, len(sheet.rows) + 1, dtype=np.int32), canvas.shape, out=canvas)
        mine, outlines = sheet.traced(_largest(_filled(canvas, sheet.owner)))
        found.append(mine)
        traced.append(outlines)
    order = np.argsort(np.concatenate(found))
    return rows[np.concatenate(found)[order]], concat(traced).take(order)


def _boxes(rings: Rings) -> Ints:
    low = np.floor(np.minimum.reduceat(rings.coords, rings.coord_start[:-1]))
    high = np.ceil(np.maximum.reduceat(rings.coords, rings.coord_start[:-1]))
    return np.hstack([low, np.maximum(high, low + 1)]).astype(np.int64)


def _filled(canvas: Array, owner: Ints) -> Array:
    """Everything that cannot be reached from the outside by edges, too."""
    parts, count = components(canvas == 0, 4)
    if count == 1:
        return canvas
    enclosed = (parts != parts[0, 0]) & (parts != 0)
    return np.where(enclosed, owner[:, None].astype(np.int32), canvas)


def _largest(canvas: Array) -> Array:
    """Only the largest piece of each area; of equal ones the first."""
    parts, count = components(canvas, 8)
    size = np.bincount(parts.reshape(-1), minlength=count + 1)[1:]
    first = np.zeros(count + 1, np.int64)
    first[parts.reshape(-1)[::-1]] = canvas.reshape(-1)[::-1]
    owner = first[1:]
    order = np.lexsort((np.arange(count), -size, owner))
    best = np.zeros(count + 1, np.bool_)
    best[1:][order[np.unique(owner[order], return_index=True)[1]]] = True
    return canvas if best[1:].all() else np.where(best[parts], canvas, 0)


def borders_of(rings: Rings) -> tuple[Ints, Ints]:
    """The border pixels of areas in the order of OpenCV's ``findContours`` (external, without approximation).

    From the topmost, then leftmost pixel downwards, so counter-clockwise on the screen; thin parts are passed twice.

    Parameters
    ----------
    rings
        What ``simple_areas`` gives.

    Returns
    -------
    points : (n, 2) int64
        Column and row.
    start : (areas + 1,) int64
    """
    if not len(rings):
        return np.empty((0, 2), np.int64), np.zeros(1, np.int64)
    found, rows, lengths = [], [], []
    for sheet in _sheets(_boxes(rings)):
        canvas, _ = rasterize(sheet.on(rings), np.arange(1, len(sheet.rows) + 1, dtype=np.int32), (len(sheet.owner), sheet.width))
        pixels, owner = _followed(np.asarray(canvas))
        at = np.stack([pixels % sheet.width, pixels // sheet.width], axis=1) - sheet.shift[owner]
        found.append(at)
        lengths.append(np.bincount(owner, minlength=len(sheet.rows)))
        rows.append(sheet.rows)
    order = np.argsort(np.concatenate(rows))
    length = np.concatenate(lengths)
    begin = np.cumsum(length) - length
    start, taken = laid_out(begin[order], length[order])
    return np.concatenate(found)[taken], start


_TURN = ((0, -1), (1, 0), (0, 1), (-1, 0))
"""(row, column) outwards from a pixel at its west, south, east and north side: the order in which one passes them on the way round."""
_AHEAD = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""Where one goes along these sides."""


def _followed(canvas: Array) -> tuple[Ints, Ints]:
    """Flat indexes of the border pixels of each area on a sheet, one area after the other, and the areas (from 0)."""
    edge, after = _successors(canvas)
    pixel = edge // 4
    owner = canvas.reshape(-1)[pixel] - 1
    first = np.zeros(int(owner.max()) + 1, np.int64)
    first[owner[::-1]] = np.arange(len(edge) - 1, -1, -1)
    if len(edge) < SMALL:
        from segue.geometry.border_follow import follow
    else:
        from segue.geometry.border_kernel import follow
    order = follow(after, first)
    passed, area = pixel[order], owner[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (passed[1:] != passed[:-1]) | (area[1:] != area[:-1])
    start = np.flatnonzero(np.diff(area, prepend=-1))
    last = np.append(start[1:], len(order)) - 1
    again = (passed[last] == passed[start]) & (last > start)
    _without_return(new, start[again], last[again])
    return passed[new].astype(np.int64), area[new].astype(np.int64)


def _without_return(new: Array, start: Ints, last: Ints) -> None:
    """A way that ends on the pixel where it began: that run of edges is not counted again."""
    for one, end in zip(start.tolist(), last.tolist(), strict=True):
        place = end
        while place > one and not new[place]:
            place -= 1
        new[place] = place == one


def _successors(canvas: Array) -> tuple[Ints, Ints]:
    """Every edge between an area and something else (4 x pixel + side), and which of them comes next on the way round.

    The west sides stand first, from top to bottom: an area's first edge is on its topmost, then leftmost pixel.
    """
    width = canvas.shape[1]
    flat = canvas.reshape(-1)
    inside = np.flatnonzero(flat)
    found, following = [], []
    for side, (out, ahead) in enumerate(zip(_TURN, _AHEAD, strict=True)):
        outwards, onwards = out[0] * width + out[1], ahead[0] * width + ahead[1]
        pixel = inside[flat[inside + outwards] != flat[inside]]
        label = flat[pixel]
        diagonal = flat[pixel + onwards + outwards] == label
        straight = flat[pixel + onwards] == label
        turned = 4 * pixel + (side + 1) % 4
        along = np.where(straight, 4 * (pixel + onwards) + side, turned)
        found.append(4 * pixel + side)
        following.append(np.where(diagonal, 4 * (pixel + onwards + outwards) + (side - 1) % 4, along))
    return _linked(np.concatenate(found), np.concatenate(following), flat.size)


def _linked(edge: Ints, after: Ints, pixels: int) -> tuple[Ints, Ints]:
    """The edges, and at which of them ``after`` stands: by a table of all edges of the sheet, or by searching where that would be large."""
    if pixels > 2 * SHEET:
        order = np.argsort(edge)
        return edge, order[np.searchsorted(edge, after, sorter=order)]
    place = np.zeros(4 * pixels, np.int32)
    place[edge] = np.arange(len(edge), dtype=np.int32)
    return edge, place[after].astype(np.int64)
