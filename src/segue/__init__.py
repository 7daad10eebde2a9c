"""segue: every result of a bioimage analysis, in and out of every tool, nothing lost in silence.

Importing this module loads nothing heavy: each public name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segue.errors import SegueError
    from segue.model.study import ImageSet, Study
    from segue.notes import Note, Notes
    from segue.workflow.api import convert, diff, edit, formats, outline, rasterize, read, undo, write

__version__ = "0.1.0"

_HOME = {
    **dict.fromkeys(("convert", "diff", "edit", "formats", "outline", "rasterize", "read", "undo", "write"), "segue.workflow.api"),
    **dict.fromkeys(("ImageSet", "Study"), "segue.model.study"),
    **dict.fromkeys(("Note", "Notes"), "segue.notes"),
    "SegueError": "segue.errors",
}

__all__ = ["ImageSet", "Note", "Notes", "SegueError", "Study", "convert", "diff", "edit", "formats", "outline", "rasterize", "read", "undo", "write"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'segue' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
