"""What the planes of an image hold, looked at one after the other, large ones band by band."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from segue.errors import UnsupportedVariant
from segue.geometry.extents import Extents, extents, merged
from segue.model.image import Pixels, size_of
from segue.workflow.roles_evidence import is_all_different, is_scattered

Array = np.ndarray[Any, np.dtype[Any]]

ENOUGH = 3
"""Planes of intensities in excess of planes of labels after which the rest is not read."""

BAND = 1 << 24
"""Pixels that are looked at together: a plane of 4,096 x 4,096."""

CENTRE = 128
"""Rows and columns at which a first glance is taken: counting the values of a large plane of noise would take long."""


@dataclass(frozen=True)
class Survey:
    """The values of an image and how they lie."""

    found: Extents
    """Over all planes that were looked at; boxes lie over each other."""
    looked_at: int
    """Pixels."""
    intensities: bool
    """More planes hold intensities than labels."""
    complete: bool
    """All planes were looked at."""

    @property
    def largest(self) -> int:
        return int(self.found.values[-1]) if len(self.found.values) else 0

    @property
    def grey_values(self) -> int:
        """Distinct values, 0 included."""
        return len(self.found.values) + int(self.found.pixels.sum() < self.looked_at)

    @property
    def like_jpeg(self) -> bool:
        """Whether nearly all pixels are close to 0 or close to 255."""
        middle = (self.found.values > 25) & (self.found.values < 230)
        high = self.found.values >= 230
        return self.largest <= 255 and bool(high.any()) and int(self.found.pixels[middle].sum()) * 10 < self.looked_at


def survey(pixels: Pixels, axes: str, where: str, *, judge: bool) -> Survey:
    """Look at every plane, until it is clear that they hold intensities. Memory: about 4 times ``BAND``, whatever the size of a plane.

    Parameters
    ----------
    pixels
        Integers, or floating point that has to be whole numbers.
    axes
        One letter of ``t z y x`` per dimension.
    where
        What the sentences call the image.
    judge
        Whether to ask if these are intensities at all.

    Raises
    ------
    UnsupportedVariant
        Pixels that cannot be labels: fractions, no numbers, negative numbers.
    """
    found: Extents | None = None
    votes = looked_at = 0
    for plane in _bands(pixels, axes):
        whole = _whole(plane, where)
        noise = _noise_at_centre(whole) if judge else None
        one = noise or extents(whole)
        _refuse_negative(one, where)
        found = one if found is None else merged([found, one])
        looked_at += whole.size if noise is None else CENTRE**2
        if noise is not None:
            return Survey(found, looked_at, intensities=True, complete=False)
        if judge and len(one.values):
            votes += 1 if is_scattered(whole, one) else -1
        if votes >= ENOUGH:
            break
    if found is None:
        found = extents(np.empty((0, 0), np.uint8))
    return Survey(found, looked_at, intensities=votes > 0, complete=looked_at == int(np.prod(pixels.shape)))


def _bands(pixels: Pixels, axes: str) -> Iterator[Array]:
    """(rows, x) of every plane, in order: whole planes, or bands of whole rows of large ones."""
    height, width = (size_of(pixels, axes, name) for name in "yx")
    step = max(1, min(height, BAND // max(1, width)))
    outer = [name for name in "tz" if name in axes]
    for place in product(*(range(size_of(pixels, axes, name)) for name in outer)):
        parts = {name: slice(at, at + 1) for name, at in zip(outer, place, strict=True)} | {"x": slice(0, width)}
        for first in range(0, height, step):
            region = parts | {"y": slice(first, min(first + step, height))}
            block = pixels.read(tuple(region[name] for name in axes))
            rows = block.reshape([size for name, size in zip(axes, block.shape, strict=True) if name in "yx"])
            yield rows if axes.index("y") < axes.index("x") else rows.T


def _noise_at_centre(plane: Array) -> Extents | None:
    """The extents of the centre of a large plane, if nearly every pixel there has a value of its own."""
    if min(plane.shape) <= 2 * CENTRE:
        return None
    rows, columns = (slice((size - CENTRE) // 2, (size + CENTRE) // 2) for size in plane.shape)
    found = extents(plane[rows, columns])
    return found if is_all_different(CENTRE**2, found) else None


def _whole(plane: Array, where: str) -> Array:
    """The plane as whole numbers."""
    if plane.dtype.kind != "f":
        return plane
    kept = np.isfinite(plane)
    if not kept.all():
        count = plane.size - int(kept.sum())
        raise _refusal(f"{where} holds {count:,} pixels without a number (NaN or infinite); set them to 0 and save it again", where)
    broken = plane != np.floor(plane)
    if broken.any():
        example = float(plane[broken][0])
        raise _refusal(f"{where} holds fractions such as {example:.4g}, so it is an intensity image and not labels; use segue segment", where)
    limit = 2 ** (np.finfo(plane.dtype).nmant + 1)
    if np.abs(plane).max(initial=0) > limit:
        raise _refusal(
            f"{where} holds numbers above {limit:,}, where {plane.dtype} no longer tells neighbouring labels apart; save the labels as integers", where
        )
    return plane.astype(np.int64)


def _refuse_negative(found: Extents, where: str) -> None:
    if not len(found.values) or found.values[0] >= 0:
        return
    if int((found.values < 0).sum()) == 1 and int(found.values[0]) == -1:
        raise _refusal(
            f"{where} holds the value -1, as old Cellpose files do (background -1, first cell 0); if it is one, add 1 to every pixel and save it again", where
        )
    raise _refusal(f"{where} holds negative values such as {int(found.values[0])}, so it is not a label image; use segue segment", where)


def _refusal(sentence: str, where: str) -> UnsupportedVariant:
    return UnsupportedVariant(sentence, where=where)
