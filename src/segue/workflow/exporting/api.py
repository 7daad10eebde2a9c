"""``segue.export``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from segue.errors import UsageError
from segue.model.study import ImageSet
from segue.notes import Notes
from segue.workflow.exporting.choice import Exporting, exporting_of
from segue.workflow.exporting.given import image_sets_of
from segue.workflow.exporting.inputs import Entry
from segue.workflow.exporting.item import export_chosen
from segue.workflow.exporting.plan import plan_entries
from segue.workflow.exporting.source import chosen, parts_of
from segue.workflow.jobs.item import Done
from segue.workflow.jobs.running import Running
from segue.workflow.recipe import VERSION, parse_recipe
from segue.workflow.recipe_export import ExportRecipe
from segue.workflow.running import run

NAME = "image"
"""What pixels without a name are called."""


def export(
    image: Any,
    output: Path | str | None = None,
    *,
    overwrite: bool = False,
    resume: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    dry_run: bool = False,
    input_axes: str | None = None,
    **settings: Any,
) -> list[Done[Any]]:
    """Write pixels: cut out, renormalised, in another number type, order of axes and format.

    Parameters
    ----------
    image
        A file, folder, pattern or study on disk, or several of them in a list; a recipe (``{"inputs": [...], "output": ...}``); or what is in
        memory: an array, pixels read region by region, an ``Image``, label image, image set or study.
    output
        A file, a folder ending in ``/``, or a template such as ``out/{nickname}_{slice_index}.png``; see ``segue export --help``.
    overwrite
        Whether outputs that exist may be replaced.
    resume
        Whether what an earlier run did is left alone.
    workers, scheduler
        How many work at once, or the address of a Dask scheduler. The outputs do not depend on it.
    dry_run
        Check everything, and write nothing.
    input_axes
        One letter of ``t c z y x`` per dimension; of arrays without it: yx, zyx, tzyx.
    **settings
        As on the command line: ``cutout="x=10:60"``, ``renormalize="0:1->0:255"``, ``dtype="uint8"``, ``axes="cyx"``, ``format="hdf5"``,
        ``source``, ``step``, ``scales``, ``convert``, ``strict``, ``options={...}``, ...

    Returns
    -------
    What became of each item: ``item`` (with ``outputs``), and ``result`` (with ``notes``) or ``error``.

    Raises
    ------
    segue.SegueError
        Before anything is computed: with every problem that there is.
    """
    how: dict[str, Any] = {"overwrite": overwrite, "resume": resume, "workers": workers, "scheduler": scheduler, "dry_run": dry_run}
    given = settings | ({} if input_axes is None else {"input_axes": input_axes})
    if isinstance(image, Mapping):
        return run({"task": "export", **image, **given, **({} if output is None else {"output": str(output)})}, **how)
    if output is None:
        raise UsageError("say where the pixels go: segue.export(image, output)")
    if isinstance(image, str | Path) or (isinstance(image, list | tuple) and all(isinstance(one, str | Path) for one in image)):
        inputs = [str(image)] if isinstance(image, str | Path) else [str(one) for one in image]
        return run({"task": "export", "inputs": inputs, "output": str(output), **given}, **how)
    recipe = parse_recipe(orjson.dumps({"segue": VERSION, "task": "export", "inputs": [NAME], "output": str(output), **settings}, default=str), "segue.export")
    assert isinstance(recipe, ExportRecipe)
    return _of_memory(image_sets_of(image, input_axes), recipe, Running(workers, scheduler, resume, dry_run, overwrite))


def _of_memory(sets: tuple[ImageSet, ...], recipe: ExportRecipe, running: Running) -> list[Done[Any]]:
    """Export what is in memory, one image set after the other."""
    how = exporting_of(recipe)
    found = list(_entries(sets, recipe, how))
    planned = plan_entries(found, recipe, how, replacing=running.overwrite)
    planned.refuse()
    _, inner = running.team(1)
    done = []
    for number, (entry, one) in enumerate(zip(found, planned.predictions, strict=True)):
        assert entry.chosen is not None
        result = export_chosen(one.item, entry.chosen, Notes(), how, inner, overwrite=running.overwrite, dry_run=running.dry_run)
        done.append(Done(number, one.item, result))
    return done


def _entries(sets: tuple[ImageSet, ...], recipe: ExportRecipe, how: Exporting) -> Iterator[Entry]:
    for number in parts_of(sets, recipe.image_set, "the study"):
        name = sets[number].name or (NAME if len(sets) == 1 else f"{NAME}-{number + 1}")
        called = recipe.nicknames[0] if len(recipe.nicknames) == len(sets) == 1 else name
        yield Entry((Path(name),), called, None if len(sets) == 1 else number + 1, chosen(sets[number], how, name))
