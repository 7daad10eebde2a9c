"""What a file can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from segue.formats.napari_files import FARTHEST, HALF, classes_of, feature_table, features, on_axes, populations_of, written_axes
from segue.formats.napari_points.options import WriteOptions
from segue.formats.napari_points.spec import FORMAT
from segue.formats.options import Options
from segue.formats.shape_files import centre_points
from segue.model.keep import keep
from segue.model.select import take_objects
from segue.model.shapes import PARAMETERS, STYLE, Shapes
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """The objects of the first image set that have shapes, as points, with one table of features."""
    kept = keep(study, FORMAT.keeps)
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    s = replace(s, shapes=_points(s.shapes))
    there = np.unique(s.shapes.frame["object"].to_numpy())
    s = s if len(there) == len(s.objects) else take_objects(s, there)
    s = on_axes(s, written_axes(s.objects, s.shapes, cast("WriteOptions", options).axes))
    each = np.arange(len(s.objects), dtype=np.int32)
    populations, membership = populations_of(classes_of(kept.populations, s.membership, len(s.objects)))
    return Study((replace(s, membership=membership, tables=feature_table(features(s.tables, len(s.objects)), each, len(s.objects)), history=()),), populations)


def _points(shapes: Shapes) -> Shapes:
    """Points in the order of their objects, as they will be read back."""
    shapes = centre_points(shapes)
    near = np.abs(shapes.rings.coords).max(axis=1, initial=0) < FARTHEST
    order = np.argsort(shapes.frame["object"].to_numpy(), kind="stable")
    shapes = shapes.take(order[near[order]].astype(np.int64))
    shapes = Shapes(shapes.frame, shapes.rings.translated(-HALF, -HALF).translated(HALF, HALF))
    return shapes.with_columns(c=None, **dict.fromkeys([*PARAMETERS, *STYLE]))
