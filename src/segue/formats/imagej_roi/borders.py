"""Areas whose vertices are their border pixels, as Cellpose saves them: the areas with these pixels, along pixel edges.

Cellpose gives ImageJ the places of the border pixels (contours of OpenCV) as the vertices of a freehand ROI, and ImageJ draws a polygon through
them: half a pixel is lost all around. Such a list goes from each pixel to one of its eight neighbours, and back to the first.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.geometry.border import areas_of
from segue.model.rings import Bools, Floats, Ints, Rings, concat
from segue.model.shapes import RINGED, ShapeKind, Shapes
from segue.notes import Kind, Note, Notes

HINT = (
    "the vertices of {count area} step from pixel to neighbouring pixel, as those that Cellpose saves: they were read as they are drawn; "
    "if Cellpose made them, --set outlines=border gives back the half pixel that they lost all around"
)


def with_border(shapes: Shapes) -> tuple[Shapes, Notes]:
    """The areas that list their border pixels become traced ones that hold these pixels and all that they enclose; others stay as they are drawn.

    Raises
    ------
    TooLarge
        The box of one has more than 2**27 pixels.
    """
    areas = _areas(shapes)
    chains = areas & _chains(shapes.rings)
    rows = np.flatnonzero(chains)
    counted = {
        "the vertices of {count area} were taken as border pixels, which belong to the area (option outlines)": len(rows),
        "the vertices of {count area} list no neighbouring pixels, and were read as they are drawn in spite of the option outlines": int(
            (areas & ~chains).sum()
        ),
    }
    notes = Notes(tuple(Note(Kind.ASSUMED, what, count=count) for what, count in counted.items() if count))
    return _replaced(shapes, rows, chains) if len(rows) else shapes, notes


def hint(shapes: Shapes) -> Notes:
    """A note if the areas drawn by hand look like what Cellpose saves: all of them list border pixels, and some step across a corner."""
    drawn = (shapes.frame["kind"] == str(ShapeKind.FREEHAND)).to_numpy()
    rows = np.flatnonzero(drawn)
    rings = shapes.rings.take(rows)
    if not len(rows) or not _chains(rings).all() or not (np.abs(_steps(rings)).sum(axis=1) == 2).any():
        return Notes()
    return Notes.of(Note(Kind.ASSUMED, HINT, count=len(rows)))


def _areas(shapes: Shapes) -> Bools:
    return np.asarray(shapes.frame["kind"].is_in([str(kind) for kind in RINGED]).to_numpy(), np.bool_)


def _steps(rings: Rings) -> Floats:
    """From each vertex to the next of its ring, from the last to the first."""
    after = np.arange(1, len(rings.coords) + 1)
    filled = np.flatnonzero(np.diff(rings.ring_start))
    after[rings.ring_start[filled + 1] - 1] = rings.ring_start[filled]
    return rings.coords[after] - rings.coords


def _chains(rings: Rings) -> Bools:
    """(shapes,) Which are one ring of whole numbers, each a neighbour of the one before it."""
    single = (np.diff(rings.shape_rings) == 1) & (np.diff(rings.coord_start) > 0)
    wrong = (rings.coords != np.floor(rings.coords)).any(axis=1) | (np.abs(_steps(rings)) > 1).any(axis=1)
    before = np.concatenate([[0], np.cumsum(wrong)])
    found: Bools = single & (np.diff(before[rings.coord_start]) == 0)
    return found


def _replaced(shapes: Shapes, rows: Ints, chains: Bools) -> Shapes:
    mine = shapes.rings.take(rows)
    areas = areas_of(mine.coords.astype(np.int64), mine.coord_start)
    place = np.arange(len(shapes))
    place[rows] = len(shapes) + np.arange(len(rows))
    frame = shapes.frame.with_columns(kind=pl.when(pl.Series(chains)).then(pl.lit(str(ShapeKind.TRACED))).otherwise(pl.col("kind").cast(pl.Utf8)))
    return replace(shapes, frame=frame, rings=concat([shapes.rings, areas]).take(place))
