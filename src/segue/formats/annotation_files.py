"""What JSON files with a record per annotation share: facts of objects in a member ``segue``, and values of tables as further members.

Programs that read such records pass over members that they do not know. It maps the model to records, so it is no codec (ADR 0018).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any

import msgspec
import polars as pl

from segue.codecs.json_columns import numbers, quoted
from segue.codecs.json_rows import Member, dense
from segue.codecs.json_text import dumps
from segue.errors import Malformed
from segue.formats.description_files import MEMBER, Described
from segue.model.objects import SCHEMA, Objects, default_ids, unique_texts
from segue.model.tables import TYPES, Column, Table

RECORD, ATTRIBUTES = "annotation", "attributes"
"""Tables of values that stand in the record itself, and in its member ``attributes``."""
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}

Small = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Large = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Colour = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]


class Side(msgspec.Struct, gc=False):
    """The member ``segue`` of an annotation: what the format has no words for."""

    id: str | None = None
    label: Natural | None = None
    layer: str | msgspec.UnsetType | None = msgspec.UNSET
    """Where it is not stated, ``labels`` for objects with a label, else none."""
    name: str | msgspec.UnsetType | None = msgspec.UNSET
    t: Small | None = None
    track: Large | None = None
    colour: Colour | None = None
    locked: bool = False
    kind: str = ""
    """Kind of the shape where the format does not say it."""
    role: str = "outline"
    z: Small | None = None
    c: Small | None = None
    part: Small = 1
    """From 2 on: a further shape of the object of this id."""
    ring: Small = 1
    """From 2 on: a further part of the shape."""
    populations: list[str] | None = None
    vertices: list[tuple[float, float]] | None = None
    """The exact vertices where those of the format differ by rounding."""


NOTHING = Side()


def sides(member: Member | None, count: int, path: Path | str) -> list[Side]:
    """The side member of every record.

    Raises
    ------
    Malformed
    """
    found = dense(member, count, Side | None, f"members {MEMBER!r}", path)
    if any(one is not None and one.label is not None and one.label >= 2**64 for one in found):
        raise Malformed(f"{path} states a label beyond 2**64", path=path, position=MEMBER, expected="labels that fit 64 bits")
    return [NOTHING if one is None else one for one in found]


def object_frame(own: Sequence[Side], ids: pl.Series, names: pl.Series | None = None) -> pl.DataFrame:
    """The columns of objects from their side members.

    Parameters
    ----------
    own
        The side member of each object.
    ids
        The ids of the format, for objects whose member states none; null = none.
    names
        The names of the format.
    """
    label = pl.Series([one.label for one in own], dtype=pl.UInt64)
    layer = [("labels" if one.label is not None else None) if one.layer is msgspec.UNSET else one.layer for one in own]
    stated = pl.Series([one.id for one in own], dtype=pl.Utf8)
    columns = {
        "id": pl.select(pl.coalesce(stated, ids)).to_series(),
        "layer": pl.Series(layer, dtype=pl.Utf8),
        "label": label,
        "t": pl.Series([one.t for one in own], dtype=pl.Int32),
        "track": pl.Series([one.track for one in own], dtype=pl.Int64),
        "name": pl.Series([None if one.name is msgspec.UNSET else one.name for one in own], dtype=pl.Utf8),
        "colour": pl.Series([one.colour for one in own], dtype=pl.UInt32),
        "locked": pl.Series([one.locked for one in own], dtype=pl.Boolean),
    }
    if names is not None:
        free = pl.Series([one.name is msgspec.UNSET for one in own], dtype=pl.Boolean)
        columns["name"] = pl.select(pl.when(free).then(names).otherwise(columns["name"])).to_series()
    return pl.DataFrame(columns, schema=SCHEMA)


def made_unique(frame: pl.DataFrame) -> tuple[Objects, int]:
    """Objects of one image set, with ids for those that have none; and how many ids had to be made different."""
    repeated = ~frame.select(pl.struct("layer", "t", "label").is_first_distinct()).to_series()
    if repeated.any() and frame["label"].null_count() < frame.height:
        frame = frame.with_columns(label=pl.when(~repeated).then("label"))
    ids = frame.select(pl.coalesce("id", default_ids(frame)))["id"] if frame["id"].null_count() else frame["id"]
    unique = ids if ids.n_unique() == len(ids) else unique_texts(ids)
    return Objects(frame.with_columns(id=unique)), int((ids != unique).sum())


def side_members(frame: pl.DataFrame, implied: pl.Series) -> list[tuple[str, pl.Series]]:
    """Facts of objects as JSON texts, null where there is nothing to say; ``implied``: the ids that the format itself says."""
    usual = pl.when(pl.col("label").is_not_null()).then(pl.lit("labels"))
    layer = frame.select(pl.when(pl.col("layer").ne_missing(usual)).then(pl.Series(quoted(frame["layer"])).fill_null("null"))).to_series()
    return [
        ("id", quoted(frame["id"]).set(frame["id"].eq_missing(implied), None)),
        ("label", frame["label"].cast(pl.Utf8)),
        ("layer", layer),
        ("name", quoted(frame["name"])),
        ("t", frame["t"].cast(pl.Utf8)),
        ("track", frame["track"].cast(pl.Utf8)),
        ("colour", frame["colour"].cast(pl.Utf8)),
        ("locked", pl.select(pl.when(frame["locked"]).then(pl.lit("true"))).to_series()),
    ]


def shape_members(frame: pl.DataFrame, usual_kind: pl.Series, part: pl.Series) -> list[tuple[str, pl.Series]]:
    """Facts of shapes as JSON texts; ``usual_kind``: what the format itself says; ``part``: number among the shapes of the object, from 1."""
    kind, role = frame["kind"].cast(pl.Utf8), frame["role"]
    return [
        ("kind", quoted(kind).set(kind == usual_kind, None)),
        ("role", quoted(role).set(role == "outline", None)),
        ("z", frame["z"].cast(pl.Utf8)),
        ("c", frame["c"].cast(pl.Utf8)),
        ("part", part.cast(pl.Utf8).set(part == 1, None)),
    ]


def entries(members: Sequence[tuple[str, pl.Series]]) -> pl.Series:
    """``"name":value,"name":value`` of the values that are not null, row by row; null where there is none."""
    some = [(key, values) for key, values in members if values.null_count() < len(values)]
    if not some:
        return pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(members[0][1])) if members else pl.Series([], dtype=pl.Utf8)
    parts = [pl.concat_str(pl.lit(quoted(pl.Series([key]))[0] + ":"), values, pl.lit(",")) for key, values in some]
    return pl.select(pl.concat_str(*parts, ignore_nulls=True).str.strip_suffix(",").replace("", None)).to_series()


def in_braces(members: pl.Series) -> pl.Series:
    """``{...}`` around entries; null stays null."""
    return pl.select(pl.concat_str(pl.lit("{"), members, pl.lit("}"))).to_series()


@dataclass(frozen=True)
class Placed:
    """A column of a table and where its values stand in a record."""

    table: str
    column: Column
    key: str
    inside: bool
    """In the member ``attributes``."""


def placed(tables: Mapping[str, Table], reserved: Collection[str]) -> list[Placed]:
    """Where each column stands; ``reserved``: members of a record that have a meaning in the format."""
    found = [(name, column) for name, table in tables.items() for column in table.columns]
    top = [(name, column) for name, column in found if name == RECORD and column.name not in reserved]
    rest = sorted(((name, column) for name, column in found if name != RECORD or column.name in reserved), key=lambda one: one[0] != RECORD)
    keys = unique_texts(pl.Series([column.name for _, column in rest], dtype=pl.Utf8))
    outer = [Placed(name, column, column.name, inside=False) for name, column in top]
    return outer + [Placed(name, column, key, inside=True) for (name, column), key in zip(rest, keys, strict=True)]


def fitted_tables(tables: Mapping[str, Table], count: int) -> dict[str, Table]:
    """Tables about objects, with a row for every object."""
    rows = pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True)})
    about = {name: table for name, table in tables.items() if table.about == "objects"}
    return {name: Table("objects", rows.join(table.frame, on="row", how="left", maintain_order="left"), table.columns) for name, table in about.items()}


def cells(values: pl.Series, column: Column) -> pl.Series:
    """The values of a column as JSON texts; missing stays null."""
    values = values.alias("")
    if column.type == "number":
        return numbers(values)
    if column.type == "text":
        return quoted(values)
    if column.type == "json":
        distinct = values.drop_nulls().unique()
        return values.replace_strict(distinct, pl.Series([_as_json(text) for text in distinct], dtype=pl.Utf8), default=None, return_dtype=pl.Utf8)
    return values.cast(pl.Utf8)


def _as_json(text: str) -> str:
    """JSON lists and objects in the form that reading them gives stand as they are, everything else as text."""
    if text[:1] in ("[", "{"):
        try:
            if dumps(msgspec.json.decode(text)).decode() == text:
                return text
        except (ValueError, RecursionError):
            pass
    return dumps(text).decode()


def described_table(columns: Sequence[tuple[str, Column]], values: Mapping[str, Sequence[Any]], count: int) -> Table:
    """A table that the file describes; ``values``: column -> a decoded JSON value per object."""
    frame: dict[str, Any] = {"row": pl.int_range(count, dtype=pl.Int32, eager=True)}
    for _, column in columns:
        frame[column.name] = typed(values.get(column.name, ()), column.type, count)
    return Table("objects", pl.DataFrame(frame), tuple(column for _, column in columns))


def typed(values: Sequence[Any], kind: str, count: int) -> pl.Series:
    """Decoded JSON values as a column; null for what is of another type."""
    if not values:
        return pl.Series([None], dtype=TYPES[kind]).new_from_index(0, count)
    return pl.Series([None if one is None else _CONVERT[kind](one) for one in values], dtype=TYPES[kind])


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return _SPECIAL.get(value)
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except OverflowError:
        return None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63 else None


def _json(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value).decode()


_CONVERT: dict[str, Any] = {
    "number": _number,
    "integer": _integer,
    "text": lambda value: value if isinstance(value, str) else None,
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "json": _json,
}


def implied_type(values: Sequence[Any]) -> str:
    """The type of a column of which nothing is stated."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {bool}:
        return "boolean"
    if kinds == {str}:
        return "text"
    if kinds == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return "integer"
    return "number" if kinds and kinds <= {int, float} else "json"


