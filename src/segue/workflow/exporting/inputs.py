"""The items that the inputs of an export stand for, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from segue.errors import SegueError, UsageError
from segue.formats.format import Format
from segue.model.study import ImageSet
from segue.storage.source import nickname
from segue.workflow.exporting.choice import Exporting
from segue.workflow.exporting.source import Chosen, chosen, opened, parts_of
from segue.workflow.pairing import files_of
from segue.workflow.recipe_export import ExportRecipe
from segue.workflow.stacking import stack_files, stack_name


@dataclass(frozen=True)
class Entry:
    """One image set of an input."""

    files: tuple[Path, ...]
    nickname: str
    part: int | None
    """Number, from 1, of the image set in a file of several."""
    chosen: Chosen | None
    """None = it cannot be exported."""
    record: Format | None = None
    """The format of the input."""
    error: SegueError | None = None
    """Why it cannot be exported."""

    @property
    def name(self) -> str:
        return self.files[0].name if self.part is None else self.nickname


def files_of_items(recipe: ExportRecipe) -> list[tuple[tuple[Path, ...], str]]:
    """(files, nickname) of each input: a file each, or all of them as one stack.

    Raises
    ------
    NotFound
        An input does not exist.
    UsageError
        There are not as many nicknames as inputs.
    """
    if recipe.stack_along is not None:
        files = tuple(stack_files(recipe.inputs))
        items = [(files, stack_name(files))]
    else:
        items = [((file,), nickname(file)) for one in recipe.inputs for file in files_of(one)]
    if recipe.nicknames and len(recipe.nicknames) != len(items):
        raise UsageError(f"{len(recipe.nicknames)} nicknames were given for {len(items)} inputs; give one for each, in their order")
    return [(files, given) for (files, _), given in zip(items, recipe.nicknames, strict=True)] if recipe.nicknames else items


def entries(files: tuple[Path, ...], name: str, recipe: ExportRecipe, how: Exporting) -> Iterator[Entry]:
    """The image sets of an input, those that cannot be read with the reason."""
    where = files[0].name
    try:
        file = opened(files, how)
        with file.study as study:
            parts = parts_of(study.image_sets, recipe.image_set, where)
            several = len(study.image_sets) > 1
            for number in parts:
                s = study.image_sets[number]
                called = name if not several or (recipe.nicknames and len(parts) == 1) else f"{name}-{s.name or number + 1}"
                yield _entry(Entry(files, called, number + 1 if several else None, None, file.record), s, how, where)
    except SegueError as error:
        yield Entry(files, name, None, None, error=error)


def _entry(entry: Entry, s: ImageSet, how: Exporting, where: str) -> Entry:
    try:
        return replace(entry, chosen=chosen(s, how, where))
    except SegueError as error:
        return replace(entry, error=error)
