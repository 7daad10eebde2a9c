"""What a published project can hold of a study."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.formats.nimbus_files.collection import body_of, read_back
from segue.formats.nimbus_files.datasets import datasets
from segue.formats.nimbus_files.fit import fitted
from segue.formats.nimbus_files.options import WriteOptions
from segue.formats.nimbus_project.spec import FORMAT
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """All image sets, those of one dataset together, and a preset."""
    assert isinstance(options, WriteOptions)
    ordered = tuple(s for _, one in datasets(study) for s in one.image_sets)
    held = fitted(replace(study, image_sets=ordered), options.choice, FORMAT.keeps)
    shown = read_back(body_of(study))
    held = held.map(lambda s: replace(s, display=None))
    return replace(held, displays=shown.displays, extras=pl.concat([held.extras, shown.extras]))
