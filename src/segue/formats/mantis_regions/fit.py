"""What a picture of regions can hold of a study."""

from __future__ import annotations

from typing import cast

from segue.errors import Incompatible
from segue.formats.mantis_regions.assemble import Region, assembled
from segue.formats.mantis_regions.options import WriteOptions
from segue.formats.mantis_regions.regions import covered, regions_of
from segue.formats.options import Options
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """The regions of the first image set, as pixels.

    Raises
    ------
    Incompatible
        Nothing says how large the image is.
    """
    s = study.image_sets[0] if study.image_sets else ImageSet("")
    height, width = size_of(s)
    regions = regions_of(s, study.populations, height, width)
    chosen = covered(regions) if cast("WriteOptions", options).overlaps == "last" else regions
    return assembled(chosen, height, width)


def size_of(s: ImageSet) -> tuple[int, int]:
    """(height, width) of the image.

    Raises
    ------
    Incompatible
        Nothing says it.
    """
    pictures = [(one.axes, one.pixels.shape) for one in s.images] + [(one.axes, one.pixels.shape) for one in s.labels]
    stated = (s.grid.size("y"), s.grid.size("x"))
    found = [stated, *((shape[axes.index("y")], shape[axes.index("x")]) for axes, shape in pictures)]
    for height, width in found:
        if height is not None and width is not None:
            return height, width
    raise Incompatible("nothing says how large the image is that these regions belong to; name it with --image IMAGE")


def fitted_regions(study: Study) -> list[Region]:
    """The regions of a study that has been fitted."""
    s = study.image_sets[0]
    return regions_of(s, study.populations, *size_of(s))
