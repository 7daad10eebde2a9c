"""Writing N5: one array with the attributes of ilastik."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from segue.codecs.axistags import manner_of
from segue.codecs.blocks import BlockWriter, write_whole
from segue.codecs.n5 import new_array
from segue.codecs.pixel_facts import Facts
from segue.formats.ilastik_files.attributes import attributes_for
from segue.formats.ilastik_files.fit import chunks_for, exported_facts
from segue.formats.n5.options import WriteOptions
from segue.formats.options import Options
from segue.formats.pixel_files import facts_of, picture_of
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink

if TYPE_CHECKING:
    from segue.formats.pixel_files import Picture


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study, block by block.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    picture = picture_of(study)
    with _opened(picture, facts_of(study), sink, cast("WriteOptions", options)) as writer:
        write_whole(writer, picture.pixels)


def blocks(image_set: ImageSet, sink: Sink, options: Options) -> AbstractContextManager[BlockWriter]:
    """A container that is written block by block: the only image of an image set, or the labels that it is said to be (``role``).

    Raises
    ------
    SinkError
        It cannot be written.
    InvalidOption
        The blocks do not fit the axes.
    """
    chosen = cast("WriteOptions", options)
    return _opened(image_set.images[0], exported_facts(image_set, chosen.role), sink, chosen)


def _opened(picture: Picture, facts: Facts, sink: Sink, options: WriteOptions) -> AbstractContextManager[BlockWriter]:
    pixels, axes = picture.pixels, picture.axes
    found = attributes_for(axes, pixels.shape, pixels.dtype, facts, replace(manner_of(pixels), labelled=True))
    attributes = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found.items()} | {"axes": list(axes[::-1])}
    block = chunks_for(axes, pixels.shape, pixels.dtype, options.chunks)
    return new_array(sink, options.dataset, pixels, block, options.compression, options.level, attributes)
