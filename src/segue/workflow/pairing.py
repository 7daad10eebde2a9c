"""Which files belong together: images and their masks, by name, never by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from glob import glob, has_magic
from pathlib import Path

from segue.errors import NotFound, SegueError, UsageError
from segue.formats.catalog import by_suffix, named
from segue.formats.detect import candidates, detect
from segue.formats.format import Accepts, Format
from segue.storage.source import Source, file_of, home_of, nickname
from segue.workflow.job_folder import of_a_record

MASK_ENDINGS = (
    *("_cp_masks", "_masks", "_mask", "_labels", "_label", "_labelled", "_segmentation", "-labels", "-label", "-masks", "-mask", "_seg"),
    *("_rois", "_cp_outlines"),
)
"""What well-known tools add to the name of an image for its segments (Cellpose, StarDist, ilastik, CellProfiler, steinbock, ...).

Where several lie beside an image, the first in this list is taken: pixels say more than outlines.
"""

_SURE = 50
"""Score from which a folder is taken as a whole; below it may as well be a batch."""


@dataclass(frozen=True)
class Pair:
    """One item of a batch: what is converted, and what belongs to it."""

    name: str
    """What the item is called: the file's stem, without the ending of a mask."""
    source: Path | None
    image: Path | None = None
    missing: str = ""
    """Why it cannot be converted; empty = it can."""
    unused: tuple[Path, ...] = ()
    """Other files with the segments of the same image."""
    table: Path | None = None
    """The table that is joined to it."""
    populations: tuple[Path, ...] = ()
    """Files whose rows are populations of it."""
    labels: Path | None = None
    """The label image that its segments are in, if its source has no pixels."""


def find_pairs(
    inputs: Sequence[str],
    image: str | None = None,
    labels: str | None = None,
    *,
    objects_wanted: bool = True,
    joins_labels: bool = False,
    from_: str | None = None,
) -> list[Pair]:
    """The items that the inputs of a command stand for.

    Parameters
    ----------
    inputs
        Files, folders (their readable files) and glob patterns.
    image, labels
        Templates of companions: ``{nickname}`` is the stem of an input, ``{dataset_dir}`` its folder, ``{parent}`` the name of that.
    objects_wanted
        Whether the target takes only objects: a folder with masks is then a folder of images with their masks.
    joins_labels
        Whether files of formats without pixels get their label image beside them, instead of being the image that belongs to it.
    from_
        The format of the inputs, if the user says it.

    Raises
    ------
    NotFound
        An input does not exist, or a folder holds nothing that segue reads.
    """
    files = [file for one in inputs for file in files_of(one, from_)]
    if labels is not None:
        return [_beside_labels(file, labels, image) if joins_labels and not _may_be_image(file, from_) else _with_labels(file, labels) for file in files]
    masks = {file: stem for file in files if (stem := mask_of(file)) is not None}
    if image is None and objects_wanted and masks and len(masks) < len(files):
        return _by_name(files, masks)
    return [_alone(file, masks.get(file), image) for file in files]


def mask_of(file: Path) -> str | None:
    """The stem of the image that a file is the mask of, by its name; None = it is not named like a mask."""
    stem = nickname(file)
    return next((stem[: -len(ending)] for ending in MASK_ENDINGS if stem.lower().endswith(ending) and len(stem) > len(ending)), None)


def fill(template: str, file: Path) -> Path:
    """A companion's path from its template.

    Raises
    ------
    UsageError
        The template has a placeholder that does not exist here, or fits several files.
    """
    found = fill_all(template, file)
    if len(found) > 1:
        raise UsageError(f"{template} fits {len(found)} files ({found[0].name}, {found[1].name}, ...); make the template say which")
    return found[0]


def fill_all(template: str, file: Path) -> tuple[Path, ...]:
    """The paths of companions from their template: those that fit a pattern, else the one that is named, whether it exists or not.

    Raises
    ------
    UsageError
        The template has a placeholder that does not exist here.
    """
    stem, home = mask_of(file) or nickname(file), home_of(file)
    try:
        path = template.format(nickname=stem, dataset_dir=home, parent=home.resolve().name)
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(f"{template!r} is not a template that can be filled: use {{nickname}}, {{dataset_dir}} and {{parent}}") from error
    found = sorted(glob(path)) if has_magic(path) else [path]  # noqa: PTH207  # the pattern may be absolute
    return tuple(map(Path, found or [path]))


def with_table(pair: Pair, template: str) -> Pair:
    """The pair with its table."""
    if pair.source is None:
        return pair
    table = fill(template, pair.source)
    return replace(pair, table=table, missing=pair.missing or ("" if table.exists() else f"no table {table}"))


def with_populations(pair: Pair, templates: Sequence[str]) -> Pair:
    """The pair with its files of populations."""
    if pair.source is None:
        return pair
    files = tuple(path for template in templates for path in fill_all(template, pair.source))
    absent = [path for path in files if not path.exists()]
    return replace(pair, populations=files, missing=pair.missing or (f"no file of populations {absent[0]}" if absent else ""))


