"""Observations of other programs: scanpy, squidpy, scimap, SpatialData. Categories are populations, numbers are values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.h5ad import Annotated, Array, Frame, Sparse
from segue.errors import InvalidOption
from segue.formats.anndata.options import ReadOptions
from segue.formats.anndata.parts import Parts, Value, as_model
from segue.model.populations import Population
from segue.model.tables import Column
from segue.notes import Kind, Note

MOST_CATEGORIES = 200
"""A column of more categories is text: barcodes, no classes."""
MOST_CONNECTIONS = 20_000_000
MOST_AXES = 200
_LABELS = ("label", "cell_id", "cellid", "cell_label", "label_id", "instance_id", "object_id", "objectnumber", "object_number", "segment_id", "mask_id")
_IMAGES = ("image", "library_id", "region", "fov", "image_id", "imageid", "image_name", "image_number")
_FACTS = ("unit", "measurement", "channel", "layer")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6})([0-9a-fA-F]{2})?")


def parts_of(content: Annotated, options: ReadOptions, notes: list[Note]) -> tuple[Parts, list[Population]]:
    """The parts, by well-known names and types.

    Raises
    ------
    InvalidOption
        An option names a column that is not there.
    """
    obs = content.obs
    parts = Parts(len(obs.index), {"id": obs.index})
    attrs = content.uns.get("spatialdata_attrs")
    attrs = attrs if isinstance(attrs, dict) else {}
    label = _chosen("label", options.label, obs, (attrs.get("instance_key"), *_LABELS), notes, whole=True)
    image = _chosen("image", options.image, obs, (attrs.get("region_key"), *_IMAGES), notes)
    if label is not None:
        labels = obs.columns[label].cast(pl.UInt64, strict=False)
        parts.roles["label"] = labels.set((labels < 1).fill_null(value=False), None)
    if image is not None:
        parts.image = obs.columns[image].cast(pl.Utf8)
    parts.points = _points(content, options, notes)
    parts.values = added_columns(
        content, [name for name in obs.columns if name not in (label, image) and not _is_population(obs, name)], list(content.var.index)
    )
    parts.values += _embeddings(content, options)
    populations = _populations(content, parts, [name for name in obs.columns if name not in (label, image) and _is_population(obs, name)])
    _connections(content, parts, notes)
    return parts, populations


def _chosen(role: str, asked: str | None, obs: Frame, usual: Sequence[Any], notes: list[Note], *, whole: bool = False) -> str | None:
    if asked is not None:
        if asked and asked not in obs.columns:
            listed = ", ".join(list(obs.columns)[:12])
            raise InvalidOption(f"{role}={asked}: obs has no such column; it has {listed}", option=role, given=asked, allowed=listed)
        return asked or None
    lower = {name.casefold(): name for name in obs.columns}
    for one in usual:
        name = lower.get(str(one).casefold()) if one is not None else None
        if name is not None and (_whole(obs.columns[name]) if whole else obs.columns[name].dtype == pl.Utf8):
            notes.append(Note(Kind.ASSUMED, f"{role} taken from the column {name} of obs"))
            return name
    return None


def _whole(series: pl.Series) -> bool:
    """Whether a column holds whole numbers from 1, each once or per image."""
    if series.dtype == pl.Utf8:
        return len(series) > 0 and bool(series.str.contains(r"^[0-9]{1,18}$").all())
    if series.dtype.is_float():
        return bool((series.is_finite() & (series == series.round())).all())
    return series.dtype.is_integer()


def _is_population(obs: Frame, name: str) -> bool:
    return obs.columns[name].dtype == pl.Boolean or (name in obs.levels and len(obs.levels[name]) <= MOST_CATEGORIES)


def _points(content: Annotated, options: ReadOptions, notes: list[Note]) -> Any:
    found = next((content.obsm[name] for name in (options.spatial, f"X_{options.spatial}") if name in content.obsm), None)
    if found is None or found.shape[1] < 2:
        return None
    notes.append(Note(Kind.ASSUMED, f"positions are in pixels from the {options.read_origin} of the first one"))
    shift = 0.5 if options.read_origin == "centre" else 0.0
    return np.ascontiguousarray(found[:, :2], np.float64) + shift


def added_columns(content: Annotated, columns: Sequence[str], variables: Sequence[str]) -> list[Value]:
    """Columns of obs and variables of X as values."""
    taken: set[str] = {"row"}
    found = []
    for name in columns:
        series = content.obs.columns[name]
        title = _free(name, taken)
        kind = _kind(series)
        values = as_model(series, kind) if series.dtype.is_float() else series.cast(pl.Int64, strict=False) if kind == "integer" else series
        found.append(Value("obs", Column(title, kind), values))  # type: ignore[arg-type]
    taken = {"row"}
    if content.matrix is None or not variables:
        return found
    wanted = set(variables)
    matrix = content.matrix.dense() if isinstance(content.matrix, Sparse) else content.matrix
    kind = "number" if matrix.dtype.kind == "f" else "boolean" if matrix.dtype.kind == "b" else "integer"
    for place, name in enumerate(content.var.index):
        if name in wanted:
            title = _free(name, taken)
            found.append(Value("measurements", Column(title, kind, **_facts(content.var, place)), as_model(matrix[:, place], kind)))  # type: ignore[arg-type]
    return found


def _kind(series: pl.Series) -> str:
    if series.dtype == pl.Boolean:
        return "boolean"
    if series.dtype.is_integer():
        return "integer"
    return "number" if series.dtype.is_float() else "text"


def _free(name: str, taken: set[str]) -> str:
    title, number = name, 1
    while title in taken:
        number += 1
        title = f"{name}-{number}"
    taken.add(title)
    return title


def _facts(var: Frame, place: int) -> dict[str, str]:
    texts = {name: var.columns[name][place] for name in _FACTS if name in var.columns and var.columns[name].dtype == pl.Utf8}
    return {name: text for name, text in texts.items() if text is not None}


def _embeddings(content: Annotated, options: ReadOptions) -> list[Value]:
    """Arrays about observations (PCA, UMAP) as tables of their own."""
    found = []
    for name, array in content.obsm.items():
        kind = "number" if array.dtype.kind == "f" else "integer"
        if name not in (options.spatial, f"X_{options.spatial}") and array.shape[1] <= MOST_AXES:
            found += [Value(name, Column(f"{name} {nth + 1}", kind), as_model(array[:, nth], kind)) for nth in range(array.shape[1])]  # type: ignore[arg-type]
    return found


def _populations(content: Annotated, parts: Parts, names: Sequence[str]) -> list[Population]:
    """Categories as classes of which an object has one; truth values as populations."""
    known: list[Population] = []
    for name in names:
        series = content.obs.columns[name]
        if series.dtype == pl.Boolean:
            known.append(Population(name, (name,)))
            parts.populations.append((name, np.flatnonzero(series.fill_null(value=False).to_numpy())))
            continue
        colours = _colours(content.uns.get(f"{name}_colors"))
        for nth, level in enumerate(content.obs.levels[name]):
            one = Population(f"{name}/{level}", (name, level), "class", colours.get(nth), exclusive=True)
            known.append(one)
            parts.populations.append((one.id, np.flatnonzero((series == level).fill_null(value=False).to_numpy())))
    ids = [one.id for one in known]
    if len(set(ids)) < len(ids):  # a column a with the category b/c beside a column a/b with the category c
        known = [Population(f"{nth} {one.id}", one.name, one.kind, one.colour, exclusive=one.exclusive) for nth, one in enumerate(known)]
        parts.populations = [(one.id, rows) for one, (_, rows) in zip(known, parts.populations, strict=True)]
    return known


def _colours(value: Any) -> dict[int, int]:
    """Colours of categories, by their places: scanpy writes them as #rrggbb."""
    texts = value if isinstance(value, list) else []
    matches = {nth: _COLOUR.fullmatch(text) for nth, text in enumerate(texts)}
    return {nth: int(found[1] + (found[2] or "ff"), 16) for nth, found in matches.items() if found}


