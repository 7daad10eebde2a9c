"""Is it a ROI or a set of ROIs?"""

from __future__ import annotations

from segue.codecs.zip_directory import read_directory
from segue.errors import SegueError
from segue.formats.format import Evidence
from segue.storage.source import Source

_LOOKED_AT = 256 << 20
"""Bytes of a zip file up to which all its names are looked at."""


def detect(source: Source) -> Evidence:
    """``Iout`` at the beginning, or a ZIP file with entries that end in ``.roi``."""
    head = source.head(1024)
    if head[:4] == b"Iout":
        return Evidence(100, "it begins as an ImageJ ROI")
    if head[:4] == b"PK\3\4":
        length = int.from_bytes(head[26:28], "little")
        if head[30 : 30 + length].lower().endswith(b".roi"):
            return Evidence(95, "it is a ZIP file of ROIs")
        return _of_names(source)
    if head[:4] == b"PK\5\6":
        return Evidence(40, "it is an empty ZIP file")
    return Evidence(0, "it is neither a ROI nor a ZIP file")


def _of_names(source: Source) -> Evidence:
    try:
        names = read_directory(source.read_bytes(_LOOKED_AT)).names
    except SegueError:
        return Evidence(0, "it is a ZIP file that cannot be read")
    found = sum(name.endswith(".roi") for name in names)
    return Evidence(90 if 2 * found > len(names) else 60 if found else 0, f"it is a ZIP file with {found:,} ROIs among {len(names):,} entries")
