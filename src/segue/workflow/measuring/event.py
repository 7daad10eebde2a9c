"""What the history of a study says about a measurement or a segmentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from segue import __version__
from segue.model.study import Event
from segue.workflow.jobs.files import look_at_input
from segue.workflow.jobs.places import seen_from
from segue.workflow.recipe import recipe_bytes
from segue.workflow.recipe_measure import MeasureRecipe
from segue.workflow.recipe_segment import SegmentRecipe


def event_of(recipe: MeasureRecipe | SegmentRecipe, item: Any, target: Path) -> Event:
    """What was done to an item, as history.

    The recipe makes the study again; its places are relative to the folder that holds the study, so that nothing in it is about one computer.

    Parameters
    ----------
    recipe
        What was asked for.
    item
        A ``MeasureItem`` or ``SegmentItem``.
    target
        The study that is written.
    """
    item, target = _as_planned(item, target)
    placed = seen_from(recipe.for_item(item, target), Path.cwd(), target.absolute().parent)
    inputs = tuple((path.name, look_at_input(path, path.name).sha256) for path in item.inputs if not path.is_dir())
    return Event(recipe.task, __version__, recipe_bytes(placed).decode(), inputs)


def _as_planned(item: Any, target: Path) -> tuple[Any, Path]:
    """The item and the path as they were planned, where the item is done elsewhere to compare it with what is there."""
    stated: tuple[Path, ...] = getattr(item, "stated", ())
    for here, planned in zip(item.outputs, stated, strict=False):
        if target.parent == here.parent and (target == here or "{" in here.name):
            return item.at(stated), planned if target == here else planned.with_name(target.name)
    return item, target
