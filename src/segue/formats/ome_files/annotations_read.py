"""The annotations of ROIs, sorted by what they are: segue's facts, values, populations, and the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from segue.codecs.ome_document import Annotation, Document
from segue.errors import TooLarge
from segue.formats.ome_files import terms
from segue.formats.ome_files.about import About, read_about
from segue.model.populations import Population

_SCALARS = {"Long", "Double", "Boolean"}
MOST_COPIED = 1 << 28
"""Characters that annotations of several ROIs may become beyond those that stand in the file."""
PAIRS = {"roi": pl.Int64, "key": pl.Utf8, "value": pl.Utf8}


@dataclass
class Annotated:
    """What the annotations of a document say."""

    about: About
    noted: pl.DataFrame
    """``roi``, ``key``, ``value`` of segue's maps; of equal keys the first."""
    foreign: pl.DataFrame
    """The same of maps and single values of others."""
    members: pl.DataFrame
    """``roi``, ``population``: in the order of the document."""
    populations: tuple[Population, ...]
    rest: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """ROI -> comments and the like."""
    skipped: int = 0
    """References to annotations that segue does not read, or that are not there."""


def read_annotations(document: Document, path: Path | str) -> Annotated:
    """Sort the annotations.

    Raises
    ------
    Malformed
        Segue's own are damaged.
    TooLarge
        Long ones belong to very many ROIs.
    """
    about = read_about(next((one.value for one in document.annotations.values() if _is(one, "Comment", terms.STUDY)), None), path)
    pairs: dict[bool, tuple[list[int], list[str], list[str]]] = {True: ([], [], []), False: ([], [], [])}
    members: dict[tuple[int, str], None] = {}
    found = Annotated(about, pl.DataFrame(), pl.DataFrame(), pl.DataFrame(), ())
    references = [*document.roi_annotations, *_of_shapes(document)]
    _refuse_copies(document, references, path)
    for roi, name in references:
        annotation = document.annotations.get(name)
        if annotation is None or annotation.kind in {"File", "List"}:
            found.skipped += 1
        elif annotation.kind == "Tag":
            members[roi, name] = None
        elif annotation.kind == "Map":
            rois, keys, values = pairs[annotation.attributes.get("Namespace") == terms.OBJECT]
            rois += [roi] * len(annotation.pairs)
            keys += [key for key, _ in annotation.pairs]
            values += [value for _, value in annotation.pairs]
        elif annotation.kind in _SCALARS:
            rois, keys, values = pairs[False]
            rois.append(roi)
            keys.append(annotation.attributes.get("Namespace") or annotation.kind.lower())
            values.append((annotation.value or "").strip())
        else:
            found.rest.setdefault(roi, []).append(plain(annotation))
    found.noted = pl.DataFrame(dict(zip(PAIRS, pairs[True], strict=True)), schema=PAIRS).unique(["roi", "key"], keep="first", maintain_order=True)
    found.foreign = pl.DataFrame(dict(zip(PAIRS, pairs[False], strict=True)), schema=PAIRS)
    tags = _populations(document, about, {name for _, name in members})
    found.populations = tuple(tags.values())
    rows = {"roi": [roi for roi, _ in members], "population": [tags[name].id for _, name in members]}
    found.members = pl.DataFrame(rows, schema={"roi": pl.Int64, "population": pl.Utf8}).unique(maintain_order=True)
    return found


def _refuse_copies(document: Document, references: list[tuple[int, str]], path: Path | str) -> None:
    """One long annotation of very many ROIs would become as many copies: a small file must not become a large study."""
    times = Counter(name for _, name in references)
    copied = sum((count - 1) * _length(document.annotations[name]) for name, count in times.items() if count > 1 and name in document.annotations)
    if copied > MOST_COPIED:
        raise TooLarge(f"{path} has annotations of so many ROIs that they would become {copied:,} characters", path=path, limit=MOST_COPIED)


def _length(one: Annotation) -> int:
    return 10 + len(one.value or "") + len(one.description or "") + sum(10 + len(key) + len(value) for key, value in one.pairs)


def _of_shapes(document: Document) -> list[tuple[int, str]]:
    """Annotations of single shapes count for their ROI; those of segue are read elsewhere."""
    pairs = ((document.shape_roi[shape], name) for shape, name in document.shape_annotations)
    return [(roi, name) for roi, name in pairs if name not in document.annotations or not _is(document.annotations[name], "Map", terms.SHAPE)]


def _populations(document: Document, about: About, used: set[str]) -> dict[str, Population]:
    """Tags that any ROI has, and all populations of segue: ID of the tag -> population; ids are unique."""
    found: dict[str, Population] = {}
    taken: set[str] = set()
    for name, one in document.annotations.items():
        ours = about.populations.get(name) if one.attributes.get("Namespace") == terms.TAG else None
        if one.kind != "Tag" or (ours is None and name not in used):
            continue
        population = ours or Population(name, ((one.value or "").strip() or one.description or name,), "tag")
        if population.id in taken:
            population = Population(name, population.name, population.kind, population.colour)
        taken.add(population.id)
        found[name] = population
    return found


def plain(annotation: Annotation) -> dict[str, Any]:
    facts = {"type": annotation.kind, "namespace": annotation.attributes.get("Namespace"), "value": annotation.value, "description": annotation.description}
    return {key: value for key, value in facts.items() if value is not None}


def _is(annotation: Annotation, kind: str, namespace: str) -> bool:
    return annotation.kind == kind and annotation.attributes.get("Namespace") == namespace
