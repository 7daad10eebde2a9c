"""The arrays of a picture: one for each resolution, each made of the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segue.codecs.zarr_blocks import ArrayWriter
from segue.codecs.zarr_facts import array_facts
from segue.codecs.zarr_layout import Compression, Layout, chunk_shape, shard_shape
from segue.codecs.zarr_pixels import ZarrPixels
from segue.formats.ome_zarr.options import WriteOptions
from segue.formats.ome_zarr.scales import Scale, scales
from segue.formats.zarr_files import stored_axes, stored_order
from segue.model.image import Image, LabelImage, Pixels
from segue.model.study import ImageSet
from segue.transform.halved import Halved
from segue.transform.halving import Rule

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter

Step = tuple["BlockWriter", Pixels]
"""A writer, and the pixels that it stores."""


def begun(folder: Path, picture: Image | LabelImage, wanted: Sequence[Scale], options: WriteOptions, rule: Rule) -> Iterator[Step]:
    """Begin the arrays ``0``, ``1``, ... of a picture in the folder of its group: what has to be written, in this order.

    Parameters
    ----------
    folder
        The group; it is there.
    picture
        What is stored: label images of bool as uint8, which OME-Zarr demands.
    wanted
        The resolutions.
    options
        How arrays are laid out.
    rule
        How a resolution is made of the one before.
    """
    axes = stored_axes(picture.axes)
    dtype = np.dtype(np.uint8) if isinstance(picture, LabelImage) and picture.pixels.dtype == np.bool_ else picture.pixels.dtype
    pixels, order = picture.pixels, stored_order(picture.axes)
    for nth, scale in enumerate(wanted):
        if nth:
            pixels, order = (
                Halved(ZarrPixels.of(array_facts(folder / str(nth - 1))), tuple(axis in scale.halved for axis in axes), rule),
                tuple(range(len(axes))),
            )
        shape = tuple(pixels.shape[axis] for axis in order)
        layout = laid_out(shape, axes, dtype.newbyteorder("="), options)
        yield ArrayWriter(folder / str(nth), layout, order, getattr(pixels, "chunks", ())), pixels


def laid_out(shape: tuple[int, ...], axes: str, dtype: np.dtype[np.generic], options: WriteOptions) -> Layout:
    """How an array of this shape is laid out; ``axes`` in the order of the file."""
    wished = options.sizes
    usual = chunk_shape(shape)
    chunks = tuple(max(1, min(size, wished.get(axis, one))) for axis, size, one in zip(axes, shape, usual, strict=True))
    version = 3 if options.version == "0.5" else 2
    shards = shard_shape(shape, chunks, 1 if options.shards == "always" else None) if version == 3 and options.shards != "never" else None
    packed: Compression = ("zstd" if version == 3 else "blosc") if options.compression == "auto" else options.compression
    return Layout(shape, chunks, dtype, axes, shards, packed, options.level, version)


def resolutions(s: ImageSet, picture: Image | LabelImage, options: WriteOptions) -> list[Scale]:
    """The resolutions of all pictures of an image set: those that this one, its first, needs."""
    axes = stored_axes(picture.axes)
    shape = tuple(picture.pixels.shape[axis] for axis in stored_order(picture.axes))
    chunks = laid_out(shape, axes, picture.pixels.dtype, options).chunks
    wanted = None if options.scales == "auto" else int(options.scales)
    return scales(dict(zip(axes, shape, strict=True)), s.grid, dict(zip(axes, chunks, strict=True)), wanted)
