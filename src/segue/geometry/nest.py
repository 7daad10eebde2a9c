"""Rings without known nesting to parts with holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import Rings
from segue.geometry.shapely_rings import to_shapely
from segue.model.rings import gather

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Flat

    Int = NDArray[np.int64]


def nest(rings: Flat) -> Rings:
    """The rings of ``nested``."""
    return nested(rings)[0]


def nested(rings: Flat) -> tuple[Rings, Int]:
    """Group the rings of each shape, a bag that is filled even-odd, into parts with holes by how deep they lie in each other.

    A ring inside an even number of others begins a part; one inside an odd number is a hole of the innermost ring around it. Where rings
    of a shape cross, are equal or cross themselves, all stay in one part, so that the even-odd rule still covers the same area. Parts, and
    holes of a part, keep the order of their rings; vertices stay as they are.

    Returns
    -------
    The same rings, and for each of them which of the given ones it is: (rings,).
    """
    flat = Rings.of(rings)
    shape = np.repeat(np.arange(len(flat)), np.diff(flat.shape_rings))
    outer, crossing = np.arange(len(shape)), np.zeros(len(flat), np.bool_)
    several = np.flatnonzero(np.diff(flat.shape_rings)[shape] > 1)
    if len(several):
        _find_outer(flat, several, shape, outer, crossing)
    first = flat.shape_rings[shape]
    outer = np.where(crossing[shape], first, outer)
    order = np.lexsort((np.arange(len(shape)), outer != np.arange(len(shape)), outer))
    ring_start, vertices = gather(flat.ring_start, order)
    begins = np.flatnonzero(outer == np.arange(len(shape)))
    part_start = np.r_[0, np.cumsum(np.bincount(outer, minlength=len(shape))[begins])]
    shape_start = np.r_[0, np.cumsum(np.bincount(shape[begins], minlength=len(flat)))]
    return Rings(flat.coords[vertices], ring_start, part_start, shape_start), order


def _find_outer(flat: Rings, several: Int, shape: Int, outer: Int, crossing: NDArray[np.bool_]) -> None:
    """Fill in ``outer`` (r,) for the rings ``several``, and ``crossing`` (s,)."""
    import shapely

    areal = several[flat.ring_lengths()[several] >= 3]
    polygons = to_shapely(Rings.simple(flat.coords, flat.ring_start), areal)
    crossing[shape[areal[~shapely.is_valid(polygons)]]] = True
    one, other = _near_pairs(flat, areal, shape)
    known = ~crossing[shape[areal[one]]]
    one, other = one[known], other[known]
    shapely.prepare(polygons)
    covers, covered = shapely.covers(polygons[one], polygons[other]), shapely.covers(polygons[other], polygons[one])
    unclear = covers == covered
    unclear[unclear] = covers[unclear] | shapely.relate_pattern(polygons[one[unclear]], polygons[other[unclear]], "T********")
    crossing[shape[areal[one[unclear]]]] = True
    around, within = np.r_[one[covers], other[covered]], np.r_[other[covers], one[covered]]
    depth = np.bincount(within, minlength=len(areal))
    parent = (depth[around] == depth[within] - 1) & (depth[within] % 2 == 1)
    outer[areal[within[parent]]] = areal[around[parent]]


def _near_pairs(flat: Rings, areal: Int, shape: Int) -> tuple[Int, Int]:
    """Pairs i < j of rings of the same shape whose boxes meet. The shapes are laid side by side, so that only their own rings meet."""
    import shapely

    box = Rings.simple(flat.coords, flat.ring_start).take(areal).bounds()
    box[:, [0, 2]] -= box[:, 0].min(initial=0)
    _, rank = np.unique(shape[areal], return_inverse=True)
    shift = rank * (box[:, 2].max(initial=0) + 8)
    boxes = shapely.box(box[:, 0] + shift - 1, box[:, 1] - 1, box[:, 2] + shift + 1, box[:, 3] + 1)
    one, other = shapely.STRtree(boxes).query(boxes)
    once = (one < other) & (rank[one] == rank[other])
    return one[once], other[once]
