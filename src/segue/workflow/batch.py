"""Running a plan: item after item, going on after one that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segue.errors import SegueError
from segue.workflow.convert import Item, Result, Settings, convert_item
from segue.workflow.plan import Plan


@dataclass(frozen=True)
class Done:
    """What became of one item: a result, or the error that stopped it."""

    item: Item
    result: Result | None = None
    error: SegueError | None = None


def run(plan: Plan, settings: Settings) -> Iterator[Done]:
    """Convert the items of a plan one by one.

    Raises
    ------
    SegueError
        The first error, where the plan is of one file. In a batch a failed item is yielded with its error and the next one is converted.
    """
    for item in plan.items:
        try:
            yield Done(item, convert_item(item, settings))
        except SegueError as error:
            if not plan.batch:
                raise
            yield Done(item, error=error)
