"""Recognising a folder of steinbock."""

from __future__ import annotations

from segue.errors import SegueError
from segue.formats.format import Evidence
from segue.formats.steinbock.layout import IMAGES_CSV, INTENSITIES, MASKS, NEIGHBORS, PANEL_CSV, REGIONPROPS, begins_with_object, files_in
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By what is in it: tables of objects, and at least one of the other parts."""
    if not source.is_folder:
        return Evidence(0, "it is a file; steinbock's results are a folder")
    try:
        return _looked_at(source)
    except (OSError, SegueError):
        return Evidence(0, "it is a folder that cannot be read")


def _looked_at(source: Source) -> Evidence:
    tables = [
        name
        for name in (INTENSITIES, REGIONPROPS, NEIGHBORS)
        if any(begins_with_object(path) for path in list(files_in(source.path / name, ".csv").values())[:1])
    ]
    others = [name for name in (IMAGES_CSV, PANEL_CSV) if (source.path / name).is_file()] + [MASKS] * bool(files_in(source.path / MASKS, ".tiff"))
    if tables and others:
        return Evidence(94, f"it is a folder with {', '.join([*tables, *others])}, as steinbock makes it")
    if {MASKS, IMAGES_CSV} <= set(others) or source.suffix == ".steinbock":
        return Evidence(80, "it is a folder with masks and images.csv, as steinbock makes it" if others else "it is a folder named .steinbock")
    return Evidence(0, "it is no folder of steinbock: it has no tables of objects")
