"""Writing mappings as Mantis does."""

from __future__ import annotations

import polars as pl

from segue.codecs.mantis_csv import write_rows
from segue.formats.mantis_files.colours import to_mantis
from segue.formats.mantis_mappings.presets import mappings_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink

_COLUMNS = {"mapping": pl.Utf8, "slot": pl.Utf8, "marker": pl.Utf8, "colour": pl.Int64}


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    rows = [(name, slot, one.channel, to_mantis(one.colour)) for name, channels in mappings_of(study).items() for slot, one in channels]
    with sink.open() as file:
        write_rows(file, pl.DataFrame(rows, schema=_COLUMNS, orient="row").get_columns())
