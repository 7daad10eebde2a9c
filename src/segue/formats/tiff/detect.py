"""Recognising TIFF."""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.storage.source import Source

_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def detect(source: Source) -> Evidence:
    return Evidence(85, "it starts like a TIFF file") if source.head(4) in _STARTS else Evidence(0, "it does not start like a TIFF file")
