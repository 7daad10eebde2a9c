"""Recognising N5: folders whose ``attributes.json`` says what they are."""

from __future__ import annotations

from segue.codecs.n5 import NAME, attributes_of
from segue.errors import SegueError
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    if not source.is_folder:
        return Evidence(0, "it is not a folder")
    named = any(path.suffix.lower() == ".n5" for path in (source.path, *source.path.parents))
    try:
        found = attributes_of(source.path)
    except SegueError:
        return Evidence(60, f"it is a folder with a damaged {NAME}") if named else Evidence(0, f"its {NAME} cannot be read")
    if "n5" in found or {"dimensions", "blockSize", "dataType"} <= found.keys():
        return Evidence(95, f"its {NAME} is that of N5")
    return Evidence(60, "it is a folder called .n5, or inside one") if named else Evidence(0, f"it has no {NAME} of N5")
