"""Areas of whole pixels as blocks of columns, and their exact outlines: work and memory grow with the blocks, never with the image.

COCO counts pixels down the columns; ``codecs.coco_rle`` turns its counts into blocks. Here blocks become rings along pixel edges, the
same that ``outline`` finds in a label image, and such rings become blocks.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.errors import TooLarge
from segue.geometry.outline import outline
from segue.geometry.rings import Rings, following
from segue.model.rings import concat, laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Flat

    Int = NDArray[np.int64]

SMALL = 500_000
"""Pixels of all boxes together up to which the plain twin is faster than loading the kernel."""
CHUNK = 1 << 20
"""Blocks at a time, unless one shape has more."""
MOST_BLOCKS = 1 << 26
"""Of one shape: more columns than any microscope image has."""


class Blocks(NamedTuple):
    """Pixels of many shapes: columns ``x .. x + width``, rows ``top .. bottom``.

    Within a shape in the order of x, then top. Blocks of a shape with the same x have the same width and do not touch; blocks with
    different x share no column.
    """

    start: Int
    """(shapes + 1,) where the blocks of each shape begin."""
    x: Int
    width: Int
    top: Int
    bottom: Int

    @property
    def shapes(self) -> int:
        """Number of shapes; ``len`` gives the number of fields, as for any tuple."""
        return len(self.start) - 1

    def take(self, first: int, last: int) -> Blocks:
        """The blocks of the shapes first .. last."""
        rows = slice(self.start[first], self.start[last])
        return Blocks(self.start[first : last + 1] - self.start[first], self.x[rows], self.width[rows], self.top[rows], self.bottom[rows])

    def areas(self) -> Int:
        """(shapes,) int64: pixels."""
        total = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.width * (self.bottom - self.top))])
        found: Int = total[self.start[1:]] - total[self.start[:-1]]
        return found


def traced(blocks: Blocks) -> Rings:
    """The outline of each shape as `outline` gives it: parts 4-connected, simple rings, holes the other way round.

    Shapes may overlap each other. A shape without blocks has no parts.
    """
    cuts = _cuts(blocks.start)
    return Rings.of(concat([_traced(blocks.take(first, last)) for first, last in pairwise(cuts)]))


def _cuts(start: Int) -> list[int]:
    """Shapes at which to cut, so that a piece has about ``CHUNK`` blocks."""
    wanted = np.searchsorted(start, np.arange(CHUNK, int(start[-1]), CHUNK), side="left")
    return [0, *(int(cut) for cut in np.unique(wanted) if 0 < cut < len(start) - 1), len(start) - 1]


def _traced(blocks: Blocks) -> Rings:
    if not len(blocks.x):
        return Rings.empty(blocks.shapes)
    there = np.flatnonzero(np.diff(blocks.start))
    some = Blocks(np.append(blocks.start[there], len(blocks.x)), *blocks[1:])
    low = np.array([some.x.min(), some.top.min()])
    some = some._replace(x=some.x - low[0], top=some.top - low[1], bottom=some.bottom - low[1])
    width, height, across, down = _boxes(some)
    if float(width.max() + 1) * float((height + 1).sum()) <= SMALL:
        rings = _by_picture(some, width, height, across, down)
    else:
        from segue.geometry.blocks_kernel import trace

        rings = trace(*some)
    moved = rings.with_coords(rings.coords + low)
    shape_start = np.zeros(blocks.shapes + 1, np.int64)
    shape_start[there + 1] = np.diff(moved.shape_start)
    return Rings(moved.coords, moved.ring_start, moved.part_start, np.cumsum(shape_start))


def _boxes(blocks: Blocks) -> tuple[Int, Int, Int, Int]:
    """Width, height, left and top of the box around each shape; none is empty."""
    first = blocks.start[:-1]
    left, top = np.minimum.reduceat(blocks.x, first), np.minimum.reduceat(blocks.top, first)
    right, bottom = np.maximum.reduceat(blocks.x + blocks.width, first), np.maximum.reduceat(blocks.bottom, first)
    return right - left, bottom - top, left, top


def _by_picture(blocks: Blocks, width: Int, height: Int, left: Int, top: Int) -> Rings:
    """The plain twin of the kernel: every shape painted in a picture of its own below the one before, and all outlined at once."""
    below = np.concatenate([np.zeros(1, np.int64), np.cumsum(height + 1)])
    canvas = np.zeros((int(below[-1]), int(width.max())), np.uint32)
    shape = np.repeat(np.arange(blocks.shapes), np.diff(blocks.start))
    box = (blocks.top + (below[:-1] - top)[shape], blocks.bottom + (below[:-1] - top)[shape], blocks.x - left[shape], blocks.x + blocks.width - left[shape])
    for number, y0, y1, x0, x1 in zip((shape + 1).tolist(), *(one.tolist() for one in box), strict=True):
        canvas[y0:y1, x0:x1] = number
    _, rings = outline(canvas)
    offset = np.stack([left, top - below[:-1]], axis=1)
    return rings.with_coords(rings.coords + np.repeat(offset, np.diff(rings.coord_start), axis=0))


def blocks_of(rings: Flat) -> Blocks:
    """The pixels inside rings that run along pixel edges, one column wide each.

    Parameters
    ----------
    rings
        Whole coordinates, edges upright or level; filled even-odd over all rings of a shape (what `traced` and `outline` give; not
        for parts that overlap each other).

    Raises
    ------
    TooLarge
        A shape has more than 2**26 blocks.
    """
    flat = Rings.of(rings)
    cuts = _cuts(_work(flat))
    pieces = [_blocks_of(flat, first, last) for first, last in pairwise(cuts)]
    start = np.concatenate([np.zeros(1, np.int64), *(np.diff(one.start) for one in pieces)]).cumsum()
    return Blocks(start, *(np.concatenate([one[field] for one in pieces]) for field in range(1, 5)))


def _work(flat: Rings) -> Int:
    """(shapes + 1,) How many pixels long the level edges before each shape are together: what `_blocks_of` needs memory for."""
    length = np.abs(flat.coords[following(flat.ring_start), 0] - flat.coords[:, 0])
    total = np.concatenate([np.zeros(1), np.cumsum(length)])[flat.coord_start]
    if len(total) > 1 and np.diff(total).max() > 2 * MOST_BLOCKS:
        raise TooLarge(f"an outline spans more than {MOST_BLOCKS:,} columns of pixels; write it as a polygon", limit=MOST_BLOCKS)
    return np.asarray(total.astype(np.int64))


def _blocks_of(flat: Rings, first: int, last: int) -> Blocks:
    """Every level edge is the end of a run in each column along it; in the order of column and row, ends come in pairs."""
    begin, end = flat.coord_start[first], flat.coord_start[last]
    after = following(flat.ring_start)[begin:end]
    here, there = flat.coords[begin:end].astype(np.int64), flat.coords[after].astype(np.int64)
    level = np.flatnonzero((here[:, 1] == there[:, 1]) & (here[:, 0] != there[:, 0]))
    shape = np.repeat(np.arange(last - first), np.diff(flat.coord_start[first : last + 1]))[level]
    low, high = np.minimum(here[level, 0], there[level, 0]), np.maximum(here[level, 0], there[level, 0])
    _, x = laid_out(low, high - low)
    shape, y = np.repeat(shape, high - low), np.repeat(here[level, 1], high - low)
    order = np.lexsort((y, x, shape))
    shape, x, y = shape[order], x[order], y[order]
    kept = _odd(shape, x, y)
    shape, x, y = shape[kept], x[kept], y[kept]
    start = np.searchsorted(shape[::2], np.arange(last - first + 1))
    return Blocks(start.astype(np.int64), x[::2], np.ones(len(x) // 2, np.int64), y[::2], y[1::2])


def _odd(shape: Int, x: Int, y: Int) -> Int:
    """Of equal ends in a row one if their number is odd, else none: a run that ends where the next begins goes on."""
    new = np.ones(len(x), np.bool_)
    new[1:] = (shape[1:] != shape[:-1]) | (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    groups = np.flatnonzero(new)
    found: Int = groups[np.diff(groups, append=len(x)) % 2 == 1]
    return found


def painted(blocks: Blocks, shape: int) -> tuple[NDArray[np.bool_], int, int]:
    """One shape as a picture of its box: (y, x) bool, left, top."""
    one = blocks.take(shape, shape + 1)
    left, top = int(one.x.min()), int(one.top.min())
    picture = np.zeros((int(one.bottom.max()) - top, int((one.x + one.width).max()) - left), np.bool_)
    for x, width, y0, y1 in zip(one.x - left, one.width, one.top - top, one.bottom - top, strict=True):
        picture[y0:y1, x : x + width] = True
    return picture, left, top


def of_picture(picture: NDArray[np.bool_], left: int = 0, top: int = 0) -> Blocks:
    """The pixels of one picture (y, x) bool, whose box begins at (left, top)."""
    edges = np.diff(np.pad(picture.T, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    x, begin = np.nonzero(edges == 1)
    _, end = np.nonzero(edges == -1)
    whole = (x.astype(np.int64) + left, np.ones(len(x), np.int64), begin.astype(np.int64) + top, end.astype(np.int64) + top)
    return Blocks(np.array([0, len(x)], np.int64), *whole)


def joined(many: list[Blocks]) -> Blocks:
    """The shapes of several in a row."""
    start = np.concatenate([np.zeros(1, np.int64), *(np.diff(one.start) for one in many)]).cumsum()
    return Blocks(start, *(np.concatenate([one[field] for one in many] or [np.zeros(0, np.int64)]) for field in range(1, 5)))
