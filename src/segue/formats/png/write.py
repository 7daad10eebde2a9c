"""Writing PNG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from segue.codecs.colours import label_colours
from segue.codecs.pixels import bounds, converted, rows_of
from segue.codecs.png_write import write_png
from segue.formats.options import Options
from segue.formats.pixel_files import Picture, facts_of, picture_of
from segue.formats.png.options import WriteOptions
from segue.model.image import LabelImage, size_of
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    picture = picture_of(study)
    height, width, channels = (size_of(picture.pixels, picture.axes, name) for name in "yxc")
    dtype = np.dtype(picture.pixels.dtype)
    colours = None
    if isinstance(picture, LabelImage):
        dtype = np.dtype(np.uint8 if bounds(picture.pixels)[1] <= 255 else np.uint16)
        colours = label_colours() if cast("WriteOptions", options).colours else None
    with sink.open() as file:
        write_png(file, (height, width, channels), dtype, _rows(picture, dtype, channels), facts_of(study), colours)


def _rows(picture: Picture, dtype: np.dtype[Any], channels: int) -> Callable[[int, int], np.ndarray[Any, Any]]:
    plane = rows_of(converted(picture.pixels, dtype), picture.axes)
    if channels == 1:
        return lambda start, stop: plane({}, start, stop)
    return lambda start, stop: np.stack([plane({"c": channel}, start, stop) for channel in range(channels)], axis=-1)
