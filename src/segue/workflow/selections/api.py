"""``segue.select``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, overload

from segue.errors import InvalidOption, UsageError
from segue.model.image import LabelImage
from segue.model.study import Study
from segue.notes import Notes
from segue.workflow.jobs.running import Running
from segue.workflow.recipe_select import SelectRecipe
from segue.workflow.selections.choice import choice_of
from segue.workflow.selections.given import polygon_given, recipe_of
from segue.workflow.selections.selected import again, chosen_sets, selected
from segue.workflow.selections.task import carry_select

FILES = ("output", "from_", "to", "strict", "verify", "dry_run", "overwrite")


@overload
def select(what: Study, **given: Any) -> tuple[Study, Notes]: ...


@overload
def select(what: Path | str, **given: Any) -> Notes: ...


def select(
    what: Study | Path | str,
    *,
    region: Path | str | Sequence[Path | str] = (),
    by: str | None = None,
    gate: str | None = None,
    polygon: Path | str | None = None,
    gates: Path | str | Sequence[Path | str] = (),
    ids: Sequence[int] | Path | str | None = None,
    labels: LabelImage | Path | str | None = None,
    refresh: bool = False,
    image_set: str | Sequence[str] = (),
    **given: Any,
) -> tuple[Study, Notes] | Notes:
    """Make populations of regions, gates, lists or other populations; or run the rules of all populations again.

    Parameters
    ----------
    what
        A study in memory (it stays as it is), the folder of a study (changed in place; ``undo`` takes it back), or a file.
    region
        Files whose areas select segments.
    by
        What of a segment has to lie in a region: ``centroid`` (the usual), ``any`` pixel, the ``majority`` of them, ``mantis-1.0``, ``mantis-1.1``.
    gate
        Ranges of columns: ``"CD3 mean:100:900 & CD8 mean:50:"``.
    polygon
        ``"X,Y: x1,y1 x2,y2 x3,y3"``, or a table of corners; with ``scale`` and ``cofactor``.
    gates
        Files of gates.
    ids
        Labels of segments, as numbers or as ``"1,2,5-9"``; or, as a ``Path``, a file of labels, ids or gated events.
    labels
        The segments of an image; with ``refresh`` the new label image of a study.
    refresh
        Run the rules of all populations again, and find the lists that are stale.
    image_set
        Only these image sets, by their names or numbers.
    **given
        ``name``, ``colour``, ``replace``, ``parent``, ``union``, ``intersection``, ``difference`` (names of populations), ``scale``, ``cofactor``, ``layer``;
        for files ``output``, ``from_``, ``to``, ``strict``, ``verify``, ``dry_run``, ``overwrite``; and options of readers and the writer.

    Returns
    -------
    The study and notes; of a file or saved study only notes.

    Raises
    ------
    segue.SegueError
    """
    known = {name: given.pop(name) for name in list(given) if name in SelectRecipe.model_fields or name in ("dry_run", "overwrite", "from_")}
    body: dict[str, Any] = {"regions": _several(region), "gates": _several(gates), "by": by, "gate": gate, "refresh": refresh, "options": given}
    body |= polygon_given(None if polygon is None else str(polygon)) | _ids(ids)
    body["image_sets"] = (image_set,) if isinstance(image_set, str) else tuple(image_set)
    if isinstance(what, Study):
        return _in_memory(what, labels, known, body)
    if isinstance(labels, LabelImage):
        raise UsageError("a label image in memory goes with a study in memory; save it, and give the file")
    running = Running(dry_run=known.pop("dry_run", False), overwrite=known.pop("overwrite", False))
    recipe = recipe_of(inputs=(str(what),), labels=None if labels is None else str(labels), **known, **body)
    plan, done = carry_select(recipe, running)
    for one in done:
        if one.error is not None:
            raise one.error
    if plan.missing:
        raise UsageError(f"{plan.missing[0].name}: {plan.missing[0].missing}")
    return Notes.joined(one.result.notes for one in done if one.result)


def _in_memory(study: Study, labels: LabelImage | Path | str | None, known: dict[str, Any], body: dict[str, Any]) -> tuple[Study, Notes]:
    wrong = [*(name for name in FILES if name in known), *body["options"]]
    if wrong:
        raise InvalidOption(f"{wrong[0]} is about files; a study in memory is selected in in memory, and written with segue.write", option=wrong[0])
    if labels is not None and not isinstance(labels, LabelImage):
        raise UsageError("labels of a study in memory are a LabelImage (segue.read(path).image_sets[0].labels[0])")
    recipe = recipe_of(inputs=("study",), **known, **body)
    choice = choice_of(recipe)
    if not recipe.refresh:
        if labels is not None:
            raise UsageError("new labels go with refresh=True")
        done = selected(study, choice, recipe.image_sets)
        return done.study, done.notes
    places = chosen_sets(study, recipe.image_sets)
    if labels is not None and len(places) != 1:
        raise UsageError(f"one label image is for one image set, and there are {len(places)}; choose it with image_set=")
    done = again(study, recipe.image_sets, {} if labels is None else {places[0]: labels}, choice.layer)
    return done.study, done.notes


def _several(given: Path | str | Sequence[Path | str]) -> tuple[str, ...]:
    return (str(given),) if isinstance(given, Path | str) else tuple(map(str, given))


def _ids(given: Sequence[int] | Path | str | None) -> dict[str, str]:
    if given is None:
        return {}
    if isinstance(given, Path):
        return {"ids_file": str(given)}
    return {"ids": given if isinstance(given, str) else ",".join(map(str, given))}
