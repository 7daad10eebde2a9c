"""From a study to observations: values in X, everything else about objects in obs, positions in obsm, connections in obsp and uns."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import polars as pl

from segue.codecs.h5ad import Annotated, Array, Frame, Sparse, sparse
from segue.formats.anndata.facts import COLUMN, LINK, MATRIX, Facts, encode
from segue.formats.anndata.options import WriteOptions
from segue.formats.anndata.texts import escaped, keys, needs_escape, titles
from segue.formats.value_files import Held, first_of_each, held
from segue.model.objects import SCHEMA, unique_texts
from segue.model.populations import Population
from segue.model.shapes import ShapeKind
from segue.model.study import ImageSet, Study

MOST_POPULATIONS = 1000
_EXACT = 2**53
_ROLES = ("id", "image", "label", "layer", "t", "z", "track", "name", "colour", "locked")
_BOTH_WAYS = ("link", "touches")
MISSING: dict[np.dtype[Any], np.unsignedinteger[Any]] = {np.dtype(np.float64): np.uint64(0x7FF80000000007A2), np.dtype(np.float32): np.uint32(0x7FC007A2)}
"""A NaN whose last bits are those of R's NA: missing; any other NaN is an undefined number."""
NONE = "#bbbbbb"
"""Colour of a population without one."""


class _Observations:
    """Columns of obs as they are gathered."""

    def __init__(self) -> None:
        self.columns: dict[str, pl.Series] = {}
        self.levels: dict[str, list[str]] = {}
        self.facts = Facts()

    def add(self, key: str, series: pl.Series, levels: list[str] | None = None) -> None:
        if levels is None and series.dtype == pl.Utf8 and needs_escape(series):
            series = escaped(series)
            self.facts.escaped.append(key)
        if levels is None and series.dtype == pl.Utf8 and 2 * series.n_unique() < len(series):
            levels = sorted(series.drop_nulls().unique().to_list())
        self.columns[key] = series.alias(key)
        if levels is not None:
            self.levels[key] = levels


def flat(study: Study, options: WriteOptions) -> Annotated:
    """The observations of all image sets; the same that reading the file gives."""
    sets = study.image_sets
    found = _Observations()
    names = titles([s.name for s in sets], "image")
    found.facts.images = dict(zip(names, (_bare(s) for s in sets), strict=True))
    frame = pl.concat([s.objects.frame for s in sets]) if sets else pl.DataFrame(schema=SCHEMA)
    index = _index(frame["id"], names, sets)
    placed, z = _positions(sets)
    _identity(found, frame, index, names, sets, z)
    matrix, var = _values(found, sets, options)
    colours = _populations(found, study)
    obsm = {"spatial": placed} if np.isfinite(placed).any() else {}
    uns: dict[str, Any] = {**colours, "segue": {"facts": ""}}
    connections = _connections(found, sets, index)
    if connections is not None:
        uns["segue"]["connections"] = connections
    uns["segue"]["facts"] = encode(found.facts)
    return Annotated(Frame(index, found.columns, found.levels), var, matrix, obsm, _graphs(sets), uns)


def _bare(s: ImageSet) -> ImageSet:
    return ImageSet(s.name, s.grid, s.group, s.position)


def _index(ids: pl.Series, names: list[str], sets: tuple[ImageSet, ...]) -> pl.Series:
    """Names of the observations: the ids, with the image set in front where there are several."""
    if len(sets) > 1:
        image = pl.concat([pl.Series([name]).new_from_index(0, len(s.objects)) for name, s in zip(names, sets, strict=True)])
        ids = pl.select(pl.concat_str(pl.lit(image), pl.lit(":"), pl.lit(ids))).to_series() if len(ids) else ids
    return unique_texts(escaped(ids) if needs_escape(ids) else ids).alias("")


def _positions(sets: tuple[ImageSet, ...]) -> tuple[Array, pl.Series]:
    """(x, y) of every object, from its first point, NaN = not known; and its plane."""
    parts, planes = [np.empty((0, 2))], [pl.Series([], dtype=pl.Int32)]
    for s in sets:
        found = np.full((len(s.objects), 2), np.nan)
        plane = np.full(len(s.objects), -1, np.int64)
        frame = s.shapes.frame
        points = (frame["kind"] == str(ShapeKind.POINT)).to_numpy()
        first = first_of_each(frame["object"], points)
        coords = s.shapes.rings.coords[s.shapes.rings.coord_start[first]]
        there = np.isfinite(coords).all(axis=1)
        rows = frame["object"].to_numpy()[first][there]
        found[rows] = coords[there]
        plane[rows] = frame["z"].cast(pl.Int64).fill_null(-1).to_numpy()[first][there]
        parts.append(found)
        planes.append(pl.Series(plane).set(pl.Series(plane < 0), None).cast(pl.Int32))
    return np.concatenate(parts), pl.concat(planes)


