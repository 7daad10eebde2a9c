"""What a file can hold of a study."""

from __future__ import annotations

from segue.formats.nimbus_files.fit import fitted
from segue.formats.nimbus_json.options import WriteOptions
from segue.formats.nimbus_json.spec import FORMAT
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """All image sets without pixels: objects with shapes, tags, connections, properties and values, as far as they are chosen."""
    assert isinstance(options, WriteOptions)
    return fitted(study, options.choice, FORMAT.keeps)
