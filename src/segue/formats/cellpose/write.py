"""Writing a _seg.npy that Cellpose's window opens. One plane of masks is in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from segue.codecs.npy_objects_write import Streamed, write_object
from segue.codecs.pixels import bounds, converted, rows_of
from segue.formats.cellpose.colours import written
from segue.formats.cellpose.settings import values
from segue.formats.cellpose.side import KEY, text_of
from segue.formats.options import Options
from segue.formats.pixel_files import facts_of
from segue.model.image import LabelImage, size_of
from segue.model.study import Study
from segue.storage.sink import Sink

Array = np.ndarray[Any, np.dtype[Any]]


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the label image of a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    s = study.image_sets[0]
    picture = s.labels[0]
    settings = values(s.extras)
    guessed = "filename" not in settings
    highest = bounds(picture.pixels)[1]
    value: dict[str, Any] = {"outlines": _streamed(picture, highest, borders), "masks": _streamed(picture, highest, lambda plane: plane)}
    colours = written(s.objects, highest)
    if colours is not None:
        value["colors"] = colours
    value |= {"filename": _image(sink.name)} if guessed else {}
    value |= {"flows": [], **settings, KEY: text_of(facts_of(study), s.objects, guessed=guessed)}
    with sink.open() as file:
        write_object(file, value)


def _image(name: str) -> str:
    """The image that a file of this name most likely belongs to."""
    stem = name[: -len("_seg.npy")] if name.lower().endswith("_seg.npy") else name.rsplit(".", 1)[0]
    return f"{stem}.tif"


def _streamed(picture: LabelImage, highest: int, change: Callable[[Array], Array]) -> Streamed:
    """The label image as (y, x) or (z, y, x), uint16 as long as Cellpose would keep it so."""
    dtype = np.dtype(np.uint16 if highest < 2**16 - 1 else np.uint32)
    depth, height, width = (size_of(picture.pixels, picture.axes, name) for name in "zyx")
    rows = rows_of(converted(picture.pixels, dtype), picture.axes)

    def planes() -> Iterator[Array]:
        for z in range(depth):
            yield change(rows({"z": z}, 0, height))

    return Streamed((height, width) if depth == 1 else (depth, height, width), dtype, planes())


def borders(plane: Array) -> Array:
    """The pixels of each label that touch another label, the background or the edge of the image by an edge; the others are 0."""
    padded = np.pad(plane, 1)
    inner = padded[1:-1, 1:-1]
    inside = (inner == padded[:-2, 1:-1]) & (inner == padded[2:, 1:-1]) & (inner == padded[1:-1, :-2]) & (inner == padded[1:-1, 2:])
    return np.where(inside, 0, inner).astype(plane.dtype)
