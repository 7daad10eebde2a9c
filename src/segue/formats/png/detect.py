"""Recognising PNG."""

from __future__ import annotations

from segue.codecs.png_chunks import SIGNATURE
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    return Evidence(95, "it starts like a PNG file") if source.head(8) == SIGNATURE else Evidence(0, "it does not start like a PNG file")
