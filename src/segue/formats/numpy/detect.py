"""Recognising NumPy's files."""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    head = source.head(512)
    if head.startswith(b"\x93NUMPY") and (b"'descr': '|O'" in head or b"'descr': 'O'" in head):
        return Evidence(60, "it starts like a .npy file, with Python objects in it")
    if head.startswith(b"\x93NUMPY"):
        return Evidence(95, "it starts like a .npy file")
    if head.startswith(b"PK\3\4") and (source.suffix == ".npz" or b"\x93NUMPY" in head):
        return Evidence(92, "it is an archive of .npy files")
    return Evidence(0, "it does not start like a .npy or .npz file")
