"""``segue.merge``: importing into a study, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from segue.workflow.merge import Outcome, merge_paths
from segue.workflow.recipe import VERSION, parse_recipe
from segue.workflow.recipe_merge import MergeRecipe


def merge(inputs: str | Path | Sequence[str | Path], study: str | Path, **wanted: Any) -> Outcome:
    """Import results into a study; see ``segue merge --help``.

    Parameters
    ----------
    inputs
        A file, a folder, a pattern, or several of them.
    study
        The study (``NAME.segue``).
    **wanted
        ``only``, ``overwrite``, ``map``, ``skip_incompatible``, ``add_image_sets``, ``pixels``, ``from_``, ``options`` as in ``MergeRecipe``; and ``dry_run``.

    Returns
    -------
    ``notes``, ``number`` of the edit in the study's journal, and for a dry run ``differences``.

    Raises
    ------
    segue.SegueError
        Nothing was imported then.

    Examples
    --------
    >>> segue.merge("annotations.json", "cells.segue", map=["time=+1"])  # doctest: +SKIP
    """
    dry_run = bool(wanted.pop("dry_run", False))
    several = [inputs] if isinstance(inputs, str | Path) else inputs
    if "from_" in wanted:
        wanted["from"] = wanted.pop("from_")
    body = {"segue": VERSION, "task": "merge", "inputs": [str(one) for one in several], "study": str(study), **wanted}
    recipe = parse_recipe(orjson.dumps(body, default=str), "segue.merge")
    assert isinstance(recipe, MergeRecipe)
    return merge_paths(recipe.inputs, Path(recipe.study), recipe.how(dry_run=dry_run), recipe.plain())
