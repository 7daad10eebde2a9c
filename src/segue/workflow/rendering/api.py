"""``segue.render``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from segue.errors import Incompatible, UsageError
from segue.model.display import Display
from segue.model.image import ArrayPixels, LabelImage, Pixels
from segue.model.populations import Membership
from segue.model.study import Study
from segue.render.scene import Scene
from segue.storage.sink import FileSink
from segue.tasks.workers import Threads
from segue.workflow.exporting.given import image_sets_of
from segue.workflow.recipe import VERSION, parse_recipe
from segue.workflow.recipe_render import RenderRecipe
from segue.workflow.rendering.choice import rendering_of
from segue.workflow.rendering.parts import shown_part
from segue.workflow.rendering.scene import Picture, picture_of
from segue.workflow.running import run

NAME = "image"
"""What sentences call an image in memory."""
_STRIP = 1 << 20
"""Pixels that are painted at a time."""
_RUNNING = ("overwrite", "resume", "workers", "scheduler", "dry_run")


def render(
    image: Any,
    output: Path | str | None = None,
    *,
    labels: Any = None,
    display: Display | str | None = None,
    input_axes: str | None = None,
    overwrite: bool = False,
    **settings: Any,
) -> Any:
    """Make pictures: channels in colours, segments, populations, regions and drawings, legend and scale bar.

    Parameters
    ----------
    image
        An array ((y, x), or with ``input_axes``, such as ``"cyx"``), pixels, an ``Image``, label image, image set or study; or files: a path, or
        several in a list; or a recipe (``{"inputs": [...], "output": ...}``).
    output
        A picture, or for files also a folder ending in ``/`` or a template; None = the picture is handed back.
    labels
        Of what is in memory: a label image, as an array (y, x) (with planes: z y x, or t z y x) or ``LabelImage``. Of files: the template of the
        files with the segments.
    display
        A ``Display``, or the name of a preset of the study. Settings come on top of it.
    input_axes
        One letter of ``t c z y x`` per dimension of an array.
    overwrite
        Whether a file that exists may be replaced.
    **settings
        As on the command line: ``channels=("DAPI=blue", "CD3=green:0:200")``, ``crop="x=10:60"``, ``plane="z=3"``, ``fill=0.3``, ``outlines=False``,
        ``outline_colour="white"``, ``show_populations=("T cells",)``, ``population_fill=0.5``, ``legend=True``, ``scale_bar="20um"``, ``text=True``,
        ``image_set=...``, ``settings="json"``; for files also ``populations``, ``workers``, ``resume``, ``dry_run``.

    Returns
    -------
    Without ``output`` the picture: (y, x, 3) uint8 red, green, blue. Else what became of each item: ``item`` (with ``outputs``), and ``result`` (with
    ``notes``) or ``error``; of what is in memory the path.

    Raises
    ------
    segue.SegueError
    """
    if isinstance(image, Mapping):
        given = {**image, **settings} | ({} if output is None else {"output": str(output)})
        how = {name: given.pop(name) for name in _RUNNING if name in given}
        return run({"task": "render", **given}, overwrite=overwrite, **how)
    if output is not None and (isinstance(image, str | Path) or _are_paths(image)):
        return _of_files(image, output, labels, display, overwrite=overwrite, settings=settings)
    recipe = _recipe(output, display, settings)
    study = _study(image, labels, input_axes)
    with study:
        picture = _picture(study, recipe, display if isinstance(display, Display) else None)
        if output is not None:
            return _written(picture, recipe, overwrite=overwrite)
        return _whole(picture.scene)


def _whole(scene: Scene) -> np.ndarray[Any, Any]:
    """All pixels of a picture, painted in strips of about a million."""
    height, width, colours = scene.shape
    found = np.empty(scene.shape, np.uint8)
    rows = max(_STRIP // max(width, 1), 1)
    parts = [(slice(top, min(top + rows, height)), slice(0, width), slice(0, colours)) for top in range(0, height, rows)]
    team = Threads(1) if len(parts) == 1 else Threads()
    for region, strip in zip(parts, team.run(scene.read, parts), strict=True):
        found[region] = strip
    return found


def _are_paths(given: Any) -> bool:
    return isinstance(given, list | tuple) and bool(given) and all(isinstance(one, str | Path) for one in given)


def _of_files(image: Any, output: Path | str, labels: Any, display: Any, *, overwrite: bool, settings: dict[str, Any]) -> Any:
    if isinstance(display, Display):
        raise UsageError("a Display in memory goes with an image in memory: render(segue.read(...), output, display=...); for files name a preset or a file")
    inputs = [str(image)] if isinstance(image, str | Path) else [str(one) for one in image]
    how = {name: settings.pop(name) for name in _RUNNING if name in settings}
    more = {"labels": str(labels)} if labels is not None else {}
    more |= {"display": display} if display is not None else {}
    return run({"task": "render", "inputs": inputs, "output": str(output), **more, **settings}, overwrite=overwrite, **how)


def _recipe(output: Path | str | None, display: Display | str | None, settings: dict[str, Any]) -> RenderRecipe:
    body = {"inputs": [NAME], "output": str(output or "picture.png"), **settings} | ({"display": display} if isinstance(display, str) else {})
    recipe = parse_recipe(orjson.dumps({"segue": VERSION, "task": "render", **body}, default=str), "segue.render")
    assert isinstance(recipe, RenderRecipe)
    return recipe


def _study(image: Any, labels: Any, axes: str | None) -> Study:
    if isinstance(image, str | Path):
        from segue.workflow.opening import open_path

        return _with_labels(open_path(image).study, labels)
    if isinstance(image, Study):
        return _with_labels(image, labels)
    known = (replace(s, membership=Membership.empty()) for s in image_sets_of(image, axes))  # populations are of a study
    return _with_labels(Study(tuple(known)), labels)


def _with_labels(study: Study, labels: Any) -> Study:
    if labels is None:
        return study
    if isinstance(labels, str | Path):
        from segue.notes import Notes
        from segue.workflow.measuring.inputs import with_segments
        from segue.workflow.opening import Opened, open_path

        given = open_path(labels)
        return with_segments(Opened(study, Notes(), given.record, given.source), given, {})[0]
    if len(study.image_sets) != 1:
        raise Incompatible(f"labels go with one image, and the study has {len(study.image_sets)} image sets")
    found = labels if isinstance(labels, LabelImage) else _label_image(labels)
    return study.map(lambda s: replace(s, labels=(*(one for one in s.labels if one.name != found.name), found)))


def _label_image(labels: Any) -> LabelImage:
    pixels = labels if isinstance(labels, Pixels) else ArrayPixels(np.asarray(labels))
    try:
        return LabelImage(pixels, "tzyx"[-len(pixels.shape) :])
    except ValueError as error:
        raise UsageError(f"labels: {error}") from error


def _picture(study: Study, recipe: RenderRecipe, display: Display | None) -> Picture:
    how = rendering_of(recipe)
    s = shown_part(study.image_sets, how.image_set, "the study")
    return picture_of(study, s, how, s.name or NAME, display=display)


def _written(picture: Picture, recipe: RenderRecipe, *, overwrite: bool) -> Path:
    from segue.workflow.rendering.item import write_picture
    from segue.workflow.rendering.settings import beside
    from segue.workflow.rendering.task import container_for, task_of

    target = Path(recipe.output)
    outputs = (target, *(() if recipe.settings is None else (beside(target, recipe.settings),)))
    for one in outputs:
        FileSink(one, overwrite=overwrite)
    write_picture(picture, outputs, task_of(recipe, container_for(recipe)), None, overwrite=overwrite)
    return target
