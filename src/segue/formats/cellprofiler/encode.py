"""From a study to the tables of an export. Used when fitting and when writing, so both agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_text import loads
from segue.errors import Malformed
from segue.formats.cellprofiler import relations
from segue.formats.cellprofiler.encode_images import image_numbers, images_table
from segue.formats.cellprofiler.encode_values import Values, values_of
from segue.formats.cellprofiler.sheets import Sheets, Texts, unique
from segue.formats.cellprofiler.spec import FORMAT
from segue.formats.cellprofiler.terms import (
    CENTRE,
    CLASS,
    EXPERIMENT,
    FACTS,
    FARTHEST,
    HALF,
    IMAGE,
    IMAGE_NUMBER,
    NO_LAYER,
    OBJECT_NUMBER,
    PARENT,
    RELATIONSHIPS,
    TRACK,
)
from segue.formats.shape_files import centre_points
from segue.model.objects import default_ids
from segue.model.study import ImageSet, Study
from segue.storage.names import safe_names

_DIGITS = 10**18


@dataclass(frozen=True)
class Placed:
    """Where the objects of an image set stand in the tables."""

    number: int
    """``ImageNumber``."""
    rows: np.ndarray[Any, np.dtype[np.int64]]
    """(objects,) rows of the image set in the order of the tables."""
    facts: pl.DataFrame
    """``sheet``, ``object`` (``ObjectNumber``) and the facts of the objects, in that order."""


def encode(study: Study, undefined: str | None) -> Sheets:
    """The tables; ``undefined`` is what stands for NaN (None = empty)."""
    sheets = _sheets(study)
    placed = [_placed(s, number, sheets) for s, number in zip(study.image_sets, image_numbers(study), strict=True)]
    names = sorted(set(sheets.values()))
    frames = {name: _frame(study, placed, name, undefined) for name in names}
    counts = {name: [int((one.facts["sheet"] == name).sum()) for one in placed] for name in names}
    related = _relations(study, placed)
    if related is None and any(column.startswith(PARENT) for frame in frames.values() for column in frame.columns):
        related = relations.none()
    return Sheets(images_table(study, [one.number for one in placed], counts, undefined), frames, related, _experiment(study))


def _sheets(study: Study) -> dict[str | None, str]:
    """Layer -> the name of its table: safe as a file name, all different."""
    layers = pl.concat([s.objects.frame["layer"] for s in study.image_sets] or [pl.Series([], dtype=pl.Utf8)]).unique(maintain_order=True).to_list()
    reserved = [IMAGE, EXPERIMENT, RELATIONSHIPS]
    wanted = [f"_{layer}" if layer and layer.startswith(".") else layer or NO_LAYER for layer in layers]
    return dict(zip(layers, safe_names([*reserved, *wanted])[len(reserved) :], strict=True))


def _placed(s: ImageSet, number: int, sheets: dict[str | None, str]) -> Placed:
    frame = s.objects.frame
    names = pl.Series([sheets[layer] for layer in frame["layer"].unique(maintain_order=True)], dtype=pl.Utf8)
    keys = frame["layer"].unique(maintain_order=True).to_frame().with_columns(sheet=names)
    facts = frame.join(keys, on="layer", how="left", nulls_equal=True, maintain_order="left").with_row_index("row").sort("sheet", maintain_order=True)
    label = pl.col("label")
    usable = (label.is_not_null() & (label > 0) & (label < _DIGITS)).all().over("sheet") & (label.n_unique() == pl.len()).over("sheet")
    counted = pl.int_range(1, pl.len() + 1, dtype=pl.UInt64).over("sheet")
    facts = facts.with_columns(object=pl.when(usable).then(label).otherwise(counted))
    return Placed(number, facts["row"].cast(pl.Int64).to_numpy(), facts.drop("row").with_columns(default=default_ids(facts)))


def _frame(study: Study, placed: list[Placed], name: str, undefined: str | None) -> Texts:
    """The table of one type of objects in all image sets."""
    inside = [one.facts["sheet"] == name for one in placed]
    facts = pl.concat([one.facts.filter(mine) for one, mine in zip(placed, inside, strict=True)])
    images = [pl.Series([one.number], dtype=pl.Int64).new_from_index(0, int(mine.sum())) for one, mine in zip(placed, inside, strict=True)]
    rows = [one.rows[mine.to_numpy()] for one, mine in zip(placed, inside, strict=True)]
    columns = {IMAGE_NUMBER: pl.concat(images).cast(pl.Utf8), OBJECT_NUMBER: facts["object"].cast(pl.Utf8)}
    columns |= _facts(facts, name, named=not all(one.facts["id"].equals(one.facts["default"]) for one in placed))
    columns |= _centres(study, rows)
    classes = _classes(study, rows)
    columns |= _free(values_of(study, rows, undefined), [*columns, *classes])
    return pl.DataFrame([values.alias(column) for column, values in (columns | classes).items()])


def _facts(facts: pl.DataFrame, name: str, *, named: bool) -> dict[str, pl.Series]:
    """The columns that say what CellProfiler's own do not."""
    found: dict[str, pl.Series] = {FACTS["id"]: facts["id"]} if named else {}
    if facts["layer"].ne_missing(pl.Series([name])).any():
        found[FACTS["layer"]] = facts["layer"]
    if facts["label"].ne_missing(facts["object"]).any():
        found[FACTS["label"]] = facts["label"].cast(pl.Utf8)
    found |= {FACTS[fact]: facts[fact].cast(pl.Utf8) for fact in ("t", "name") if facts[fact].null_count() < len(facts)}
    return found | ({TRACK: facts["track"].cast(pl.Utf8)} if facts["track"].null_count() < len(facts) else {})


