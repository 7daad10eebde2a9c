"""Tables in an archive: which study is written as which, and what reading it gives."""

from __future__ import annotations

from collections.abc import Iterator

from segue.formats.nimbus_bundle.options import WriteOptions
from segue.formats.nimbus_files.datasets import called, datasets, stem_of
from segue.formats.nimbus_files.tables.chosen import chosen, present
from segue.formats.nimbus_files.tables.options import WriteOptions as TableOptions
from segue.formats.nimbus_files.tables.wanted import computed, read_back
from segue.model.gather import gathered
from segue.model.study import Study

COMBINED = "datasets"
"""What the only table about all datasets is called."""


def tables(study: Study, options: WriteOptions, how: TableOptions) -> Iterator[tuple[str, Study, TableOptions]]:
    """(name of its file, its study with the columns that are computed from shapes, with which columns) of every table.

    Parameters
    ----------
    study
        With what is written.
    options
        Of the archive.
    how
        Of its tables.
    """
    if how.dataset:
        yield COMBINED + options.ending, computed(study, how), how
        return
    for name, one in datasets(study, options.ending):
        whole = computed(one, how)
        yield name, whole, present(whole, how)


def held(study: Study, options: WriteOptions, how: TableOptions) -> Study:
    """What reading the tables of an archive gives.

    Raises
    ------
    Incompatible
        A cell would be written as NimbusImage's server does, without escaping it, and shift the row.
    InvalidOption
        A property is asked for that no dataset has.
    """
    if how.listed and not how.dataset:
        chosen(computed(study, how), how)  # one that no dataset has is an error
    found = [(name, read_back(one, own)) for name, one, own in tables(study, options, how)]
    return gathered([one if how.dataset else called(one, stem_of(name, options.ending)) for name, one in found])
