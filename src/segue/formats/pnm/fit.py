"""What a portable map can hold of a study."""

from __future__ import annotations

from typing import cast

from segue.formats.options import Options
from segue.formats.pixel_files import picture_of
from segue.formats.plane_files.fit import fitted_plane
from segue.formats.pnm.options import WriteOptions
from segue.formats.pnm.spec import KEPT
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """One plane of 8 or 16 bits.

    Raises
    ------
    Incompatible
        There is no picture, or it does not fit: it never changes a number.
    """
    chosen = cast("WriteOptions", options)
    return fitted_plane(study, picture_of(study, chosen.role, chosen.layer), "PNM", (1, 3), KEPT)
