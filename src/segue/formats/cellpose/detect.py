"""Recognising Cellpose's _seg.npy: an array of one object, with the keys of a segmentation. Nothing is loaded."""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.storage.source import Source

_OBJECT = (b"'descr': '|O'", b"'descr': 'O'")


def detect(source: Source) -> Evidence:
    head = source.head(4096)
    if not head.startswith(b"\x93NUMPY") or not any(one in head[:128] for one in _OBJECT):
        return Evidence(0, "it is no .npy file with an object in it")
    if b"masks" in head or b"outlines" in head:
        return Evidence(96, "it is a .npy file with the keys of a Cellpose segmentation")
    named = source.path.name.lower().endswith("_seg.npy")
    return Evidence(85 if named else 40, "it is a .npy file with an object in it" + (", named like Cellpose's" if named else ""))
