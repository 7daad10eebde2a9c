"""Is it napari's CSV of points?"""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.napari_files import looks_like
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the names in its first line."""
    return looks_like(source, (), "points")
