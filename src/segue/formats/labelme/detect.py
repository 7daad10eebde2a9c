"""Is it Labelme's?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.storage.source import Source

_HEAD = 1 << 16
_NAMES = re.compile(rb'"(shapes|imagePath|imageData|imageHeight|shape_type|group_id)"\s*:')


def detect(source: Source) -> Evidence:
    """By the names of members at the beginning of the text."""
    head = source.head(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] != b"{":
        return Evidence(0, "it is not a JSON object")
    names = set(_NAMES.findall(head))
    if b"shapes" in names and names & {b"imagePath", b"imageData", b"imageHeight", b"shape_type", b"group_id"}:
        return Evidence(95, "it has Labelme's shapes")
    if {b"imagePath", b"imageData"} <= names:
        return Evidence(85, "it begins with an image as Labelme embeds it")
    return Evidence(0, "it has no shapes of Labelme")
