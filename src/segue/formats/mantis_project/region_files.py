"""Regions in TIFF files beside the channels, which Mantis loads when it first opens an image: they are populations, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from segue.errors import SourceError
from segue.formats.channel_files.pictures import pictures_of
from segue.formats.mantis_files.label_regions import names_beside, region_rows
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_project.parts import SetParts
from segue.formats.mantis_project.settings import LOADED, REGIONS, Settings, text_of
from segue.model.features import Feature
from segue.model.image import plane_at
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def with_regions(sets: Sequence[SetParts], files: Sequence[Path | None], settings: Settings) -> tuple[list[SetParts], Settings, Notes]:
    """Image sets with the regions of their TIFF files, where Mantis has not loaded these yet.

    Parameters
    ----------
    sets, files
        Each image set, and its file with regions.
    settings
        Of the project; they come back with the image sets added that have been loaded here.
    """
    listed = settings.get(LOADED)
    loaded = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    found, notes = [], []
    for one, path in zip(sets, files, strict=True):
        if path is None or one.folder in loaded or not one.drawable:
            found.append(one)
            continue
        try:
            rows, why = _rows(path, one)
        except SourceError as error:
            found.append(one)
            notes.append(Note(Kind.SKIPPED, f"regions in {path.name}: {error}", Feature.MASK, one.folder))
            continue
        notes += [Note(Kind.SKIPPED, f"names of regions: {why}", where=one.folder)] if why else []
        if rows:
            notes.append(
                Note(Kind.ASSUMED, f"{{count region}} of {path.name} read, as Mantis does when it first opens the image", where=one.folder, count=len(rows))
            )
        found.append(replace(one, rows=[*one.rows, *rows]))
        loaded = [*loaded, one.folder] if text_of(settings, REGIONS) else loaded
    changed = settings | {LOADED: loaded} if loaded and loaded != listed else settings
    return found, changed, Notes(tuple(notes))


def _rows(path: Path, one: SetParts) -> tuple[list[Row], str]:
    """The regions of a file that no population of the image set has already."""
    picture = pictures_of(Source(path))[0]
    height, width = (picture.size(axis) for axis in "yx")
    if one.grid.size("x") not in (None, width) or one.grid.size("y") not in (None, height):
        return [], f"{path.name} has another size than the image, so its regions are left out"
    told, why = names_beside(path)
    plane = plane_at(picture.pixels, picture.axes, dict.fromkeys("tzc", 0))
    there = [row.pixels for row in one.rows if row.pixels is not None]
    rows = region_rows(path, plane, told)
    order = max([row.order or 0 for row in one.rows], default=0)
    new = [row for row in rows if not any(np.array_equal(np.asarray(row.pixels), pixels) for pixels in there)]
    taken = {row.id for row in one.rows}
    return [replace(row, order=order + nth, id=_free(row.id, taken)) for nth, row in enumerate(new, 1)], why


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found
