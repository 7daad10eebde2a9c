"""What a batch will do, decided before a single pixel is read: items, pairs, targets, collisions."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from segue.errors import UsageError
from segue.formats.catalog import named
from segue.formats.detect import candidates
from segue.formats.format import Accepts, Format
from segue.storage.names import safe_name
from segue.storage.source import Source
from segue.workflow.convert import Item
from segue.workflow.pairing import Pair, find_pairs, with_populations, with_table
from segue.workflow.targets import folder_format, target_format

I = TypeVar("I")  # noqa: E741  # an item


@dataclass(frozen=True)
class Planned(Generic[I]):
    """One pair with the item that it becomes; None = it cannot be worked on."""

    pair: Pair
    item: I | None


@dataclass(frozen=True)
class Plan(Generic[I]):
    """Everything a command will do."""

    planned: tuple[Planned[I], ...]
    batch: bool
    """Whether the output is a folder or a template, so that one failed item does not end the work."""
    folder: Path | None = None
    """Where the record of the work lies (``jobs.record.Job``); None = none is kept."""

    @property
    def items(self) -> list[I]:
        return [one.item for one in self.planned if one.item is not None]

    @property
    def missing(self) -> list[Pair]:
        return [one.pair for one in self.planned if one.item is None]


def plan(
    inputs: Sequence[str],
    output: str,
    to: str | None,
    image: str | None = None,
    labels: str | None = None,
    table: str | None = None,
    populations: Sequence[str] = (),
    from_: str | None = None,
) -> Plan[Item]:
    """Plan a conversion.

    Parameters
    ----------
    inputs, image, labels, table, populations, from_
        See ``pairing.find_pairs``; ``table`` is the template of the table that is joined to each input, ``populations`` are those of files of gates.
    output
        A file, a folder (ends with ``/``, or exists as one), or a template with ``{nickname}``, ``{parent}``, ``{dataset_dir}``.
    to
        Name of the format; needed for a folder.

    Raises
    ------
    UsageError
        Several items would be written to one file.
    """
    folder = _is_folder(output, to)
    record = folder_format(output, to) if folder else target_format(Path(output), to)
    pairs = find_pairs(inputs, image, labels, objects_wanted=Accepts.PIXELS not in record.accepts, joins_labels=True, from_=from_)
    pairs = [with_table(pair, table) for pair in pairs] if table is not None else pairs
    pairs = [with_populations(pair, populations) for pair in pairs] if populations else pairs
    shared = len(pairs) > 1 and any("{" not in template for template in populations)
    planned = tuple(Planned(pair, _item(pair, output, record, folder=folder, shared=shared)) for pair in pairs)
    batch = folder or "{" in output
    _refuse_collisions(planned, output, record, batch=batch)
    targets = [one.item.target for one in planned if one.item is not None]
    return Plan(planned, batch, job_folder(output, targets) if batch else None)


def job_folder(output: str, targets: Sequence[Path]) -> Path | None:
    """Where the record of a batch lies: in the folder that the output names, else in the one that holds all targets; None = there is none.

    A template names a folder as far as it has no placeholder: ``out/`` in ``out/{parent}/{nickname}.tif``.
    """
    fixed = output.partition("{")[0]
    if fixed:
        return Path(fixed) if fixed == output or fixed.endswith(("/", os.sep)) else Path(fixed).parent
    if not output.startswith("{dataset_dir}"):
        return Path()
    try:
        common = Path(os.path.commonpath([target.absolute().parent for target in targets]))
    except ValueError:  # no targets, or several drives
        return None
    return None if common == Path(common.anchor) else Path(os.path.relpath(common)) if common.is_relative_to(Path.cwd()) else common


def _is_folder(output: str, to: str | None) -> bool:
    path = Path(output)
    if output.endswith(("/", "\\")):
        return True
    return path.is_dir() and not (to and named(to).folder) and not any(output.lower().endswith(s) for s in (named(to).suffixes if to else (".segue",)))


def _item(pair: Pair, output: str, record: Format, *, folder: bool, shared: bool) -> Item | None:
    if pair.source is None or pair.missing:
        return None
    if folder:
        target = Path(output) / safe_name(pair.name + record.ending)
    else:
        target = Path(_filled(output, pair, record))
    return Item(pair.source, target, pair.image, pair.table, pair.populations, shared, pair.labels)


def _filled(output: str, pair: Pair, record: Format) -> str:
    assert pair.source is not None
    home = pair.source.parent
    try:
        return output.format(nickname=pair.name, dataset_dir=home, parent=home.resolve().name, ext=record.suffixes[0].lstrip("."))
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(f"{output!r} cannot be filled: use {{nickname}}, {{parent}}, {{dataset_dir}} and {{ext}}") from error


def _as_one(planned: tuple[Planned[Item], ...]) -> str:
    """What to add where the folder of all items may be a project, which is one item."""
    homes = {one.pair.source.parent for one in planned if one.pair.source is not None}
    if len(homes) != 1:
        return ""
    (home,) = homes
    names = [one.format.name for one in candidates(Source(home)) if one.format.many and one.format.folder]
    return f"; if {home} is one project, say so with --from {names[0]}" if names else ""


def _refuse_collisions(planned: tuple[Planned[Item], ...], output: str, record: Format, *, batch: bool) -> None:
    if not batch and len(planned) > 1:
        example = str(Path(output).parent / ("{nickname}" + record.ending))
        whole = _as_one(planned) if record.many else ""
        raise UsageError(f"{len(planned)} items cannot be written to the one file {output}; use a template such as '{example}', or a folder ending in /{whole}")
    seen: dict[str, Pair] = {}
    for one in planned:
        if one.item is None:
            continue
        key = str(one.item.target.absolute()).casefold()
        if key in seen:
            raise UsageError(
                f"{seen[key].source} and {one.pair.source} would both be written to {one.item.target}; use a template that tells them apart, such as "
                f"'{{parent}}-{{nickname}}{record.ending}'"
            )
        seen[key] = one.pair
