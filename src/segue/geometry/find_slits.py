"""Slits that nothing tells of: where an outline is, corner by corner, what ``slits.slit_rings`` makes of an area with holes."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.geometry.nested import around
from segue.geometry.slits import LENGTHS, SCHEMA, STARTS, rings_as_parts, unslit_rings
from segue.model.rings import Ints, Rings

_BLOCK = 50_000
_FEWEST = 8
"""Corners of the smallest outline with a slit: two triangles, each with its first corner again."""


def find_slits(rings: Rings) -> pl.DataFrame:
    """Where the rings of shapes of one ring each are, where these are what ``slit_rings`` makes and nothing else tells: ``told`` for ``unslit_rings``.

    A ring is taken apart only if it is, corner by corner, what ``slit_rings`` makes of its pieces, and every hole lies in the outer ring and in no
    other hole. Outlines whose holes touch their first corner stay as they are.

    Returns
    -------
    Per shape `STARTS` and `LENGTHS`; null for all others.
    """
    rows = _again_at_the_first(rings)
    told = _pieces(rings.take(rows))
    good = _are_nested(rings.take(rows), told)
    frame = told.with_columns(row=pl.Series(rows, dtype=pl.Int64)).filter(pl.Series(good, dtype=pl.Boolean))
    every = pl.DataFrame({"row": pl.int_range(len(rings), dtype=pl.Int64, eager=True)})
    return every.join(frame, on="row", how="left", maintain_order="left").select(*SCHEMA)


def _again_at_the_first(rings: Rings) -> Ints:
    """The shapes whose outline comes back to its first corner; 50,000 are looked at at a time."""
    start, found = rings.coord_start, []
    for first in range(0, len(rings), _BLOCK):
        begin = start[first : first + _BLOCK + 1]
        corners = rings.coords[begin[0] : begin[-1]]
        size = np.diff(begin)
        same = np.zeros(len(corners) + 1, np.int64)
        firsts = corners[np.clip(begin[:-1] - begin[0], 0, max(len(corners) - 1, 0))] if len(corners) else np.empty((len(size), 2))
        at_first = (corners[:, 0] == np.repeat(firsts[:, 0], size)) & (corners[:, 1] == np.repeat(firsts[:, 1], size))
        np.cumsum(at_first, out=same[1:])
        often = same[begin[1:] - begin[0]] - same[begin[:-1] - begin[0]]
        found.append(first + np.flatnonzero((often > 1) & (size >= _FEWEST)))
    return np.concatenate(found).astype(np.int64) if found else np.empty(0, np.int64)


def _pieces(rings: Rings) -> pl.DataFrame:
    """The pieces between the places where the outline is at its first corner: the outer ring, then a hole each, with its slit; null where one is none."""
    coords, start = rings.coords, rings.coord_start
    shape = np.repeat(np.arange(len(rings)), np.diff(start))
    origin = coords[start[:-1]][shape] if len(coords) else coords
    at = np.flatnonzero((coords == origin).all(axis=1))
    own = shape[at]
    last = np.append(own[1:] != own[:-1], True)[: len(own)]
    end = np.where(last, start[1:][own], np.append(at[1:], 0)[: len(at)])
    outer = at == start[:-1][own]
    first, length = np.where(outer, at, at + 1), np.where(outer, end - at, end - at - 1)
    most = max(len(coords) - 1, 0)
    a, b, before, behind = (coords[np.clip(place, 0, most)] for place in (first, end - 1, end - 2, first + 1))
    home = origin[at]
    back = (a == b).all(axis=1)
    bent = back & (length >= 6) & (behind == before).all(axis=1) & (a[:, 0] == home[:, 0]) & (a[:, 1] == behind[:, 1])
    straight = back & ((a == home).any(axis=1))
    good = outer | ((length >= 4) & (bent | straight))
    turn = np.where(outer | ~bent, 0, 1)
    frame = pl.DataFrame({"shape": own, "good": good, STARTS: first + turn - start[:-1][own], LENGTHS: np.where(outer, length, length - 1 - 2 * turn)})
    several = frame.group_by("shape", maintain_order=True).agg(pl.col("good").all(), STARTS, LENGTHS).filter(pl.col("good"))
    every = pl.DataFrame({"shape": np.arange(len(rings))}).join(several, on="shape", how="left", maintain_order="left")
    return every.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _are_nested(rings: Rings, told: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which shapes are their pieces indeed, with holes that lie in the outer ring and in no other hole."""
    cut = unslit_rings(rings, told)
    count = np.diff(cut.shape_rings)
    every, _, nth = rings_as_parts(cut)
    single = Rings(every.coords, every.ring_start, np.arange(len(nth) + 1), np.arange(len(nth) + 1))
    owner = np.repeat(np.arange(len(cut)), count)
    holes = np.flatnonzero(nth > 0)
    inner, outer = around(single.take(holes), single, owner[holes], owner)
    inner, outer = inner[holes[inner] != outer], outer[holes[inner] != outer]
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = count > 1
    alone = np.bincount(inner, minlength=len(holes)) == 1
    inside = np.zeros(len(holes), np.bool_)
    inside[inner[nth[outer] == 0]] = True
    found[owner[holes[~(alone & inside)]]] = False
    return found
