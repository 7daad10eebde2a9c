"""Is it a table of NimbusImage?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.formats.nimbus_csv.headings import CONNECTIONS, DATASET, OBJECTS, TRACKS
from segue.storage.source import Source

_HEAD = 4096


def detect(source: Source) -> Evidence:
    """By the names of its first columns."""
    names = heading(source)
    if names[: len(OBJECTS)] == OBJECTS:
        return Evidence(97, "it has the columns of NimbusImage's tables")
    if names[: len(OBJECTS) - 1] == OBJECTS[:-1]:
        return Evidence(95, "it has the columns of NimbusImage's older tables")
    if names in (CONNECTIONS, TRACKS):
        return Evidence(96, "it has the columns that segue writes for connections or tracks of NimbusImage")
    return Evidence(0, "it has not the columns of NimbusImage's tables")


def separator_of(line: bytes) -> str:
    """What stands between the cells, by what follows the first name."""
    first = re.match(rb'"?(?:Id|Dataset)"?(.?)', line)
    return "\t" if first is not None and first[1] == b"\t" else ","


def heading(source: Source) -> tuple[str, ...]:
    """The names of the first columns, as far as they are of NimbusImage; empty for other files."""
    if source.is_folder:
        return ()
    line = source.head(_HEAD).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].rstrip(b"\r")
    if not line.startswith((b'"Id"', b"Id", b'"Dataset"', b"Dataset")):
        return ()
    parts = line.decode("utf-8", "replace").split(separator_of(line))
    names = tuple(part[1:-1] if len(part) > 1 and part[0] == part[-1] == '"' else part for part in parts)
    names = names[1:] if names[0] == DATASET else names
    return names[: len(OBJECTS)] if names[: len(OBJECTS)] == OBJECTS else names
