"""Writing an archive, dataset by dataset and piece by piece."""

from __future__ import annotations

import zipfile

from segue.formats.nimbus_files.datasets import datasets
from segue.formats.nimbus_files.options import WriteOptions
from segue.formats.nimbus_files.write_study import pieces
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study; 20,000 annotations are in memory as text at a time. No dates, so that the same study gives the same bytes."""
    assert isinstance(options, WriteOptions)
    with sink.open() as file, zipfile.ZipFile(file, "w") as archive:
        for name, one in datasets(study):
            with archive.open(_entry(name), "w", force_zip64=True) as entry:
                for piece in pieces(one, options.choice):
                    entry.write(piece)


def _entry(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    found.compress_type = zipfile.ZIP_DEFLATED
    found.create_system = 3  # the same on every system
    return found
