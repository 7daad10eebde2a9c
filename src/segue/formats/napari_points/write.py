"""Writing napari's CSV of points."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.codecs.delimited_write import write_delimited
from segue.formats.napari_files import classes_of, coordinates, facts_of, features, written_axes
from segue.formats.napari_points.options import WriteOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study: a line per point.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    s = study.image_sets[0]
    axes = written_axes(s.objects, s.shapes, cast("WriteOptions", options).axes)
    owner = s.shapes.frame["object"].to_numpy()
    columns = {
        "index": pl.int_range(len(s.shapes), dtype=pl.Int64, eager=True),
        **coordinates(s.objects, owner, s.shapes, axes),
        **facts_of(s.objects, classes_of(study.populations, s.membership, len(s.objects)), owner, s.shapes, axes),
        **{name: values.gather(owner) for name, values in features(s.tables, len(s.objects)).items()},
    }
    with sink.open() as file:
        write_delimited(file, pl.DataFrame([values.alias(str(nth)) for nth, values in enumerate(columns.values())]), header=[list(columns)])
