"""What stands where in a folder of steinbock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segue.storage.names import safe_names

IMAGES_CSV, PANEL_CSV = "images.csv", "panel.csv"
MASKS, IMAGES, INTENSITIES, REGIONPROPS, NEIGHBORS = "masks", "img", "intensities", "regionprops", "neighbors"
OBJECT, NEIGHBOR, DISTANCE = "Object", "Neighbor", "Distance"
IMAGE, WIDTH, HEIGHT, CHANNELS = "image", "width_px", "height_px", "num_channels"
OWN_NAME = "segue_name"
"""The name of an image set that cannot be the name of a file; steinbock allows further columns."""
IMAGE_KEYS = (IMAGE, WIDTH, HEIGHT, CHANNELS, OWN_NAME)
RESERVED = (MASKS, IMAGES, NEIGHBORS)
"""Folders that hold no values of objects."""
MOST_FILES = 100_000


def files_in(folder: Path, suffix: str) -> dict[str, Path]:
    """Name without suffix -> file, sorted; hidden files left out."""
    if not folder.is_dir():
        return {}
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() == suffix and not path.name.startswith(".") and path.is_file())
    return {path.stem: path for path in found[:MOST_FILES]}


def data_folders(root: Path) -> dict[str, dict[str, Path]]:
    """Folder of values -> its files: the usual two first, then others whose files begin with the column Object."""
    found = {name: files for name in (INTENSITIES, REGIONPROPS) if (files := files_in(root / name, ".csv"))}
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if folder.name in found or folder.name in RESERVED:
            continue
        files = files_in(folder, ".csv")
        if files and begins_with_object(next(iter(files.values()))):
            found[folder.name] = files
    return found


def begins_with_object(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b'"')
    return head.startswith(OBJECT.encode()) and head[len(OBJECT) : len(OBJECT) + 1] in (b",", b";", b'"', b"\r", b"\n", b"")


def file_names(names: Sequence[str]) -> list[str]:
    """The files of image sets, without suffix."""
    return safe_names([name or "image" for name in names])
