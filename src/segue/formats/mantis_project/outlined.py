"""Segmentations that are text: a line of pixels per segment."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from segue.codecs.pixel_lines import PixelLines, read_pixel_lines
from segue.errors import Malformed, TooLarge
from segue.model.grid import Grid
from segue.model.image import ArrayPixels, LabelImage
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_MOST_PIXELS = 1 << 31


def read_text(path: Path, name: str, grid: Grid | None) -> tuple[LabelImage, Notes]:
    """The label image of a text segmentation, in memory: line n is segment n. A pixel of several lines belongs to the last of them, and that is noted.

    Raises
    ------
    Malformed
        A line is no list of pixels, or a pixel lies outside the image.
    TooLarge
    """
    lines = read_pixel_lines(Source(path))
    height = _size(lines.y, None if grid is None else grid.size("y"))
    width = _size(lines.x, None if grid is None else grid.size("x"))
    _check(lines, height, width, path)
    labels = np.zeros(height * width, np.uint32)
    at = lines.y * width + lines.x
    np.maximum.at(labels, at, (lines.owner + 1).astype(np.uint32))
    listed = np.unique(at * (len(lines.lines) + 1) + lines.owner)
    shared = len(listed) - int(np.count_nonzero(labels))
    notes = [Note(Kind.REPAIRED, "{count line} of the text that Mantis would not read", where=path.name, count=len(lines.repairs))] if lines.repairs else []
    notes += [Note(Kind.ASSUMED, "{count pixel} listed for several segments: they belong to the last one", where=path.name, count=shared)] if shared else []
    return LabelImage(ArrayPixels(labels.reshape(height, width)), "yx", name), Notes(tuple(notes))


def _size(values: np.ndarray[tuple[int], np.dtype[np.int64]], stated: int | None) -> int:
    return max(int(values.max(initial=-1)) + 1, 1) if stated is None else stated


def _check(lines: PixelLines, height: int, width: int, path: Path) -> None:
    if height * width > _MOST_PIXELS:
        raise TooLarge(f"{path} needs an image of {width:,} x {height:,} pixels", path=path, limit=_MOST_PIXELS)
    outside = np.flatnonzero((lines.x >= width) | (lines.y >= height))
    if len(outside):
        line = int(lines.lines[lines.owner[outside[0]]])
        message = f"{path}, line {line}: a pixel lies outside the image of {width:,} x {height:,}; are x and y exchanged?"
        raise Malformed(message, path=path, position=f"line {line}", expected="pixels inside the image")
