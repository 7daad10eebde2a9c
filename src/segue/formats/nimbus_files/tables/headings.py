"""The columns that every file of NimbusImage has, and those that files of connections and tracks have."""

from __future__ import annotations

import re

OBJECTS = ("Id", "Channel", "XY", "Z", "Time", "Tags", "Shape", "Name")
CONNECTIONS = ("Id", "XY", "Parent", "Child", "Kind", "Label", "Tags")
TRACKS = ("Id", "XY", "Time", "Track", "Lineage", "Generation", "Parent")
LINEAGES = "tracks"
"""The table of what a file of tracks says of its objects, beside their track."""
NUMBERS = ("Lineage", "Generation", "Parent")
"""Its columns."""
DATASET = "Dataset"
"""The first column of a file about several datasets."""
QUOTED = (DATASET, "Id", "Tags", "Shape", "Name", "Parent", "Child", "Label", "Kind")
"""Columns whose cells NimbusImage always quotes, and those of ours that hold texts."""
BETWEEN = ", "
"""Between tags."""
MISSING = ("", "-", "NA", "NaN", "nan", "None")
"""What stands for a missing value in files of any time."""
WKT = "WKT"
COMPUTED = {
    "centroid": ("Centroid x", "Centroid y"),
    "bbox": ("Left", "Top", "Right", "Bottom"),
    "area": ("Area (px^2)",),
    "wkt": (WKT,),
}
"""Columns that are computed from the shapes, in corner coordinates and pixels."""


def separator_of(line: bytes) -> str:
    """What stands between the cells, by what follows the first name."""
    first = re.match(rb'"?(?:Id|Dataset)"?(.?)', line)
    return "\t" if first is not None and first[1] == b"\t" else ","
