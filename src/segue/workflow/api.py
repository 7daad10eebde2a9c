"""The functions of ``import segue``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np

from segue.errors import UsageError
from segue.formats.format import Accepts
from segue.model.diff import diff as diff_studies
from segue.model.features import Feature
from segue.model.grid import Grid, grid_of
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.workflow.convert import Settings, check_options, chosen, open_table, write_study
from segue.workflow.derive import Policy, labels_from_shapes, shapes_from_labels
from segue.workflow.jobs.converting import run
from segue.workflow.onto_labels import onto_labels
from segue.workflow.opening import open_path, recognised, with_grid_of
from segue.workflow.opening import read as read_recognised
from segue.workflow.plan import plan
from segue.workflow.prepare import Gates, gated, joined

Overlap = Literal["last", "first", "smallest", "error"]


def read(
    path: Path | str,
    *,
    image: Path | str | None = None,
    labels: Path | str | None = None,
    table: Path | str | None = None,
    populations: Path | str | Sequence[Path | str] = (),
    from_: str | None = None,
    **options: Any,
) -> Study:
    """Read results of any format.

    Parameters
    ----------
    path
        A file, or the folder of a study.
    image
        The image that the data belong to: says how large the pixel grid is, and its pixel size.
    labels
        The label image whose segments the file names by their numbers.
    table
        Values that are joined to its objects or labels, by id or label, never by order.
    populations
        Gates made in other programs (FCS, FlowJo's CSV, tables, studies): each file is a population, called as the file or ``population=NAME``.
    from_
        Name of the format, when content and suffix do not say.
    **options
        Options of the reader (``segue formats NAME`` lists them), and of those of the table and the populations. One that has the name of a
        keyword of this function gets a ``_`` behind it: ``image_=2``.

    Returns
    -------
    Study
        Exactly what the file holds. Pixels are read when they are needed; ``with segue.read(...) as study`` closes files.

    Raises
    ------
    segue.SegueError
    """
    return _read(path, image, labels, table, paths_of(populations), from_, option_names(options))


def option_names(given: dict[str, Any]) -> dict[str, Any]:
    """Options by their names, without the ``_`` that tells those apart that are called as a keyword of the function."""
    return {name.removesuffix("_"): value for name, value in given.items()}


def paths_of(given: Path | str | Sequence[Path | str]) -> tuple[Path, ...]:
    """One path or several, as paths."""
    return tuple(map(Path, [given] if isinstance(given, str | Path) else given))


def _read(
    path: Path | str,
    image: Path | str | None,
    labels: Path | str | None,
    table: Path | str | None,
    populations: tuple[Path, ...],
    from_: str | None,
    options: dict[str, Any],
) -> Study:
    file = recognised(path, from_)
    others = [recognised(one).record for one in (*([] if table is None else [table]), *populations)]
    mine = options
    if others:
        check_options(options, file.record, file.record, *others, more=("population",) if populations else ())
        mine = {key: value for key, value in chosen(options, file.record, "read").items() if not (populations and key == "population")}
    study = read_recognised(file, mine).study
    if image is not None:
        study = with_grid_of(study, open_path(image))
    if labels is not None:
        study = onto_labels(study, open_path(labels), where=Path(path).name)[0]
    if table is not None:
        study = joined(study, frozenset(), open_table(Path(table), options), options, Path(path).name)[0]
    return gated(study, frozenset({Accepts.SHAPES}), Gates(populations), options, Path(path).name)[0] if populations else study


def write(
    study: Study, path: Path | str, *, to: str | None = None, strict: bool = False, overwrite: bool = False, overlap: Overlap = "last", **options: Any
) -> Notes:
    """Write a study; what the format cannot hold is in the notes that are returned. Options are named as for ``read``.

    Raises
    ------
    segue.SegueError
        NotesRefused with ``strict`` when anything would be lost or changed; SinkError when the path exists and ``overwrite`` is false.
    """
    settings = Settings(to=to, policy=Policy(overlap), options=option_names(options), strict=strict, overwrite=overwrite)
    return write_study(study, Path(path), settings).notes


def convert(
    source: Path | str,
    target: Path | str,
    *,
    image: Path | str | None = None,
    labels: Path | str | None = None,
    table: Path | str | None = None,
    populations: Path | str | Sequence[Path | str] = (),
    from_: str | None = None,
    to: str | None = None,
    overlap: Overlap = "last",
    strict: bool = False,
    dry_run: bool = False,
    verify: bool = False,
    overwrite: bool = False,
    **options: Any,
) -> Notes:
    """Convert one file, or with a folder or template as ``target`` many; see ``segue convert --help``. Options are named as for ``read``.

    Returns
    -------
    Notes of all items.

    Raises
    ------
    segue.SegueError
        The error of the first item that failed, after the others were converted.
    """
    gates = [str(one) for one in paths_of(populations)]
    companions = {name: None if path is None else str(path) for name, path in (("image", image), ("labels", labels), ("table", table))}
    planned = plan([str(source)], str(target), to, populations=gates, **companions)
    settings = Settings(from_, to, Policy(overlap), option_names(options), strict=strict, dry_run=dry_run, verify=verify, overwrite=overwrite)
    done = list(run(planned, settings))
    for one in done:
        if one.error is not None:
            raise one.error
    if planned.missing:
        raise UsageError(f"{planned.missing[0].name}: {planned.missing[0].missing}")
    return Notes.joined(one.result.notes for one in done if one.result)


@overload
def edit(what: Study, edits: Any) -> tuple[Study, Notes]: ...


@overload
def edit(
    what: Path | str,
    edits: Any,
    *,
    output: Path | str | None = None,
    from_: str | None = None,
    to: str | None = None,
    strict: bool = False,
    dry_run: bool = False,
    verify: bool = False,
    overwrite: bool = False,
    **options: Any,
) -> Notes: ...


def edit(what: Study | Path | str, edits: Any, *, output: Path | str | None = None, **given: Any) -> tuple[Study, Notes] | Notes:
    """Rename, delete, merge, split, relabel, tag objects: in a study in memory, in a file, or in a saved study.

    Parameters
    ----------
    what
        A study (it stays as it is), a file, or the folder of a study (edited in place; ``undo`` takes it back).
    edits
        One or several, as a recipe says them: ``{"edit": "merge", "objects": ["label:5", "label:7"]}``; see ``segue edit --help``.
    output
        Where the result goes. A file is replaced only with ``overwrite=True``.
    **given
        ``from_``, ``to``, ``strict``, ``dry_run``, ``verify``, ``overwrite`` as for ``convert``, and options of the reader and the writer.

    Returns
    -------
    The edited study and notes; of a file or saved study only notes.

    Raises
    ------
    segue.SegueError
    """
    from segue.workflow.edit import How, edit_path, edited
    from segue.workflow.edits.records import edits_of

    if isinstance(what, Study):
        if output is not None or given:
            raise UsageError("a study in memory is edited in memory; write the result with segue.write")
        study, notes, _ = edited(what, edits_of(edits))
        return study, notes
    known = {name: given.pop(name) for name in ("from_", "to", "strict", "dry_run", "verify", "overwrite") if name in given}
    return edit_path(Path(what), edits_of(edits), How(None if output is None else Path(output), options=given, **known)).notes


def undo(study: Path | str, count: int = 1) -> list[dict[str, Any]]:
    """Take back the latest edits of a saved study.

    Returns
    -------
    The edits that were taken back, the latest first.

    Raises
    ------
    segue.SegueError
        There are not that many; it is no study.
    """
    from segue.workflow.edit import undo as take_back

    return [step.edit for step in take_back(Path(study), count)]


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
