"""Writing PNG: the picture of a study, or one plane of any size band by band."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from segue.codecs.colours import label_colours
from segue.codecs.pixels import bounds, converted
from segue.codecs.png_write import png_blocks, write_png
from segue.formats.options import Options
from segue.formats.pixel_files import facts_of, picture_of, said_to_be
from segue.formats.png.options import WriteOptions
from segue.model.image import LabelImage
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    picture = picture_of(study)
    pixels, colours = picture.pixels, None
    if isinstance(picture, LabelImage):
        pixels = converted(pixels, "uint8" if bounds(pixels)[1] <= 255 else "uint16")
        colours = label_colours() if cast("WriteOptions", options).colours else None
    with sink.open() as file:
        write_png(file, pixels, picture.axes, facts_of(study), colours)


@contextmanager
def blocks(image_set: ImageSet, sink: Sink, options: Options) -> Iterator[BlockWriter]:
    """The only plane of the only image, in bands of rows.

    Raises
    ------
    UnsupportedVariant
        PNG cannot hold such pixels.
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    picture = picture_of(image_set, "image")
    facts = said_to_be(facts_of(image_set), chosen.role)
    colours = label_colours() if facts.role == "labels" and chosen.colours else None
    with sink.open() as file, png_blocks(file, picture.pixels, picture.axes, facts, colours) as writer:
        yield writer