def _identity(found: _Observations, frame: pl.DataFrame, index: pl.Series, names: list[str], sets: tuple[ImageSet, ...], z: pl.Series) -> None:
    """What says who the objects are; only what there is to say."""
    usual = pl.when(pl.col("label").is_not_null()).then(pl.lit("labels"))
    stated: dict[str, pl.Series] = {"z": z} if z.null_count() < len(z) else {}
    stated |= {name: frame[name] for name in ("t", "track", "name", "label") if frame[name].null_count() < frame.height}
    if frame["colour"].null_count() < frame.height:
        stated["colour"] = frame["colour"]
    if not frame["id"].equals(index.alias("id")):
        stated["id"] = frame["id"]
    if not frame.select(pl.col("layer").eq_missing(usual).all()).item():
        stated["layer"] = frame["layer"]
    if frame["locked"].any():
        stated["locked"] = frame["locked"]
    for role in _ROLES:
        if role in stated:
            found.add(role, stated[role])
        elif role == "image" and (len(sets) > 1 or any(s.name for s in sets)):
            many = [pl.Series([name]).new_from_index(0, len(s.objects)) for name, s in zip(names, sets, strict=True)]
            found.add(role, pl.concat(many) if many else pl.Series([], dtype=pl.Utf8), names)
        else:
            continue
        found.facts.roles[role] = role


def _values(found: _Observations, sets: tuple[ImageSet, ...], options: WriteOptions) -> tuple[Array, Frame]:
    """Numbers as columns of X, everything else as columns of obs; and what is known of the columns of X."""
    known = list(held(sets))
    numeric = [_fits(one) for one in known]
    inside = iter(titles([one.column.name for one, number in zip(known, numeric, strict=True) if number], "value"))
    outside = iter(keys([one.column.name for one, number in zip(known, numeric, strict=True) if not number], [*_ROLES, "population", "_index"]))
    height = sum(len(s.objects) for s in sets)
    matrix = np.empty((height, sum(numeric)), options.dtype)
    variables: list[tuple[str, Held]] = []
    for one, number in zip(known, numeric, strict=True):
        if number:
            key = MATRIX + next(inside)
            matrix[:, len(variables)] = _numbers(one.series, matrix.dtype)
            variables.append((key.removeprefix(MATRIX), one))
        else:
            key = COLUMN + next(outside)
            found.add(key.removeprefix(COLUMN), one.series)
        found.facts.tables.setdefault(one.table, []).append((key, one.column))
        if len(one.sets) < len(sets):
            found.facts.partly[key] = one.sets
    return matrix, _var(variables)


def _fits(one: Held) -> bool:
    """Whether X holds a column: whole numbers that double precision would round stay whole numbers in obs."""
    if one.column.type == "integer" and one.series.null_count() < len(one.series):
        return bool(one.series.min() >= -_EXACT) and bool(one.series.max() <= _EXACT)  # type: ignore[operator]
    return one.column.type in ("number", "integer")


