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


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study: an image set without a name is the form for one image.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    sets = study.image_sets
    values = values_of(study)
    names = [SEGMENT, *(column.name for column in values)]
    columns = [pl.concat([s.objects.frame["label"] for s in sets]).cast(pl.Utf8), *(javascript_texts(column) for column in values)]
    if sets[0].name:
        names = [IMAGE, *names]
        columns = [pl.concat([pl.Series([s.name], dtype=pl.Utf8).new_from_index(0, len(s.objects)) for s in sets]), *columns]
    with sink.open() as file:
        write_rows(file, [pl.Series([name], dtype=pl.Utf8) for name in names])
        write_rows(file, columns)
