"""Reading portable maps: one plane."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.codecs.pnm import PnmPixels, describe
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.formats.pnm.options import ReadOptions
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a portable map.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
        The file is no such map, is damaged, or is of a kind that segue does not read.
    Incompatible
        It cannot be a label image.
    """
    role = cast("ReadOptions", options).role
    head = describe(source)
    facts = replace(head.facts, inverted=True) if head.bits and role != "labels" else head.facts
    return study_of(PnmPixels.of(source), "cyx" if head.samples == 3 else "yx", facts, role=role), Notes()
