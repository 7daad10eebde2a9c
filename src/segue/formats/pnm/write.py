"""Writing portable maps: the picture of a study, or one plane of any size block by block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from segue.codecs.blocks import write_whole
from segue.codecs.pixels import bounds, converted
from segue.codecs.pnm import pnm_blocks
from segue.errors import Incompatible
from segue.formats.options import Options
from segue.formats.pixel_files import facts_of, picture_of, said_to_be
from segue.formats.pnm.options import WriteOptions
from segue.model.image import LabelImage, Pixels, size_of
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter

_CHANNELS = {".pgm": 1, ".pbm": 1, ".ppm": 3}


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study.

    Raises
    ------
    Incompatible
        The suffix promises another number of channels.
    SinkError
        It cannot be written.
    """
    picture = picture_of(study)
    pixels = picture.pixels
    if isinstance(picture, LabelImage):
        pixels = converted(pixels, "uint8" if bounds(pixels)[1] <= 255 else "uint16")
    _check(sink, pixels, picture.axes)
    with sink.open() as file, pnm_blocks(file, pixels, picture.axes, facts_of(study)) as writer:
        write_whole(writer, pixels)


@contextmanager
def blocks(image_set: ImageSet, sink: Sink, options: Options) -> Iterator[BlockWriter]:
    """The only plane of the only image.

    Raises
    ------
    Incompatible
        It cannot hold such pixels, or the suffix promises another number of channels.
    SinkError
        It cannot be written.
    """
    picture = picture_of(image_set, "image")
    _check(sink, picture.pixels, picture.axes)
    facts = said_to_be(facts_of(image_set), cast("WriteOptions", options).role)
    with sink.open() as file, pnm_blocks(file, picture.pixels, picture.axes, facts) as writer:
        yield writer


def _check(sink: Sink, pixels: Pixels, axes: str) -> None:
    suffix = PurePath(sink.name).suffix.lower()
    promised, channels = _CHANNELS.get(suffix), size_of(pixels, axes, "c")
    if promised not in (None, channels):
        raise Incompatible(f"a {suffix} file has {promised} channel{'s' if promised == 3 else ''}, not {channels}; call it .pnm, or write .tif")
