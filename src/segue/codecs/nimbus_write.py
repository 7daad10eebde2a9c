"""Annotations as text from flat geometry and columns of text, piece by piece in bounded memory.

The codec writes vertices and nothing else: everything between them stands in columns of text, which the caller builds.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs import geojson_write_plain as numbers
from segue.codecs import nimbus_write_plain as plain
from segue.codecs.flat_texts import flat_texts
from segue.codecs.geojson_features import Floats, Ints
from segue.errors import SinkError

SMALL = 60_000
"""Up to this many vertices plain Python is as fast as loading the kernel."""
DECIMALS = 2
"""Numbers of so many decimals are written without looking for the shortest text."""
_LONGEST = 17 + DECIMALS


def write(coords: Floats, start: Ints, before: pl.Series, after: pl.Series, mark: pl.Series, *, small: bool) -> bytes:
    """Some annotations as text.

    Parameters
    ----------
    coords : (vertices, 2) float64
        x, y.
    start : (annotations + 1,) int64
        Where the vertices of each begin.
    before, after : (annotations,) text
        What stands before and behind the list of vertices.
    mark : (annotations,) text
        What stands behind the y of each of its vertices; empty for nothing.
    small
        Whether to do without the kernel.

    Raises
    ------
    SinkError
        A coordinate is NaN or infinite, which JSON cannot say.
    """
    if not np.isfinite(coords).all():
        raise SinkError("a shape has a coordinate that is no number; JSON cannot hold it")
    if small:
        return plain.write(coords, start, before, after, mark, DECIMALS)
    return _compiled(np.ascontiguousarray(coords), np.ascontiguousarray(start), before, after, mark)


def _compiled(coords: Floats, start: Ints, before: pl.Series, after: pl.Series, mark: pl.Series) -> bytes:
    from segue.codecs import nimbus_write_kernel
    from segue.codecs.decimal_kernel import off_grid_numbers

    texts = [flat_texts(column) for column in (before, after, mark)]
    slow = off_grid_numbers(coords, 10.0**DECIMALS)
    slow_text = np.frombuffer(numbers.slow_texts(slow) if len(slow) else b",", np.uint8)
    marks = int((np.diff(start) * mark.str.len_bytes().to_numpy()).sum())
    size = sum(len(text) for text, _ in texts) + 2 * len(coords) * (_LONGEST + 7) + len(slow_text) + marks + 4 * len(start) + 64
    out = np.empty(size, np.uint8)
    (head, head_end), (tail, tail_end), (behind, behind_end) = texts
    cursor = np.zeros(1, np.int64)
    used = nimbus_write_kernel.write(coords, start, head, head_end, tail, tail_end, behind, behind_end, DECIMALS, slow_text, cursor, out)
    return out[:used].tobytes()
