"""What a segmentation will do, decided before a pixel is read: images, outputs, collisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segue.errors import UsageError
from segue.workflow.convert import Item
from segue.workflow.measuring.outputs import one_each, record_of
from segue.workflow.pairing import files_of, mask_of
from segue.workflow.plan import Plan, Planned, plan
from segue.workflow.recipe_segment import SegmentRecipe
from segue.workflow.segmenting.item import SegmentItem


def plan_segment(recipe: SegmentRecipe) -> Plan[SegmentItem]:
    """Plan a segmentation.

    Raises
    ------
    UsageError
        Several images would be written to one file, or an output would replace an input.
    SourceError
        An input does not exist.
    """
    images = images_of(recipe.inputs)
    plans = [plan(images, one, to) for one, to in zip(recipe.outputs, formats_of(recipe), strict=True)]
    several = plans[0].batch
    planned = tuple(_planned(parts, number if several else None) for number, parts in enumerate(zip(*(one.planned for one in plans), strict=True), 1))
    for one in plans[1:]:
        if one.batch != plans[0].batch:
            raise UsageError(f"{recipe.outputs[0]} and the other outputs differ: either all are templates or folders, or none")
    _refuse_collisions([one.item for one in planned if one.item])
    return Plan(planned, plans[0].batch, plans[0].folder)


def _planned(parts: tuple[Planned[Item], ...], number: int | None) -> Planned[SegmentItem]:
    """One image with all its outputs."""
    items = [part.item for part in parts if part.item is not None]
    return Planned(parts[0].pair, SegmentItem(items[0].source, tuple(one.target for one in items), number) if items else None)


def formats_of(recipe: SegmentRecipe) -> tuple[str, ...]:
    """The name of the format of each output.

    Raises
    ------
    UsageError
        As many formats as were named fit neither all outputs nor each; JPEG and the like; a folder and no format.
    UnknownFormat
    """
    to = one_each(recipe.to, len(recipe.outputs))
    return tuple(record_of(Path(one), name, recipe.preset).name for one, name in zip(recipe.outputs, to, strict=True))


def images_of(inputs: Sequence[str]) -> list[str]:
    """The files that are segmented: of a folder its images, without the masks that lie beside them."""
    found = []
    for one in inputs:
        files = files_of(one)
        images = [file for file in files if mask_of(file) is None] if Path(one).is_dir() else files
        found += [str(file) for file in images or files]
    return found


def _refuse_collisions(items: Sequence[SegmentItem]) -> None:
    seen: dict[str, str] = {}
    for item in items:
        for target in item.outputs:
            if target.resolve() == item.image.resolve():
                raise UsageError(f"{target} is the image, so it cannot be the output; choose another name")
            key = str(target.absolute()).casefold()
            if key in seen:
                raise UsageError(f"two outputs would both be {target}; give each a name or folder of its own")
            seen[key] = item.name
