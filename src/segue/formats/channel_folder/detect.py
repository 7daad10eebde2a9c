"""Recognising a folder that is one image set, one file per channel. See ADR 0046."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from segue.errors import SegueError
from segue.formats.channel_files.files import MOST, called_labels, images_in, is_image, is_series, stem
from segue.formats.channel_files.pictures import pictures_of
from segue.formats.format import Evidence
from segue.storage import handles
from segue.storage.source import Source

SCORE = 70
_SIBLINGS = 200
"""Folders beside it that are looked at."""


def detect(source: Source) -> Evidence:
    """By the names of files, and only then by their headers."""
    if not source.is_folder:
        return Evidence(0, "it is a file")
    if source.suffix == ".channels":
        return Evidence(90, "it is a folder named .channels")
    try:
        files = images_in(source.path)
        channels = [path for path in files if not called_labels(path)]
        if len(files) > MOST or len(files) < 2 or not channels:
            return Evidence(0, "it does not hold several images")
        reason = _reason(source.path, files, channels)
    except OSError:
        return Evidence(0, "it is a folder that cannot be read")
    if not reason:
        return Evidence(0, "nothing says that its images are channels of one")
    return Evidence(SCORE, reason) if _of_one_size(files) else Evidence(0, "its images are not single channels of one size")


def _reason(folder: Path, files: list[Path], channels: list[Path]) -> str:
    stems = [stem(path) for path in channels]
    if any(_belongs(stem(path), other) for path in files for other in stems):
        return ""
    labels = [path.name for path in files if path not in channels]
    if labels and (len(channels) == 1 or not is_series(stems)):
        return f"it holds {labels[0]} and {_count(channels)} of the same size"
    if len(channels) > 1 and not is_series(stems) and (other := _sibling(folder, channels)):
        return f"its files are called like those of {other} beside it, one per channel"
    return ""


def _belongs(mask: str, image: str) -> bool:
    """Whether one file is named after another: then the folder holds images and what was made of them."""
    return len(mask) > len(image) and mask.startswith(image) and not mask[len(image)].isalnum()


def _sibling(folder: Path, channels: list[Path]) -> str:
    """A folder beside it that holds files of the same names."""
    full = folder.resolve()
    names = {path.name for path in channels}
    for other in islice(sorted(full.parent.iterdir()), _SIBLINGS):
        if other == full or other.name.startswith(".") or not other.is_dir():
            continue
        theirs = {name for path in islice(other.iterdir(), MOST) if is_image(name := path.name)}
        if len(names & theirs) >= 2 and 2 * len(names & theirs) >= max(len(names), len(theirs)):
            return other.name
    return ""


def _of_one_size(files: list[Path]) -> bool:
    """Whether every file holds one grey plane (or stack) of the same size."""
    sizes = set()
    for path in files:
        try:
            pictures = pictures_of(Source(path))
        except SegueError:
            return False
        finally:
            handles.close(path)
        if len(pictures) != 1 or pictures[0].size("c") != 1:
            return False
        sizes.add(tuple(pictures[0].sizes.items()))
        if len(sizes) > 1:
            return False
    return True


def _count(channels: list[Path]) -> str:
    return f"{len(channels)} other images" if len(channels) > 1 else "another image"
