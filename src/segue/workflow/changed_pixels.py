"""How much of label images differs, in numbers that people can judge."""

from __future__ import annotations

import numpy as np

from segue.model.image import LabelImage, plane_at, planes, size_of
from segue.model.study import Study


def changed_pixels(a: Study, b: Study) -> str:
    """``2 pixels of 2 segments differ``: pixels that differ between the label images of two studies, and segments that lose or gain some.

    Label images of different sizes are left out. One plane of each is in memory at a time. Empty text if nothing can be compared.
    """
    pixels, segments = 0, 0
    for one, other in zip(a.image_sets, b.image_sets, strict=False):
        for left, right in zip(one.labels, other.labels, strict=False):
            found = _differing(left, right)
            pixels, segments = pixels + found[0], segments + found[1]
    if not pixels:
        return ""
    return f"{pixels:,} pixel{'s' * (pixels != 1)} of {segments:,} segment{'s' * (segments != 1)} differ{'s' * (pixels == 1)}"


def _differing(a: LabelImage, b: LabelImage) -> tuple[int, int]:
    """Pixels, and labels (of each time point and plane) that have other pixels."""
    if any(size_of(a.pixels, a.axes, axis) != size_of(b.pixels, b.axes, axis) for axis in "tczyx"):
        return 0, 0
    pixels, segments = 0, 0
    for place, plane in planes(a.pixels, a.axes):
        other = plane_at(b.pixels, b.axes, {axis: index for axis, index in place.items() if axis in b.axes})
        differs = plane != other
        pixels += int(differs.sum())
        named = np.concatenate([plane[differs].astype(np.uint64), other[differs].astype(np.uint64)])
        segments += len(np.setdiff1d(named, [0]))
    return pixels, segments
