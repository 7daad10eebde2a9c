"""Comparing images and label images, plane by plane."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import numpy as np

from segue.model.equal import equal
from segue.model.features import Feature as F
from segue.model.image import Image, LabelImage, Pixels, plane_at, size_of
from segue.model.study import ImageSet


def compare_pixels(a: ImageSet, b: ImageSet, found: Counter[F]) -> None:
    """Count differences of the images and label images of two image sets, matched by order."""
    found[F.IMAGES] += abs(len(a.images) - len(b.images))
    for one, other in zip(a.images, b.images, strict=False):
        _images(one, other, found)
    found[F.LABELS] += abs(len(a.labels) - len(b.labels))
    for left, right in zip(a.labels, b.labels, strict=False):
        _labels(left, right, found)


def _images(a: Image, b: Image, found: Counter[F]) -> None:
    same = same_pixels(a, b)
    found[F.IMAGES] += not same
    found[F.PIXEL_TYPE] += same and a.pixels.dtype.newbyteorder("=") != b.pixels.dtype.newbyteorder("=")
    found[F.IMAGE_NAME] += a.name != b.name
    found[F.CHANNEL_NAMES] += a.channels != b.channels
    found[F.DATA_RANGE] += not equal(a.data_range, b.data_range)
    found[F.INVERTED] += a.inverted != b.inverted


def _labels(a: LabelImage, b: LabelImage, found: Counter[F]) -> None:
    found[F.LABELS] += not same_pixels(a, b)
    found[F.LAYER] += a.name != b.name
    found[F.LABEL_TIME] += a.persists != b.persists


def same_pixels(a: Image | LabelImage, b: Image | LabelImage) -> bool:
    """Whether two images hold equal values at equal places, whatever their number type and axis order."""
    if a.pixels is b.pixels and a.axes == b.axes:
        return True
    sizes = {name: size_of(a.pixels, a.axes, name) for name in "tczyx"}
    if sizes != {name: size_of(b.pixels, b.axes, name) for name in "tczyx"}:
        return False
    places = (dict(zip("tcz", place, strict=True)) for place in product(*(range(sizes[name]) for name in "tcz")))
    return all(_same(_plane(a.pixels, a.axes, place), _plane(b.pixels, b.axes, place)) for place in places)


def _plane(pixels: Pixels, axes: str, place: dict[str, int]) -> np.ndarray[Any, Any]:
    return plane_at(pixels, axes, {name: index for name, index in place.items() if name in axes})


def _same(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    floats = a.dtype.kind in "fc" and b.dtype.kind in "fc"
    if {a.dtype.kind, b.dtype.kind} == {"i", "u"} and 8 in (a.itemsize, b.itemsize):
        return bool(((a >= 0) == (b >= 0)).all() and (a.astype(np.uint64) == b.astype(np.uint64)).all())
    if a.dtype.kind in "iu" and a.itemsize == 8 and b.dtype.kind == "f":
        return _same_integers(a, b)
    if b.dtype.kind in "iu" and b.itemsize == 8 and a.dtype.kind == "f":
        return _same_integers(b, a)
    return bool(np.array_equal(a, b, equal_nan=floats))


def _same_integers(integers: np.ndarray[Any, Any], floats: np.ndarray[Any, Any]) -> bool:
    """Without rounding 64-bit integers to the floats nearest to them, as a plain comparison would."""
    limits = np.iinfo(integers.dtype)
    inside = (floats >= float(limits.min)) & (floats < float(limits.max))  # float(limits.max) is rounded up to 2**63 or 2**64
    return bool(inside.all() and (floats == np.trunc(floats)).all() and np.array_equal(floats.astype(integers.dtype), integers))
