"""Areas with holes: OME-XML's polygons have none, so a mask or the filled area stands for them, and segue's outlines stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from segue.codecs.ome_masks import MOST_PIXELS, encode_mask
from segue.codecs.ome_points import points_texts
from segue.formats.ome_files.masks_read import checksum
from segue.formats.ome_files.shapes_read import outer_checksum
from segue.geometry.rasterize import rasterize
from segue.model.rings import Ints, Rings
from segue.model.shapes import RINGED, Shapes

Holes = Literal["auto", "mask", "fill"]
USUAL_PIXELS = 1 << 24
"""``auto``: larger areas are filled; their mask would take megabytes."""


@dataclass(frozen=True)
class Holed:
    """The shapes with holes."""

    rows: Ints
    masked: list[tuple[list[float], str] | None]
    """Per row x, y, width, height and pixels of the mask; None = the filled area is written."""
    rings: list[str]
    """Per row its outlines."""
    of: list[str]
    """Per row the checksum of what stands for it."""


def holed(shapes: Shapes, holes: Holes) -> Holed:
    """What stands for the shapes that have holes."""
    rings = shapes.rings
    ringed = shapes.frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in RINGED]).to_numpy()
    rows = np.flatnonzero(ringed & (np.diff(rings.shape_rings) > np.diff(rings.shape_start))).astype(np.int64)
    mine = rings.take(rows)
    texts = points_texts(mine.coords, mine.ring_start).to_list()
    found = Holed(rows, [], [], [])
    for row in range(len(rows)):
        parts = range(mine.shape_start[row], mine.shape_start[row + 1])
        found.rings.append(";".join("|".join(texts[mine.part_start[part] : mine.part_start[part + 1]]) for part in parts))
        one = mine.take([row])
        made = None if holes == "fill" else _mask(one, USUAL_PIXELS if holes == "auto" else MOST_PIXELS)
        if made is None:
            outer = one.coords[np.concatenate([np.arange(one.ring_start[ring], one.ring_start[ring + 1]) for ring in one.part_start[:-1]])]
            found.masked.append(None)
            found.of.append(outer_checksum(outer))
        else:
            box, pixels = made
            found.masked.append((box.tolist(), encode_mask(pixels)))
            found.of.append(checksum(box, pixels))
    return found


def _mask(one: Rings, most: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int, int], np.dtype[np.bool_]]] | None:
    """The box and the pixels whose centres are inside; None if there are none, or too many."""
    low, high = np.floor(one.coords.min(axis=0)), np.ceil(one.coords.max(axis=0))
    size = high - low
    if not 0 < size.prod() <= most or np.abs(one.coords).max() > 2.0**40:
        return None
    painted, _ = rasterize(one.translated(*(-low).tolist()), np.ones(1, np.uint8), (int(size[1]), int(size[0])))
    pixels = painted.view(np.bool_)
    return (np.concatenate([low, size]), pixels) if pixels.any() else None