def native_table(values: Mapping[str, Sequence[Any]], kinds: Mapping[str, str], count: int) -> Table:
    """A table of columns of which the file says nothing but the names; ``values``: name -> a decoded JSON value per object."""
    names = unique_texts(pl.Series(["row", *values], dtype=pl.Utf8))[1:]
    columns = tuple(Column(own, kinds[name]) for own, name in zip(names, values, strict=True))  # type: ignore[arg-type]
    series = [
        pl.Series([dumps(one).decode() if one is not None else None for one in found], dtype=pl.Utf8)
        if kinds[name] == "json"
        else typed(found, kinds[name], count)
        for name, found in values.items()
    ]
    return Table("objects", pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True), **dict(zip(names, series, strict=True))}), columns)


def tables_of(
    described: Described,
    top: Mapping[str, Sequence[Any]],
    inside: Mapping[str, Sequence[Any]],
    reserved: Collection[str],
    kinds: Mapping[tuple[bool, str], str],
    count: int,
) -> dict[str, Table]:
    """The tables of an image set.

    Parameters
    ----------
    described
        The tables that the file describes.
    top, inside
        Member of the records, and of their ``attributes`` -> a decoded JSON value per object.
    reserved
        Members of a record that have a meaning in the format.
    kinds
        (inside, name) -> type of what is not described.
    count
        Number of objects.
    """
    used: set[tuple[bool, str]] = set()
    found: dict[str, Table] = {}
    for name, columns in described.items():
        values: dict[str, Sequence[Any]] = {}
        for key, column in columns:
            within = name != RECORD or key in reserved
            used.add((within, key))
            values[column.name] = (inside if within else top).get(key, ())
        found[name] = described_table(columns, values, count)
    for name, within, source in ((RECORD, False, top), (ATTRIBUTES, True, inside)):
        taken = {key for inner, key in used if inner == within or key in reserved}
        rest = {key: values for key, values in source.items() if key not in taken and any(value is not None for value in values)}
        if rest:
            own = str(unique_texts(pl.Series([*found, name], dtype=pl.Utf8))[-1])
            found[own] = native_table(rest, {key: kinds[within, key] for key in rest}, count)
    return found


def relative(name: Any) -> tuple[str, bool]:
    """The name of a file without the folders of somebody's computer, and whether there were any; relative folders stay."""
    if not isinstance(name, str):
        return "", False
    windows = PureWindowsPath(name)
    if windows.drive or name.startswith(("\\\\", "~", "file:")):
        return windows.name, True
    if name.startswith("/"):
        return PurePosixPath(name).name, True
    return name, False
