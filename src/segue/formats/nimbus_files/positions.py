"""Stage positions: which image set is which ``XY``."""

from __future__ import annotations

from collections.abc import Sequence

from segue.model.study import ImageSet

AXIS = "xy"
_LARGEST = 2**31 - 1


def positions(image_sets: Sequence[ImageSet]) -> list[int]:
    """The XY of each image set: what its position says, if that tells all of them apart, else its number from 0."""
    stated = [_stated(s) for s in image_sets]
    if all(one is not None for one in stated) and len(set(stated)) == len(stated):
        return [one for one in stated if one is not None]
    return list(range(len(image_sets)))


def _stated(s: ImageSet) -> int | None:
    found = [index for axis, index in s.position if axis == AXIS]
    return found[0] if len(found) == 1 and 0 <= found[0] <= _LARGEST else None


def implied(xy: int, *, alone: bool, dataset: str | None) -> ImageSet:
    """The image set of a position of which nothing is stated."""
    return ImageSet("") if alone and xy == 0 else ImageSet("", group=dataset, position=((AXIS, xy),))
