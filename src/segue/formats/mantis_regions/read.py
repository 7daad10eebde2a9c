"""Regions of Mantis -> study."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from segue.codecs.mantis_tiff import is_of_mantis, parts_of, pixels_of
from segue.errors import Incompatible
from segue.formats.channel_files.pictures import pictures_of
from segue.formats.mantis_files.csv_study import different
from segue.formats.mantis_files.label_regions import regions_in
from segue.formats.mantis_files.names import imported
from segue.formats.mantis_files.region_names import read_names
from segue.formats.mantis_regions.assemble import Region, assembled
from segue.formats.mantis_regions.options import ReadOptions
from segue.formats.mantis_regions.places import places_of
from segue.formats.options import Options
from segue.model.image import planes
from segue.model.rings import Ints
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

Plane = np.ndarray[Any, np.dtype[Any]]


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the regions of a picture, and their names.

    Raises
    ------
    SourceError
        There is no picture, it cannot be read, or its pixels are no numbers of regions.
    """
    places = places_of(source)
    notes: list[Note] = []
    pages = _pages(Source(places.picture), cast("ReadOptions", options), notes)
    found = _regions(pages)
    names: dict[int, str] = {}
    if places.names is not None:
        names, more = read_names(Source(places.names))
        notes += more
    unnamed = [number for number in found if number not in names]
    if unnamed and names:
        notes.append(Note(Kind.ASSUMED, "{count region} without a name in the table beside it: called as Mantis does", count=len(unnamed)))
    absent = [number for number in names if number not in found]
    if absent:
        notes.append(Note(Kind.SKIPPED, "{count name} of regions that have no pixel", count=len(absent)))
    called = different([names.get(number, imported(number)) for number in found])
    regions = [Region(number, name, pixels) for (number, pixels), name in zip(found.items(), called, strict=True)]
    return assembled(regions, *pages[0].shape), Notes(tuple(notes))


def _pages(source: Source, options: ReadOptions, notes: list[Note]) -> list[Plane]:
    """All planes of the picture; of pictures that Mantis appended to each other only one."""
    if is_of_mantis(source.head()):
        data = source.read_bytes()
        parts = parts_of(data)
        if len(parts) > 1:
            which = 0 if options.appended == "first" else -1
            notes.append(
                Note(
                    Kind.REPAIRED,
                    f"the file holds {len(parts)} pictures, since Mantis appends to a file that is there: the {options.appended} one is read",
                    where=source.path.name,
                )
            )
            return [pixels_of(data, parts[which])]
    picture = pictures_of(source)[0]
    return [np.asarray(plane) for _, plane in planes(picture.pixels, picture.axes)]


def _regions(pages: list[Plane]) -> dict[int, Ints]:
    """Number -> pixels of all pages, ascending, by number.

    Raises
    ------
    Incompatible
        A pixel is no whole number from 0.
    """
    found: dict[int, list[Ints]] = {}
    for page in pages:
        for number, pixels in regions_in(page):
            found.setdefault(number, []).append(pixels)
    if any(number > 2**32 - 1 for number in found):
        raise Incompatible("numbers of regions are at most 4,294,967,295")
    return {number: np.unique(np.concatenate(found[number])) for number in sorted(found)}
