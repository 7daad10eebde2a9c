"""What an export will write, and everything that speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from segue.errors import SegueError, SinkError, SourceError, UsageError
from segue.workflow.exporting.item import ExportItem
from segue.workflow.plan import Plan


@dataclass(frozen=True)
class Problem:
    """Something that keeps an item, or all of them, from being exported."""

    error: SegueError
    where: str = ""
    """The item; empty = it is about the request as a whole."""
    number: int | None = None
    """Its place among the items, from 0."""

    def __str__(self) -> str:
        text = str(self.error)
        return text if not self.where or self.where in text else f"{self.where}: {text}"

    def to_json(self) -> dict[str, Any]:
        """The problem as plain data."""
        return {"item": self.where or None, **self.error.to_json()}


@dataclass(frozen=True)
class Prediction:
    """One item: what it reads, and what it will write."""

    item: ExportItem
    format: str
    source: dict[str, Any] = field(default_factory=dict)
    """The description of the source."""
    shape: tuple[int, ...] = ()
    axes: str = ""
    dtype: str = ""
    step: str | None = None
    """The axis of a sequence."""
    chunks: tuple[int, ...] = ()
    """What of the result the source decodes at once; empty = not known."""
    bytes: int = 0
    """Of all pixels, before any compression."""
    memory: int = 0
    """Bytes that are needed at once, roughly."""
    said: tuple[str, ...] = ()
    """What was assumed."""

    def to_json(self) -> dict[str, Any]:
        """The prediction as plain data."""
        outputs = [str(path) for path in self.item.outputs]
        return {
            "source": str(self.item.source),
            "nickname": self.item.nickname,
            "target": outputs[0] if outputs else None,
            "targets": outputs,
            "format": self.format,
            "input": self.source,
            "shape": list(self.shape),
            "axes": self.axes,
            "dtype": self.dtype,
            "step": self.step,
            "chunks": list(self.chunks) or None,
            "bytes": self.bytes,
            "memory": self.memory,
            "notes": list(self.said),
        }


@dataclass(frozen=True)
class ExportPlan:
    """Everything that an export will do."""

    plan: Plan[ExportItem]
    predictions: tuple[Prediction, ...]
    problems: tuple[Problem, ...] = ()
    said: tuple[str, ...] = ()

    def refuse(self) -> None:
        """Raise if there are problems: all of them in one error.

        Raises
        ------
        SegueError
            Of the class of the only problem; of several, a UsageError before a SourceError before a SinkError.
        """
        if self.problems:
            raise error_of(self.problems)


def error_of(problems: Sequence[Problem]) -> SegueError:
    """All problems as one error."""
    if len(problems) == 1:
        only = problems[0]
        return type(only.error)(str(only), **only.error.fields)
    lines = "".join(f"\n  {one}" for one in problems)
    kind = next((kind for kind in (UsageError, SourceError, SinkError) if any(isinstance(one.error, kind) for one in problems)), SegueError)
    return kind(f"{len(problems)} problems, and nothing was written:{lines}", problems=len(problems))
