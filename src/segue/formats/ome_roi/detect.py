"""Recognising OME-XML."""

from __future__ import annotations

from segue.codecs.xml_read import root_name
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the first element."""
    if root_name(source.head(1 << 16)) == "OME":
        return Evidence(95, "its first element is OME")
    return Evidence(0, "it does not begin with the element OME")
