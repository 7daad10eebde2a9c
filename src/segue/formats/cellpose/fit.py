"""What a _seg.npy can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl

from segue.codecs.pixels import bounds
from segue.errors import Incompatible
from segue.formats import pixel_files
from segue.formats.cellpose.options import WriteOptions
from segue.formats.cellpose.settings import fitted
from segue.formats.cellpose.spec import KEPT, MOST_LABELS
from segue.formats.options import Options
from segue.model.image import LabelImage, size_of
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """One label image, its objects, and Cellpose's own settings.

    Raises
    ------
    Incompatible
        There is no label image, or one of several time points, or with labels that Cellpose cannot count.
    """
    chosen = cast("WriteOptions", options)
    picture = pixel_files.picture_of(study, "labels", chosen.layer)
    assert isinstance(picture, LabelImage)
    _check(picture)
    s = study.image_sets[0]
    others = {image.name for image in s.labels} - {picture.name}
    s = _without(s, others)
    extras = fitted(s.extras, chosen.image)
    found = pixel_files.fitted(replace(study, image_sets=(s,)), picture, KEPT)
    return found.map(lambda one: replace(one, extras=extras, aliases=one.aliases.clear()))


def _without(s: ImageSet, layers: set[str]) -> ImageSet:
    """The image set without the objects of some layers."""
    if not layers:
        return s
    rows = s.objects.frame.select(~pl.col("layer").is_in(list(layers)).fill_null(False)).to_series()
    return take_objects(s, np.flatnonzero(rows.to_numpy()))


def _check(picture: LabelImage) -> None:
    if size_of(picture.pixels, picture.axes, "t") > 1:
        raise Incompatible("Cellpose keeps one plane or one z stack in a file, not several time points; write each time point alone, or TIFF (.tif)")
    lowest, highest = bounds(picture.pixels)
    if lowest < 0 or highest > MOST_LABELS:
        raise Incompatible(f"Cellpose cannot hold labels from {lowest:,} to {highest:,}, only up to {MOST_LABELS:,}; number them anew")
