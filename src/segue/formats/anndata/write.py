"""Writing a study as observations."""

from __future__ import annotations

from typing import cast

from segue.codecs.h5ad_write import write_h5ad
from segue.formats.anndata.flat import flat
from segue.formats.anndata.options import WriteOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study.

    Memory: the matrix, once.

    Raises
    ------
    Incompatible
        There are more columns of texts and populations than AnnData can list.
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    with sink.file() as path:
        write_h5ad(path, flat(study, chosen), chosen.compression)
