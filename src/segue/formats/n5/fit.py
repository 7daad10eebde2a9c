"""What an N5 container can hold of a study."""

from __future__ import annotations

from typing import cast

from segue.formats.ilastik_files.fit import fitted_picture
from segue.formats.n5.options import WriteOptions
from segue.formats.n5.spec import KEPT
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """One picture and what is known about it.

    Raises
    ------
    Incompatible
        There is no picture, or its numbers are complex.
    """
    chosen = cast("WriteOptions", options)
    return fitted_picture(study, chosen.role, chosen.layer, KEPT)
