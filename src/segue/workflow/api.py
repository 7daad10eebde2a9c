"""The functions of ``import segue``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from segue.errors import UsageError
from segue.formats.catalog import FORMATS
from segue.formats.format import Format
from segue.model.diff import diff as diff_studies
from segue.model.features import Feature
from segue.model.grid import Grid, grid_of
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.workflow.batch import run
from segue.workflow.convert import Settings, write_study
from segue.workflow.derive import Policy, labels_from_shapes, shapes_from_labels
from segue.workflow.opening import open_path, with_grid_of
from segue.workflow.plan import plan

Overlap = Literal["last", "first", "smallest", "error"]


def read(path: Path | str, *, image: Path | str | None = None, from_: str | None = None, **options: Any) -> Study:
    """Read results of any format.

    Parameters
    ----------
    path
        A file, or the folder of a study.
    image
        The image that the data belong to: says how large the pixel grid is, and its pixel size.
    from_
        Name of the format, when content and suffix do not say.
    **options
        Options of the reader (``segue formats NAME`` lists them).

    Returns
    -------
    Study
        Exactly what the file holds. Pixels are read when they are needed; ``with segue.read(...) as study`` closes files.

    Raises
    ------
    segue.SegueError
    """
    opened = open_path(path, from_, options)
    return with_grid_of(opened.study, open_path(image)) if image is not None else opened.study


def write(
    study: Study, path: Path | str, *, to: str | None = None, strict: bool = False, overwrite: bool = False, overlap: Overlap = "last", **options: Any
) -> Notes:
    """Write a study; what the format cannot hold is in the notes that are returned.

    Raises
    ------
    segue.SegueError
        NotesRefused with ``strict`` when anything would be lost or changed; SinkError when the path exists and ``overwrite`` is false.
    """
    settings = Settings(to=to, policy=Policy(overlap), options=options, strict=strict, overwrite=overwrite)
    return write_study(study, Path(path), settings).notes


def convert(
    source: Path | str,
    target: Path | str,
    *,
    image: Path | str | None = None,
    from_: str | None = None,
    to: str | None = None,
    overlap: Overlap = "last",
    strict: bool = False,
    dry_run: bool = False,
    verify: bool = False,
    overwrite: bool = False,
    **options: Any,
) -> Notes:
    """Convert one file, or with a folder or template as ``target`` many; see ``segue convert --help``.

    Returns
    -------
    Notes of all items.

    Raises
    ------
    segue.SegueError
        The error of the first item that failed, after the others were converted.
    """
    planned = plan([str(source)], str(target), to, None if image is None else str(image))
    settings = Settings(from_, to, Policy(overlap), options, strict=strict, dry_run=dry_run, verify=verify, overwrite=overwrite)
    done = list(run(planned, settings))
    for one in done:
        if one.error is not None:
            raise one.error
    if planned.missing:
        raise UsageError(f"{planned.missing[0].name}: {planned.missing[0].missing}")
    return Notes.joined(one.result.notes for one in done if one.result)


def outline(labels: np.ndarray[Any, Any]) -> ImageSet:
    """Outlines of the segments of a label image along their pixel edges; ``rasterize`` is the exact inverse.

    Parameters
    ----------
    labels
        Integers, axes (y, x), (z, y, x) or (t, z, y, x); 0 is background.

    Returns
    -------
    ImageSet
        One object per segment (``objects.frame``) and one traced shape per segment and plane (``shapes``).
    """
    axes = "tzyx"[-labels.ndim :]
    grid = grid_of(axes, labels.shape)
    traced, _ = shapes_from_labels(ImageSet("", grid, labels=(LabelImage(ArrayPixels(labels), axes),)))
    return ImageSet("", grid, objects=traced.objects, shapes=traced.shapes)


def rasterize(shapes: ImageSet, grid: Grid | tuple[int, ...] | None = None, *, overlap: Overlap = "last") -> np.ndarray[Any, Any]:
    """Draw the shapes of an image set as a label image.

    Parameters
    ----------
    shapes
        Objects with their shapes, e.g. from ``outline``, or ``study.image_sets[0]``.
    grid
        Its grid, or the shape (y, x), (z, y, x), (t, z, y, x) of the result; by default the grid of the image set.
    overlap
        Which shape a pixel goes to that several cover.

    Returns
    -------
    The smallest unsigned integer type that holds the labels; objects without a label are numbered.

    Raises
    ------
    segue.SegueError
        The size is not known, or shapes overlap and ``overlap`` is ``error``.
    """
    from dataclasses import replace

    if isinstance(grid, tuple):
        grid = grid_of("tzyx"[-len(grid) :], grid)
    drawn, _ = labels_from_shapes(replace(shapes, grid=grid or shapes.grid, labels=()), Policy(overlap))
    return in_memory(drawn.labels[-1].pixels)


def diff(a: Study | Path | str, b: Study | Path | str) -> dict[Feature, int]:
    """What differs between two results: feature -> how many; empty = nothing."""
    one, other = (x if isinstance(x, Study) else read(x) for x in (a, b))
    return diff_studies(one, other)


def formats() -> dict[str, Format]:
    """Every format by its name."""
    return dict(FORMATS)
