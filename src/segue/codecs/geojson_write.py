"""GeoJSON text from flat geometry and columns of text, piece by piece in bounded memory.

The codec writes coordinates and nothing else: everything between them stands in two columns of text, which the caller builds as columns.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs import geojson_write_plain as plain
from segue.codecs.flat_texts import flat_texts
from segue.codecs.geojson_features import TYPES, Floats, Ints
from segue.errors import SinkError

SHAPES = 20_000
VERTICES = 400_000
"""A piece has at most so many shapes, and no more vertices than this unless a single shape has."""
SMALL = 60_000
"""Up to this many vertices plain Python is as fast as loading the kernel."""


def write(
    types: pl.Series,
    coords: Floats,
    ring_start: Ints,
    part_start: Ints,
    shape_start: Ints,
    before: pl.Series,
    after: pl.Series,
    decimals: int | None = None,
) -> Iterator[bytes]:
    """Pieces of text: for every shape the text before it, its coordinates, the text after it.

    Parameters
    ----------
    types : (n,) text
        ``Polygon``, ``MultiPoint``, ...; null writes no coordinates.
    coords : (vertices, 2) float64
        x, y; rings open (polygons are closed in the text).
    ring_start, part_start, shape_start : int64
        Offsets with an end entry each. Lines of a multi-line and points of a multi-point are taken as they come, parts ignored.
    before, after : (n,) text
        Null counts as empty.
    decimals : int, optional
        Round to so many decimals; None writes the shortest text that reads back equal (fast for numbers of up to two decimals).

    Raises
    ------
    SinkError
        A coordinate is NaN or infinite, which JSON cannot say.
    """
    kinds = _kinds(types)
    before, after = before.fill_null(""), after.fill_null("")
    vertex_start = ring_start[part_start[shape_start]]
    small = int(vertex_start[-1]) <= SMALL
    for first, last in _pieces(vertex_start):
        begin, end = int(vertex_start[first]), int(vertex_start[last])
        piece = _rounded(coords[begin:end], decimals)
        if not np.isfinite(piece).all():
            raise SinkError("a shape has a coordinate that is no number; JSON cannot hold it")
        flat = _part_of(ring_start, part_start, shape_start, first, last)
        texts = before[first:last], after[first:last]
        grid = 2 if decimals is None else decimals
        if small:
            yield plain.write(kinds[first:last].tolist(), piece, *flat, *texts, grid)
        else:
            yield _compiled(kinds[first:last], piece, *flat, *texts, grid)


def _kinds(types: pl.Series) -> npt.NDArray[np.uint8]:
    names = {name: number for number, name in enumerate(TYPES[:6], 1)}
    return types.cast(pl.Utf8).replace_strict(names, default=0, return_dtype=pl.UInt8).to_numpy()


def _pieces(vertex_start: Ints) -> Iterator[tuple[int, int]]:
    """(first, last) shape of each piece."""
    count = len(vertex_start) - 1
    first = 0
    while first < count:
        last = int(np.searchsorted(vertex_start, vertex_start[first] + VERTICES, side="right")) - 1
        last = min(max(last, first + 1), first + SHAPES, count)
        yield first, last
        first = last


def _part_of(ring_start: Ints, part_start: Ints, shape_start: Ints, first: int, last: int) -> tuple[Ints, Ints, Ints]:
    """The offsets of some shapes, counted from their own beginning."""
    shapes = shape_start[first : last + 1]
    parts = part_start[shapes[0] : shapes[-1] + 1]
    rings = ring_start[parts[0] : parts[-1] + 1]
    return rings - rings[0], parts - parts[0], shapes - shapes[0]


def _rounded(coords: Floats, decimals: int | None) -> Floats:
    """Rounded half away from zero; numbers too large for the grid stay as they are."""
    if decimals is None:
        return np.ascontiguousarray(coords)
    scale = 10.0**decimals
    on_grid = np.where(np.abs(coords) < plain.LARGEST / scale, coords, 0.0)
    rounded = np.copysign(np.floor(np.abs(on_grid) * scale + 0.5) / scale, on_grid)
    return np.where(np.abs(coords) < plain.LARGEST / scale, rounded, coords)


def _compiled(
    kinds: npt.NDArray[np.uint8], coords: Floats, ring_start: Ints, part_start: Ints, shape_start: Ints, before: pl.Series, after: pl.Series, decimals: int
) -> bytes:
    from segue.codecs import geojson_write_kernel
    from segue.codecs.decimal_kernel import off_grid_numbers

    head, head_end = flat_texts(before)
    tail, tail_end = flat_texts(after)
    slow = off_grid_numbers(coords, 10.0**decimals)
    slow_text = np.frombuffer(plain.slow_texts(slow), np.uint8)
    numbers = 2 * len(coords) * (17 + decimals) + len(slow_text)
    closing = 2 * len(ring_start) * (26 + decimals) + 4 * (len(part_start) + len(shape_start))
    out = np.empty(head.size + tail.size + numbers + 6 * len(coords) + closing + 64, np.uint8)
    flat = np.ascontiguousarray(ring_start), np.ascontiguousarray(part_start), np.ascontiguousarray(shape_start)
    kinds = np.ascontiguousarray(kinds)
    size = geojson_write_kernel.write(kinds, coords, *flat, head, head_end, tail, tail_end, decimals, slow_text, np.zeros(1, np.int64), out)
    return out[:size].tobytes()
