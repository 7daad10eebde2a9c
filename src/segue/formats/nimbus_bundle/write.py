"""Writing an archive, dataset by dataset and piece by piece."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from segue.formats.nimbus_bundle.options import WriteOptions
from segue.formats.nimbus_bundle.tables import tables
from segue.formats.nimbus_files.datasets import datasets
from segue.formats.nimbus_files.tables.pieces import pieces as table_pieces
from segue.formats.nimbus_files.tables.wanted import table_of
from segue.formats.nimbus_files.write_study import pieces
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study; 20,000 annotations, or 50,000 rows of a table, are in memory as text at a time. No dates: the same study gives the same bytes."""
    assert isinstance(options, WriteOptions)
    with sink.open() as file, zipfile.ZipFile(file, "w") as archive:
        for name, content in _files(study, options):
            with archive.open(_entry(name), "w", force_zip64=True) as entry:
                for piece in content:
                    entry.write(piece)


def _files(study: Study, options: WriteOptions) -> Iterator[tuple[str, Iterator[bytes]]]:
    """(name, content piece by piece) of every file."""
    how = options.tables
    if how is None:
        for name, one in datasets(study):
            yield name, pieces(one, options.choice)
        return
    for name, one, own in tables(study, options, how):
        yield name, table_pieces(table_of(one, own), own)


def _entry(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    found.compress_type = zipfile.ZIP_DEFLATED
    found.create_system = 3  # the same on every system
    return found
