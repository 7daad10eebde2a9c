"""What an archive can hold of a study."""

from __future__ import annotations

from dataclasses import replace

from segue.formats.nimbus_bundle.spec import FORMAT
from segue.formats.nimbus_files.datasets import datasets
from segue.formats.nimbus_files.fit import fitted
from segue.formats.nimbus_files.options import WriteOptions
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """All image sets, those of one dataset together, each as in the JSON of a dataset."""
    assert isinstance(options, WriteOptions)
    ordered = tuple(s for _, one in datasets(study) for s in one.image_sets)
    return fitted(replace(study, image_sets=ordered), options.choice, FORMAT.keeps)
