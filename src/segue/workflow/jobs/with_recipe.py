"""Outputs that say how they were made: beside ``cells.csv`` lies ``cells.csv.recipe.json``, the recipe that makes this file again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, cast

from segue.notes import Notes
from segue.storage.sink import FileSink
from segue.workflow.jobs.item import BatchResult, Done, I, Work
from segue.workflow.recipe import Recipe, recipe_bytes

ENDING = ".recipe.json"


class ForItems(Protocol):
    """A recipe of many items."""

    def for_item(self, item: Any, output: Path) -> Recipe:
        """The recipe that makes one output of one item again: the item's paths, everything else as it is."""
        ...


@dataclass(frozen=True)
class Carrying(Generic[I]):
    """An item whose outputs carry their recipes."""

    item: I
    recipes: tuple[bytes, ...]
    """One per output."""

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def inputs(self) -> tuple[Path, ...]:
        return self.item.inputs

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The outputs of the item, then the files of their recipes."""
        return (*self.item.outputs, *map(recipe_beside, self.item.outputs))

    @property
    def facts(self) -> Mapping[str, Any]:
        return getattr(self.item, "facts", {})

    def at(self, outputs: tuple[Path, ...]) -> Carrying[I]:
        """The same, written elsewhere; a recipe lies beside its output."""
        return replace(self, item=self.item.at(outputs[: len(self.item.outputs)]))


@dataclass(frozen=True)
class Carried:
    """The result of such an item."""

    result: BatchResult
    written: tuple[Path, ...]

    @property
    def notes(self) -> Notes:
        return self.result.notes

    @property
    def size(self) -> int:
        return self.result.size

    @property
    def content(self) -> str:
        return self.result.content

    def to_json(self) -> dict[str, Any]:
        """As the item has it."""
        return self.result.to_json()


def recipe_beside(output: Path) -> Path:
    """Where the recipe of an output lies."""
    return output.with_name(output.name + ENDING)


def carrying(recipe: ForItems, item: I) -> Carrying[I]:
    """An item with the recipes of its outputs."""
    return Carrying(item, tuple(recipe_bytes(recipe.for_item(item, output)) for output in item.outputs))


def work_carrying(work: Work[I]) -> Work[Carrying[I]]:
    """The work, and the recipes after it."""
    return partial(_work, work=work)


def without_recipe(done: Done[Carrying[I]]) -> Done[I]:
    """What became of the item itself."""
    result = done.result.result if isinstance(done.result, Carried) else done.result
    return Done(done.number, done.item.item, result, done.error, done.before)


def _work(item: Carrying[I], overwrite: bool, *, work: Work[I]) -> Carried:  # noqa: FBT001  # as every work
    result = work(item.item, overwrite)
    written = list(_recipes_of(item, cast(list[Path], getattr(result, "written", item.item.outputs))))
    for path, data in written:
        with FileSink(path, overwrite=overwrite) as sink:
            with sink.open() as file:
                file.write(data)
            sink.keep()
    outputs = getattr(result, "written", item.item.outputs)
    return Carried(result, (*outputs, *(path for path, _ in written)))


def _recipes_of(item: Carrying[I], written: list[Path]) -> Iterator[tuple[Path, bytes]]:
    """The recipe of each file that was written; one that was not planned by its name (one per population) has that of the output it belongs to."""
    for path in written:
        fitting = (data for output, data in zip(item.item.outputs, item.recipes, strict=True) if _belongs(path.name, output.name))
        if (data := next(fitting, None)) is not None:
            yield recipe_beside(path), data


def _belongs(name: str, planned: str) -> bool:
    head, brace, tail = planned.partition("{")
    return name == planned or (bool(brace) and fnmatchcase(name, f"{_literal(head)}*{_literal(tail.partition('}')[2])}"))


def _literal(text: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in text)
