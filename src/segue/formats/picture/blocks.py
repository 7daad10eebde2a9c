"""Exporting pictures: GIF, BMP, JPEG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import cast

from segue.codecs.pictures_write import PictureBlock
from segue.errors import Incompatible
from segue.formats.lossy_files import refusal_as_written_labels
from segue.formats.options import Options
from segue.formats.picture.options import WriteOptions
from segue.formats.pixel_files import facts_of, picture_of
from segue.model.study import ImageSet
from segue.storage.sink import Sink

_KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".bmp": "BMP", ".gif": "GIF"}


@contextmanager
def blocks(image_set: ImageSet, sink: Sink, options: Options) -> Iterator[PictureBlock]:
    """The only plane of the only image, as one block.

    Raises
    ------
    Incompatible
        The suffix names none of the three, it cannot hold such pixels, or labels would become a JPEG.
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    kind = _KINDS.get(PurePath(sink.name).suffix.lower())
    if kind is None:
        raise Incompatible(f"{sink.name} has to end in {', '.join(_KINDS)}, so that it is known which kind of picture it is")
    if kind == "JPEG" and chosen.role == "labels":
        raise Incompatible(f"{sink.name}: {refusal_as_written_labels(kind)}")
    picture = picture_of(image_set, "image")
    with sink.open() as file:
        yield PictureBlock(file, picture.pixels, picture.axes, kind, facts_of(image_set), chosen.quality)
