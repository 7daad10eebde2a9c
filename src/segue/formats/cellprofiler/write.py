"""Writing the tables of an export into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import polars as pl

from segue.codecs.delimited_write import write_delimited
from segue.formats.cellprofiler.encode import encode
from segue.formats.cellprofiler.fit import undefined_text
from segue.formats.cellprofiler.options import WriteOptions
from segue.formats.cellprofiler.sheets import Sheets
from segue.formats.cellprofiler.terms import EXPERIMENT, IMAGE, RELATIONSHIPS
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study. Memory: all values as texts.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    tables = _tables(encode(study, undefined_text(options)))
    delimiter, suffix = (",", ".csv") if chosen.delimiter == "comma" else ("\t", ".txt")
    with sink.folder() as folder:
        for name, frame in tables.items():
            _write(folder / f"{chosen.prefix}{name}{suffix}", frame, delimiter)


def _tables(sheets: Sheets) -> dict[str, pl.DataFrame]:
    found = {**sheets.objects}
    if sheets.images is not None:
        found[IMAGE] = sheets.images
    if sheets.relations is not None:
        found[RELATIONSHIPS] = sheets.relations
    if sheets.experiment:
        found[EXPERIMENT] = pl.DataFrame({"Key": list(sheets.experiment), "Value": list(sheets.experiment.values())})
    return found


def _write(path: Path, frame: pl.DataFrame, delimiter: str) -> None:
    with path.open("xb") as file:
        write_delimited(file, frame, delimiter=delimiter)
