"""Well-known text (OGC 06-103r4: POINT, LINESTRING, POLYGON, MULTIPOLYGON) as rings, 20,000 texts at a time."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs import wkt_read_plain as plain
from segue.model.rings import Ints, Rings, concat, laid_out

SMALL = 100
"""Up to this many texts are read without loading the kernel."""
_BLOCK = 20_000
_SEPARATOR = 1
"""Between texts: it cannot stand in one that is a shape."""
Kinds = np.ndarray[tuple[int], np.dtype[np.uint8]]
Raw = tuple[Kinds, np.ndarray[tuple[int, int], np.dtype[np.float64]], Ints, Ints, Ints]


def read(texts: pl.Series) -> tuple[Kinds, Rings] | None:
    """What each text is (0 point, 1 line, 2 polygon, 3 several polygons), and its vertices; None if one of them is no shape.

    Capitals and spaces do not matter. Rings are open: a last vertex that repeats the first is left out.

    Parameters
    ----------
    texts
        None missing.
    """
    kinds, rings = [], []
    for first in range(0, len(texts), _BLOCK):
        some = texts[first : first + _BLOCK]
        found = (_compiled(some) if len(texts) > SMALL else None) or plain.read(some)
        if found is None:
            return None
        kinds.append(found[0])
        rings.append(_opened(*found))
    return (np.concatenate(kinds), concat(rings)) if kinds else (np.empty(0, np.uint8), Rings.empty())


def _compiled(texts: pl.Series) -> Raw | None:
    """By the kernel; None where it is not sure."""
    from segue.codecs import wkt_read_kernel
    from segue.codecs.json_spans import floats

    b = np.frombuffer((texts.str.join(chr(_SEPARATOR)).item() + chr(_SEPARATOR)).encode(), np.uint8)
    opens, commas = int((b == ord("(")).sum()), int((b == ord(",")).sum())
    kinds, size, fault = np.empty(len(texts), np.uint8), np.zeros(3, np.int64), np.zeros(8, np.int64)
    coords = np.empty((opens + commas + 1, 2))
    ring, part, shape = (np.zeros(count + 1, np.int64) for count in (opens + 1, opens + 1, len(texts)))
    if not wkt_read_kernel.read(b, _SEPARATOR, kinds, coords, coords.view(np.int64), ring, part, shape, size, fault):
        return None
    coords = coords[: size[0]].copy()
    slow = np.isnan(coords)
    if slow.any():
        coords[slow] = floats(b, coords.view(np.int64)[slow] & wkt_read_kernel.PLACE)
    return kinds, coords, ring[: size[1] + 1].copy(), part[: size[2] + 1].copy(), shape


def _opened(kinds: Kinds, coords: np.ndarray[tuple[int, int], np.dtype[np.float64]], ring: Ints, part: Ints, shape: Ints) -> Rings:
    """Without the repeated last vertex of rings."""
    first, last = ring[:-1], ring[1:] - 1
    owner = np.repeat(np.arange(len(shape) - 1), np.diff(part[shape]))
    less = (kinds[owner] > 1) & (last > first) & (coords[first] == coords[last]).all(axis=1)
    if less.any():
        ring, index = laid_out(first, np.diff(ring) - less)
        coords = coords[index]
    return Rings(coords, ring, part, shape)
