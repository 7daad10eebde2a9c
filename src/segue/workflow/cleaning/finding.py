"""What is meant: the record in a folder, its manifest, or what a saved recipe wrote."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from segue.errors import UsageError
from segue.formats.catalog import by_suffix, named
from segue.workflow.cleaning.record import Record, plain, read_record
from segue.workflow.job_folder import FOLDER
from segue.workflow.jobs import manifest
from segue.workflow.jobs.entry import Entry
from segue.workflow.jobs.places import settings_digest
from segue.workflow.recipe import EditRecipe, Recipe, read_recipe


@dataclass(frozen=True)
class Chosen:
    """A record, and what of it is to be deleted."""

    record: Record
    entries: tuple[Entry, ...]
    others: tuple[Entry, ...] = ()
    """Entries that stay."""


def find(given: Path) -> Chosen | None:
    """What is to be deleted; None = there is no record of it, or nothing is left in the record.

    Parameters
    ----------
    given
        A folder with a record, the record, a file in it, or a saved recipe.

    Raises
    ------
    UsageError
        It is an output that keeps no record, an edit, or a folder of folders with records.
    InvalidRecipe
        It is a file, and no recipe.
    """
    base = _base(given)
    if base is not None:
        record = read_record(base)
        _refuse_above(base, record)
        return None if record is None else Chosen(record, record.entries)
    recipe = read_recipe(given)
    if isinstance(recipe, EditRecipe):
        raise UsageError(f"{given} is the recipe of an edit; segue undo takes edits back")
    record = next((found for folder in _folders(recipe) if (found := read_record(folder)) is not None), None)
    if record is None:
        _refuse_single(given, recipe)
        return None
    mine = [entry for entry in record.entries if _wrote(recipe, entry, record)]
    others = tuple(entry for entry in record.entries if entry not in mine)
    return Chosen(record, tuple(mine), others) if mine or not others else None


def _base(given: Path) -> Path | None:
    """The folder whose record is meant; None = it is a recipe."""
    home = given.absolute()
    if FOLDER in (home.name, home.parent.name):
        base = home.parent if home.name == FOLDER else home.parent.parent
        return base if given.is_absolute() else Path(os.path.relpath(base))
    if given.name == manifest.NAME:
        raise UsageError(f"{given} is not in a folder {FOLDER}, so nothing says where the files lie that it names; put it back where it was")
    return None if given.is_file() or given.suffix.lower() == ".json" else given


def _refuse_above(base: Path, record: Record | None) -> None:
    if record is not None or not base.is_dir():
        return
    below = [str(folder.parent) for pattern in (f"*/{FOLDER}", f"*/*/{FOLDER}") for folder in sorted(base.glob(pattern))]
    if below:
        more = f" and {len(below) - 3} more" if len(below) > 3 else ""
        raise UsageError(f"{base} holds no record of a run, but {', '.join(below[:3])}{more} do; name those that you mean")


def _refuse_single(given: Path, recipe: Recipe) -> None:
    there = [one for one in _outputs(recipe) if _is_single(one) and os.path.lexists(one)]
    if there:
        raise UsageError(
            f"a run that writes a single output keeps no record, so nothing shows that {', '.join(there)} is still what {given} wrote; delete it yourself"
        )


def _is_single(output: str) -> bool:
    return not ("{" in output or output.endswith(("/", os.sep)) or (Path(output).is_dir() and not by_suffix(Path(output).name)))


def _outputs(recipe: Any) -> tuple[str, ...]:
    return tuple(recipe.outputs) if hasattr(recipe, "outputs") else (recipe.output,)


def _folders(recipe: Any) -> Iterator[Path]:
    """Where the record may be: see `workflow.plan.job_folder`."""
    output = _outputs(recipe)[0]
    if not output.startswith("{dataset_dir}"):
        fixed = output.partition("{")[0]
        yield Path(fixed)
        yield Path(fixed).parent
        return
    inside = output[len("{dataset_dir}") :].lstrip("/\\").partition("{")[0]
    for given in recipe.inputs:
        literal = Path(re.split(r"[*?\[]", given)[0])
        for home in (literal, *literal.parents):
            yield home / inside
            yield home / Path(inside).parent
            yield home


def _wrote(recipe: Any, entry: Entry, record: Record) -> bool:
    """Whether an entry is of a recipe: its settings, one of its inputs, and a place that its output names."""
    base = record.base.absolute()
    target = plain(base / entry.targets[0])
    if entry.settings != settings_digest(recipe) or not (_names(_outputs(recipe)[0], target) and target.name.endswith(_ending(recipe))):
        return False
    return any(_given(given, plain(base / one.path)) for given in recipe.inputs for one in entry.inputs)


def _ending(recipe: Any) -> str:
    """How the names of outputs in a folder end, where the recipe says so."""
    output = _outputs(recipe)[0]
    if "{" in output or _is_single(output):
        return ""
    if recipe.task == "export":
        from segue.workflow.exporting.container import container_of

        return container_of(recipe.format, output).ending
    to = recipe.to[:1] if isinstance(recipe.to, tuple) else (recipe.to,)
    return named(to[0]).ending if to and to[0] else ""


def _names(output: str, target: Path) -> bool:
    """Whether an output of a recipe (a file, a folder, a template) names a place; a suffix may have been added to it."""
    if "{" not in output:
        return plain(Path(output).absolute()) in (target, target.parent)
    template = output if output.startswith("{") else str(plain(Path(output).absolute()))
    pieces = re.split(r"(\{\{|\}\}|\{[^{}]*\})", template)
    pattern = "".join(re.escape(one[:1]) if one in ("{{", "}}") else ".*" if one.startswith("{") else re.escape(one) for one in pieces)
    return re.fullmatch(rf"{pattern}(\.[^/\\]*)?", str(target), re.DOTALL) is not None


def _given(given: str, path: Path) -> bool:
    """Whether an input of a recipe (a file, a folder, a pattern, a place inside a file) names a file."""
    asked = plain(Path(given).absolute())
    if path == asked or asked in path.parents or path in asked.parents:
        return True
    return any(fnmatchcase(str(path), str(one)) for one in (asked, *asked.parents) if re.search(r"[*?\[]", str(one)))
