"""The files of a region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segue.errors import NotFound
from segue.storage.source import Source

PARQUET, OLDER, METADATA = "cell_boundaries.parquet", "cell_boundaries", "cell_metadata.csv"
TRANSFORM = "micron_to_mosaic_pixel_transform.csv"
FEATURES = "feature_data_*.hdf5"
MOSAICS = "mosaic_*.tif"


@dataclass(frozen=True)
class Files:
    """What there is."""

    boundaries: tuple[Path, ...]
    """One Parquet file, or HDF5 files."""
    metadata: Path | None
    transform: Path | None
    images: tuple[Path, ...]
    """Mosaics of the region, all of the same size."""


def files_of(source: Source) -> Files:
    """Of a folder everything, of a file of boundaries that file and the transform near it.

    Raises
    ------
    NotFound
        There are no boundaries.
    """
    path = source.path
    if not source.is_folder:
        return Files((path,), None, *_near(path.parent))
    found = boundaries_in(path)
    if not found:
        raise NotFound(f"{path} has no {PARQUET} and no {FEATURES}; give the file of boundaries itself", path=path)
    metadata = path / METADATA
    return Files(found, metadata if metadata.is_file() else None, *_near(path))


def boundaries_in(folder: Path) -> tuple[Path, ...]:
    """The files of boundaries in a folder, Parquet before HDF5."""
    if (folder / PARQUET).is_file():
        return (folder / PARQUET,)
    for one in (folder / OLDER, folder):
        if one.is_dir() and (found := sorted(one.glob(FEATURES))):
            return tuple(found)
    return ()


def _near(folder: Path) -> tuple[Path | None, tuple[Path, ...]]:
    """The transform beside, in ``images``, or one folder up, and the mosaics beside it: they belong together."""
    places = (folder, folder / "images", folder.parent, folder.parent / "images")
    found = next((file for one in places if (file := one / TRANSFORM).is_file()), None)
    return found, () if found is None else tuple(sorted(found.parent.glob(MOSAICS)))
