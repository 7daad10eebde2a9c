"""The files of an image set: which are channels, what these are called, which is the segmentation. Pixels are read when they are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from segue.errors import WrongFormat
from segue.formats.channel_files.files import called_labels
from segue.formats.channel_files.names import channel_names
from segue.formats.channel_files.pictures import Picture, pictures_of
from segue.formats.channel_files.stacks import check_sizes, labels_of, stacked
from segue.formats.mantis_project.facts import Facts, plain_grid
from segue.formats.mantis_project.layout import REGION_FILES, TEXTS, files_in, is_tiff
from segue.formats.mantis_project.outlined import read_text
from segue.model.grid import Grid
from segue.model.image import Image, LabelImage
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source, split_suffix


@dataclass(frozen=True)
class Wanted:
    """Where things lie, as settings or the user say."""

    inner: str = ""
    segmentation: str = ""
    regions: str = ""
    markers: tuple[str, ...] = ()
    """Names of the pages of a stack."""


@dataclass(frozen=True)
class Found:
    """What lies in the folder of an image set."""

    images: tuple[Image, ...] = ()
    labels: tuple[LabelImage, ...] = ()
    grid: Grid | None = None
    """As the pixels say it; None = there are none."""
    layer: str | None = None
    regions: Path | None = None
    """The file with regions."""
    notes: Notes = field(default_factory=Notes)


def read_folder(folder: Path, wanted: Wanted, facts: Facts) -> Found:
    """Look at the files of an image set.

    Raises
    ------
    Malformed, UnsupportedVariant, TooLarge, Incompatible
        A file is damaged, or of another size than the others.
    OSError
    """
    place = folder / wanted.inner if wanted.inner and (folder / wanted.inner).is_dir() else folder
    names = files_in(place)
    outside = names if place == folder else files_in(folder)
    segmentation, assumed = _segmentation(folder, outside, place, names, wanted, facts)
    regions = _regions(folder, outside, place, names, wanted, facts)
    files = [place / name for name in names if is_tiff(name) and place / name not in (segmentation, regions) and not _is_regions(name, facts)]
    files += [folder / name for name in outside if place != folder and name in facts.channels]
    images, grid, skipped = _channels(files, wanted, facts)
    labels: tuple[LabelImage, ...] = ()
    if segmentation is not None:
        one, grid, more = _labels(segmentation, facts, grid)
        labels, assumed = (one,), assumed + more
    return Found(images, labels, grid, facts.layer or (None if segmentation is None else split_suffix(segmentation.name)[0]), regions, assumed + skipped)


def _segmentation(folder: Path, outside: Sequence[str], place: Path, names: Sequence[str], wanted: Wanted, facts: Facts) -> tuple[Path | None, Notes]:
    """The file with the segments: the one that is named; else, if nothing names one, what people call it."""
    if wanted.segmentation:
        return _there(wanted.segmentation, folder, outside, place, names), Notes()
    if facts.stated:
        return None, Notes()
    for home, listed in ((folder, outside), (place, names)):
        called = [name for name in listed if is_tiff(name) and called_labels(Path(name))]
        if called and any(is_tiff(name) and name not in called for name in (*outside, *names)):
            note = Note(Kind.ASSUMED, f"by its name, {called[0]} is the segmentation; the option segmentation names another", where=folder.name)
            return home / called[0], Notes.of(note)
    return None, Notes()


def _there(name: str, folder: Path, outside: Sequence[str], place: Path, names: Sequence[str]) -> Path | None:
    return folder / name if name in outside else place / name if name in names else None


def _regions(folder: Path, outside: Sequence[str], place: Path, names: Sequence[str], wanted: Wanted, facts: Facts) -> Path | None:
    if wanted.regions:
        return _there(wanted.regions, folder, outside, place, names)
    found = [home / name for home, listed in ((folder, outside), (place, names)) for name in listed if is_tiff(name) and _is_regions(name, facts)]
    return found[0] if found else None


def _is_regions(name: str, facts: Facts) -> bool:
    """Whether a file is called like the regions of ark-analysis."""
    return split_suffix(name)[0].lower() in REGION_FILES and name not in facts.channels


def _channels(files: Sequence[Path], wanted: Wanted, facts: Facts) -> tuple[tuple[Image, ...], Grid | None, Notes]:
    pictures = [one for path in files for one in pictures_of(Source(path))]
    grey = [one if len(wanted.markers) < one.size("c") or one.size("c") < 2 else _named(one, wanted.markers) for one in pictures if not one.coloured]
    coloured = len(pictures) - len(grey)
    notes = Notes.of(Note(Kind.SKIPPED, "pictures in colours are no channels", where=files[0].parent.name, count=coloured)) if coloured else Notes()
    if not grey:
        return (), None, notes
    check_sizes(grey, "")
    names, order = _names(grey, facts.channels)
    s = stacked(grey, names, order)
    image = s.images[0]
    nameless = facts.nameless and order is not None
    return (replace(image, channels=() if nameless else image.channels),), s.grid, notes


def _named(one: Picture, markers: tuple[str, ...]) -> Picture:
    return replace(one, names=markers[: one.size("c")])


def _names(pictures: Sequence[Picture], stated: Mapping[str, str]) -> tuple[list[str], list[int] | None]:
    """The names of the channels, and their order: those that segue wrote as it says, others by Mantis' rules and in the order of their names."""
    usual = channel_names(list(pictures), always=True)
    files = [one.source.path.name for one in pictures for _ in range(one.size("c"))]
    if not stated or not set(stated) <= set(files) or len(set(files)) != len(files):
        return usual, None
    names = [stated.get(file, name) for file, name in zip(files, usual, strict=True)]
    place = {file: nth for nth, file in enumerate(stated)}
    return names, sorted(range(len(files)), key=lambda nth: (place.get(files[nth], len(place)), names[nth]))


def _labels(path: Path, facts: Facts, grid: Grid | None) -> tuple[LabelImage, Grid, Notes]:
    name = facts.layer if facts.layer is not None else split_suffix(path.name)[0]
    if path.suffix.lower() in TEXTS:
        labels, notes = read_text(path, name, grid)
        return labels, grid or plain_grid(*labels.pixels.shape), notes
    if not is_tiff(path.name):
        raise WrongFormat(f"{path} is neither a TIFF nor a text file, so it is no segmentation", path=path, expected="TIFF, CSV, TXT")
    labels, own = labels_of(pictures_of(Source(path))[0], name, grid, "")
    return labels, grid or own, Notes()
