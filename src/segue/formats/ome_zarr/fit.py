"""What an OME-Zarr group can hold of a study."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from segue.codecs.zarr_types import PIXEL_TYPES
from segue.errors import Incompatible
from segue.formats.ome_zarr.spec import KEPT
from segue.formats.options import Options
from segue.model.display import Display
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.model.image import Image, LabelImage, size_of
from segue.model.keep import keep
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """The first image set: its first image and all its label images.

    Raises
    ------
    Incompatible
        There is no picture, or its numbers are of a type that Zarr does not have.
    """
    s = study.image_sets[0] if study.image_sets else ImageSet("")
    if not s.images and not s.labels:
        raise Incompatible("there is no image or label image to write; give one, or choose a format that does without")
    image = next(iter(s.images), None)
    if image is not None and image.pixels.dtype.name not in PIXEL_TYPES:
        raise Incompatible(f"OME-Zarr has no pixels of the type {image.pixels.dtype.name}; convert the image first")
    images = () if image is None else (image,)
    s = replace(s, images=images, grid=_grid(s.grid, (*images, *s.labels)), display=_finite(s.display))
    kept = keep(replace(study, image_sets=(s,)), KEPT | {Feature.DISPLAY})
    return replace(kept.map(lambda one: replace(one, group=None, position=())), displays=())


def _grid(grid: Grid, pictures: Sequence[Image | LabelImage]) -> Grid:
    """The axes of the pictures, and others only if something is known of them."""
    found = []
    for name in "tzyx":
        axis = grid.axis(name) or Axis(name)
        if name in "yx" or any(name in one.axes for one in pictures) or (axis.scale, axis.unit, axis.translation) != (None, None, 0.0):
            found.append(replace(axis, size=max(size_of(one.pixels, one.axes, name) for one in pictures)))
    return Grid(tuple(found))


def _finite(display: Display | None) -> Display | None:
    """The display, unless it holds numbers that JSON does not have."""
    return display if display is None or all(map(math.isfinite, display.numbers)) else None
