"""Recognising GIF, BMP and JPEG."""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    head = source.head(32)
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return Evidence(95, "it starts like a GIF file")
    if head[:3] == b"\xff\xd8\xff":
        return Evidence(95, "it starts like a JPEG file")
    if head[:2] == b"BM" and len(head) >= 26 and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return Evidence(95, "it starts like a BMP file")
    return Evidence(0, "it starts like neither a GIF nor a BMP nor a JPEG file")
