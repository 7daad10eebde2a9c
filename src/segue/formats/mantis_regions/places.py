"""Which files belong together: a picture of regions, and the names beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segue.errors import NotFound
from segue.storage.source import Source, split_suffix

PICTURE, NAMES = "regions.tiff", "regions.csv"
SUFFIXES = (".tif", ".tiff")


@dataclass(frozen=True)
class Places:
    """What was found."""

    picture: Path
    names: Path | None


def places_of(source: Source) -> Places:
    """From the folder, the picture or the names.

    Raises
    ------
    NotFound
        There is no picture.
    """
    if source.is_folder:
        picture = next((path for path in (source.path / PICTURE, source.path / "regions.tif") if path.is_file()), None)
    elif source.path.suffix.lower() in SUFFIXES:
        picture = source.path
    else:
        picture = next((path for suffix in SUFFIXES if (path := source.path.with_suffix(suffix)).is_file()), None)
    if picture is None:
        raise NotFound(f"{source.path} comes without the picture of the regions ({PICTURE})", path=source.path)
    names = picture.with_name(f"{split_suffix(picture.name)[0]}.csv")
    return Places(picture, names if names.is_file() else None)
