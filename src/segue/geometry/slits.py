"""Parts with holes as one ring each: a slit along pixel edges leads from the outer ring to every hole and back ("keyhole").

Every edge of a slit is walked there and back, so it cancels out where areas are filled even-odd: the pixels whose centres are inside are the same, bit for bit.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.rings import Ints, Rings, laid_out

STARTS, LENGTHS = "starts", "lengths"
"""Columns that say where the rings are, ``pl.List(pl.Int64)``."""


def slit_rings(rings: Rings) -> tuple[Rings, pl.DataFrame]:
    """Each part as one ring: the outer ring and back to its first vertex, then for each hole down and across to it, around it, and back.

    A slit runs from the first vertex of the outer ring along y, then along x, to the first vertex of the hole. Parts without holes stay as they are.

    Returns
    -------
    rings
        The same shapes with the same parts, of one ring each.
    frame
        Per part: `STARTS` and `LENGTHS`, where its rings are in the new one; null for parts without holes.
    """
    parts = len(rings.part_start) - 1
    count = np.diff(rings.part_start)
    if not (count > 1).any():
        return rings, pl.DataFrame({name: pl.Series([None], dtype=dtype).new_from_index(0, parts) for name, dtype in SCHEMA.items()})
    part = np.repeat(np.arange(parts), count)
    length = np.diff(rings.ring_start)
    first = rings.ring_start[rings.part_start[:-1][part]]
    begin = rings.ring_start[:-1]
    nth = np.arange(len(part)) - rings.part_start[:-1][part]
    holed, hole, last = count[part] > 1, nth > 0, nth == count[part] - 1
    corners = np.stack([rings.coords[first, 0], rings.coords[begin, 1]], axis=1)
    turned = hole & (corners != rings.coords[first]).any(axis=1) & (corners != rings.coords[begin]).any(axis=1)
    touching = (rings.coords[begin] == rings.coords[first]).all(axis=1)
    pool = np.concatenate([rings.coords, corners])
    corner = len(rings.coords) + np.arange(len(part))
    # before the ring: the corner of the slit; the ring; its first vertex again; the corner; the first vertex of the part, unless it closes the ring
    runs = np.stack([corner, begin, begin, corner, first], axis=1)
    again = holed & ~(hole & touching & last)
    back = hole & ~last & ~touching
    lengths = np.stack([turned, length, again, turned, back], axis=1).astype(np.int64)
    _, index = laid_out(runs.reshape(-1), lengths.reshape(-1))
    per_ring = np.concatenate([[0], np.cumsum(lengths.sum(axis=1))])
    start = per_ring[rings.part_start]
    found = Rings(pool[index], start, np.arange(parts + 1), rings.shape_start)
    inside = per_ring[:-1] + turned - start[part]
    frame = pl.DataFrame({"part": part, STARTS: inside, LENGTHS: length}).filter(pl.Series(holed)).group_by("part", maintain_order=True).agg(STARTS, LENGTHS)
    every = pl.DataFrame({"part": np.arange(parts)}).join(frame, on="part", how="left", maintain_order="left")
    return found, every.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


SCHEMA = {STARTS: pl.List(pl.Int64), LENGTHS: pl.List(pl.Int64)}


def unslit_rings(rings: Rings, told: pl.DataFrame) -> Rings:
    """The inverse of ``slit_rings`` for shapes of one ring each, whose rings ``told`` (one row per shape) names.

    What is told is not believed: a ring that is not what ``slit_rings`` makes of its rings stays one ring.
    """
    rows = np.flatnonzero(_possible(rings, told))
    if not len(rows):
        return rings
    lengths = told[LENGTHS].gather(rows)
    counts = lengths.list.len().to_numpy().astype(np.int64)
    own = np.repeat(rows, counts)
    begin = rings.coord_start[own] + told[STARTS].gather(rows).explode().to_numpy()
    ring_start, index = laid_out(begin, lengths.explode().to_numpy().astype(np.int64))
    each = np.arange(len(rows) + 1)
    cut = Rings(rings.coords[index], ring_start, np.concatenate([[0], np.cumsum(counts)]), each)
    again, _ = slit_rings(cut)
    good = again.same(rings.take(rows))
    if not good.any():
        return rings
    from segue.geometry.tidy import replaced

    return replaced(rings, rows[good], cut.take(np.flatnonzero(good)))


def _possible(rings: Rings, told: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rings are told to be several, of three vertices or more, all of them inside."""
    size = pl.Series("size", np.diff(rings.coord_start))
    frame = told.select(STARTS, LENGTHS).with_columns(size)
    several = (pl.col(STARTS).list.len() == pl.col(LENGTHS).list.len()) & (pl.col(STARTS).list.len() > 1)
    inside = (pl.col(STARTS).list.min() >= 0) & (pl.col(LENGTHS).list.min() >= 3) & (pl.col(LENGTHS).list.max() <= pl.col("size"))
    ends = pl.col(STARTS).list.max() <= pl.col("size")
    known = (pl.col(STARTS).list.eval(pl.element().is_null().any()).list.first() | pl.col(LENGTHS).list.eval(pl.element().is_null().any()).list.first()).not_()
    found = frame.select((several & inside & ends & known).fill_null(value=False).alias("possible"))["possible"].to_numpy().copy()
    rows = np.flatnonzero(found)
    if len(rows):
        some = frame[rows].with_row_index("nth").explode(STARTS, LENGTHS)
        beyond = some.group_by("nth").agg(((pl.col(STARTS) + pl.col(LENGTHS)) > pl.col("size")).any().alias("beyond")).sort("nth")["beyond"].to_numpy()
        found[rows[beyond]] = False
    return found


def rings_as_parts(rings: Rings) -> tuple[Rings, Ints, Ints]:
    """Every ring as a part of its own, of the same shape; and of each ring its part in the shape and its number in the part (0 = the outer one)."""
    count = np.diff(rings.part_start)
    part = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(part)) - rings.part_start[:-1][part]
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_start))
    in_shape = np.arange(len(count)) - rings.shape_start[:-1][shape]
    return Rings(rings.coords, rings.ring_start, np.arange(len(part) + 1), rings.shape_rings), in_shape[part], nth
