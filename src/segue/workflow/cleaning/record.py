"""The record of runs in a folder, as far as it is about what they wrote."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from segue.workflow.job_folder import FOLDER
from segue.workflow.jobs import manifest
from segue.workflow.jobs.entry import Entry


@dataclass(frozen=True)
class Record:
    """What ``segue-job`` in a folder says; see `jobs.record`."""

    base: Path
    """The folder, as it was named."""
    entries: tuple[Entry, ...] = ()
    folders: tuple[Path, ...] = ()
    """Folders that runs made, absolute."""
    roots: tuple[Path, ...] = ()
    """Where runs wrote, absolute: the folder of the record, and other folders and files that it names."""
    planned: tuple[str, ...] = ()
    """Outputs of the latest run, as the record names them."""

    @property
    def folder(self) -> Path:
        """Where the record lies."""
        return self.base / FOLDER

    def path(self, named: str) -> Path | None:
        """The place of something recorded, named as the folder of the record was; None = it is outside of the places where runs wrote.

        A record can come with a folder from anywhere: ``..`` and absolute paths in it lead nowhere but to its own places.
        """
        path = plain(self.base.absolute() / named)
        if "\0" in named or not any(root in (path, *path.parents) for root in self.roots):
            return None
        return self.shown(path)

    def shown(self, path: Path) -> Path:
        """An absolute path as the folder of the record was named: relative, if that is."""
        if self.base.is_absolute():
            return path
        with suppress(ValueError):  # another drive
            return Path(os.path.relpath(path))
        return path


def read_record(base: Path) -> Record | None:
    """The record in a folder; None = there is none. A damaged record is as much as can be read of it.

    Raises
    ------
    SinkError
        It cannot be read.
    """
    folder = base / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return None
    plan = _plan(folder / "plan.json")
    here = plain(base.absolute())
    roots = (here, *(plain(here / one) for one in _texts(plan, "places")))
    above = {one for root in roots for one in root.parents}
    folders = tuple(path for one in _texts(plan, "folders") if (path := plain(here / one)) in above or any(path.is_relative_to(root) for root in roots))
    return Record(base, tuple(manifest.read(folder / manifest.NAME).values()), folders, roots, tuple(_planned(plan)))


def plain(path: Path) -> Path:
    """A path without ``.`` and ``..``, by its text alone."""
    return Path(os.path.normpath(path))


def _plan(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        plan = orjson.loads(path.read_bytes())
        if isinstance(plan, dict):
            return plan
    return {}


def _texts(plan: dict[str, Any], name: str) -> list[str]:
    found = plan.get(name)
    return [one for one in found if isinstance(one, str) and "\0" not in one] if isinstance(found, list) else []


def _planned(plan: dict[str, Any]) -> list[str]:
    items = plan.get("items")
    return [one for item in items if isinstance(item, dict) for one in _texts(item, "outputs")] if isinstance(items, list) else []
