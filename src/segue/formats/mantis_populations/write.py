"""Writing a population CSV that Mantis takes."""

from __future__ import annotations

from typing import cast

import polars as pl

from segue.codecs.javascript_numbers import number
from segue.codecs.mantis_csv import write_rows
from segue.formats.mantis_files.colours import understood
from segue.formats.mantis_populations.options import WriteOptions
from segue.formats.mantis_populations.rows import rows_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study: its first image set without a name is the form for one image.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    project = cast("WriteOptions", options).form != "active" and bool(study.image_sets[0].name)
    rows = rows_of(study, project=project)
    columns = [rows["image"]] if project else []
    columns += [rows["label"], rows["name"]]
    if rows["colour"].null_count() < rows.height or (project and _could_be_active(rows)):
        columns.append(_texts(rows["colour"]))
    with sink.open() as file:
        write_rows(file, columns)


def _texts(colours: pl.Series) -> pl.Series:
    """``0xRRGGBB``, which Mantis reads and nobody takes for something else."""
    written = {colour: f"0x{colour:06X}" for colour in colours.drop_nulls().unique()}
    return colours.replace_strict(written, return_dtype=pl.Utf8) if written else colours.cast(pl.Utf8)


def _could_be_active(rows: pl.DataFrame) -> bool:
    """Whether three columns could be taken for segments, populations and colours of one image: all names are numbers."""
    images, names = rows["image"].unique().to_list(), rows["name"].unique().to_list()
    return all(number(name) is not None for name in images) and all(understood(name) is not None for name in names)
