"""The page of actions: what each needs, from the table of rules."""

from __future__ import annotations

from markdown import code, page, table

from segue.formats.catalog import FORMATS
from segue.workflow.enabling import ACTIONS, Action

INTRODUCTION = """What can be read into an image set, made in it or written from it, and what it has to have for that. `segue inspect PATH --actions`
answers for a file, with `--json` for programs; in Python `segue.actions(study)`. A command that cannot do something refuses with the same sentence. No pixel is
read to find out."""

WORDS = """A *segmentation* is a label image, or outlines that enclose pixels and are not regions; where no pixels are needed, a list of segments is enough.
A *region* is an object of the layer `regions` that encloses pixels. What belongs to the whole study (populations, gates, settings of channels) counts for each
of its image sets."""


def text() -> str:
    """The whole page."""
    return page("What can be done now", INTRODUCTION, table(("action", "what it needs", "formats"), map(_row, ACTIONS)), WORDS)


def _row(action: Action) -> tuple[str, str, str]:
    formats = ", ".join(code(name) for name, record in FORMATS.items() if record.enabled_by == action.name)
    return action.name, action.condition, formats
