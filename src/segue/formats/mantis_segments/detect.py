"""Is it a segmentation of Mantis as text?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.storage.source import Source

_HEAD = 1 << 16
_LINE = re.compile(rb"[0-9]+,[0-9]+(?:,[0-9]+,[0-9]+)*,?")
_FEW = 3


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
    return Evidence(85, "its lines are lists of pixels")
