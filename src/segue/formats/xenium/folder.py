"""The files of an output folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segue.errors import NotFound
from segue.storage.source import Source

EXPERIMENT = "experiment.xenium"
CELLS, NUCLEI, TABLE, MASKS = "cell_boundaries", "nucleus_boundaries", "cells", "cells.zarr.zip"
IMAGES = (
    "morphology_focus/morphology_focus_0000.ome.tif",
    "morphology_focus/ch0000_dapi.ome.tif",
    "morphology_focus.ome.tif",
    "morphology_mip.ome.tif",
    "morphology.ome.tif",
)
"""All of the same size; newer versions number the channels of the first."""
ENDINGS = (".parquet", ".csv.gz", ".csv")
"""The quicker before the slower: they hold the same."""


@dataclass(frozen=True)
class Files:
    """What there is; None where there is none."""

    experiment: Path | None
    cells: Path | None
    nuclei: Path | None
    table: Path | None
    masks: Path | None
    images: tuple[Path, ...]
    """Where images of the region may be."""


def files_of(source: Source) -> Files:
    """Of a folder (or the experiment file in it) everything, of a file of boundaries that file and the experiment file beside it.

    Raises
    ------
    NotFound
        There are no boundaries.
    """
    path = source.path
    if not source.is_folder and path.name != EXPERIMENT:
        nuclei = NUCLEI in path.name.lower()
        return Files(_there(path.parent / EXPERIMENT), None if nuclei else path, path if nuclei else None, None, None, _images(path.parent))
    folder = path if source.is_folder else path.parent
    found = {stem: next((file for ending in ENDINGS if (file := _there(folder / (stem + ending)))), None) for stem in (CELLS, NUCLEI, TABLE)}
    if found[CELLS] is None and found[NUCLEI] is None:
        raise NotFound(f"{folder} has no {CELLS}.parquet or .csv.gz, and no {NUCLEI}; unpack them there, or give the file of boundaries itself", path=folder)
    return Files(_there(folder / EXPERIMENT), found[CELLS], found[NUCLEI], found[TABLE], _there(folder / MASKS), _images(folder))


def _images(folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in IMAGES)


def _there(path: Path) -> Path | None:
    return path if path.is_file() else None