def _with_labels(file: Path, template: str) -> Pair:
    stem = nickname(file)
    labels = fill(template, file)
    if not file_of(labels).exists():
        return Pair(stem, None, file, f"no label image {labels}")
    return Pair(stem, labels, file)


def _beside_labels(file: Path, template: str, image: str | None) -> Pair:
    pair, labels = _alone(file, mask_of(file), image), fill(template, file)
    return replace(pair, labels=labels, missing=pair.missing or ("" if file_of(labels).exists() else f"no label image {labels}"))


def _may_be_image(file: Path, from_: str | None) -> bool:
    """Whether a file may hold pixels: by its name, and if that says so, by its content (regions can be a TIFF)."""
    records = by_suffix(file.name)
    if records and not any(map(_holds_pixels, records)):
        return False
    try:
        return _holds_pixels(named(from_) if from_ else detect(Source(file))[0])
    except SegueError:
        return True


def _holds_pixels(record: Format) -> bool:
    return Accepts.PIXELS in record.accepts or record.accepts == {Accepts.LABELS}


def _alone(file: Path, stem: str | None, template: str | None) -> Pair:
    name = stem if stem is not None else nickname(file)
    if template is None:
        return Pair(name, file)
    image = fill(template, file)
    return Pair(name, file, image, "" if file_of(image).exists() else f"no image {image}")


def _by_name(files: list[Path], masks: dict[Path, str]) -> list[Pair]:
    """Images and masks side by side: each image with the mask that is named after it."""
    found: dict[tuple[Path, str], list[Path]] = {}
    for file in sorted(masks, key=preference):
        found.setdefault((home_of(file), masks[file]), []).append(file)
    pairs = []
    for file in files:
        if file not in masks:
            stem = nickname(file)
            mask, *unused = found.pop((home_of(file), stem), [None])
            pairs.append(Pair(stem, mask, file, "" if mask else "no mask", tuple(one for one in unused if one)))
    pairs += [Pair(stem, file, unused=tuple(unused)) for (_, stem), (file, *unused) in found.items()]
    return sorted(pairs, key=lambda pair: pair.name)


def preference(file: Path) -> tuple[int, str]:
    """The order in which files that are named like masks are taken: pixels before outlines (``MASK_ENDINGS``)."""
    stem = nickname(file).lower()
    return next(nth for nth, ending in enumerate(MASK_ENDINGS) if stem.endswith(ending)), file.name


def files_of(given: str, from_: str | None = None) -> list[Path]:
    """The files that an input of a command stands for: itself, the readable files of a folder, what fits a pattern.

    Tables beside images, masks and outlines belong to these (``--table``); a folder of nothing but tables is its tables.
    A path may go on behind a file that holds several pictures (``file.h5/raw/data``), also behind a pattern.
    A folder that is of a format as a whole (a study, the output folder of an instrument) stands for itself; one that holds such folders and
    no readable file (a project of image sets) stands for these, unless ``from_`` names a format that is such a folder.

    Raises
    ------
    NotFound
        There is none.
    """
    path = Path(given)
    if path.is_dir() and not by_suffix(path.name) and not _is_one(path, from_):
        found = sorted(file for file in path.iterdir() if not file.name.startswith(".") and by_suffix(file.name))
        found = found or [folder for folder in sorted(path.iterdir()) if folder.is_dir() and folder.name[0] != "." and _is_one(folder, from_)]
        if not found and from_ is not None and named(from_).folder:
            return [path]  # the user knows better
        if not found:
            raise NotFound(f"{given} holds no file that segue reads by its name; name the files, or use a pattern such as '{given}/*'", path=path)
        return [file for file in found if not _may_be_table(file)] or found
    if has_magic(given) and not file_of(path).exists():
        found = _fitting(path)
        if not found:
            raise NotFound(f"no file fits the pattern {given}", path=given)
        return found
    if not file_of(path).exists():
        raise NotFound(f"{given} does not exist", path=path)
    return [path]


def _is_one(folder: Path, from_: str | None) -> bool:
    """Whether a folder is an input by itself: its content says so, or the user does and it can be."""
    if from_ is not None and named(from_).folder and named(from_).reads and named(from_).evidence(Source(folder)).score:
        return True
    return any(one.evidence.score >= _SURE for one in candidates(Source(folder)))


def _fitting(pattern: Path) -> list[Path]:
    """The files that fit a pattern, or the parts of files that do (``*.h5/raw/data``); the records of earlier batches are none, unless the pattern says so."""
    found = sorted(Path(name) for name in glob(str(pattern), recursive=True))  # noqa: PTH207  # the pattern may be absolute
    found = [file for file in found if of_a_record(pattern) or not of_a_record(file)]
    for parent in () if found else pattern.parents:
        files = [Path(name) for name in glob(str(parent), recursive=True)] if has_magic(str(parent)) else []  # noqa: PTH207
        if files:
            return sorted(file / pattern.relative_to(parent) for file in files if file.is_file())
    return found


def _may_be_table(file: Path) -> bool:
    return any(record.accepts == {Accepts.TABLE} for record in by_suffix(file.name))
