"""Where the pixels of an object are: its crop is placed by the bounding box that the table states, whatever margin it was cut out with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.hdf5_safe import attribute, inner, is_group, numbers
from segue.codecs.json_text import loads
from segue.codecs.ome_masks import runs_of
from segue.errors import SegueError
from segue.formats.ilastik_objects.raw import Crops
from segue.formats.ilastik_objects.terms import CORNER, OBJECT
from segue.model.features import Feature
from segue.model.rings import Rings
from segue.notes import Kind, Note

_IMAGES, _PIXELS = "images", "labeling"
Pixels = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


def crops_of(file: Any, columns: Mapping[str, pl.Series], notes: list[Note]) -> Crops:
    """The masks of all objects that have a crop; those that do not fit the table are counted."""
    found = Crops()
    images = inner(file, _IMAGES)
    if not is_group(images) or OBJECT not in columns or not set(CORNER[:2]) <= set(columns):
        return found
    missed = 0
    for row, name in enumerate(columns[OBJECT].cast(pl.Utf8)):
        group = inner(images, name)
        data = inner(group, _PIXELS) if is_group(group) else None
        if data is None:
            continue
        volume = _volume(data)
        corner = [int(columns[one][row]) if one in columns else 0 for one in CORNER]
        if volume is None or not volume.any():
            missed += 1
        else:
            _place(found, row, volume, corner)
    if missed:
        notes.append(Note(Kind.SKIPPED, "{count object} whose pixels are empty, or do not say which axes they have", Feature.MASK, count=missed))
    return found


def _volume(data: Any) -> np.ndarray[tuple[int, int, int], np.dtype[np.bool_]] | None:
    """The pixels as (z, y, x); None if their axes are not known."""
    pixels = numbers(data) > 0
    axes = _axes(attribute(data, "axistags"), pixels.ndim)
    if axes is None:
        return None
    for nth in range(len(axes) - 1, -1, -1):
        if axes[nth] not in "zyx":
            if pixels.shape[nth] != 1:
                return None
            pixels, axes = pixels.squeeze(nth), axes[:nth] + axes[nth + 1 :]
    for name in "zyx":
        if name not in axes:
            pixels, axes = pixels[None], name + axes
    return pixels.transpose([axes.index(name) for name in "zyx"])


def _axes(tags: Any, count: int) -> str | None:
    """The letters of the axes; ``axistags`` leaves out those of size 1."""
    try:
        axes = "".join(str(one["key"]) for one in loads(str(tags).encode())["axes"]) if tags is not None else {2: "yx", 3: "zyx"}.get(count)
    except (SegueError, ValueError, KeyError, TypeError):
        return None
    return axes if axes is not None and len(axes) == count and len(set(axes)) == count else None


def _place(found: Crops, row: int, volume: np.ndarray[tuple[int, int, int], np.dtype[np.bool_]], corner: list[int]) -> None:
    first = [int(np.flatnonzero(volume.any(axis=others))[0]) for others in ((1, 2), (0, 2), (0, 1))]
    origin = np.array([corner[0] - first[2], corner[1] - first[1]], np.float64)
    for z in np.flatnonzero(volume.any(axis=(1, 2))).tolist():
        found.row.append(row)
        found.z.append(corner[2] + z - first[0] if volume.shape[0] > 1 else None)
        found.rings.append(_mask(volume[z], origin))


def _mask(pixels: Pixels, origin: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Rings:
    """A mask of the model: its box, and the start and end of each row run."""
    runs = runs_of(pixels)
    low, high = runs[:, :2].min(axis=0)[::-1], np.array([runs[:, 2].max(), runs[:, 0].max() + 1])
    ends = np.stack([runs[:, 1], runs[:, 0], runs[:, 2], runs[:, 0]], axis=1).reshape(-1, 2)
    coords = np.concatenate([[low, high], ends]) + origin
    return Rings(coords, np.array([0, 2, len(coords)]), np.array([0, 2]), np.array([0, 1]))
