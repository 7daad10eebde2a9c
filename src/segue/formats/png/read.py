"""Reading PNG: one plane."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.codecs.png import PngPixels, describe
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.formats.png.options import ReadOptions
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a PNG file; a palette is colours in an image, unless it is a ramp of grey, and numbers in a label image.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
        The file is no PNG, is damaged, or is of a kind that segue does not read.
    Incompatible
        It cannot be a label image.
    """
    role = cast("ReadOptions", options).role
    head = describe(source)
    wanted = head.facts.role if role == "auto" else role
    pixels = PngPixels.of(source, indices=wanted == "labels" or head.facts.role == "labels" or head.ramp is not None)
    facts = head.facts if head.facts.role else replace(head.facts, scale=dict(head.scale), inverted=head.ramp == "falling")
    return study_of(pixels, "cyx" if len(pixels.shape) == 3 else "yx", facts, role=role), Notes()
