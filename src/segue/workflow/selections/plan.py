"""What a selection will do, decided before anything is read: inputs, their labels, outputs, collisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segue.errors import NotFound, UsageError
from segue.formats.catalog import named
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.storage.names import safe_name
from segue.storage.source import nickname
from segue.workflow.measuring.plan import is_folder, segments
from segue.workflow.pairing import Pair, files_of, fill
from segue.workflow.plan import Plan, Planned, job_folder
from segue.workflow.recipe_select import SelectRecipe
from segue.workflow.selections.item import IMAGE_SET, SelectItem
from segue.workflow.targets import target_format


def plan_select(recipe: SelectRecipe) -> Plan[SelectItem]:
    """Plan a selection.

    Raises
    ------
    UsageError
        Nothing says where a result goes, or several would go to one file.
    SourceError
        An input does not exist.
    """
    pairs = [pair for one in recipe.inputs for pair in _pairs(one, recipe)]
    planned = tuple(Planned(pair, _item(pair, recipe)) for pair in pairs)
    batch = len(pairs) > 1 if recipe.output is None else is_folder(recipe.output, recipe.to) or "{" in recipe.output
    items = [one.item for one in planned if one.item is not None]
    _check(items, recipe, batch=batch)
    targets = [item.outputs[0] for item in items]
    return Plan(planned, batch, job_folder(recipe.output, targets) if batch and recipe.output is not None else None)


def is_study(path: Path) -> bool:
    """Whether a path is a study by its name: what can be changed in place."""
    return path.name.lower().endswith(STUDY.suffixes) or (path.is_dir() and (path / "study.json").is_file())


def _pairs(given: str, recipe: SelectRecipe) -> list[Pair]:
    """The inputs, each with the file of its segments in ``image`` and ``source`` as ``measuring.plan.segments`` has them."""
    files = [Path(given)] if is_study(Path(given)) else files_of(given)
    if not all(file.exists() for file in files):
        raise NotFound(f"there is no {given}", path=given)
    studies = [Pair(nickname(file), _labels(file, recipe), file) for file in files if is_study(file)]
    others = [str(file) for file in files if not is_study(file)]
    if recipe.labels is not None:
        return studies + (segments(others, recipe.labels) if others else [])
    return studies + [_with_own(pair, Path(file)) for file in others for pair in segments([file], None)]


def _with_own(pair: Pair, file: Path) -> Pair:
    """An image with the mask beside it; else, as for a mask that is named alone, what its own file holds."""
    return pair if pair.image is not None and not pair.missing else Pair(pair.name, file, file)


def _labels(study: Path, recipe: SelectRecipe) -> Path | None:
    """The new labels of a study."""
    return None if recipe.labels is None else fill(recipe.labels.replace(IMAGE_SET, "{" + IMAGE_SET + "}"), study)


def _item(pair: Pair, recipe: SelectRecipe) -> SelectItem | None:
    path = pair.image
    if pair.missing or path is None:
        return None
    labels = None if pair.source == path else pair.source
    ids = None if recipe.ids_file is None else fill(recipe.ids_file, path)
    polygon = () if recipe.polygon_file is None else (Path(recipe.polygon_file),)
    files = (*map(Path, (*recipe.regions, *recipe.gates)), *polygon)
    target = path if recipe.output is None else _target(recipe.output, pair, recipe)
    return SelectItem(path, (target,), labels, ids, files, in_place=recipe.output is None)


def _target(output: str, pair: Pair, recipe: SelectRecipe) -> Path:
    if is_folder(output, recipe.to):
        record = named(recipe.to) if recipe.to else STUDY
        return Path(output) / (safe_name(pair.name) + record.ending)
    if "{" not in output:
        return Path(output)
    assert pair.image is not None
    record = named(recipe.to) if recipe.to else target_format(Path(output), None)
    try:
        return Path(
            output.format(nickname=pair.name, dataset_dir=pair.image.parent, parent=pair.image.resolve().parent.name, ext=record.suffixes[0].lstrip("."))
        )
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(f"{output!r} cannot be filled: use {{nickname}}, {{parent}}, {{dataset_dir}} and {{ext}}") from error


def _check(items: Sequence[SelectItem], recipe: SelectRecipe, *, batch: bool) -> None:
    wrong = next((item for item in items if item.in_place and not is_study(item.input)), None)
    if wrong is not None:
        raise UsageError(f"say where the result is to go: -o OUT (only a study, NAME.segue, is changed in place; {wrong.input.name} is none)")
    if recipe.output is not None and not batch and len(items) > 1:
        raise UsageError(
            f"{len(items)} inputs cannot be written to the one file {recipe.output}; use a template such as 'out/{{nickname}}.segue', or a folder ending in /"
        )
    seen: dict[str, str] = {}
    for item in items:
        target = item.outputs[0]
        if not item.in_place and target.resolve() in {path.resolve() for path in item.inputs}:
            raise UsageError(f"{target} is read, so it cannot be the output; choose another name")
        key = str(target.absolute()).casefold()
        if key in seen:
            raise UsageError(
                f"{seen[key]} and {item.name} would both be written to {target}; use a template that tells them apart, such as '{{parent}}-{{nickname}}'"
            )
        seen[key] = item.name
