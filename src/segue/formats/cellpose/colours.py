"""Colours of masks: row k of ``colors`` is the colour of label k + 1, RGB."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from segue.codecs.colours import colour_of
from segue.codecs.pickle_values import PickledArray
from segue.model.objects import Objects

MOST = 1 << 20
"""Labels up to which colours are written: Cellpose needs one for every number up to the highest."""


def read_colours(value: object, data: memoryview) -> np.ndarray[Any, Any] | None:
    """(n,) uint32 0xRRGGBBFF; None where the file has none, or none that make sense."""
    if not isinstance(value, PickledArray) or value.dtype is None or len(value.shape) != 2 or value.shape[1] < 3:
        return None
    rgb = value.values(data)[:, :3]
    if rgb.dtype.kind == "f":
        if not np.isfinite(rgb).all():
            return None
        rgb = rgb * 255 if rgb.size and rgb.max() <= 1 else rgb
    return _packed(np.clip(np.rint(rgb) if rgb.dtype.kind == "f" else rgb, 0, 255).astype(np.uint32))


def _packed(rgb: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    shifts = np.array([24, 16, 8], np.uint32)
    packed: np.ndarray[Any, Any] = np.bitwise_or.reduce(rgb << shifts, axis=1) | np.uint32(0xFF)
    return packed


def recoloured(objects: Objects, stated: np.ndarray[Any, Any] | None) -> Objects:
    """The objects with the colours of the file; a colour that says the same, but for its opacity, stays."""
    if stated is None or not len(objects):
        return objects
    place = objects.frame["label"].fill_null(0).cast(pl.Int64, strict=False).fill_null(0).to_numpy() - 1
    known = (place >= 0) & (place < len(stated))
    found = stated[np.where(known, place, 0)] if len(stated) else np.zeros(len(objects), np.uint32)
    expected = shown(objects)
    changed = pl.Series(known & (found != expected))
    return objects.with_columns(colour=objects.frame["colour"].zip_with(~changed, pl.Series(found, dtype=pl.UInt32)))


def shown(objects: Objects) -> np.ndarray[Any, Any]:
    """(objects,) uint32 The colour that each object has in Cellpose: its own, opaque; without one that of its label."""
    label = objects.frame["label"].fill_null(0).to_numpy()
    own = objects.frame["colour"]
    return np.where(own.is_null().to_numpy(), _packed(colour_of(label).astype(np.uint32)), own.fill_null(0).to_numpy() | np.uint32(0xFF)).astype(np.uint32)


def written(objects: Objects, highest: int) -> np.ndarray[Any, Any] | None:
    """(highest, 3) uint8; None where no object has a colour."""
    if objects.frame["colour"].null_count() == len(objects) or not 0 < highest <= MOST:
        return None
    table = colour_of(np.arange(1, highest + 1))
    labels = objects.frame["label"].fill_null(0).to_numpy()
    here = (labels > 0) & (labels <= highest)
    packed = shown(objects)[here]
    table[labels[here].astype(np.int64) - 1] = np.stack([packed >> 24, packed >> 16, packed >> 8], axis=1) & 0xFF
    return table
