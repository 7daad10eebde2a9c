"""The files of a folder of channels, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from segue.storage.source import split_suffix

SUFFIXES = (".tif", ".tiff", ".ome.tif", ".ome.tiff", ".png")
MOST = 2000
"""Files in a folder that is one image set."""
_OF = r"(?:(?:whole[ _-]?)?cells?|nucle(?:i|us|ar)|membranes?|tissue)"
_KIND = r"(?:segmentation|segmentations|segmented|seg|masks?|labels?|labell?ed)"
_LABELS = re.compile(rf"(?:{_OF}[ _-]?)?{_KIND}(?:[ _-]?{_KIND})?(?:[ _-]?(?:mask|labels?|image))?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


def images_in(folder: Path) -> list[Path]:
    """The image files of a folder, by name; at most ``MOST`` and one more.

    Raises
    ------
    OSError
        It cannot be looked at.
    """
    found = (path for path in folder.iterdir() if not path.name.startswith(".") and is_image(path.name) and path.is_file())
    return sorted(islice(found, MOST + 1), key=lambda path: path.name)


def is_image(name: str) -> bool:
    return split_suffix(name)[1].lower() in SUFFIXES


def stem(path: Path) -> str:
    return split_suffix(path.name)[0]


def called_labels(path: Path) -> bool:
    """Whether a file is called what people call a segmentation, and nothing else: ``segmentation``, ``mask``, ``cell_segmentation``, ``nuclei-labels``."""
    return _LABELS.fullmatch(stem(path)) is not None


def among(path: Path, patterns: str) -> bool:
    """Whether one of the names or patterns, separated by commas, is the name of a file (with or without its suffix)."""
    wanted = [one.strip() for one in patterns.split(",") if one.strip()]
    return any(fnmatchcase(name, one) for one in wanted for name in (path.name, stem(path)))


def is_series(stems: Iterable[str]) -> bool:
    """Whether names differ only in numbers, as those of time points, planes or fields of view do: then they are no names of channels.

    ``img_001, img_002``, ``t0, t1`` and ``3, 4, 5`` are; ``cd3, cd4`` and ``CD3, CD8, CD20`` are not.
    """
    listed = list(stems)
    if len({_NUMBER.sub("#", one) for one in listed}) > 1:
        return False
    numbers = [_NUMBER.findall(one) for one in listed]
    if not numbers or not numbers[0]:
        return False
    if len(numbers[0]) > 1 or any(text.startswith("0") for row in numbers for text in row):
        return True
    found = sorted(int(row[0]) for row in numbers)
    return found[0] <= 1 or (len(found) > 2 and found == list(range(found[0], found[0] + len(found))))
