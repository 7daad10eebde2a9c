"""The segments of a label image: their labels, pixels and places, and nothing else, for whoever selects among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.inside import common_pixels
from segue.measure.region import survey
from segue.measure.regions import band_rows, stretches
from segue.measure.rows import Rows
from segue.measure.survey import united
from segue.model.image import size_of
from segue.tasks.workers import Threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.survey import Segments
    from segue.model.image import LabelImage
    from segue.model.rings import Ints, Rings
    from segue.tasks.workers import Workers

SMALL = 2_000_000
"""Pixels below which plain numpy does the work, in this thread."""
MOST_PAIRS = 1 << 20
"""Pairs that wait to be added up."""


def segments(labels: LabelImage, workers: Workers | None = None) -> list[Segments]:
    """The segments at each time point. The image is read once, rows by rows.

    Memory: about 300 MB per worker for what is being read, and 200 bytes per segment.

    Raises
    ------
    Malformed, TooLarge
    """
    pixels = int(np.prod(labels.pixels.shape))
    who: Workers = Threads(1) if pixels < SMALL else workers or Threads()
    frames = [Rows(labels.pixels, labels.axes, t=t) for t in range(size_of(labels.pixels, labels.axes, "t"))]
    cut = [list(stretches(frame, (), compiled=pixels >= SMALL)) for frame in frames]
    found = who.run(survey, (stretch for some in cut for stretch in some))
    return [united([next(found) for _ in some]) for some in cut]


def pixels_in_shapes(labels: LabelImage, rings: Rings, t: int = 0, z: int = 0) -> tuple[NDArray[np.uint64], Ints, Ints]:
    """How many pixels the segments of a plane and shapes have in common. Only the rows at which there are shapes are read, band by band.

    Memory: about 30 bytes per pixel of a band of 32 MB, and 24 per pair of a segment and a shape that meet.

    Returns
    -------
    label : (k,) uint64
    shape_row : (k,) int64
    pixels : (k,) int64
        From 1. Ascending by label, then by shape.
    """
    rows = Rows(labels.pixels, labels.axes, t=t)
    filled = rings.coords[:, 1]
    first, end = (int(np.clip(place, 0, rows.height)) for place in (np.floor(filled.min()), np.ceil(filled.max()))) if len(filled) else (0, 0)
    step, _ = band_rows(rows, ())
    found: list[tuple[NDArray[np.uint64], Ints, Ints]] = []
    for begin in range(first, end, step):
        stop = min(begin + step, end)
        found.append(common_pixels(rows.read(z * rows.height + begin, z * rows.height + stop)[0], rings, begin))
        if sum(len(pixels) for _, _, pixels in found) > MOST_PAIRS:
            found = [_summed(found, len(rings))]
    return _summed(found, len(rings))


def _summed(found: list[tuple[NDArray[np.uint64], Ints, Ints]], shapes: int) -> tuple[NDArray[np.uint64], Ints, Ints]:
    """The pairs of several bands, each once."""
    if not found:
        none = np.zeros(0, np.int64)
        return none.astype(np.uint64), none, none
    label, shape, pixels = (np.concatenate(part) for part in zip(*found, strict=True))
    names, of = np.unique(label, return_inverse=True)
    pair, index = np.unique(of * shapes + shape, return_inverse=True)
    return names[pair // shapes], pair % shapes, np.bincount(index, pixels, len(pair)).astype(np.int64)
