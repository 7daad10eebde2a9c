"""What the history of a study says about a measurement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from segue import __version__
from segue.model.study import Event
from segue.workflow.jobs.files import look_at_input
from segue.workflow.jobs.places import seen_from
from segue.workflow.recipe import recipe_bytes
from segue.workflow.recipe_measure import MeasureRecipe


def event_of(recipe: MeasureRecipe, item: Any, target: Path) -> Event:
    """The measurement of an item as history.

    The recipe makes the study again; its places are relative to the folder that holds the study, so that nothing in it is about one computer.

    Parameters
    ----------
    recipe
        What was asked for.
    item
        A ``MeasureItem``.
    target
        The study that is written.
    """
    placed = seen_from(recipe.for_item(item, target), Path.cwd(), target.absolute().parent)
    inputs = tuple((path.name, look_at_input(path, path.name).sha256) for path in item.inputs if not path.is_dir())
    return Event("measure", __version__, recipe_bytes(placed).decode(), inputs)
