"""Writing napari's CSV of shapes."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl

from segue.codecs.delimited_write import write_delimited
from segue.formats.napari_files import classes_of, coordinates, facts_of, written_axes
from segue.formats.napari_shapes.figures import drawn
from segue.formats.napari_shapes.options import WriteOptions
from segue.formats.options import Options
from segue.model.shapes import Shapes
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study: a line per vertex. Memory: some ten times the coordinates.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    s = study.image_sets[0]
    axes = written_axes(s.objects, s.shapes, cast("WriteOptions", options).axes)
    types, rings = drawn(s.shapes)
    placed = Shapes(s.shapes.frame, rings)
    owner = placed.frame["object"].to_numpy()
    vertices = np.diff(rings.coord_start)
    shape = np.repeat(np.arange(len(placed), dtype=np.int64), vertices)
    columns = {
        "index": pl.Series(shape),
        "shape-type": types.gather(shape),
        "vertex-index": pl.Series(np.arange(len(shape), dtype=np.int64) - rings.coord_start[:-1][shape]),
        **coordinates(s.objects, owner, placed, axes),
        **{
            name: values.gather(shape)
            for name, values in facts_of(s.objects, classes_of(study.populations, s.membership, len(s.objects)), owner, placed, axes).items()
        },
    }
    with sink.open() as file:
        write_delimited(file, pl.DataFrame([values.alias(str(nth)) for nth, values in enumerate(columns.values())]), header=[list(columns)])