def _centres(study: Study, rows: list[np.ndarray[Any, np.dtype[np.int64]]]) -> dict[str, pl.Series]:
    """The first point of each object, or its centre, from the centre of the first pixel."""
    found = []
    for s, mine in zip(study.image_sets, rows, strict=True):
        places = np.full((len(s.objects), 2), np.nan)
        shapes = centre_points(s.shapes) if len(mine) else s.shapes.take(np.zeros(0, np.int64))
        owner = shapes.frame["object"].to_numpy()[::-1]
        places[owner] = shapes.rings.coords[::-1]
        found.append(places[mine])
    centres = np.concatenate([np.empty((0, 2)), *found])
    centres[~(np.abs(centres) < FARTHEST).all(axis=1)] = np.nan
    if np.isnan(centres).all():
        return {}
    return {name: pl.Series(centres[:, axis] - HALF).fill_nan(None).cast(pl.Utf8) for axis, name in enumerate(CENTRE)}


def _classes(study: Study, rows: list[np.ndarray[Any, np.dtype[np.int64]]]) -> dict[str, pl.Series]:
    """One column of 0 and 1 for every population."""
    names = unique(": ".join(one.name) or "unnamed" for one in study.populations)
    found: dict[str, pl.Series] = {}
    for one, name in zip(study.populations, names, strict=True):
        marks = []
        for s, mine in zip(study.image_sets, rows, strict=True):
            mark = np.zeros(len(s.objects), np.int64)
            mark[s.membership.frame.filter(pl.col("population") == pl.lit(one.id))["object"].to_numpy()] = 1
            marks.append(mark[mine])
        found[CLASS + name] = pl.Series(np.concatenate([np.zeros(0, np.int64), *marks])).cast(pl.Utf8)
    return found


def _free(values: Values, taken: list[str]) -> dict[str, pl.Series]:
    """Columns of values under names that the table does not use otherwise."""
    return dict(zip(unique([name for name, _ in values], taken), (series for _, series in values), strict=True))


def _relations(study: Study, placed: list[Placed]) -> Texts | None:
    found = []
    for s, one in zip(study.image_sets, placed, strict=True):
        if len(s.connections):
            back = np.argsort(one.rows)
            sheet, number = one.facts["sheet"].gather(back), one.facts["object"].gather(back)
            images = pl.Series([one.number], dtype=pl.Int64).new_from_index(0, len(sheet))
            found.append(relations.written(s.connections.frame, sheet, images, number))
    return pl.concat(found) if found else None


def _experiment(study: Study) -> dict[str, str]:
    """What CellProfiler said about the run, where the study has it from there."""
    for s in study.image_sets:
        own = s.extras.filter((pl.col("format") == pl.lit(FORMAT.name)) & (pl.col("entity") == pl.lit("study")))
        for payload in own["payload"]:
            try:
                value = loads((payload or "null").encode())
            except Malformed:
                continue
            if isinstance(value, dict):
                return {key: text for key, text in value.items() if key and isinstance(text, str)}
    return {}
