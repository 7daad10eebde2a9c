"""What an archive can hold of a study."""

from __future__ import annotations

from dataclasses import replace

from segue.formats.nimbus_bundle.options import WriteOptions
from segue.formats.nimbus_bundle.spec import FORMAT
from segue.formats.nimbus_bundle.tables import held
from segue.formats.nimbus_files.datasets import datasets
from segue.formats.nimbus_files.fit import fitted
from segue.formats.nimbus_files.tables.wanted import prepared
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """All image sets, those of one dataset together, each as in the JSON, or the table, of a dataset.

    Raises
    ------
    Incompatible
        A cell of a table would be written as NimbusImage's server does, without escaping it, and shift the row.
    InvalidOption
        A property is asked for that is not there.
    """
    assert isinstance(options, WriteOptions)
    how = options.tables
    if how is not None:
        return held(prepared(study, how, FORMAT.keeps), options, how)
    ordered = tuple(s for _, one in datasets(study) for s in one.image_sets)
    return fitted(replace(study, image_sets=ordered), options.choice, FORMAT.keeps)
