"""Recognising a project of Mantis Viewer."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from segue.codecs.sqlite_safe import MAGIC
from segue.errors import SegueError
from segue.formats.channel_files.files import called_labels
from segue.formats.format import Evidence
from segue.formats.mantis_project.layout import DATABASE, IMAGE_SETTINGS, REGION_FILES, files_in, image_set_folders, is_tiff
from segue.storage.source import Source, split_suffix

_LOOKED_AT = 20
WEAK = 20
"""A folder of image sets that no file says to be one project: it may as well be a batch of images."""


def detect(source: Source) -> Evidence:
    """By its database; else by what lies in its first folders."""
    if not source.is_folder:
        return Evidence(0, "it is a file; a project of Mantis Viewer is a folder")
    try:
        return _looked_at(source.path)
    except (OSError, SegueError):
        return Evidence(0, "it is a folder that cannot be read")


def _looked_at(root: Path) -> Evidence:
    database = root / DATABASE
    if database.is_file():
        with database.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                return Evidence(98, f"it holds {DATABASE}, the database of a project of Mantis Viewer")
    sets = image_set_folders(root)
    if any((one / IMAGE_SETTINGS).is_file() for one in islice(sets, _LOOKED_AT)):
        return Evidence(92, f"its image sets hold {IMAGE_SETTINGS}, the settings of Mantis Viewer")
    if root in sets:
        return Evidence(0, "it holds images, but no settings of Mantis Viewer")
    if any(_with_regions(one) for one in islice(sets, _LOOKED_AT)):
        return Evidence(90, "its folders hold channels and pictures of populations, as ark-analysis makes them for Mantis Viewer")
    if any(_with_labels(one) for one in islice(sets, _LOOKED_AT)):
        return Evidence(WEAK, "its folders hold channels and segmentations, as a project of Mantis Viewer does")
    return Evidence(0, "it is a folder without image sets of Mantis Viewer")


def _with_regions(folder: Path) -> bool:
    names = files_in(folder)
    return any(is_tiff(name) and split_suffix(name)[0].lower() in REGION_FILES for name in names) and _is_set(names)


def _with_labels(folder: Path) -> bool:
    return _is_set(files_in(folder))


def _is_set(names: list[str]) -> bool:
    """Whether there are channels beside a segmentation."""
    labels = [name for name in names if is_tiff(name) and called_labels(Path(name))]
    return bool(labels) and any(is_tiff(name) and name not in labels for name in names)
