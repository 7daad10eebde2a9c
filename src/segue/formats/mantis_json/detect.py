"""Is it populations of Mantis?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.storage.source import Source

_HEAD = 1 << 16
_OURS = re.compile(rb'"(selectedRegion|selectedSegments|regionOutline|pixelIndexes)"\s*:')
_USUAL = re.compile(rb'"(renderOrder|visible|color|notes|name|id)"\s*:')
_EMBEDDED = re.compile(rb'"segmentation"\s*:\s*\{\s*("(width|height|data|bytesPerElement)"\s*:|\})')


def detect(source: Source) -> Evidence:
    """By members that only Mantis' populations have, at the beginning of the text."""
    head = source.head(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] not in (b"[", b"{"):
        return Evidence(0, "it is not JSON")
    ours, usual = set(_OURS.findall(head)), set(_USUAL.findall(head))
    listed = head[:1] == b"[" or b'"populations"' in head
    if listed and ours and len(usual) >= 2:
        return Evidence(95, "it has Mantis' populations with their segments or regions")
    if listed and ours:
        return Evidence(85, "it has members that only Mantis' populations have")
    if head[:1] == b"{" and _EMBEDDED.search(head):
        return Evidence(90, "it has a segmentation as Mantis embeds it")
    return Evidence(0, "it has no populations of Mantis")
