"""Files that are the planes of one image: a sequence, stacked along z, t or c."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any, Literal

from segue.codecs.pixel_stack import PixelStack
from segue.codecs.pixel_views import Added
from segue.errors import Incompatible
from segue.model.grid import Axis, Grid
from segue.model.image import Image, LabelImage, Pixels
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage import handles
from segue.storage.names import natural
from segue.storage.source import split_suffix
from segue.workflow.input_axes import read_with_axes
from segue.workflow.opening import Opened, recognised
from segue.workflow.pairing import files_of

Along = Literal["z", "t", "c"]
Picture = Image | LabelImage
MOST_NAMED = 5
"""Missing numbers that a note lists."""


@dataclass(frozen=True)
class _Plane:
    """One file of a stack."""

    file: Path
    image_set: ImageSet
    picture: Picture

    def size(self, along: str) -> tuple[str, tuple[int, ...], str]:
        """What has to agree: axes, sizes but along the axis, number type."""
        axes = self.picture.axes if along in self.picture.axes else along + self.picture.axes
        sizes = tuple(size for name, size in zip(self.picture.axes, self.picture.pixels.shape, strict=True) if name != along)
        return axes, sizes, self.picture.pixels.dtype.name


def stack_files(inputs: Sequence[str]) -> list[Path]:
    """The files that a stack consists of, in natural order (``plane_9`` before ``plane_10``), each once.

    Parameters
    ----------
    inputs
        Files, patterns (``plane_*.tif``) and folders.

    Raises
    ------
    NotFound
        There is none.
    """
    return sorted(dict.fromkeys(file for one in inputs for file in files_of(one)), key=lambda file: natural(str(file)))


def stack_name(files: Sequence[Path]) -> str:
    """What a stack is called: what its file names begin with, else the folder."""
    stems = [split_suffix(file.name)[0] for file in files]
    if len(stems) == 1:
        return stems[0]
    common = _common(stems)
    return common.rstrip("0123456789").rstrip("_-. ") or common.rstrip("_-. ") or files[0].resolve().parent.name or "stack"


def _common(names: Sequence[str]) -> str:
    """What all names begin with."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in same)


def open_stack(
    files: Sequence[Path], along: Along, from_: str | None = None, options: Mapping[str, Any] | None = None, input_axes: str | None = None
) -> Opened:
    """Read files as one image. Their headers are read; their pixels when they are asked for.

    Parameters
    ----------
    files
        In their order (`stack_files`).
    along
        The axis. Files that have it already are put one behind the other, along c as channels that are named after the files.
    from_, options
        Format and options of the reader, for every file.
    input_axes
        What the axes of each file are, where it does not say.

    Raises
    ------
    Incompatible
        A file holds no picture or several image sets, or has another size or number type than the others.
    SourceError, UsageError
    """
    first = read_with_axes(recognised(files[0], from_), options, input_axes)
    rest = (read_with_axes(recognised(file, from_ or _same(file, files[0], first)), options, input_axes) for file in files[1:])
    notes, planes = Notes(), []
    for file, opened in zip(files, (first, *rest), strict=True):
        planes.append(_plane(file, opened.study))
        notes += opened.notes if opened is first else Notes()
    _check(planes, along)
    study = Study((_stacked(planes, along),), close=partial(_close, tuple(files)))
    return replace(first, study=study, notes=notes + _gaps(files))


def _close(files: Sequence[Path]) -> None:
    for file in files:
        handles.close(file)


def _same(file: Path, first: Path, opened: Opened) -> str | None:
    """The format of the first file, for those of the same suffix: it is found out once."""
    return opened.record.name if split_suffix(file.name)[1] == split_suffix(first.name)[1] else None


def _plane(file: Path, study: Study) -> _Plane:
    pictures: list[tuple[ImageSet, Picture]] = []
    for s in study.image_sets:
        held: list[Picture] = [*s.images, *s.labels]
        pictures += [(s, one) for one in held[:1]]
    if len(pictures) != 1:
        found = f"{len(pictures)} image sets" if pictures else "no picture"
        raise Incompatible(f"{file.name} holds {found}, and a stack is made of files with one picture each; leave it out", path=file)
    return _Plane(file, *pictures[0])


