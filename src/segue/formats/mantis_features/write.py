"""Writing a feature CSV that Mantis takes."""

from __future__ import annotations

import polars as pl

from segue.codecs.javascript_numbers import javascript_texts
from segue.codecs.mantis_csv import write_rows
from segue.formats.mantis_features.fit import values_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink

IMAGE, SEGMENT = "Image", "Segment ID"
_AT_ONCE = 1 << 16
"""Rows that are text at the same time."""


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study: an image set without a name is the form for one image. Memory: the values, and the text of 65,536 rows.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    sets = study.image_sets
    values = values_of(study)
    names = [SEGMENT, *(column.name for column in values)]
    columns = [pl.concat([s.objects.frame["label"] for s in sets]), *values]
    if sets[0].name:
        names = [IMAGE, *names]
        columns = [pl.concat([pl.Series([s.name], dtype=pl.Utf8).new_from_index(0, len(s.objects)) for s in sets]), *columns]
    with sink.open() as file:
        write_rows(file, [pl.Series([name], dtype=pl.Utf8) for name in names])
        for start in range(0, len(columns[0]), _AT_ONCE):
            part = [column.slice(start, _AT_ONCE) for column in columns]
            write_rows(file, [javascript_texts(column) if column.dtype.is_float() else column for column in part])
