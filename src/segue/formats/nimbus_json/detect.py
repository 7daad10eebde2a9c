"""Is it an export of NimbusImage?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.storage.source import Source

_HEAD = 1 << 16
_SECTIONS = re.compile(rb'"(annotationConnections|annotationProperties|annotationPropertyValues|propertyIdMap)"\s*:\s*[\[{n]')
_ANNOTATIONS = re.compile(rb'"(annotations|connections)"\s*:\s*\[')
_PLACE = re.compile(rb'"location"\s*:\s*\{[^{}]{0,200}"(XY|Time)"\s*:')
_VERTEX = re.compile(rb'"coordinates"\s*:\s*\[\s*(\{[^{}\[\]]{0,200}"x"\s*:|\])')
_ENDS = (b'"parentId"', b'"childId"')


def detect(source: Source) -> Evidence:
    """By the names of sections, and by members that only NimbusImage's annotations and connections have."""
    head = source.head(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] not in (b"{", b"["):
        return Evidence(0, "it is not JSON")
    if head[:1] == b"{" and _SECTIONS.search(head):
        return Evidence(96, "it has NimbusImage's sections")
    if _PLACE.search(head) and _VERTEX.search(head):
        return Evidence(94, "it has annotations of NimbusImage")
    if _ANNOTATIONS.search(head) and all(end in head for end in _ENDS):
        return Evidence(90, "it has connections of NimbusImage")
    return Evidence(0, "it has no annotations of NimbusImage")
