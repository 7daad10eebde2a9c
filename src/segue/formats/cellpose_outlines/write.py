"""Writing border pixels as lines of text."""

from __future__ import annotations

import numpy as np

from segue.formats.cellpose_outlines.points import render
from segue.formats.options import Options
from segue.geometry.border import borders_of
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the areas of a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    s = study.image_sets[0]
    points, start = borders_of(s.shapes.rings)
    line = s.objects.frame["label"].to_numpy().astype(np.int64)
    with sink.open() as file:
        file.write(render(points, start, line).encode("ascii"))
