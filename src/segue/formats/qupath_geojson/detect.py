"""Is it GeoJSON, and of QuPath?"""

from __future__ import annotations

import re
import zlib

from segue.formats.format import Evidence
from segue.storage.source import Source

_HEAD = 1 << 14
_OBJECTS = re.compile(rb'"(objectType|isLocked|nucleusGeometry|childObjects)"\s*:|"segue"\s*:|"plane"\s*:\s*\{')
_FEATURES = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Feature)"')
_GEOMETRY = re.compile(rb'"type"\s*:\s*"(Multi)?(Polygon|Point|LineString)"')


def detect(source: Source) -> Evidence:
    """By the words at the beginning of the text, unpacked where needed."""
    head = _unpacked(source)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return Evidence(0, "it is not JSON")
    if _FEATURES.search(head):
        return Evidence(98, "it has QuPath objects") if _OBJECTS.search(head) else Evidence(90, "it has GeoJSON features")
    if _GEOMETRY.search(head) and b'"coordinates"' in head:
        return Evidence(85, "it is a GeoJSON geometry")
    named = source.suffix.startswith(".geojson")
    return Evidence(50 if named else 0, "it is JSON in a file called GeoJSON" if named else "it is JSON without features")


def _unpacked(source: Source) -> bytes:
    """The beginning of the text; of a ZIP file only by its name."""
    head = source.head(_HEAD)
    if head[:2] == b"\x1f\x8b":
        try:
            return zlib.decompressobj(31).decompress(head, _HEAD)
        except zlib.error:
            return b""
    if head[:4] == b"PK\3\4":
        name = head[30 : 30 + int.from_bytes(head[26:28], "little")].lower()
        return b'{"type":"FeatureCollection"' if name.endswith(b".geojson") else b""
    return head
