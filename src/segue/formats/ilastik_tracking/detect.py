"""Is it a tracking table of ilastik?"""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.ilastik_tracking.terms import FRAME, LABEL, TRACK
from segue.storage.source import Source

_WANTED = {FRAME, LABEL, TRACK}


def detect(source: Source) -> Evidence:
    """By the columns that name an object and its track."""
    if source.is_folder:
        return Evidence(0, "it is a folder")
    line = source.head(1 << 16).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    names = {name.strip().strip('"') for name in line.replace("\t", ",").replace(";", ",").split(",")}
    if names >= _WANTED:
        return Evidence(97, f"it is a table with the columns {FRAME}, {LABEL} and {TRACK}")
    return Evidence(0, f"it is no table with a column {LABEL}")
