"""Recognising OME-Zarr: a folder whose group says what it is."""

from __future__ import annotations

from segue.codecs.ngff_read import ome_of
from segue.codecs.zarr_facts import attributes_of
from segue.errors import SegueError
from segue.formats.format import Evidence
from segue.storage.source import Source

MARKS = ("multiscales", "plate", "labels", "bioformats2raw.layout")


def detect(source: Source) -> Evidence:
    if not source.is_folder:
        return Evidence(0, "it is not a folder")
    try:
        ome = ome_of(attributes_of(source.path))
    except SegueError:
        ome = {}
    mark = next((mark for mark in MARKS if mark in ome), None)
    if mark is not None:
        return Evidence(95, f"it is a Zarr group with {mark}")
    if (source.path / "labels" / "zarr.json").is_file() or (source.path / "labels" / ".zgroup").is_file():
        return Evidence(90, "it is a Zarr group with label images")
    named = source.path.name.lower().endswith(".zarr") and any((source.path / name).is_file() for name in ("zarr.json", ".zgroup", ".zattrs"))
    return Evidence(50, "it is named like a Zarr group") if named else Evidence(0, "it is no Zarr group of OME-Zarr")
