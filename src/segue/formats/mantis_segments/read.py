"""A text segmentation of Mantis -> study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from segue.codecs.pixel_lines import PixelLines, read_pixel_lines
from segue.errors import InvalidOption, Malformed, TooLarge
from segue.formats.mantis_files.csv_notes import listed
from segue.formats.mantis_files.csv_study import LAYER
from segue.formats.mantis_segments.assemble import assembled
from segue.formats.mantis_segments.options import ReadOptions
from segue.formats.options import Options
from segue.geometry.pixel_masks import masks_of_pixels
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, LabelImage
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_MOST_PIXELS = 1 << 32


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the segments: as masks, since the file does not say how large the image is; as a label image where that is said.

    Raises
    ------
    SourceError
        A line is no list of pixels, or a pixel lies outside the image.
    InvalidOption
        Only one of ``width`` and ``height`` is said.
    """
    chosen = cast("ReadOptions", options)
    found = read_pixel_lines(source)
    notes = _mended(found)
    if chosen.numbering == "0":
        found = _without_first(found, notes)
    shared = _shared(found)
    if (chosen.width is None) != (chosen.height is None):
        raise InvalidOption("width and height belong together; say both with --set", option="width", given=chosen.width)
    if chosen.width is not None and chosen.height is not None:
        study = _drawn(found, chosen.width, chosen.height, source)
        what = "{count pixel} listed for several segments: they belong to the last one"
    else:
        masks, _ = masks_of_pixels(found.owner, found.x, found.y, len(found.lines))
        study, what = assembled(masks), "{count pixel} listed for several segments: they belong to each of them"
    notes += [Note(Kind.ASSUMED, what, count=shared)] if shared else []
    return study, Notes(tuple(notes))


def _mended(found: PixelLines) -> list[Note]:
    repairs: dict[str, list[int]] = {}
    for line, what in found.repairs:
        repairs.setdefault(what, []).append(line)
    return [Note(Kind.REPAIRED, f"{what} ({listed(lines)})", count=len(lines)) for what, lines in repairs.items()]


def _without_first(found: PixelLines, notes: list[Note]) -> PixelLines:
    """The lines behind the first, which is background in Mantis v1.0."""
    if not len(found.lines):
        return found
    notes.append(Note(Kind.SKIPPED, f"the first line is background in Mantis v1.0 (line {int(found.lines[0])})"))
    kept = found.owner > 0
    return replace(found, owner=found.owner[kept] - 1, x=found.x[kept], y=found.y[kept], lines=found.lines[1:])


def _shared(found: PixelLines) -> int:
    """How many pixels are listed for more than one segment."""
    order = np.lexsort((found.owner, found.x, found.y))
    owner, x, y = found.owner[order], found.x[order], found.y[order]
    same = (x[1:] == x[:-1]) & (y[1:] == y[:-1])
    shared = np.flatnonzero(same & (owner[1:] != owner[:-1]))
    return len(np.unique(y[shared] * (int(x.max(initial=0)) + 1) + x[shared]))


def _drawn(found: PixelLines, width: int, height: int, source: Source) -> Study:
    outside = (found.x >= width) | (found.y >= height)
    if outside.any():
        line = int(found.lines[found.owner[int(np.argmax(outside))]])
        sentence = f"{source.path}, line {line:,}: a pixel lies outside the image of {width:,} x {height:,}; are x and y exchanged?"
        raise Malformed(sentence, path=source.path, position=f"line {line}", expected="pixels inside the image")
    if width * height > _MOST_PIXELS:
        raise TooLarge(f"an image of {width:,} x {height:,} pixels is more than segue draws at once", path=source.path, limit=_MOST_PIXELS)
    labels = np.zeros((height, width), np.uint32 if len(found.lines) > np.iinfo(np.uint16).max else np.uint16)
    labels[found.y, found.x] = found.owner + 1  # in the order of the lines, so that a later one covers another
    grid = Grid((Axis("y", height), Axis("x", width)))
    return Study((ImageSet("", grid, labels=(LabelImage(ArrayPixels(labels), "yx", LAYER),)),))
