"""Populations that come back from another program: the rows of a file of gated events or cells, found again among the objects by id or label."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.errors import Incompatible, UnsupportedVariant
from segue.model.objects import unique_texts
from segue.model.populations import Membership, Population
from segue.model.rules import ListRule, RegionRule
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.carried import both, renamed, split, with_regions
from segue.workflow.derive import with_new_objects
from segue.workflow.enabling import require
from segue.workflow.gate_names import HINT, called, gate_name, partners
from segue.workflow.joining import labels_in, rows_of
from segue.workflow.opening import Opened, read, recognised

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass
class _Gate:
    """The members of one population, as they are gathered from files."""

    definition: Population
    members: dict[int, list[Rows]] = field(default_factory=dict)
    """Place of an image set that a file is about -> rows of its objects."""


def with_populations(
    study: Study,
    paths: Sequence[Path],
    options: Mapping[str, Any] | None = None,
    names: Collection[str] = (),
    *,
    shared: bool = False,
    regions: bool = False,
) -> tuple[Study, Notes]:
    """The study with the populations of files: events gated in FlowJo or FlowKit (FCS, CSV of scale values), lists of ids or labels, other results.

    A file of events, or a table without populations, is one population: its rows. It is called as ``options["population"]`` says, else as the
    file, without ``export_`` and the name of the image set in front. Files of the same population are joined; a population that the study has
    already gets the new members, in the image sets that the files are about.

    Parameters
    ----------
    study
        Label images or objects, or both.
    paths
        The files.
    options
        ``population``, and options of the readers.
    names
        What the only image set of the study is also called.
    shared
        Whether the same files are given to several studies: each then has to say which image it is about (as of several files each has to),
        and those about other images are passed over.
    regions
        Whether the regions of files come along as objects, so that their populations can be selected anew.

    Raises
    ------
    Incompatible
        A file is about other images, none of its rows fits, or labels alone do not tell objects apart.
    SourceError
        A file cannot be read, or holds bins instead of numbers.
    """
    if paths:
        require("import populations csv", study, where=next(iter(names), ""))
    chosen = dict(options or {})
    sets = [replace(s, objects=with_new_objects(s.objects, labels_in(s))) for s in study.image_sets]
    study = replace(study, image_sets=tuple(sets))
    gates: dict[tuple[str, ...], _Gate] = {}
    notes = Notes()
    shared = shared or len(paths) > 1
    unnamed: list[str] = []
    for path in paths:
        name = str(chosen.get("population") or gate_name(path, [s.name for s in sets] + list(names)))
        opened = _opened(path, name, chosen)
        unnamed += [path.name] if not any(s.name for s in opened.study.image_sets) else []
        study, more = _gather(study, opened, name, names, gates, shared=shared, regions=regions)
        notes += opened.notes + more
    if unnamed and not gates:
        raise Incompatible(f"{unnamed[0]} does not say which image its rows are about, and there are several that they could be; {HINT}", path=unnamed[0])
    if paths and not gates:
        what = f"none of the {len(paths)} files of populations is about {called(study, names)}" if len(paths) > 1 else f"{paths[0].name} is about other images"
        notes += Notes.of(Note(Kind.SKIPPED, what))
    return _joined(study, list(gates.values()), notes)


def _opened(path: Path, name: str, options: Mapping[str, Any]) -> Opened:
    """A file as a gate; readers that know populations of rows by an option are told its name."""
    file = recognised(path)
    known = type(file.record.options("read")).model_fields
    given = {key: value for key, value in options.items() if key in known and key != "population"}
    opened = read(file, {**given, **({"population": name} if "population" in known else {})})
    if "population" not in known and not opened.study.populations:
        _refuse_bins(opened)
    return opened


def _refuse_bins(opened: Opened) -> None:
    from segue.codecs.flow_bins import binned

    for s in opened.study.image_sets:
        values = [table.frame[column.name] for table in s.tables.values() for column in table.columns if column.type in ("number", "integer")]
        series = [*values, s.objects.frame["label"], *(pl.Series(s.shapes.rings.coords[:, nth]) for nth in (0, 1))]
        if binned([one.cast(pl.Float64).drop_nulls().to_numpy() for one in series]):
            raise UnsupportedVariant(
                f"{opened.source.path} holds whole numbers up to 1023 only, as FlowJo's channel values do: bins, from which no label can be had back; export "
                "scale values or FCS instead (if they are no bins, keep only the columns that say which objects they are)",
                path=opened.source.path,
            )


def _gather(
    study: Study, opened: Opened, name: str, names: Collection[str], gates: dict[tuple[str, ...], _Gate], *, shared: bool, regions: bool
) -> tuple[Study, Notes]:
    """Find the objects of a file's rows and add them to its populations; the study with the regions of the file."""
    where = opened.source.path.name
    found = opened.study
    at, assumed = partners(study, found.image_sets, names, where, shared=shared)
    if shared and all(place is None for place in at):
        return study, Notes()
    elsewhere = sum(len(s.objects) for s, place in zip(found.image_sets, at, strict=True) if place is None and not shared)
    unknown = matched = 0
    for s, place in zip(found.image_sets, at, strict=True):
        if place is None:
            continue
        s, own = split(s)
        study, ids = _with_regions(study, place, own) if regions else (study, {})
        rows = rows_of(study.image_sets[place].objects, s.objects, where)
        unknown += int((rows < 0).sum())
        matched += int((rows >= 0).sum())
        for definition, mine in _members(found, s, name):
            definition = renamed(definition, ids)
            gate = gates.setdefault(definition.name, _Gate(definition))
            gate.definition = both(gate.definition, definition)
            gate.members.setdefault(place, []).append(rows[mine][rows[mine] >= 0])
    if unknown and not matched:
        raise Incompatible(f"none of the {unknown:,} rows of {where} is an object of {called(study, names)}: its labels are those of another image", path=where)
    notes = [(unknown, f"{{count row}} of {where} without an object"), (elsewhere, f"{{count row}} of {where} about images that are not here")]
    return study, Notes((*assumed, *(Note(Kind.SKIPPED, what, count=count) for count, what in notes if count)))


