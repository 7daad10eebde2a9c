"""Which pictures will be made, decided before a pixel is read: images, their segments, outputs, collisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from segue.errors import UsageError
from segue.storage.names import safe_name
from segue.storage.source import split_suffix
from segue.workflow.exporting.container import Container
from segue.workflow.measuring.inputs import opened
from segue.workflow.measuring.plan import segments
from segue.workflow.opening import recognised
from segue.workflow.pairing import Pair, fill_all
from segue.workflow.plan import Plan, Planned, job_folder
from segue.workflow.recipe_render import RenderRecipe
from segue.workflow.rendering.item import RenderItem
from segue.workflow.rendering.settings import beside

IMAGE_SET = "{image_set}"


def plan_render(recipe: RenderRecipe, container: Container) -> Plan[RenderItem]:
    """Plan pictures: one for each image set of each input.

    Raises
    ------
    UsageError
        Several pictures would be written to one file, or over an input.
    SourceError
        An input does not exist, or cannot be read.
    """
    pairs = [_with_files(pair, recipe) for pair in segments(recipe.inputs, recipe.labels)]
    planned = tuple(one for pair in pairs for one in _planned(pair, recipe, container))
    batch = "{" in recipe.output or _is_folder(recipe.output)
    _check(planned, recipe.output, batch=batch)
    targets = [path for one in planned if one.item for path in one.item.outputs]
    return Plan(planned, batch, job_folder(recipe.output, targets) if batch else None)


def _with_files(pair: Pair, recipe: RenderRecipe) -> Pair:
    """The pair, missing where one of its files of populations is."""
    absent = next((file for file in _populations(pair, recipe) if not file.exists()), None)
    return pair if absent is None else replace(pair, missing=f"no file {absent}")


def _populations(pair: Pair, recipe: RenderRecipe) -> tuple[Path, ...]:
    return () if pair.missing or pair.image is None else tuple(file for template in recipe.populations for file in fill_all(template, pair.image))


def _planned(pair: Pair, recipe: RenderRecipe, container: Container) -> Iterator[Planned[RenderItem]]:
    if pair.missing or pair.image is None:
        yield Planned(pair, None)
        return
    labels = None if pair.source == pair.image else pair.source
    item = RenderItem(pair.image, (), labels, _populations(pair, recipe), nickname=pair.name, beside=recipe.labels is None and labels is not None)
    item = item if recipe.display_file is None else replace(item, display=Path(recipe.display_file))
    for part, name in _parts(pair.image, recipe):
        yield Planned(pair, item_at(replace(item, part=part), recipe, container, name))


def _parts(image: Path, recipe: RenderRecipe) -> list[tuple[str | int | None, str]]:
    """The image sets of a file, and their names in outputs. Files of formats that hold one are not opened for that."""
    if recipe.image_set is not None:
        return [(None, str(recipe.image_set))]
    if not recognised(image, recipe.from_).record.many:
        return [(None, "")]
    with opened(image, recipe.options, recipe.from_).study as study:
        names = [s.name for s in study.image_sets]
        if len(names) < 2:
            return [(None, names[0] if names else "")]
        told_apart = all(names) and len(set(names)) == len(names)
        return [(names[nth] if told_apart else nth + 1, names[nth] or str(nth + 1)) for nth in range(len(names))]


def item_at(item: RenderItem, recipe: RenderRecipe, container: Container, name: str) -> RenderItem:
    """The item with the places of its picture and its settings; ``name`` is that of the image set."""
    picture = _target(item, recipe.output, container, name)
    more = () if recipe.settings is None else (beside(picture, recipe.settings),)
    return replace(item, outputs=(picture, *more))


def _is_folder(output: str) -> bool:
    return output.endswith(("/", "\\")) or Path(output).is_dir()


def _target(item: RenderItem, output: str, container: Container, name: str) -> Path:
    if _is_folder(output):
        called = item.nickname if item.part is None else f"{item.nickname}-{name}"
        return Path(output) / (safe_name(called) + container.ending)
    if "{" not in output:
        return Path(output)
    home = item.image.parent
    try:
        ext = container.ending.lstrip(".")
        return Path(output.format(nickname=item.nickname, dataset_dir=home, parent=home.resolve().name, ext=ext, image_set=safe_name(name or item.nickname)))
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(f"{output!r} cannot be filled: use {{nickname}}, {{image_set}}, {{parent}}, {{dataset_dir}} and {{ext}}") from error


def _check(planned: Sequence[Planned[RenderItem]], output: str, *, batch: bool) -> None:
    items = [one.item for one in planned if one.item]
    if not batch and len(planned) > 1:
        stem, suffix = split_suffix(output)
        several = any(item.part is not None for item in items)
        example = f"{stem}-{IMAGE_SET if several else '{nickname}'}{suffix}"
        hint = " or choose one with --image-set" if several else ""
        raise UsageError(f"{len(planned)} pictures cannot be written to the one file {output}; use a template such as '{example}', a folder ending in /,{hint}")
    seen: dict[str, RenderItem] = {}
    for item in items:
        read = {path.resolve() for path in item.inputs}
        for target in item.outputs:
            if target.resolve() in read:
                raise UsageError(f"{target} is an input, so it cannot be the output; choose another name", target=target)
            other = seen.setdefault(str(target.absolute()).casefold(), item)
            if other is not item:
                hint = f"put {IMAGE_SET} into its name" if other.image == item.image else "use a template that tells them apart, such as '{parent}-{nickname}'"
                raise UsageError(f"{other.name} and {item.name} would both be written to {target}; {hint}", target=target)
