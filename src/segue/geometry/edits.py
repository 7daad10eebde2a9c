"""Simplifying shapes: without their holes, or only their largest part."""

from __future__ import annotations

import numpy as np

from segue.geometry.rings import Flat, Rings


def without_holes(rings: Flat) -> Rings:
    """Only the outer ring of each part."""
    outer = Rings.simple(rings.coords, rings.ring_start).take(rings.part_start[:-1])
    each = np.arange(len(outer) + 1, dtype=np.int64)
    return Rings(outer.coords, outer.ring_start, each, rings.shape_start)


def largest_parts(rings: Flat) -> Rings:
    """Only the part of each shape whose outer ring encloses most; the first of equal ones. Shapes without a part stay empty."""
    outer = without_holes(rings)
    area = np.abs(Rings.of(outer).signed_areas())
    shape = np.repeat(np.arange(len(outer)), np.diff(rings.shape_start))
    order = np.lexsort((np.arange(len(area)), -area, shape))
    first = np.ones(len(order), bool)
    first[1:] = shape[order][1:] != shape[order][:-1]
    kept = order[first].astype(np.int64)
    parts = Rings(rings.coords, rings.ring_start, rings.part_start, np.arange(len(rings.part_start), dtype=np.int64)).take(kept)
    start = np.concatenate([[0], np.cumsum(np.diff(rings.shape_start) > 0)]).astype(np.int64)
    return Rings(parts.coords, parts.ring_start, parts.part_start, start)
