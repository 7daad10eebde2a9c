"""Writing .npy and .npz."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from segue.codecs.npy_write import write_npy, write_npz
from segue.codecs.pixels import BLOCK_BYTES, bounds, converted, rows_of
from segue.formats.numpy.spec import IMAGE_AXES, LABEL_AXES
from segue.formats.options import Options
from segue.formats.pixel_files import Picture, facts_of, picture_of
from segue.model.image import LabelImage, size_of
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study, a block of rows at a time.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    picture = picture_of(study)
    labels = isinstance(picture, LabelImage)
    dtype = _label_type(picture) if labels else picture.pixels.dtype.newbyteorder("=")
    axes = _axes(picture, LABEL_AXES if labels else IMAGE_AXES)
    shape = tuple(size_of(picture.pixels, picture.axes, name) for name in axes)
    blocks = _blocks(picture, axes, dtype)
    with sink.open() as file:
        if sink.name.lower().endswith(".npz"):
            write_npz(file, "labels" if labels else "image", shape, dtype, blocks, axes, facts_of(study))
        else:
            write_npy(file, shape, dtype, blocks)


def _label_type(picture: Picture) -> np.dtype[Any]:
    lowest, highest = bounds(picture.pixels)
    fits = (name for name in ("int32", "int64", "uint64") if np.iinfo(name).min <= lowest and highest <= np.iinfo(name).max)
    return np.dtype(next(fits))


def _axes(picture: Picture, usual: dict[int, str]) -> str:
    """The shortest usual axes that have all axes of the picture with more than one plane."""
    needed = {name for name in picture.axes if name in "yx" or size_of(picture.pixels, picture.axes, name) > 1}
    return next(axes for axes in usual.values() if needed <= set(axes))


def _blocks(picture: Picture, axes: str, dtype: np.dtype[Any]) -> Iterator[np.ndarray[Any, Any]]:
    rows = rows_of(converted(picture.pixels, dtype), picture.axes)
    height, width = (size_of(picture.pixels, picture.axes, name) for name in "yx")
    step = max(BLOCK_BYTES // (width * dtype.itemsize), 1)
    outer = axes[:-2]
    for place in product(*(range(size_of(picture.pixels, picture.axes, name)) for name in outer)):
        for start in range(0, height, step):
            yield rows(dict(zip(outer, place, strict=True)), start, min(start + step, height))
