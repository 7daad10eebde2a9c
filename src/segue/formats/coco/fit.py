"""What a file can hold of a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.formats.annotation_files import fitted_tables
from segue.formats.coco.extras import fitted_extras
from segue.formats.coco.fit_shapes import fitted_shapes
from segue.formats.coco.options import Segmentation, WriteOptions
from segue.formats.coco.spec import FORMAT
from segue.formats.options import Options
from segue.model.features import Feature
from segue.model.keep import keep
from segue.model.populations import Membership
from segue.model.rules import ListRule
from segue.model.select import take_objects
from segue.model.study import ALIASES, ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """All image sets without pixels: objects with shapes, categories, values.

    Raises
    ------
    Incompatible
        An area that becomes a mask covers more than 2**28 pixels.
    """
    assert isinstance(options, WriteOptions)
    kept = keep(study, set(FORMAT.keeps) - {Feature.RULES})
    populations = tuple(replace(one, rule=ListRule()) for one in kept.populations)
    image_sets = tuple(_fitted(s, options.segmentation) for s in kept.image_sets)
    return Study(fitted_extras(image_sets, populations), populations)


def _fitted(s: ImageSet, segmentation: Segmentation) -> ImageSet:
    s = replace(s, shapes=fitted_shapes(s.shapes, s.grid, segmentation), aliases=pl.DataFrame(schema=ALIASES))
    there = np.unique(s.shapes.frame["object"].to_numpy())
    s = s if len(there) == len(s.objects) else take_objects(s, there)
    members = s.membership.frame.sort("object", "nth_of_object").select("population", "object")
    return replace(s, tables=fitted_tables(s.tables, len(s.objects)), membership=Membership.of(members))
