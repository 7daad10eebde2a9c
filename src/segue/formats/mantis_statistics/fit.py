"""What Mantis Viewer's statistics can hold of a study: what reading the table that would be written gives."""

from __future__ import annotations

from typing import cast

from segue.formats.mantis_statistics.options import WriteOptions
from segue.formats.mantis_statistics.parse import parsed
from segue.formats.mantis_statistics.render import rendered
from segue.formats.mantis_statistics.spec import FORMAT
from segue.formats.options import Options
from segue.formats.value_files import with_centres
from segue.model.keep import keep
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """Segments of one image set: values, the pixel of the centroid, names of populations."""
    return parsed(rendered(keep(study.map(with_centres), FORMAT.keeps), cast("WriteOptions", options)))
