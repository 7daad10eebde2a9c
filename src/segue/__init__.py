"""segue: every result of a bioimage analysis, in and out of every tool, nothing lost in silence.

Importing this module loads nothing heavy: each public name is loaded when it is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segue import formats
    from segue.errors import SegueError
    from segue.model.study import ImageSet, Study
    from segue.notes import Note, Notes
    from segue.workflow.api import convert, diff, edit, outline, rasterize, read, undo, write
    from segue.workflow.cleaning.api import clean
    from segue.workflow.enabling import actions
    from segue.workflow.exporting.api import export
    from segue.workflow.importing import merge
    from segue.workflow.measuring.api import measure
    from segue.workflow.rendering.api import render
    from segue.workflow.segmenting.api import segment
    from segue.workflow.selections.api import select

__version__ = "0.1.0"

_HOME = {
    **dict.fromkeys(("convert", "diff", "edit", "outline", "rasterize", "read", "undo", "write"), "segue.workflow.api"),
    **dict.fromkeys(("ImageSet", "Study"), "segue.model.study"),
    **dict.fromkeys(("Note", "Notes"), "segue.notes"),
    "SegueError": "segue.errors",
    "actions": "segue.workflow.enabling",
    "clean": "segue.workflow.cleaning.api",
    "run": "segue.workflow.running",
    "export": "segue.workflow.exporting.api",
    "measure": "segue.workflow.measuring.api",
    "merge": "segue.workflow.importing",
    "render": "segue.workflow.rendering.api",
    "segment": "segue.workflow.segmenting.api",
    "select": "segue.workflow.selections.api",
}

__all__ = [
    "ImageSet",
    "Note",
    "Notes",
    "SegueError",
    "Study",
    "actions",
    "clean",
    "convert",
    "diff",
    "edit",
    "export",
    "formats",
    "measure",
    "merge",
    "outline",
    "rasterize",
    "read",
    "render",
    "run",
    "segment",
    "select",
    "undo",
    "write",
]


class _Public(ModuleType):
    """A function and a package have the name ``measure``: importing the package must not hide the function."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Public


def __getattr__(name: str) -> Any:
    if name == "formats":  # a package that can be called
        return import_module("segue.formats")
    if name not in _HOME:
        raise AttributeError(f"module 'segue' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
