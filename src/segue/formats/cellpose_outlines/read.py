"""``_cp_outlines.txt`` -> study: one area per line."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl

from segue.errors import Malformed
from segue.formats.cellpose_outlines.options import ReadOptions
from segue.formats.cellpose_outlines.points import parse
from segue.formats.options import Options
from segue.geometry.border import areas_of
from segue.model.features import Feature
from segue.model.objects import Objects
from segue.model.rings import Ints, Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the outlines; the label of an object is the number of its line.

    Raises
    ------
    Malformed, TooLarge
        A line is no outline, or the box of one has more than 2**27 pixels.
    """
    pixels = cast("ReadOptions", options).outlines == "pixels"
    points, start, line, blank = parse(source)
    notes = []
    if blank:
        notes.append(Note(Kind.SKIPPED, "{count line} without an outline, which stand for objects too small for Cellpose or for unused numbers", count=blank))
    if not pixels:
        points, start, line, dropped = _with_area(points, start, line)
        if dropped:
            notes.append(Note(Kind.LOST, "fewer than three points enclose nothing", Feature.OBJECTS, count=dropped))
    else:
        _check_steps(points, start, line, source)
    rings = areas_of(points, start) if pixels else Rings.simple(points + 0.5, start)
    objects = pl.DataFrame({"id": pl.Series(line).cast(pl.Utf8), "label": pl.Series(line, dtype=pl.UInt64)}).with_columns(layer=pl.lit("labels"))
    kind = ShapeKind.TRACED if pixels else ShapeKind.POLYGON
    shapes = pl.DataFrame({"object": np.arange(len(line), dtype=np.int32)}).with_columns(kind=pl.lit(str(kind)))
    return Study((ImageSet("", objects=Objects(objects), shapes=Shapes(shapes, rings)),)), Notes(tuple(notes))


def _with_area(points: Ints, start: Ints, line: Ints) -> tuple[Ints, Ints, Ints, int]:
    """The outlines of three points and more."""
    rings = Rings.simple(points, start)
    rows = np.flatnonzero(np.diff(start) >= 3)
    taken = rings.take(rows)
    return taken.coords.astype(np.int64), taken.coord_start, line[rows], len(line) - len(rows)


def _check_steps(points: Ints, start: Ints, line: Ints, source: Source) -> None:
    """Border pixels follow each other; what does not is of another tool, or damaged."""
    step = np.abs(np.diff(points, axis=0)).max(axis=1, initial=0)
    step[start[1:-1] - 1] = 0
    wide = np.flatnonzero(step > 1)
    if not len(wide):
        return
    place = int(wide[0])
    where = line[np.searchsorted(start, place, side="right") - 1]
    (x, y), (next_x, next_y) = points[place].tolist(), points[place + 1].tolist()
    raise Malformed(
        f"{source.path} does not list border pixels: in line {where} the outline jumps from ({x}, {y}) to ({next_x}, {next_y}); "
        "it may be damaged, or of another program: --set outlines=centres reads polygons",
        path=source.path,
        position=f"line {where}",
        expected="neighbouring pixels",
    )
