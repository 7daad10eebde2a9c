"""Is it an archive of NimbusImage?"""

from __future__ import annotations

import re
import zlib

from segue.formats.format import Evidence
from segue.formats.nimbus_files.tables.recognise import HEAD, evidence
from segue.storage.source import Source

_ANNOTATIONS = re.compile(rb'"(annotations|annotationConnections|annotationProperties|annotationPropertyValues)"\s*:\s*[\[{]')
_HEAD = 1 << 16


def detect(source: Source) -> Evidence:
    """By its first entry: a JSON file with NimbusImage's sections, or one of its tables."""
    head = source.head(_HEAD)
    if head[:4] != b"PK\x03\x04" or len(head) < 30:
        return Evidence(0, "it is not a ZIP file")
    length, extra = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
    name = head[30 : 30 + length].lower()
    if not name.endswith((b".json", b".csv", b".tsv")):
        return Evidence(0, "its first entry is neither JSON nor a table")
    begin = _unpacked(head[30 + length + extra :], int.from_bytes(head[8:10], "little"))
    if not name.endswith(b".json"):
        return (
            Evidence(95, "it is a ZIP file with tables of NimbusImage")
            if evidence(begin[:HEAD]).score
            else Evidence(0, "its first entry is no table of NimbusImage")
        )
    if _ANNOTATIONS.search(begin):
        return Evidence(95, "it is a ZIP file with annotations of NimbusImage")
    return Evidence(0, "its first entry has no annotations of NimbusImage")


def _unpacked(packed: bytes, method: int) -> bytes:
    """The begin of an entry."""
    if method != 8:
        return packed
    try:
        return zlib.decompressobj(-15).decompress(packed, _HEAD)
    except zlib.error:
        return b""
