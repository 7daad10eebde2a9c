"""Writing a fitted study, piece by piece."""

from __future__ import annotations

from segue.formats.nimbus_files.write_study import pieces
from segue.formats.nimbus_json.options import WriteOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study in the form that NimbusImage accepts; 20,000 annotations are in memory as text at a time."""
    assert isinstance(options, WriteOptions)
    with sink.open() as file:
        for piece in pieces(study, options.choice):
            file.write(piece)
