"""What a batch is made of: items, the work that is done to each, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

from segue.errors import SegueError
from segue.notes import Notes


class BatchItem(Protocol):
    """One of many things to do; a frozen dataclass that can be pickled.

    It may have ``facts``: what decides about its outputs, and is neither in a file nor a setting of the recipe (its number among the items).
    """

    @property
    def name(self) -> str:
        """What reports call it: the name of its file."""
        ...

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file whose content decides about the outputs."""
        ...

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The files or folders that it writes."""
        ...

    def at(self, outputs: tuple[Path, ...]) -> Self:
        """The same, written to other places under the same file names."""
        ...


class BatchResult(Protocol):
    """What became of an item that went well.

    It may have ``written``: the files that were written, where only the work knows them (one per population).
    """

    @property
    def notes(self) -> Notes: ...

    @property
    def size(self) -> int:
        """Bytes written."""
        ...

    @property
    def content(self) -> str:
        """What was written, in a few words: ``12 objects``."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Its facts as plain data, without the notes."""
        ...


I = TypeVar("I", bound=BatchItem)  # noqa: E741  # an item
Work = Callable[[I, bool], BatchResult]
"""(item, whether outputs that exist may be replaced) -> result; a partial of a function of a module. Raises SegueError."""


@dataclass(frozen=True)
class Done(Generic[I]):
    """What became of one item: a result, or the error that stopped it."""

    number: int
    """Its place among the items, from 0."""
    item: I
    result: BatchResult | None = None
    error: SegueError | None = None
    before: bool = False
    """It was done already by an earlier run."""


@dataclass(frozen=True)
class Named:
    """An item that was never planned as one: a result that is changed in place, or a file without its partner."""

    name: str
    inputs: tuple[Path, ...] = ()
    outputs: tuple[Path, ...] = ()

    def at(self, outputs: tuple[Path, ...]) -> Named:
        """The same, written elsewhere."""
        return Named(self.name, self.inputs, outputs)