def _numbers(series: pl.Series, dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore"):
        found = series.cast(pl.Float64).fill_null(0.0).to_numpy().astype(dtype)
    found[np.isnan(found)] = np.nan
    if series.null_count():
        found.view(MISSING[found.dtype].dtype)[series.is_null().to_numpy()] = MISSING[found.dtype]
    return found


def _var(variables: list[tuple[str, Held]]) -> Frame:
    columns = {}
    for name in ("unit", "measurement", "channel", "layer"):
        texts = pl.Series(name, [getattr(one.column, name) for _, one in variables], dtype=pl.Utf8)
        if texts.null_count() < len(texts):
            columns[name] = escaped(texts) if needs_escape(texts) else texts
    if len({one.table for _, one in variables}) > 1:
        columns["table"] = escaped(pl.Series([one.table for _, one in variables], dtype=pl.Utf8))
    return Frame(pl.Series([key for key, _ in variables], dtype=pl.Utf8), columns)


def _populations(found: _Observations, study: Study) -> dict[str, list[str]]:
    """One column of categories where no object is in two populations, else a column of truth values for each; returns the colours."""
    sets, many = study.image_sets, study.populations
    if not many:
        return {}
    start = np.cumsum([0, *(len(s.objects) for s in sets)])
    pairs = [s.membership.frame.select("population", pl.col("object").cast(pl.Int64) + int(first)) for s, first in zip(sets, start, strict=False)]
    members = pl.concat(pairs) if pairs else pl.DataFrame(schema={"population": pl.Utf8, "object": pl.Int64})
    shown = titles([": ".join(one.name) for one in many], "population")
    if not members["object"].is_duplicated().any():
        return _as_categories(found, many, shown, members, int(start[-1]))
    taken = [*found.columns, *_ROLES, "_index"]
    for one, key in zip(many, keys(shown, taken), strict=True):
        kept = len(found.facts.populations) < MOST_POPULATIONS
        if kept:
            inside = np.zeros(int(start[-1]), bool)
            inside[members.filter(population=one.id)["object"].to_numpy()] = True
            found.add(key, pl.Series(inside))
        found.facts.populations.append((one, key if kept else ""))
    return {}


def _as_categories(found: _Observations, many: tuple[Population, ...], shown: list[str], members: pl.DataFrame, height: int) -> dict[str, list[str]]:
    names = members.join(pl.DataFrame({"population": [one.id for one in many], "shown": shown}), on="population", how="left")
    rows = pl.DataFrame({"object": pl.int_range(height, dtype=pl.Int64, eager=True)})
    key = "population"
    found.add(key, rows.join(names, on="object", how="left", maintain_order="left")["shown"], shown)
    found.facts.populations = list(zip(many, shown, strict=True))
    found.facts.category = key
    colours = [NONE if one.colour is None else f"#{one.colour >> 8:06x}" for one in many]
    return {f"{key}_colors": colours} if set(colours) - {NONE} else {}


def _connections(found: _Observations, sets: tuple[ImageSet, ...], index: pl.Series) -> Frame | None:
    """Everything about connections, by the names of the observations at their ends."""
    if not any(len(s.connections) for s in sets):
        return None
    first = np.cumsum([0, *(len(s.objects) for s in sets)])
    frame = pl.concat(
        [
            s.connections.frame.with_columns(pl.col("kind").cast(pl.Utf8), *(pl.col(end).cast(pl.Int64) + int(at) for end in ("parent", "child")))
            for s, at in zip(sets, first, strict=False)
        ]
    )
    tags = [None if one is None else orjson.dumps(one).decode("utf-8") for one in frame["tags"].to_list()]
    columns = {"id": frame["id"], "kind": frame["kind"], "parent": index.gather(frame["parent"]), "child": index.gather(frame["child"])}
    columns |= {"label": frame["label"], "tags": pl.Series(tags, dtype=pl.Utf8)}
    values = list(held(sets, "connections"))
    for one, name in zip(values, keys([one.column.name for one in values], [*columns, "_index"]), strict=True):
        columns[name] = pl.Series(_numbers(one.series, np.dtype(np.float64))) if one.column.type == "number" else one.series
        found.facts.tables.setdefault(one.table, []).append((LINK + name, one.column))
        if len(one.sets) < len(sets):
            found.facts.partly[LINK + name] = one.sets
    for name, series in columns.items():
        if series.dtype == pl.Utf8 and needs_escape(series) and name not in ("parent", "child"):
            columns[name] = escaped(series)
            found.facts.escaped.append(LINK + name)
    rows = pl.int_range(frame.height, dtype=pl.Int64, eager=True).cast(pl.Utf8)
    return Frame(rows, {name: series.alias(name) for name, series in columns.items()})


def _graphs(sets: tuple[ImageSet, ...]) -> dict[str, Sparse]:
    """A matrix of 1 for each kind of connection, and of each number that is known of them."""
    start = np.cumsum([0, *(len(s.objects) for s in sets)])
    if not any(len(s.connections) for s in sets):
        return {}
    frames = [
        s.connections.frame.select(pl.col("kind").cast(pl.Utf8), pl.col("parent", "child").cast(pl.Int64) + int(at)) for s, at in zip(sets, start, strict=False)
    ]
    frame = pl.concat(frames)
    numbers = {"": np.ones(frame.height)}
    values = [one for one in held(sets, "connections") if one.column.type in ("number", "integer")]
    for one, name in zip(values, keys([one.column.name for one in values]), strict=True):
        numbers[name] = one.series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found = {}
    for kind in frame["kind"].unique(maintain_order=True):
        for name, weights in numbers.items():
            there = (frame["kind"] == kind).to_numpy() & np.isfinite(weights)
            if there.any():
                found[f"{kind} {name}".strip()] = _graph(frame.filter(pl.Series(there)), weights[there], int(start[-1]), both=kind in _BOTH_WAYS)
    return found


def _graph(pairs: pl.DataFrame, weights: Array, size: int, *, both: bool) -> Sparse:
    parent, child = pairs["parent"].to_numpy(), pairs["child"].to_numpy()
    if not both:
        return sparse(parent, child, weights, size)
    return sparse(np.concatenate([parent, child]), np.concatenate([child, parent]), np.concatenate([weights, weights]), size)
