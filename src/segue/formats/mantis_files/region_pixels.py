"""Regions of any kind as the numbers of their pixels (y * width + x)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segue.formats.mantis_files.pixels import pixels_in, pixels_of
from segue.formats.outline_files import finite
from segue.formats.shape_files import area_rings, area_rows
from segue.model.rings import Ints
from segue.model.shapes import ShapeKind
from segue.model.study import ImageSet


def pixels_of_objects(s: ImageSet, rows: Sequence[int], height: int, width: int) -> dict[int, Ints]:
    """The pixels of each object's areas: those whose centres are inside, ascending; those outside the image are left out.

    Parameters
    ----------
    s
        Any.
    rows
        Of objects.
    height, width
        Of the image.
    """
    shapes = s.shapes.take(area_rows(s.shapes))
    owner = shapes.frame["object"].to_numpy()
    shapes = finite(shapes.take(np.flatnonzero(np.isin(owner, rows))))
    owner, masks = shapes.frame["object"].to_numpy(), (shapes.frame["kind"] == str(ShapeKind.MASK)).to_numpy()
    rings = area_rings(shapes)
    found: dict[int, list[Ints]] = {row: [] for row in rows}
    for nth, row in enumerate(owner.tolist()):
        one = np.array([nth], np.int64)
        found[row].append(pixels_of(shapes.rings.take(one), width, height) if masks[nth] else pixels_in(rings.take(one), width, height))
    return {row: np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64) for row, parts in found.items()}
