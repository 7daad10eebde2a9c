"""Is it a segmentation of Mantis as text?"""

from __future__ import annotations

import re
from itertools import pairwise

from segue.formats.format import Evidence
from segue.storage.source import Source

_HEAD = 1 << 16
_LINE = re.compile(rb"[0-9]+,[0-9]+(?:,[0-9]+,[0-9]+)*,?")
_FEW = 3
_LOOKED_AT = 20


def detect(source: Source) -> Evidence:
    """By lines of whole numbers, an even number in each, and not the same in all."""
    if source.is_folder or source.suffix not in (".csv", ".txt"):
        return Evidence(0, "it is no text file")
    data = source.head(_HEAD).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = data.split(b"\n")
    lines = [line for line in (lines if len(data) < _HEAD else lines[:-1] or [data.rsplit(b",", 1)[0]]) if line.strip()]
    if not lines or not all(_LINE.fullmatch(line) for line in lines[:-1]) or re.search(rb"[^0-9,]", lines[-1]):
        return Evidence(0, "its lines are no pixels")
    widths = {line.count(b",") for line in lines}
    if len(widths) == 1 and (len(lines) > 1 or max(widths) < 2 * _FEW):
        return Evidence(20, "it could be pixels, but all lines hold as many numbers")
    if all(_walked(line) for line in lines[:_LOOKED_AT]):
        return Evidence(70, "its lines are lists of pixels, or the outlines of objects")
    return Evidence(85, "its lines are lists of pixels")


def _walked(line: bytes) -> bool:
    """Whether each pixel is a neighbour of the one before: so outlines are written; a row of pixels looks alike."""
    numbers = [int(text[:12] or b"0") for text in line.rstrip(b",").split(b",")]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    return all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) <= 1 for a, b in pairwise(pairs))
