"""Writing .npy and .npz: the picture of a study, or pixels of any size block by block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from segue.codecs.blocks import write_whole
from segue.codecs.npy_write import npy_blocks, npz_blocks
from segue.codecs.pixels import bounds, converted
from segue.formats.numpy.options import WriteOptions
from segue.formats.numpy.spec import IMAGE_AXES, LABEL_AXES
from segue.formats.options import Options
from segue.formats.pixel_files import Picture, facts_of, picture_of, said_to_be
from segue.model.image import LabelImage, Pixels, size_of
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink

if TYPE_CHECKING:
    from segue.codecs.pixel_facts import Facts
    from segue.codecs.raw_blocks import RawBlocks


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study, a few megabytes at a time.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    picture = picture_of(study)
    labels = isinstance(picture, LabelImage)
    pixels = converted(picture.pixels, _label_type(picture) if labels else picture.pixels.dtype.newbyteorder("="))
    with _opened(sink, pixels, picture.axes, _axes(picture, LABEL_AXES if labels else IMAGE_AXES), facts_of(study)) as writer:
        write_whole(writer, pixels)


@contextmanager
def blocks(image_set: ImageSet, sink: Sink, options: Options) -> Iterator[RawBlocks]:
    """An array with the axes of the only image, in their order.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    picture = picture_of(image_set)
    facts = said_to_be(facts_of(image_set), cast("WriteOptions", options).role)
    with _opened(sink, picture.pixels, picture.axes, picture.axes, facts) as writer:
        yield writer


@contextmanager
def _opened(sink: Sink, pixels: Pixels, axes: str, order: str, facts: Facts) -> Iterator[RawBlocks]:
    with sink.open() as file:
        if sink.name.lower().endswith(".npz"):
            with npz_blocks(file, facts.role, pixels, axes, order, facts) as writer:
                yield writer
        else:
            yield npy_blocks(file, pixels, axes, order)


def _label_type(picture: Picture) -> np.dtype[Any]:
    lowest, highest = bounds(picture.pixels)
    fits = (name for name in ("int32", "int64", "uint64") if np.iinfo(name).min <= lowest and highest <= np.iinfo(name).max)
    return np.dtype(next(fits))


def _axes(picture: Picture, usual: dict[int, str]) -> str:
    """The shortest usual axes that have all axes of the picture with more than one plane."""
    needed = {name for name in picture.axes if name in "yx" or size_of(picture.pixels, picture.axes, name) > 1}
    return next(axes for axes in usual.values() if needed <= set(axes))
