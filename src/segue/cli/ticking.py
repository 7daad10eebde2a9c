"""A progress bar over the blocks of a single item, on a terminal; a batch has one over its items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segue.cli.report import progress

if TYPE_CHECKING:
    from segue.cli.batch import Words
    from segue.cli.how import How
    from segue.workflow.exporting.item import Tick


@contextmanager
def ticking(how: How, words: Words, *, single: bool) -> Iterator[Tick | None]:
    """What is told how many blocks of a single item are written; None where nobody looks."""
    if not single or not progress(how.quiet or how.as_json):
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words.doing)
        yield lambda done, total: bar.update(task, completed=done, total=total)
