"""Are they regions of Mantis?"""

from __future__ import annotations

from segue.codecs.mantis_csv import sample
from segue.codecs.mantis_tiff import is_of_mantis
from segue.errors import SegueError
from segue.formats.format import Evidence
from segue.formats.mantis_files.region_names import fits
from segue.formats.mantis_regions.places import NAMES, SUFFIXES, places_of
from segue.storage.source import Source

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def detect(source: Source) -> Evidence:
    """By Mantis' own mark, or by the names beside a picture."""
    if source.is_folder:
        named = (source.path / NAMES).is_file() and any((source.path / f"regions{suffix}").is_file() for suffix in SUFFIXES)
        return Evidence(85, f"it holds a picture of regions, and {NAMES}") if named and _are_names(source) else Evidence(0, "it holds no regions")
    if source.suffix in SUFFIXES and source.head(4) in _TIFF:
        if is_of_mantis(source.head()):
            return Evidence(98, "Mantis Viewer wrote it")
        return Evidence(96, "it lies beside a table with names of regions") if _are_names(source) else Evidence(0, "it is no picture of regions")
    if source.suffix == ".csv" and _are_names(source):
        return Evidence(86, "it names the regions of the picture beside it")
    return Evidence(0, "it is no picture of regions")


def _are_names(source: Source) -> bool:
    """Whether the table beside a picture holds a number and another name in each row."""
    try:
        places = places_of(source)
        found = sample(Source(places.names), fits) if places.names is not None else None
    except SegueError:
        return False
    if found is None or not found.rows or any(len(row) != 2 for row in found.rows):
        return False
    first = [(cell or "").strip().casefold() for cell in found.rows[0]]
    rows = found.rows if fits(found.rows[0]) else found.rows[1:]
    if rows is not found.rows and first != ["region_id", "region_name"]:
        return False
    return bool(rows) and all(map(fits, rows)) and all(len({row[nth] for row in rows}) == len(rows) for nth in (0, 1))
