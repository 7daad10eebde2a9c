"""How an image is cut into regions: every region holds the segments that begin in it."""

from __future__ import annotations

from dataclasses import replace
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from segue.measure.region import Region, Stretch
from segue.measure.survey import Segments
from segue.model.image import size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from segue.measure.region import Measures
    from segue.measure.rows import Rows

    Ints = NDArray[np.int64]

READ = 1 << 25
"""Bytes of labels, or of one channel, that are looked at together."""
MOST_READ = 1 << 28
"""The same, where chunks are so high that fewer rows would mean to decode them again and again."""
VALUES = 1 << 25
"""Labels and values that are worth a region of their own."""
REGIONS = 512
"""Most regions of a time point."""
TALL = 2
"""Regions that a segment may reach through; those that reach farther are measured together, in one more pass over the image."""


def band_rows(labels: Rows, images: Sequence[Rows]) -> tuple[int, int]:
    """How many rows are looked at together, and how many are stored in one piece: whole pieces, if they are not too high."""
    wide = max(1, labels.width * max(each.dtype.itemsize for each in (labels, *images)))
    heights = [_chunk_rows(each) for each in (labels, *images)]
    step = lcm(*heights) if lcm(*heights) * wide <= MOST_READ else max(heights)
    if step * wide > MOST_READ:
        parts = -(-step * wide // MOST_READ)
        return max(1, -(-step // parts)), 1
    return step * max(1, READ // wide // step), step


def stretches(labels: Rows, images: Sequence[Rows], *, compiled: bool) -> Iterator[Stretch]:
    """The rows of the labels, cut so that several workers can survey them."""
    band, step = band_rows(labels, images)
    rows = _region_rows(labels, 1, band, step)
    for first in range(0, labels.count, rows):
        end = min(first + rows, labels.count)
        yield Stretch(labels.cut(first, end), first, end, min(band, rows), compiled)


def regions(
    labels: Rows,
    images: tuple[Rows, ...],
    segments: Segments,
    measures: Measures,
    *,
    compiled: bool,
) -> Iterator[tuple[Ints, Region]]:
    """Which segments (their rows in ``segments``) each region measures, and the region: together all segments."""
    band, step = band_rows(labels, images)
    reach = segments.last_row - segments.first_row + 1
    usual = int(np.quantile(reach, 0.9)) if len(reach) else 0
    rows = max(_region_rows(labels, 1 + sum(len(image.channels) for image in images), band, step), 4 * usual)
    tall = reach > TALL * rows
    of = np.where(tall, -1, segments.first_row // rows)
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-2))
    for members in np.split(order, starts[1:]) if len(order) else [order]:
        some = take(segments, members)
        first, end = (int(some.first_row.min()), int(some.last_row.max()) + 1) if len(members) else (0, 0)
        whole = Region(labels, images, some, min(band, rows), measures, len(members) == len(order), compiled)
        yield members, replace(whole, labels=labels.cut(first, end), images=tuple(image.cut(first, end) for image in images))


def take(segments: Segments, rows: Ints) -> Segments:
    """Some segments."""
    return Segments(**{name: column[rows] for name, column in vars(segments).items()})


def _region_rows(labels: Rows, layers: int, band: int, step: int) -> int:
    """Rows of a region: bands, or a part of one, of whole pieces."""
    regions = min(max(labels.count * labels.width * layers // VALUES, 1), REGIONS)
    rows, whole = max(1, -(-labels.count // regions)), step if labels.count // regions < band else band
    return -(-rows // whole) * whole


def _chunk_rows(rows: Rows) -> int:
    """Rows of the image that are stored in one piece; 1 where this is not known."""
    chunks = getattr(rows.pixels, "chunks", None)
    if chunks is None or len(chunks) != len(rows.axes):
        return 1
    height, depth = (min(int(chunks[rows.axes.index(name)]), size_of(rows.pixels, rows.axes, name)) if name in rows.axes else 1 for name in "yz")
    return max(1, rows.height * depth if depth > 1 else height)
