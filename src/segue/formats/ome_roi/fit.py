"""What an OME-XML file can hold of a study."""

from __future__ import annotations

from dataclasses import replace

from segue.formats.ome_files.fit import fitted_objects, fitted_population
from segue.formats.ome_roi.spec import FORMAT
from segue.formats.options import Options
from segue.model.keep import keep
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """All image sets without pixels: objects with shapes, their values and populations."""
    kept = keep(study, FORMAT.keeps)
    fitted = kept.map(fitted_objects)
    return replace(fitted, populations=tuple(fitted_population(one) for one in fitted.populations))
