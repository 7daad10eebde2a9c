"""How a batch is carried out. Nothing of it changes what is written, only who does it, and what happens to files that exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


@dataclass(frozen=True)
class Running:
    """What was asked for, besides the recipe."""

    workers: int | None = None
    """Items that are worked on at once; None = one, which may use all cores."""
    scheduler: str | None = None
    """Address or file of the scheduler of a Dask cluster."""
    resume: bool = False
    dry_run: bool = False
    overwrite: bool = False
    with_recipe: bool = False
    """Whether each output gets a file beside it with the recipe that makes it again."""

    def team(self, items: int) -> tuple[Workers, Workers | None]:
        """(who works on the items, who works inside an item; None = as it likes).

        Several items share the cluster or the threads, and each is one piece of work; a single item may use them all.
        """
        from segue.tasks.cluster import Cluster
        from segue.tasks.workers import Threads

        everybody = Cluster(self.scheduler) if self.scheduler else Threads(self.workers) if self.workers else None
        if items < 2 or everybody is None or everybody == Threads(1):
            return Threads(1), everybody
        return everybody, Threads(1)
