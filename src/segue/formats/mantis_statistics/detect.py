"""Is it a table of statistics of Mantis Viewer?"""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.mantis_statistics.sheet import POPULATIONS, SEGMENT, X, Y
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the headings at both ends."""
    if source.is_folder:
        return Evidence(0, "it is a folder")
    line = source.head(1 << 18).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")
    names = [name.strip('"') for name in line.split(";" if ";" in line and "," not in line else ",")]
    if names[0] != SEGMENT:
        return Evidence(0, f"it does not begin with a column {SEGMENT}")
    if names[-1] == POPULATIONS:
        return Evidence(95, f"it has the columns {SEGMENT} and {POPULATIONS} where Mantis Viewer has them")
    if names[-2:] == [X, Y]:
        return Evidence(85, f"it has the columns {SEGMENT}, {X} and {Y} where Mantis Viewer has them")
    return Evidence(0, f"it does not end with a column {POPULATIONS}")
