"""An object table of ilastik -> study."""

from __future__ import annotations

from typing import cast

from segue.codecs.hdf5_safe import MAGIC
from segue.formats.ilastik_objects.assemble import assembled
from segue.formats.ilastik_objects.options import ReadOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read CSV or HDF5. Memory: the table two or three times, and the pixels of all objects as row runs.

    Raises
    ------
    SourceError
        It is no object table, or damaged.
    """
    from segue.formats.ilastik_objects.read_csv import read_csv
    from segue.formats.ilastik_objects.read_hdf5 import read_hdf5

    chosen = cast("ReadOptions", options)
    raw = read_hdf5(source, crops=chosen.crops) if source.head(8) == MAGIC else read_csv(source)
    return assembled(raw, source, chosen.layer)
