"""Is it a table that ImageJ saved?"""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.imagej_results.headings import LABEL, NUMBER, ORDER, TELLING
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By its headings: numbers of rows below a heading that is a space, or names that only ImageJ uses."""
    if source.is_folder:
        return Evidence(0, "it is a folder")
    text = source.head(1 << 16).removeprefix(b"\xef\xbb\xbf")
    first, _, rest = text.partition(b"\n")
    line = first.decode("utf-8", "replace").rstrip("\r")
    names = [name.strip('"') for name in line.split(_delimiter(line))]
    known = [name for name in names if name in ORDER]
    telling = [name for name in names if name in TELLING]
    if names[0] == NUMBER and len(names) > 1 and (known or LABEL in names[1:2] or rest[:1] in (b"", b"1")):
        return Evidence(92, "its rows are numbered below a heading that is a space, as ImageJ does")
    if len(telling) >= 2 and len(known) >= 0.6 * (len(names) - 2):
        return Evidence(80, f"it has the columns {', '.join(telling[:3])} of ImageJ")
    return Evidence(0, "it does not have the headings of an ImageJ results table")


def _delimiter(line: str) -> str:
    return next((one for one in ("\t", ",", ";") if one in line), ",")
