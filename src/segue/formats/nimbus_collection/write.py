"""Writing a configuration; what it can hold is what reading it gives."""

from __future__ import annotations

from segue.codecs.nimbus_plain import json_of
from segue.formats.nimbus_collection.spec import FORMAT
from segue.formats.nimbus_files.collection import body_of, read_back
from segue.formats.options import Options
from segue.model.keep import keep
from segue.model.study import Study
from segue.storage.sink import Sink


def fit(study: Study, options: Options) -> Study:
    """A preset, a pixel size, and further members."""
    return read_back(body_of(keep(study, set(FORMAT.keeps))))


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study as JSON in one line."""
    with sink.open() as file:
        file.write(json_of(body_of(study)).encode())
