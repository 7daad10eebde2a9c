"""Writing a fitted study: 50,000 rows are in memory as text at a time."""

from __future__ import annotations

from segue.formats.nimbus_csv.options import WriteOptions
from segue.formats.nimbus_files.tables.pieces import pieces
from segue.formats.nimbus_files.tables.wanted import computed, table_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study as one table.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    assert isinstance(options, WriteOptions)
    with sink.open() as file:
        for piece in pieces(table_of(computed(study, options), options), options):
            file.write(piece)
