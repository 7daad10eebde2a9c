"""Observations that segue wrote, whatever was selected, shuffled or added since."""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl

from segue.codecs.h5ad import Annotated, Frame, Sparse
from segue.formats.anndata.facts import COLUMN, LINK, MATRIX, Facts
from segue.formats.anndata.foreign import added_columns
from segue.formats.anndata.parts import Parts, Value, as_model
from segue.formats.anndata.texts import unescaped
from segue.model.connections import KINDS
from segue.model.objects import SCHEMA
from segue.model.tables import TYPES
from segue.notes import Kind, Note


def parts_of(content: Annotated, facts: Facts, notes: list[Note]) -> Parts:
    """The parts, by what ``uns/segue`` says."""
    obs = content.obs
    parts = Parts(len(obs.index), images=facts.images)
    columns = {name: unescaped(series) if name in facts.escaped and series.dtype == pl.Utf8 else series for name, series in obs.columns.items()}
    roles = {role: columns[name] for role, name in facts.roles.items() if name in columns}
    parts.image = roles.pop("image").cast(pl.Utf8) if "image" in roles else None
    kinds = {**SCHEMA, "z": pl.Int32}
    parts.roles = {role: series.cast(kinds[role], strict=False) for role, series in roles.items() if role in kinds}
    parts.roles.setdefault("id", obs.index)
    parts.points = _points(content, len(obs.index))
    parts.values = _values(content, facts, columns)
    parts.populations = _populations(facts, columns)
    parts.connections, parts.weights = _connections(content, facts)
    used = {*facts.roles.values(), facts.category, *(held for _, held in facts.populations)}
    used |= {key.removeprefix(COLUMN) for many in facts.tables.values() for key, _ in many if key.startswith(COLUMN)}
    variables = {key.removeprefix(MATRIX) for many in facts.tables.values() for key, _ in many if key.startswith(MATRIX)}
    added = added_columns(content, [name for name in obs.columns if name not in used], [name for name in content.var.index if name not in variables])
    if added:
        notes.append(Note(Kind.ASSUMED, "{count column} that segue did not write", count=len(added)))
        parts.values += _renamed(added, parts.values)
    return parts


def _renamed(added: list[Value], known: list[Value]) -> list[Value]:
    tables = {value.table for value in known}
    return [Value(f"{one.table} added" if one.table in tables else one.table, one.column, one.series) for one in added]


def _points(content: Annotated, height: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]] | None:
    found = content.obsm.get("spatial")
    return None if found is None or found.shape[1] < 2 else np.ascontiguousarray(found[:, :2], np.float64)


def _values(content: Annotated, facts: Facts, columns: dict[str, pl.Series]) -> list[Value]:
    places = {name: place for place, name in enumerate(content.var.index)}
    matrix = content.matrix.dense() if isinstance(content.matrix, Sparse) else content.matrix
    found = []
    for table, many in facts.tables.items():
        for key, column in many:
            images = frozenset(facts.partly[key]) if key in facts.partly else None
            name = key.removeprefix(MATRIX if key.startswith(MATRIX) else COLUMN)
            if key.startswith(MATRIX) and name in places and matrix is not None:
                found.append(Value(table, column, as_model(matrix[:, places[name]], column.type), images))
            elif key.startswith(COLUMN) and name in columns:
                series = columns[name]
                found.append(Value(table, column, series.cast(TYPES[column.type], strict=False), images))
    return found


def _populations(facts: Facts, columns: dict[str, pl.Series]) -> list[tuple[str, np.ndarray[tuple[int], np.dtype[np.int64]]]]:
    found = []
    for one, held in facts.populations:
        if not held:
            continue
        if facts.category in columns:
            inside = columns[facts.category].cast(pl.Utf8) == held
        elif held in columns and not facts.category:
            inside = columns[held].cast(pl.Boolean, strict=False)
        else:
            continue
        found.append((one.id, np.flatnonzero(inside.fill_null(value=False).to_numpy())))
    return found


def _connections(content: Annotated, facts: Facts) -> tuple[pl.DataFrame | None, list[Value]]:
    """Those whose ends are both there, and their values."""
    ours = content.uns.get("segue")
    frame = ours.get("connections") if isinstance(ours, dict) else None
    if not isinstance(frame, Frame) or not {"id", "kind", "parent", "child", "label", "tags"} <= set(frame.columns):
        return None, []
    rows = pl.DataFrame({"name": content.obs.index, "at": pl.int_range(len(content.obs.index), dtype=pl.Int64, eager=True)}).unique("name", keep="none")
    columns = {name: unescaped(series) if LINK + name in facts.escaped else series for name, series in frame.columns.items()}
    found = pl.DataFrame({name: columns[name].cast(pl.Utf8) for name in ("id", "kind", "parent", "child", "label", "tags")}).with_row_index("nth")
    for end in ("parent", "child"):
        found = found.join(rows.rename({"name": end, "at": f"{end} at"}), on=end, how="left", maintain_order="left")
    found = found.filter(pl.col("parent at").is_not_null() & pl.col("child at").is_not_null() & pl.col("kind").is_in(KINDS))
    tags = [None if text is None else msgspec.json.decode(text, type=list[str]) for text in found["tags"].to_list()]
    values = []
    for table, many in facts.tables.items():
        for key, column in many:
            name = key.removeprefix(LINK)
            if key.startswith(LINK) and name in columns:
                series = as_model(columns[name], "number") if column.type == "number" else columns[name].cast(TYPES[column.type], strict=False)
                values.append(Value(table, column, series.gather(found["nth"]), frozenset(facts.partly[key]) if key in facts.partly else None))
    frame_of = found.select("id", "kind", "label", parent="parent at", child="child at").with_columns(tags=pl.Series(tags, dtype=pl.List(pl.Utf8)))
    return frame_of, values
