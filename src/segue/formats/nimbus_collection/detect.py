"""Is it the configuration of a collection?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.storage.source import Source

_SUBTYPE = re.compile(rb'"subtype"\s*:\s*"contrastConfiguration"')
_LAYERS = re.compile(rb'"meta"\s*:\s*\{.*"layers"\s*:\s*\[', re.DOTALL)


def detect(source: Source) -> Evidence:
    """By members that only NimbusImage's configurations have."""
    if source.is_folder:
        return Evidence(0, "it is a folder")
    head = source.head(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] != b"{":
        return Evidence(0, "it is not a JSON object")
    if _SUBTYPE.search(head):
        return Evidence(97, "it is a contrastConfiguration of NimbusImage")
    if _LAYERS.search(head) and b'"contrast"' in head:
        return Evidence(91, "it has layers with contrast in its meta, as collections of NimbusImage have")
    return Evidence(0, "it has no configuration of NimbusImage")
