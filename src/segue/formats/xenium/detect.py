"""Is it of Xenium?"""

from __future__ import annotations

import re
import zlib

from segue.codecs.parquet_footer import look
from segue.formats.format import Evidence
from segue.formats.xenium.folder import EXPERIMENT
from segue.storage.source import Source

_HEAD = 1 << 12
_HEADER = re.compile(rb"(^|[,;\t ])\"?cell_id\"?[,;\t]\"?vertex_x\"?[,;\t]\"?vertex_y\"?")


def detect(source: Source) -> Evidence:
    """By the experiment file, or the columns of a table of vertices."""
    if source.is_folder:
        there = (source.path / EXPERIMENT).is_file()
        return Evidence(99 if there else 0, f"it holds {EXPERIMENT}" if there else "it is a folder")
    if source.path.name == EXPERIMENT:
        return Evidence(98, "it is the experiment file of a run")
    seen = look(source)
    if seen is not None:
        return Evidence(98, "it is a table of vertices of cells") if seen.has("cell_id", "vertex_x", "vertex_y") else Evidence(0, "it is another table")
    head = _unpacked(source.head(_HEAD)).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return Evidence(98, "it is a table of vertices of cells") if _HEADER.search(head) else Evidence(0, "it is no table of vertices")


def _unpacked(head: bytes) -> bytes:
    if head[:2] != b"\x1f\x8b":
        return head
    try:
        return zlib.decompressobj(31).decompress(head, _HEAD)
    except zlib.error:
        return b""
