"""What a gates CSV can hold of a study."""

from __future__ import annotations

from segue.formats.mantis_gates.terms import gates_of, populations_of
from segue.formats.options import Options
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """Gates of ranges, without the image sets that they select in."""
    return Study((ImageSet(""),), populations_of(gates_of(study.populations)))
