"""Regions that are one outline: what Mantis has no place for any more stands beside their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import polars as pl

from segue.formats.mantis_files.pixels import pixels_in
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.side import Region
from segue.formats.mantis_project.layout import LARGEST_SIDE
from segue.formats.outline_files import finite
from segue.formats.shape_files import area_rows
from segue.model.grid import Grid
from segue.model.rings import Floats, Ints, Rings
from segue.model.shapes import RINGED
from segue.model.study import ImageSet

_RINGED = [str(kind) for kind in RINGED]


@dataclass(frozen=True, eq=False)
class Outline:
    """One ring."""

    kind: str
    vertices: Floats
    """(n, 2) x, y."""


def is_drawable(grid: Grid) -> bool:
    """Whether numbers of pixels mean pixels of this grid in Mantis, too."""
    sizes = [grid.size(axis) for axis in "yx"]
    return None not in sizes and max(size or 0 for size in sizes) <= LARGEST_SIDE


def single_outlines(s: ImageSet, rows: Sequence[int]) -> dict[int, Outline]:
    """Of some objects those whose only area is a single ring, by their rows."""
    if not rows:
        return {}
    shapes = finite(s.shapes.take(area_rows(s.shapes)))
    shapes = shapes.take(np.flatnonzero(np.isin(shapes.frame["object"].to_numpy(), rows)))
    frame = shapes.frame.select("object", pl.col("kind").cast(pl.Utf8), nth=pl.int_range(pl.len()))
    alone = frame.filter(pl.col("object").is_unique() & pl.col("kind").is_in(_RINGED))
    found = {}
    for row, kind, nth in alone.iter_rows():
        rings = shapes.rings.take(np.array([nth], np.int64))
        if len(rings.ring_start) == 2 and len(rings.coords) >= 3:
            found[row] = Outline(kind, rings.coords)
    return found


def pixels_in_outline(outline: Outline, grid: Grid) -> Ints:
    """The pixels whose centres are inside."""
    ring = Rings.simple(outline.vertices, [0, len(outline.vertices)])
    return pixels_in(ring, grid.size("x") or 0, grid.size("y") or 0)


def as_stored(row: Row, grid: Grid) -> Row:
    """A row with an outline as the database has it: with its pixels, and the outline beside them."""
    if row.outline is None:
        return row
    region = msgspec.structs.replace(row.side.region or Region(), outline=row.outline.reshape(-1).tolist())
    pixels = pixels_in_outline(Outline("", row.outline), grid) if is_drawable(grid) else None
    return replace(row, outline=None, pixels=pixels, side=msgspec.structs.replace(row.side, region=region))


def as_drawn(row: Row, grid: Grid) -> Row:
    """A row of the database with the outline beside it, if its pixels are still those of the outline: Mantis may have drawn anew."""
    region = row.side.region
    if region is None or region.outline is None:
        return row
    vertices = np.array(region.outline[: len(region.outline) // 2 * 2], np.float64).reshape(-1, 2)
    bare = replace(row, side=msgspec.structs.replace(row.side, region=msgspec.structs.replace(region, outline=None)))
    fits = len(vertices) >= 3 and bool(np.isfinite(vertices).all()) and row.outline is None
    if is_drawable(grid):
        fits = fits and row.pixels is not None and np.array_equal(row.pixels, pixels_in_outline(Outline("", vertices), grid))
    return replace(bare, outline=vertices, pixels=None) if fits else bare
