"""Connected parts of masks that come slab by slab: rows of an image, planes of a volume. One slab is in memory at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Protocol

import numpy as np

from segue.geometry.components import TOUCHING, components
from segue.geometry.components_reference import join

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]
    Mask = NDArray[np.bool_]


PIECE = 1 << 20
"""Pixels that are counted at a time."""


class Slabs(Protocol):
    """A mask cut along its first axis."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(y, x) or (z, y, x) of the whole."""
        ...

    @property
    def height(self) -> int:
        """Rows (planes) of a slab; the last one may have fewer."""
        ...

    def slab(self, number: int) -> Mask:
        """The pixels of a slab."""
        ...


def count_of(mask: Slabs) -> int:
    """How many slabs a mask has."""
    return -(-mask.shape[0] // mask.height)


@dataclass(frozen=True, eq=False)
class ArraySlabs:
    """A mask in memory."""

    mask: Mask
    height: int

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.mask.shape)

    def slab(self, number: int) -> Mask:
        return self.mask[number * self.height : (number + 1) * self.height]


@dataclass(frozen=True, eq=False)
class Parts:
    """The connected parts of a mask, in the raster order of their first pixels. Memory: about 50 bytes per part of a slab."""

    connectivity: int
    starts: Int
    """(slabs + 1,) How many parts the slabs before each have, each slab by itself."""
    group: Int
    """(starts[-1],) The part, from 0, that a part of a slab belongs to."""
    size: Int
    """(count,) Pixels."""
    inner: Mask
    """(count,) Whether it touches no edge of the whole."""

    @property
    def count(self) -> int:
        return len(self.size)

    def numbered(self, number: int, mask: Mask, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """A slab in which each part has its value of ``values`` (count,), and the rest 0."""
        parts, _ = components(mask, self.connectivity)
        table = np.zeros(int(self.starts[number + 1] - self.starts[number]) + 1, values.dtype)
        table[1:] = values[self.group[self.starts[number] : self.starts[number + 1]]]
        found: NDArray[np.generic] = table[parts]
        return found


def parts_of(mask: Slabs, connectivity: int, *, ends: bool = True) -> Parts:
    """Find the connected parts of a mask.

    Parameters
    ----------
    mask
        Rows of an image or planes of a volume.
    connectivity
        4 or 8 in an image, 6 or 26 in a volume.
    ends
        Whether the first and the last plane (row) are edges of the whole; its sides always are.
    """
    corners = connectivity in {allowed[1] for allowed in TOUCHING.values()}
    starts, sizes, inner = [0], [], []
    links = [np.empty((2, 0), np.int64)]
    before: Int | None = None
    slabs = count_of(mask)
    for number in range(slabs):
        slab = mask.slab(number)
        parts, count = components(slab, connectivity)
        sizes.append(_sizes(parts, count))
        inner.append(_inner(parts, count, first=ends and number == 0, last=ends and number == slabs - 1))
        if before is not None:
            links.append(_links(before, _moved(parts[0], starts[-1]), corners=corners))
        before = _moved(parts[-1], starts[-1])
        starts.append(starts[-1] + count)
    one, other = np.concatenate(links, axis=1)
    group, count = join(starts[-1], one, other)
    size = np.bincount(group, np.concatenate([*sizes, np.zeros(0, np.int64)]), count).astype(np.int64)
    outer = np.bincount(group, ~np.concatenate([*inner, np.zeros(0, np.bool_)]), count) > 0
    return Parts(connectivity, np.array(starts, np.int64), group, size, ~outer)


def _sizes(parts: NDArray[np.generic], count: int) -> Int:
    """Pixels of each part; piece by piece, because each number takes 8 bytes while it is counted."""
    flat = parts.reshape(-1)
    total = np.zeros(count + 1, np.int64)
    step = max(PIECE, count)
    for begin in range(0, flat.size, step):
        total += np.bincount(flat[begin : begin + step], minlength=count + 1)
    return total[1:]


def _moved(parts: NDArray[np.generic], start: int) -> Int:
    """Numbers in a slab, from 1, as numbers among all slabs; 0 stays."""
    wide = parts.astype(np.int64)
    return np.where(wide > 0, wide + start, 0)


def _inner(parts: NDArray[np.generic], count: int, *, first: bool, last: bool) -> Mask:
    """Per part of a slab whether it lies away from the sides, and from the ends where these are edges of the whole."""
    kept = np.ones(count + 1, np.bool_)
    if not parts.size:
        return kept[1:]
    for axis in range(1, parts.ndim):
        for place in (0, -1):
            kept[np.take(parts, place, axis).reshape(-1)] = False
    for edge, row in ((first, 0), (last, -1)):
        if edge:
            kept[parts[row].reshape(-1)] = False
    return kept[1:]


def _links(before: Int, after: Int, *, corners: bool) -> Int:
    """(2, n) Pairs of parts of two slabs that touch, from 0, by the last row (plane) of one and the first of the other."""
    found = []
    for shift in product((-1, 0, 1) if corners else (0,), repeat=before.ndim):
        one = before[tuple(slice(max(step, 0), size + min(step, 0)) for step, size in zip(shift, before.shape, strict=True))]
        other = after[tuple(slice(max(-step, 0), size + min(-step, 0)) for step, size in zip(shift, after.shape, strict=True))]
        both = (one > 0) & (other > 0)
        found.append(np.stack((one[both], other[both])))
    return np.unique(np.concatenate(found, axis=1), axis=1) - 1


AROUND = {4: 8, 8: 4, 6: 26, 26: 6}
"""How objects are connected -> how the background is."""


@dataclass(frozen=True, eq=False)
class _Derived:
    """What is made of a mask, slab by slab."""

    mask: Slabs

    @property
    def shape(self) -> tuple[int, ...]:
        return self.mask.shape

    @property
    def height(self) -> int:
        return self.mask.height


@dataclass(frozen=True, eq=False)
class Filled(_Derived):
    """A mask with its holes: background that does not reach the edge of the whole."""

    background: Parts

    def slab(self, number: int) -> Mask:
        slab = self.mask.slab(number)
        filled: Mask = slab | (self.background.numbered(number, ~slab, self.background.inner) != 0)
        return filled


class _Inverse(_Derived):
    def slab(self, number: int) -> Mask:
        return ~self.mask.slab(number)


def filled(mask: Slabs, connectivity: int) -> Filled:
    """The mask with its holes filled. What lies in a hole becomes part of the object around it, as in ImageJ.

    Parameters
    ----------
    mask
        Rows of an image or planes of a volume.
    connectivity
        Of the objects; their background is connected the other way.
    """
    return Filled(mask, parts_of(_Inverse(mask), AROUND[connectivity]))
