"""Simplifying shapes: without their holes, or only their largest part."""

from __future__ import annotations

import numpy as np

from segue.model.rings import Rings


def without_holes(rings: Rings) -> Rings:
    """Only the outer ring of each part."""
    flat = Rings.simple(rings.coords, rings.ring_start).take(rings.part_start[:-1])
    each = np.arange(len(flat) + 1, dtype=np.int64)
    return Rings(flat.coords, flat.ring_start, each, rings.shape_start)


def largest_parts(rings: Rings) -> Rings:
    """Only the part of each shape whose outer ring encloses most; the first of equal ones. Shapes without a part stay empty."""
    outer = without_holes(rings)
    area = np.abs(_signed_areas(outer))
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_start))
    order = np.lexsort((np.arange(len(area)), -area, shape))
    first = np.ones(len(order), bool)
    first[1:] = shape[order][1:] != shape[order][:-1]
    kept = order[first].astype(np.int64)
    parts = Rings(rings.coords, rings.ring_start, rings.part_start, np.arange(len(rings.part_start), dtype=np.int64)).take(kept)
    start = np.concatenate([[0], np.cumsum(np.diff(rings.shape_start) > 0)]).astype(np.int64)
    return Rings(parts.coords, parts.ring_start, parts.part_start, start)


def _signed_areas(rings: Rings) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Shoelace areas of rings (one ring per part), relative to each ring's first vertex so that large coordinates cost no digits."""
    start, count = rings.ring_start, np.diff(rings.ring_start)
    if not len(rings.coords):
        return np.zeros(len(count))
    owner = np.repeat(np.arange(len(count)), count)
    xy = rings.coords - rings.coords[np.minimum(start[:-1], len(rings.coords) - 1)][owner]
    following = np.arange(1, len(xy) + 1)
    ends = start[1:][count > 0] - 1
    following[ends] = start[:-1][count > 0]
    cross = xy[:, 0] * xy[following, 1] - xy[following, 0] * xy[:, 1]
    return np.bincount(owner, cross, len(count)) / 2
