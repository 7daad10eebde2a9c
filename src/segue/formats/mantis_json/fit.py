"""What a file can hold of a study."""

from __future__ import annotations

from segue.formats.mantis_json.options import WriteOptions
from segue.formats.mantis_json.rows import rows_in
from segue.formats.mantis_json.study import assembled
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """The populations of the first image set, the segments in them, and their regions: what reading the rows gives that `write` writes."""
    assert isinstance(options, WriteOptions)
    return assembled(rows_in(study, options.layer))