def _connections(content: Annotated, parts: Parts, notes: list[Note]) -> None:
    """Matrices about pairs of observations as links, each pair once where a matrix is symmetric."""
    frames, weights = [], {}
    for name, matrix in content.obsp.items():
        if len(matrix.data) > MOST_CONNECTIONS:
            notes.append(Note(Kind.SKIPPED, f"obsp {name}: {len(matrix.data):,} entries are more than the {MOST_CONNECTIONS:,} connections that are read"))
            continue
        rows, columns, data = _pairs(matrix)
        numbers = pl.int_range(1, len(rows) + 1, dtype=pl.Int64, eager=True).cast(pl.Utf8)
        ids = pl.select(pl.concat_str(pl.lit(f"{name} "), pl.lit(numbers))).to_series() if len(rows) else numbers
        frames.append(pl.DataFrame({"id": ids, "parent": rows, "child": columns}).with_columns(label=pl.lit(name), kind=pl.lit("link")))
        weights[name] = data.astype(np.float64)
    if not frames or not sum(frame.height for frame in frames):
        return
    parts.connections = pl.concat(frames)
    parts.weights = [Value("connections", Column("weight"), pl.Series(np.concatenate(list(weights.values()))))]


def _pairs(matrix: Sparse) -> tuple[Array, Array, Array]:
    rows, columns, data = matrix.rows(), matrix.indices, matrix.data
    other = np.lexsort((rows, columns))
    order = np.lexsort((columns, rows))
    equal = np.array_equal(rows[order], columns[other]) and np.array_equal(columns[order], rows[other]) and np.array_equal(data[order], data[other])
    kept = rows <= columns if equal else np.ones(len(rows), bool)
    return rows[kept], columns[kept], data[kept]
