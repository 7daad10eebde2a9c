"""What a published project can hold of a study."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.formats.nimbus_files.collection import body_of, read_back
from segue.formats.nimbus_files.datasets import ENDING, datasets
from segue.formats.nimbus_files.fit import fitted
from segue.formats.nimbus_project.ids import dataset_ids, with_id
from segue.formats.nimbus_project.images import with_images
from segue.formats.nimbus_project.options import WriteOptions
from segue.formats.nimbus_project.spec import FORMAT, OF_IMAGES
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """All image sets, those of one dataset together, their images, and a preset."""
    assert isinstance(options, WriteOptions)
    ordered = tuple(s for _, one in datasets(study) for s in one.image_sets)
    features = set(FORMAT.keeps) - (set() if options.images else set(OF_IMAGES))
    held = fitted(replace(study, image_sets=ordered), options.choice, features)
    shown = read_back(body_of(study))
    held = _with_ids(held.map(lambda s: replace(with_images(s), display=None)))
    return replace(held, displays=shown.displays, extras=pl.concat([held.extras, shown.extras]))


def _with_ids(study: Study) -> Study:
    """All image sets of a dataset have its id, as the manifest states it once."""
    parts = [(name.removesuffix(ENDING), one) for name, one in datasets(study)]
    found = [with_id(s, own, stem) for (stem, one), own in zip(parts, dataset_ids(parts), strict=True) for s in one.image_sets]
    return replace(study, image_sets=tuple(found))
