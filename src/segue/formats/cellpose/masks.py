"""The masks: where they lie in the file, and which labels are in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.codecs.npy_objects import ObjectPixels
from segue.codecs.pickle_values import PickledArray
from segue.codecs.pixels import Converted
from segue.errors import Incompatible, Malformed, UnsupportedVariant
from segue.geometry.extents import extents
from segue.model.image import Pixels, planes
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

AXES = {2: "yx", 3: "zyx"}


def masks_of(value: dict[str, Any], data: memoryview, source: Source) -> tuple[Pixels, str, Notes]:
    """The masks, their axes, and what was repaired.

    Raises
    ------
    Malformed, UnsupportedVariant, Incompatible
        There are none, they have more than three axes, or negative numbers.
    """
    masks = value.get("masks")
    if not isinstance(masks, PickledArray) or masks.dtype is None or masks.dtype.kind not in "buif":
        raise Malformed(f"{source.path} holds no masks, which every Cellpose segmentation has", path=source.path, position="key masks", expected="an array")
    shape = masks.shape if len(masks.shape) == 2 else tuple(size for size in masks.shape if size != 1)
    shape = (1,) * (2 - len(shape)) + shape
    if len(shape) > 3 or 0 in shape:
        sizes = " x ".join(map(str, masks.shape))
        raise UnsupportedVariant(f"{source.path} holds masks of {sizes}; segue reads one plane or one z stack of masks", path=source.path)
    dtype = masks.dtype.newbyteorder("=")
    pixels: Pixels = ObjectPixels(source, "masks", shape, dtype)
    if dtype.kind == "f":
        return Converted(pixels, np.dtype(np.uint32)), AXES[len(shape)], Notes()
    if dtype.kind != "i":
        return pixels, AXES[len(shape)], Notes()
    lowest = int(masks.values(data).min())
    if lowest < -1:
        raise Incompatible(f"{source.path} holds negative masks (down to {lowest}), which are no labels", path=source.path)
    if lowest == 0 or lowest > 0:
        return pixels, AXES[len(shape)], Notes()
    note = Note(Kind.REPAIRED, "masks of an old version, counted from -1: 1 was added to every number, as Cellpose does")
    return ObjectPixels(source, "masks", shape, dtype, 1), AXES[len(shape)], Notes.of(note)


def labels_in(pixels: Pixels, axes: str) -> np.ndarray[Any, Any]:
    """The labels that occur, ascending; plane by plane."""
    found = [extents(plane).values.astype(np.uint64) for _, plane in planes(pixels, axes)]
    return np.unique(np.concatenate(found))
