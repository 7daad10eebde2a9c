"""Writing regions: the picture, and the names beside it."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.mantis_csv import write_rows
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_write import write_tiff
from segue.formats.mantis_regions.fit import fitted_regions, size_of
from segue.formats.mantis_regions.places import NAMES, PICTURE
from segue.formats.mantis_regions.regions import pages_of
from segue.formats.options import Options
from segue.model.image import ArrayPixels
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study: 8 bits where the numbers allow it, else 16 or 32; a further page for regions that share pixels with others.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    regions = fitted_regions(study)
    height, width = size_of(study.image_sets[0])
    pages = np.stack(pages_of(regions, height, width))
    axes, pixels = ("cyx", pages) if len(pages) > 1 else ("yx", pages[0])
    plan = Plan("plain", dict(zip(axes, pixels.shape, strict=True)), pixels.dtype)
    frame = pl.DataFrame([(one.number, one.name) for one in regions], schema={"number": pl.Int64, "name": pl.Utf8}, orient="row")
    with sink.folder() as folder:
        with (folder / PICTURE).open("xb+") as file:
            write_tiff(file, plan, ArrayPixels(pixels), axes)
        with (folder / NAMES).open("xb") as file:
            write_rows(file, frame.get_columns())
