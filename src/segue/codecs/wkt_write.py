"""Shapes as well-known text (OGC 06-103r4: POINT, LINESTRING, POLYGON, MULTIPOLYGON), a block at a time in bounded memory."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs import wkt_write_plain as plain
from segue.codecs.python_numbers import python_numbers
from segue.model.rings import Ints, Rings

SMALL = 60_000
"""Up to this many vertices plain Python is as fast as loading the kernel."""
VERTICES = 1_000_000
"""About how many vertices are turned into text at a time."""
DECIMALS = 2
"""Numbers of so many decimals are written without looking for the shortest text."""
_LONGEST = 17 + DECIMALS
_SEPARATOR = 1
"""Between texts; no text holds it."""
POINT, LINE, AREA = range(3)
Kinds = np.ndarray[tuple[int], np.dtype[np.uint8]]


def write(kinds: Kinds, rings: Rings) -> pl.Series:
    """(shapes,) The text of each.

    Numbers are as short as they can be; whole ones have no point.

    Parameters
    ----------
    kinds : (shapes,) uint8
        ``POINT`` and ``LINE``: the vertices of the first ring; ``AREA``: the first vertex of each ring is repeated at its end.
    rings
        Every point has a vertex, every line and ring two or more; finite.
    """
    if len(rings.coords) <= SMALL:
        return pl.Series(plain.write(kinds, rings), dtype=pl.Utf8)
    start, pieces, first = rings.coord_start, [], 0
    while first < len(rings):
        last = max(int(np.searchsorted(start, start[first] + VERTICES, side="right")) - 1, first + 1)
        pieces.append(_compiled(kinds, rings, first, last))
        first = last
    return pl.concat(pieces)


def _compiled(kinds: Kinds, rings: Rings, first: int, last: int) -> pl.Series:
    from segue.codecs import wkt_write_kernel
    from segue.codecs.decimal_kernel import off_grid_numbers

    part = rings.shape_start[first : last + 1]
    ring = rings.part_start[part[0] : part[-1] + 1]
    vertex = rings.ring_start[ring[0] : ring[-1] + 1]
    coords = rings.coords[vertex[0] : vertex[-1]]
    slow = off_grid_numbers(coords, 10.0**DECIMALS)
    texts = np.frombuffer((python_numbers(pl.Series(slow)).str.join(",").item() + ",").encode(), np.uint8)
    repeated = _repeated_size(coords, vertex, texts, slow)
    out = np.empty(len(coords) * 2 * (_LONGEST + 2) + len(texts) + repeated + 2 * len(vertex) + 4 * len(ring) + 20 * len(part), np.uint8)
    used = wkt_write_kernel.write(
        kinds[first:last], coords, vertex - vertex[0], ring - ring[0], part - part[0], DECIMALS, texts, np.zeros(1, np.int64), _SEPARATOR, out
    )
    return pl.Series([out[:used].tobytes().decode("ascii")], dtype=pl.Utf8).str.split(chr(_SEPARATOR)).explode()


def _repeated_size(
    coords: np.ndarray[tuple[int, int], np.dtype[np.float64]], vertex: Ints, texts: Kinds, slow: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> int:
    """How many bytes the first vertices of rings may take when they are repeated."""
    longest = 0 if not len(slow) else int(np.diff(np.flatnonzero(texts == ord(",")), prepend=-1).max())
    return (len(vertex) - 1) * 2 * (max(_LONGEST, longest) + 2)
