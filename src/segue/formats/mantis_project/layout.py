"""What stands where in a project of Mantis Viewer."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path, PurePath

from segue.errors import TooLarge

DATABASE = ".mantisDb"
IMAGE_SETTINGS = ".mantisImageSettings"
SEGMENTATION = "segmentation"
"""Name of the segmentation that is written, unless a setting or the layer says another."""
TIFFS = (".tif", ".tiff")
TEXTS = (".csv", ".txt")
REGION_FILES = ("population_mask", "population_pixel_mask", "population_cell_mask")
"""What ark-analysis calls its pictures of regions, without suffix; the names of the regions stand in a .csv beside each."""
ARK_SEGMENTATION = "cell_segmentation.tiff"
"""What ark-analysis calls the segmentation."""
MOST_SETS = 20_000
MOST_FILES = 5_000
LARGEST_SIDE = 10_000
"""Mantis makes a smaller copy of images with a longer side, and counts pixels in that."""
_LARGEST_SETTINGS = 1 << 24


def image_set_folders(root: Path, inner: str = "", known: Collection[str] = ()) -> list[Path]:
    """The folders of image sets, by name.

    Parameters
    ----------
    root
        The project; or an image set alone, that holds TIFF files itself.
    inner
        The sub-folder of each in which its images lie.
    known
        Names of folders that are image sets, whatever is in them.

    Raises
    ------
    TooLarge
    OSError
    """
    found = [one for one in folders_in(root) if one.name in known or holds_tiff(one) or (inner and holds_tiff(one / inner))]
    return found or ([root] if holds_tiff(root) or (inner and holds_tiff(root / inner)) else [])


def folders_in(root: Path) -> list[Path]:
    """The folders in a folder, by name, without hidden ones."""
    with os.scandir(root) as entries:
        found = sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir())
    if len(found) > MOST_SETS:
        raise TooLarge(f"{root} holds more than {MOST_SETS:,} folders, too many for a project", path=root, limit=MOST_SETS)
    return [root / name for name in found]


def files_in(folder: Path) -> list[str]:
    """Names of the files in a folder, sorted, without hidden ones; none where there is no folder."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file())
    if len(found) > MOST_FILES:
        raise TooLarge(f"{folder} holds more than {MOST_FILES:,} files, too many for an image", path=folder, limit=MOST_FILES)
    return found


def holds_tiff(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(is_tiff(entry.name) and not entry.name.startswith(".") for entry in entries)
    except OSError:
        return False


def is_tiff(name: str) -> bool:
    return name.lower().endswith(TIFFS)


def is_plain(name: str) -> bool:
    """Whether a text is the name of a file in this folder, and no way to elsewhere."""
    return bool(name) and "\0" not in name and name not in (".", "..") and PurePath(name).name == name and "\\" not in name and ":" not in name


def image_settings(folder: Path) -> str:
    """The settings that Mantis 0.9 and 1.0 keep in an image set; empty where there are none."""
    path = folder / IMAGE_SETTINGS
    if not path.is_file() or path.stat().st_size > _LARGEST_SETTINGS:
        return ""
    return path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
