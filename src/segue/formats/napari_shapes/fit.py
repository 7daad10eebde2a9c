"""What a file can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from segue.formats.napari_files import classes_of, on_axes, populations_of, written_axes
from segue.formats.napari_shapes.figures import fitted
from segue.formats.napari_shapes.options import WriteOptions
from segue.formats.napari_shapes.spec import FORMAT
from segue.formats.options import Options
from segue.model.keep import keep
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """The objects of the first image set that have shapes, in the order of their first shape."""
    kept = keep(study, FORMAT.keeps)
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    s = replace(s, shapes=fitted(s.shapes))
    there = np.unique(s.shapes.frame["object"].to_numpy())
    s = s if len(there) == len(s.objects) else take_objects(s, there)
    s = on_axes(s, written_axes(s.objects, s.shapes, cast("WriteOptions", options).axes))
    populations, membership = populations_of(classes_of(kept.populations, s.membership, len(s.objects)))
    return Study((replace(s, membership=membership, history=()),), populations)
