"""What a file can hold of a study: what reading the table that would be written gives."""

from __future__ import annotations

from segue.formats.nimbus_csv.options import WriteOptions
from segue.formats.nimbus_csv.spec import FORMAT
from segue.formats.nimbus_files.tables.wanted import prepared, read_back
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """Objects with tags and values, connections, or tracks: what is asked for.

    Raises
    ------
    Incompatible
        A cell would be written as NimbusImage's server does, without escaping it, and shift the row.
    InvalidOption
        A property or population is asked for that is not there.
    """
    assert isinstance(options, WriteOptions)
    return read_back(prepared(study, options, FORMAT.keeps), options)
