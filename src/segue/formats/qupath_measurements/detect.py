"""Is it a measurement table of QuPath?"""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.qupath_measurements.terms import CENTROID, ID, IMAGE, OBJECT, PARENT, ROI, TYPE, tidy
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the columns that QuPath puts in front."""
    from segue.codecs.delimited_text import head_of

    found = None if source.is_folder or source.head(4) in (b"PAR1", b"PK\x03\x04", b"\x89HDF") else head_of(source, 1 << 16)
    if found is None:
        return Evidence(0, "it is no text table")
    line = found[0].split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")
    names = [tidy(name.strip('"')) for name in line.split(next((one for one in ("\t", ";", ",") if one in line), ","))]
    known = [name for name in names if name in OBJECT]
    centroid = any(CENTROID.fullmatch(name) for name in names)
    if IMAGE in known and (centroid or TYPE in known) and len(known) + centroid >= 4 and {ID, PARENT, ROI} & {*known}:
        return Evidence(93, f"it has the columns {', '.join(known[:4])} of QuPath")
    return Evidence(0, "it does not have the columns of a QuPath table")