def _with_regions(study: Study, place: int, own: ImageSet) -> tuple[Study, dict[str, str]]:
    s, ids = with_regions(study.image_sets[place], own)
    return replace(study, image_sets=(*study.image_sets[:place], s, *study.image_sets[place + 1 :])), ids


def _members(study: Study, s: ImageSet, name: str) -> list[tuple[Population, Rows]]:
    """The populations of a file with the rows in them: its own, or one of all rows."""
    if not study.populations:
        return [(Population(name, (name,), "gate"), np.arange(len(s.objects)))]
    pairs = s.membership.frame
    return [(one, pairs.filter(population=one.id)["object"].to_numpy().astype(np.int64)) for one in study.populations]


def _joined(study: Study, gates: Sequence[_Gate], notes: Notes) -> tuple[Study, Notes]:
    known = {one.name: one for one in study.populations}
    spelled = {tuple(map(_plain, one.name)): one for one in study.populations}
    for gate in gates:
        old = known.get(gate.definition.name) or spelled.get(tuple(map(_plain, gate.definition.name)))
        definition = (
            _new(study, gate.definition)
            if old is None
            else replace(old, rule=gate.definition.rule if isinstance(gate.definition.rule, RegionRule) else ListRule())
        )
        study, before, now = _with_members(study, definition, gate.members)
        changed = f"; {before:,} were in it before" if old is not None else ""
        notes += Notes.of(Note(Kind.DONE, f"{{count object}} in population {': '.join(definition.name)}{changed}", count=now))
    return study, notes


def _plain(name: str) -> str:
    return "_".join(name.replace("_", " ").split()).casefold()


def _new(study: Study, definition: Population) -> Population:
    """The definition with an id that is free."""
    ids = pl.Series([*(one.id for one in study.populations), definition.id], dtype=pl.Utf8)
    return replace(definition, id=unique_texts(ids)[-1])


def _with_members(study: Study, definition: Population, members: Mapping[int, Sequence[Rows]]) -> tuple[Study, int, int]:
    """The study with these members of a population; how many it had there before, and has now."""
    sets = list(study.image_sets)
    before = now = 0
    for place, found in members.items():
        old = sets[place].membership.frame
        kept = old.filter(pl.col("population") != definition.id)
        rows = np.unique(np.concatenate(found)).astype(np.int32)
        before, now = before + old.height - kept.height, now + len(rows)
        new = pl.DataFrame({"population": pl.Series([definition.id], dtype=pl.Utf8).new_from_index(0, len(rows)), "object": rows})
        frame = Membership.of(pl.concat([kept.select("population", "object"), new])).frame.drop("labels")
        labels = kept.select("population", "object", "labels")
        sets[place] = replace(sets[place], membership=Membership(frame.join(labels, on=["population", "object"], how="left", maintain_order="left")))
    others = [one for one in study.populations if one.id != definition.id]
    place = next((nth for nth, one in enumerate(study.populations) if one.id == definition.id), len(others))
    return replace(study, image_sets=tuple(sets), populations=(*others[:place], definition, *others[place:])), before, now
