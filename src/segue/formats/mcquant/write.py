"""Writing a table of mcquant: CellID, markers, centroids, shape."""

from __future__ import annotations

from segue.formats.cell_files import write_cells
from segue.formats.mcquant.fit import centroids
from segue.formats.mcquant.names import CELL, X, Y, is_shape
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    s = study.image_sets[0]
    values = [table.frame[column.name] for table in s.tables.values() for column in table.columns]
    markers = [column for column in values if not is_shape(column.name)]
    shape = [column for column in values if is_shape(column.name)]
    columns = [s.objects.frame["label"].alias(CELL), *markers, *centroids(s.shapes, len(s.objects)), *shape]
    with sink.open() as file:
        write_cells(file, [CELL, *(column.name for column in markers), X, Y, *(column.name for column in shape)], columns)
