"""Is it COCO?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.storage.source import Source

_HEAD = 1 << 16
_NAMES = re.compile(rb'"(images|annotations|categories)"\s*:\s*\[')
_RECORD = re.compile(rb'"(image_id|category_id|iscrowd|file_name|supercategory)"\s*:')


def detect(source: Source) -> Evidence:
    """By the names of the lists at the beginning of the text, and by members that only COCO's records have."""
    head = source.head(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    lists, records = set(_NAMES.findall(head)), set(_RECORD.findall(head))
    if head[:1] == b"[":
        result = head[1:].lstrip()[:1] == b"{" and records >= {b"image_id", b"category_id"}
        return Evidence(90, "it is a list of COCO's results") if result else Evidence(0, "it is not a JSON object")
    if head[:1] != b"{":
        return Evidence(0, "it is not a JSON object")
    if lists >= {b"images", b"annotations"} or (lists and records >= {b"image_id"} and records & {b"category_id", b"iscrowd"}):
        return Evidence(95, "it has COCO's lists of images and annotations")
    if (lists & {b"images", b"categories"}) and records & {b"file_name", b"supercategory"}:
        return Evidence(90, "it begins with COCO's images or categories")
    return Evidence(0, "it has no COCO lists")