def _check(planes: Sequence[_Plane], along: str) -> None:
    counts = Counter(plane.size(along) for plane in planes)
    usual = max(counts, key=lambda size: (counts[size], size == planes[0].size(along)))
    odd = next((plane for plane in planes if plane.size(along) != usual), None)
    if odd is not None:
        raise Incompatible(
            f"{odd.file.name} has {_said(odd.size(along))}, and {counts[usual]} of the {len(planes)} files have {_said(usual)}; "
            "files that are stacked are of one size and number type, so leave it out or convert it",
            path=odd.file,
        )


def _said(size: tuple[str, tuple[int, ...], str]) -> str:
    _, sizes, dtype = size
    return f"{' x '.join(f'{number:,}' for number in sizes)} {dtype} pixels"


def _stacked(planes: Sequence[_Plane], along: Along) -> ImageSet:
    first = planes[0].picture
    axes = first.axes if along in first.axes else along + first.axes
    parts = tuple(_with(plane.picture, along, axes) for plane in planes)
    stack = PixelStack(parts, axes.index(along))
    s = planes[0].image_set
    grid = _grid(s.grid, along, stack.shape[axes.index(along)])
    if isinstance(first, LabelImage) and along != "c":
        return ImageSet("", grid, labels=(LabelImage(stack, axes, first.name, first.persists),))
    channels = _channels(planes) if along == "c" else first.channels if isinstance(first, Image) else ()
    ranges = {plane.picture.data_range for plane in planes if isinstance(plane.picture, Image)}
    inverted = all(isinstance(plane.picture, Image) and plane.picture.inverted for plane in planes)
    return ImageSet("", grid, images=(Image(stack, axes, first.name, channels, next(iter(ranges)) if len(ranges) == 1 else None, inverted),))


def _with(picture: Picture, along: str, axes: str) -> Pixels:
    return picture.pixels if len(picture.axes) == len(axes) else Added(picture.pixels)


def _grid(grid: Grid, along: str, size: int) -> Grid:
    if along == "c":
        return grid
    found = {axis.name: axis for axis in grid.axes}
    found[along] = replace(found.get(along, Axis(along)), size=size)
    return Grid(tuple(found[name] for name in "tzyx" if name in found))


def _channels(planes: Sequence[_Plane]) -> tuple[str, ...]:
    """A file with one channel is named by what its name does not share with the others, others by their channels."""
    stems = [split_suffix(plane.file.name)[0] for plane in planes]
    common = _common(stems) if len(stems) > 1 else ""
    common = common[: max((common.rfind(mark) + 1 for mark in "_-. "), default=0)]
    names: list[str] = []
    for plane, stem in zip(planes, stems, strict=True):
        own = plane.picture.channels if isinstance(plane.picture, Image) else ()
        count = plane.picture.pixels.shape[plane.picture.axes.index("c")] if "c" in plane.picture.axes else 1
        short = stem[len(common) :] or stem
        names += own or ([short] if count == 1 else [f"{short} {nth + 1}" for nth in range(count)])
    return tuple(names)


def _gaps(files: Sequence[Path]) -> Notes:
    """A note about numbers that are missing, where the names differ in one number."""
    parts = [re.split(r"([0-9]+)", split_suffix(file.name)[0]) for file in files]
    if len({len(one) for one in parts}) > 1 or len({file.parent for file in files}) > 1:
        return Notes()
    different = [nth for nth in range(len(parts[0])) if len({one[nth] for one in parts}) > 1]
    if len(different) != 1 or different[0] % 2 == 0:
        return Notes()
    numbers = sorted({int(one[different[0]]) for one in parts})
    step = min((b - a for a, b in pairwise(numbers)), default=1)
    count = (numbers[-1] - numbers[0]) // step + 1 - len(numbers)
    if count <= 0:
        return Notes()
    missing = [before + step for before, after in pairwise(numbers) if after - before > step]
    named = ", ".join(map(str, missing[:MOST_NAMED])) + (", ..." if count > len(missing[:MOST_NAMED]) else "")
    what = f"the numbers of the files have gaps (nothing for {named}); the others are stacked one behind the other"
    return Notes.of(Note(Kind.ASSUMED, what, where=files[0].parent.name, count=count))
