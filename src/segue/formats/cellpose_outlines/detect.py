"""Recognising Cellpose's outlines: a first line of whole numbers in which each pair is a neighbour of the one before."""

from __future__ import annotations

from itertools import pairwise

from segue.formats.format import Evidence
from segue.storage.source import Source

_FEWEST = 3
_LOOKED_AT = 20
"""Lines; all pixels of objects (Mantis Viewer) may in one of them be neighbours in a row, too."""


def detect(source: Source) -> Evidence:
    head = source.head(1 << 14)
    lines = [line.strip() for line in head.split(b"\n")]
    whole = lines if len(head) < 1 << 14 else lines[:-1]
    first = next((line for line in whole or lines if line), b"")
    named = source.path.name.lower().endswith("_cp_outlines.txt")
    points = _points(first)
    if len(points) >= (1 if named else _FEWEST) and _walked(points) and (named or all(_walked(_points(line)) for line in whole[:_LOOKED_AT] if line)):
        return Evidence(97 if named else 92, "its first lines list the border pixels of objects")
    return Evidence(70 if named and (points or not first) else 0, "it is named like Cellpose's outlines" if named else "it does not list border pixels")


def _walked(points: list[tuple[int, int]]) -> bool:
    """Whether each pixel is a neighbour of the one before."""
    return all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) <= 1 for a, b in pairwise(points))


def _points(line: bytes) -> list[tuple[int, int]]:
    parts = line.split(b",")
    if len(parts) % 2 or not all(part.strip().lstrip(b"-").isdigit() and len(part) < 12 for part in parts):
        return []
    numbers = [int(part) for part in parts]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
