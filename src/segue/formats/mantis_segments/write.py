"""Writing a segmentation as text."""

from __future__ import annotations

from segue.codecs.pixel_lines import write_pixel_lines
from segue.formats.options import Options
from segue.geometry.pixel_masks import pixels_of_runs, runs_of_masks
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study, whose masks are the segments in the order of their numbers.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    owner, x, y = pixels_of_runs(*runs_of_masks(study.image_sets[0].shapes.rings))
    with sink.open() as file:
        write_pixel_lines(file, owner, x, y)
