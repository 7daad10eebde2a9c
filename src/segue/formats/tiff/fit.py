"""What a TIFF file can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.codecs.pixels import converted
from segue.formats.options import Options
from segue.formats.pixel_files import fitted, picture_of
from segue.formats.tiff.options import WriteOptions
from segue.formats.tiff.spec import KEPT
from segue.formats.tiff.storage import has_colours, span_of, storage_of
from segue.model.image import Image
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """One picture, in a number type that the layout has, and what the layout can hold of the drawings on an image.

    Raises
    ------
    Incompatible
        There is no picture, or none that the layout can hold.
    """
    chosen = cast("WriteOptions", options)
    picture = picture_of(study, chosen.role, chosen.layer)
    layout, dtype = storage_of(picture, chosen.layout, span_of(picture), packed=chosen.packed)
    if isinstance(picture, Image) and not (chosen.colour and has_colours(picture)):
        picture = replace(picture, pixels=converted(picture.pixels, dtype))
        if layout == "ome":
            from segue.formats.tiff.ome_drawn import fit_drawn

            return fit_drawn(study, picture)
        if layout == "imagej":
            from segue.formats.tiff import imagej_drawn

            return imagej_drawn.fit_drawn(study, picture)
    return fitted(study, picture, KEPT)
