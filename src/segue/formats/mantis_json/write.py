"""Writing a fitted study as Mantis v1.0 writes it: a list of populations in one line, without a line end."""

from __future__ import annotations

from segue.formats.mantis_files.row_text import row_text
from segue.formats.mantis_json.options import WriteOptions
from segue.formats.mantis_json.rows import rows_in
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study, population by population."""
    assert isinstance(options, WriteOptions)
    with sink.open() as file:
        file.write(b"[")
        for nth, row in enumerate(rows_in(study)):
            file.write(b"," * (nth > 0) + row_text(row, "D").encode())
        file.write(b"]")
