"""The forms of a region's segments: from blocks of labels that hold them whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.form.shape import places
from segue.measure.forms import forms
from segue.measure.units import scaled
from segue.measure.values.band import Lookup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segue.measure.rows import Rows
    from segue.measure.survey import Segments

    Columns = dict[str, NDArray[np.generic]]
    Ints = NDArray[np.int64]
    Pixel = tuple[float, float, float]

TOGETHER = 1 << 24
"""Pixels of a box that segments may share."""


def region_forms(labels: Rows, segments: Segments, wanted: frozenset[str], pixel: Pixel | None, *, alone: bool) -> Columns:
    """The wanted columns of some segments, in their order.

    Parameters
    ----------
    labels
        Where the segments are.
    segments
        Ascending by label.
    wanted
        Names of measurements; those that ``forms`` does not know are missing from the result.
    pixel
        Sizes of a pixel along z, y, x, if lengths are to be in units.
    alone
        Whether the labels hold no other segments.

    Memory: the box around the segments, and around each large segment of its own.
    """
    known = {name: scaled(name, column, pixel, 2 if _flat(labels) else 3) for name, column in places(segments).items() if name in wanted}
    others = wanted - set(known)
    return known | _others(labels, segments, others, pixel, alone=alone) if others else known


def _others(labels: Rows, segments: Segments, wanted: frozenset[str], pixel: Pixel | None, *, alone: bool) -> Columns:
    """What is not known from the survey. Places are, to the last bit whatever the region; here they would be counted from a box."""
    if not len(segments.label):
        return _without_label(forms(np.zeros((1, 1) if _flat(labels) else (1, 1, 1), np.uint8), wanted, (0, 0, 0), pixel))
    everything = np.arange(len(segments.label))
    boxes = _boxes(segments.low, segments.high, everything)
    parts = [_of_box(labels, segments, rows, wanted, pixel, alone=alone and len(rows) == len(everything)) for rows in boxes]
    order = np.argsort(np.concatenate([part["label"] for part in parts]), kind="stable")
    return _without_label({name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]})


def _boxes(low: Ints, high: Ints, rows: Ints) -> Iterator[Ints]:
    """Segments that are looked at together: halves along the longest side until the common box is small; large segments one by one."""
    first, end = low[rows].min(axis=0), high[rows].max(axis=0)
    if len(rows) == 1 or (end - first).prod() <= TOGETHER:
        yield rows
        return
    large = (high[rows] - low[rows]).prod(axis=1) > TOGETHER // 4
    yield from rows[large, None]
    small = rows[~large]
    if len(small):
        along = int(np.argmax(high[small].max(axis=0) - low[small].min(axis=0)))
        order = small[np.argsort(low[small, along], kind="stable")]
        for half in (order[: len(order) // 2], order[len(order) // 2 :]):
            if len(half):
                yield from _boxes(low, high, np.sort(half))


def _of_box(labels: Rows, segments: Segments, rows: Ints, wanted: frozenset[str], pixel: Pixel | None, *, alone: bool) -> Columns:
    low, high = segments.low[rows].min(axis=0).tolist(), segments.high[rows].max(axis=0).tolist()
    block = np.stack([labels.read(z * labels.height + low[1], z * labels.height + high[1], low[2], high[2])[0] for z in range(low[0], high[0])])
    label = segments.label[rows]
    if not alone:
        block = _only(block, label)
    columns = forms(block[0] if _flat(labels) else block, wanted, (low[0], low[1], low[2]), pixel)
    return columns | {"label": label}


def _only(block: NDArray[np.generic], label: NDArray[np.uint64]) -> NDArray[np.generic]:
    """The block with 0 where other segments are; a single segment as a mask."""
    if len(label) == 1:
        mask: NDArray[np.generic] = block == block.dtype.type(int(label[0]))
        return mask
    lookup = Lookup(label)
    own = np.stack([lookup.rows(row.astype(np.uint64)) >= 0 for row in block.reshape(-1, block.shape[-1])]).reshape(block.shape)
    return np.where(own, block, block.dtype.type(0))


def _flat(labels: Rows) -> bool:
    """Whether there is one plane."""
    return labels.depth == 1


def _without_label(columns: Columns) -> Columns:
    return {name: column for name, column in columns.items() if name != "label"}
