"""Files about all items of a batch, such as a summary, in its record: made when the items are done, and deleted with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from segue import __version__
from segue.storage.lock import write_lock
from segue.workflow.job_folder import FOLDER
from segue.workflow.jobs import manifest
from segue.workflow.jobs.entry import Entry, place
from segue.workflow.jobs.files import look_at_output
from segue.workflow.jobs.places import settings_digest
from segue.workflow.recipe import Recipe


def record_beside(base: Path | None, recipe: Recipe, paths: Sequence[Path]) -> None:
    """Enter files that were written for all items of a batch into its record, if it keeps one.

    Raises
    ------
    SinkError
        The record cannot be written.
    """
    if base is None or not paths or not (base / FOLDER / manifest.NAME).is_file():
        return
    base = base.absolute()
    folder = base / FOLDER
    with write_lock(folder):
        entries = manifest.read(folder / manifest.NAME)
        for path in paths:
            named = place(path, base)
            outputs = tuple(one for one in (look_at_output(path, named),) if one is not None)
            entries[named] = Entry(path.name, (named,), (), outputs, settings_digest(recipe), __version__, "about all items", {})
        manifest.rewrite(folder / manifest.NAME, list(entries.values()))
        plan = orjson.loads((folder / "plan.json").read_bytes())
        known = plan["places"]
        outside = [named for path in paths if (named := place(path, base)).startswith("../") and named not in known]
        manifest.put(folder / "plan.json", orjson.dumps({**plan, "places": [*known, *outside]}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
