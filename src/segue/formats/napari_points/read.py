"""Reading napari's CSV of points."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl

from segue.formats.napari_files import HALF, feature_table, leading_axes, planes, populations_of, read_file, things
from segue.formats.napari_points.options import ReadOptions
from segue.formats.options import Options
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """One image set of the points of a file, each an object unless ids say otherwise.

    Raises
    ------
    SegueError
        See ``read_file``.
    """
    file = read_file(source)
    axes, notes = leading_axes(file, cast("ReadOptions", options).axes, source)
    count = len(file.axes)
    lying: dict[str, pl.Series] = {}
    for place, axis in enumerate(axes):
        lying[axis], between = planes(file.axes[:, place], file.others.get(axis))
        if between:
            notes += Notes.of(Note(Kind.CHANGED, f"{{count point}} between two planes of {axis}, moved to the nearer one", count=between))
    others = {name: values for name, values in file.others.items() if name != "z" or "z" not in axes}
    found = things(others, lying.get("t"), count, whole=file.all_numbers)
    frame = pl.DataFrame({"object": found.owner, "role": found.role, "z": lying.get("z")}).with_columns(kind=pl.lit(str(ShapeKind.POINT)))
    rings = Rings.simple(file.axes[:, [-1, -2]] + HALF, np.arange(count + 1))
    table = feature_table(found.rest, found.owner, len(found.objects))
    populations, membership = populations_of(found.classes)
    shapes = Shapes(frame.cast({"z": pl.Int32}), rings)
    return Study((ImageSet("", objects=found.objects, shapes=shapes, tables=table, membership=membership),), populations), file.notes + notes
