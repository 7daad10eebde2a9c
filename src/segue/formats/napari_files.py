"""What napari's two kinds of CSV files share: axes and planes, and facts of objects in columns that napari ignores or keeps as features.

It maps the model to columns, so it is no codec; see ADR 0016.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.delimited import read_delimited
from segue.codecs.delimited_numbers import numbers
from segue.errors import InvalidOption, Malformed, UnsupportedVariant
from segue.formats.cell_files import usable
from segue.formats.format import Evidence
from segue.model.objects import Objects, default_ids, repeated_labels, unique_texts
from segue.model.populations import Membership, Population
from segue.model.shapes import Shapes
from segue.model.study import ImageSet
from segue.model.tables import Column, Table
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

Axes = Literal["auto", "yx", "zyx", "tyx", "tzyx"]
Columns = dict[str, pl.Series]
AXIS = "axis-"
HALF = 0.5
"""napari counts from the centre of the first pixel, the model from its corner."""
FARTHEST = 1e9
"""Coordinates beyond this belong to no image."""
FACTS = ("id", "layer", "label", "name", "track", "role", "class", "t", "z")
FEATURES = "features"
JOINT = ": "
"""Between the names of a class within a class, as in QuPath."""
_FIRST_LINE = 1 << 16
_LAST_PLANE = 2**31 - 1


@dataclass(frozen=True)
class LayerFile:
    """The columns of a file."""

    index: pl.Series
    """Texts; the numbers of the shapes or points."""
    axes: NDArray[np.float64]
    """(rows, axes) in the order of the file."""
    others: Columns
    """All further columns, as texts."""
    notes: Notes

    @property
    def all_numbers(self) -> bool:
        """Whether napari wrote the table as numbers, whole ones with ``.0``: it does so where no column is text."""
        return bool(len(self.index)) and bool(self.index.str.ends_with(".0").fill_null(value=False).all())


def looks_like(source: Source, needed: tuple[str, ...], what: str) -> Evidence:
    """Whether the first line names the columns of a napari file."""
    head = source.head(_FIRST_LINE).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].rstrip(b"\r")
    names = [name.strip('"') for name in head.decode("utf-8", "replace").split(",")]
    axes = {"axis-0", "axis-1"} <= set(names)
    if not axes or not set(needed) <= set(names):
        return Evidence(0, f"its first line does not name the columns of napari's {what}")
    if not needed and "shape-type" in names:
        return Evidence(0, "these are shapes, not points")
    return Evidence(98 if names[0] == "index" else 80, f"its first line names the columns of napari's {what}")


def read_file(source: Source) -> LayerFile:
    """The columns of a file.

    Raises
    ------
    SegueError
        As ``read_delimited``; Malformed also where there are no coordinates, or they are no numbers; UnsupportedVariant beyond four axes.
    """
    table = read_delimited(source, delimiter=",", header_rows=1)
    names = unique_texts(pl.Series(["row", *table.names], dtype=pl.Utf8))[1:].to_list()
    columns = dict(zip(names, table.columns.get_columns(), strict=True))
    axes = [name for name in names if name.startswith(AXIS)]
    if len(axes) < 2 or len(axes) > 4:
        message = f"{source.path} has {len(axes)} columns of coordinates (axis-0, axis-1, ...); segue reads 2 to 4 (y, x with z, t in front)"
        raise (UnsupportedVariant if len(axes) > 4 else Malformed)(message, path=source.path)
    coords = np.stack([_coordinates(columns[name], name, source) for name in axes], axis=1)
    blank = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(coords))
    others = {name: column for name, column in columns.items() if name not in axes and name != "index"}
    repairs = Notes(tuple(Note(Kind.REPAIRED, f"line {line}: {what}" if line else what) for line, what in table.repairs[:20]))
    return LayerFile(columns.get("index", blank), coords, others, repairs)


def _coordinates(column: pl.Series, name: str, source: Source) -> NDArray[np.float64]:
    found = column.str.strip_chars().cast(pl.Float64, strict=False)
    wrong = found.is_null() | ~found.is_finite()
    if wrong.any():
        line = int(wrong.arg_max() or 0) + 2
        raise Malformed(
            f"{source.path} is damaged near line {line:,}: expected a number in {name}, found {column[line - 2]!r}",
            path=source.path,
            position=f"line {line}",
            expected="a number",
        )
    return found.to_numpy()


def leading_axes(file: LayerFile, wanted: Axes, source: Source) -> tuple[str, Notes]:
    """Which of t and z stand before y and x, and a note where that is a guess.

    Raises
    ------
    InvalidOption
        The option names another number of axes.
    """
    count = file.axes.shape[1] - 2
    if wanted != "auto":
        if len(wanted) - 2 != count:
            message = f"{source.path.name} has {count + 2} axes, not {len(wanted)} ({wanted})"
            raise InvalidOption(message, option="axes", given=wanted)
        return wanted[:-2], Notes()
    stated = "".join(axis for axis in "tz" if axis in file.others)
    if len(stated) == count:
        return stated, Notes()
    guess = {1: "z", 2: "tz"}[count] if count else ""
    if not count:
        return "", Notes()
    other = " (for time points: --set axes=tyx)" if count == 1 else ""
    return guess, Notes.of(Note(Kind.ASSUMED, f"the axes before y and x are {' and '.join(guess)}{other}"))


def planes(values: NDArray[np.float64], said: pl.Series | None) -> tuple[pl.Series, int]:
    """Plane numbers of coordinates; null where the file says so. Also how many were no whole numbers."""
    whole = np.rint(values)
    outside = ~(np.abs(whole) <= _LAST_PLANE)
    found = pl.Series(np.where(outside, 0, whole).astype(np.int32))
    gone = pl.Series(outside) if said is None else pl.Series(outside) | said.is_null()
    return found.set(gone, None), int((whole != values).sum())


@dataclass(frozen=True)
class Things:
    """Objects of a file, and which of them each shape or point belongs to."""

    objects: Objects
    owner: NDArray[np.int32]
    role: pl.Series
    classes: pl.Series
    """The class of each object; null = none."""
    rest: Columns
    """Columns that say nothing that segue knows, one value per shape or point."""


def things(others: Columns, t: pl.Series | None, count: int, *, whole: bool) -> Things:
    """Objects from the columns of ``count`` shapes or points; ``whole``: whole numbers are written with ``.0``."""
    rest = dict(others)
    rows = pl.int_range(count, dtype=pl.Int64, eager=True)
    blank = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    if t is not None:
        rest.pop("t", None)
    frame = pl.DataFrame({"row": rows, "t": blank.cast(pl.Int32) if t is None else t})
    for name, dtype in (("layer", pl.Utf8), ("label", pl.UInt64), ("track", pl.Int64), ("name", pl.Utf8), ("id", pl.Utf8)):
        frame = frame.with_columns(_fact(rest, name, dtype, blank, whole=whole))
    role = rest.pop("role", blank).fill_null("outline")
    classes = rest.pop("class", blank)
    key = pl.when(pl.col("id").is_not_null()).then(pl.concat_str(pl.lit("i"), "id")).otherwise(pl.concat_str(pl.lit("r"), pl.col("row").cast(pl.Utf8)))
    frame = frame.with_columns(key=key)
    if not _is_identity(frame):
        rest["id"] = others["id"]
        frame = frame.with_columns(id=blank, key=rows.cast(pl.Utf8))
    first = frame.unique("key", keep="first", maintain_order=True)
    if repeated_labels(first).any():
        rest["label"] = others["label"]
        first = first.with_columns(label=blank.cast(pl.UInt64).head(first.height))
    given = first["id"]
    first = first.with_columns(id=default_ids(first))
    first = first.with_columns(id=unique_texts(pl.select(pl.coalesce(given, first["id"])).to_series()) if given.null_count() < len(given) else first["id"])
    owner = frame.join(first.select("key", owner=pl.int_range(pl.len(), dtype=pl.Int32)), on="key", how="left", maintain_order="left")["owner"]
    objects = Objects(first.select("id", "layer", "label", "t", "track", "name"))
    return Things(objects, owner.to_numpy(), role, classes.gather(first["row"]), rest)


def _fact(rest: Columns, name: str, dtype: Any, blank: pl.Series, *, whole: bool) -> pl.Series:
    """A column as what segue calls by its name; it stays with the rest where it cannot be that."""
    if name not in rest:
        return blank.cast(dtype).alias(name)
    texts = rest[name]
    plain = texts.str.replace(r"^([0-9]+)\.0$", "$1") if whole else texts
    found = plain.cast(dtype, strict=False)
    if found.null_count() > texts.null_count() or (name == "label" and (found == 0).any()):
        return blank.cast(dtype).alias(name)
    rest.pop(name)
    return found.alias(name)


def _is_identity(frame: pl.DataFrame) -> bool:
    """Whether what has the same id is the same thing: at one time, with one label."""
    facts = ["t", "layer", "label"]
    return frame.select("key").n_unique() == frame.select("key", *facts).n_unique()


def populations_of(classes: pl.Series) -> tuple[tuple[Population, ...], Membership]:
    """Populations and members from the class of each object (null or empty = none), in the order in which they first occur."""
    frame = pl.DataFrame({"population": classes, "object": pl.int_range(len(classes), dtype=pl.Int32, eager=True)})
    frame = frame.filter(pl.col("population").is_not_null() & (pl.col("population") != ""))
    known = frame["population"].unique(maintain_order=True)
    return tuple(Population(text, tuple(text.split(JOINT)), "class") for text in known), Membership.of(frame)


def classes_of(populations: tuple[Population, ...], membership: Membership, count: int) -> pl.Series:
    """The first class of each object as text; null where it is in none."""
    names = {one.id: JOINT.join(one.name) for one in populations}
    first = membership.frame.sort("object", "nth_of_object").unique("object", keep="first", maintain_order=True)
    found = np.full(count, None, object)
    found[first["object"].to_numpy()] = [names[one] for one in first["population"]]
    return pl.Series(found.tolist(), dtype=pl.Utf8)


def facts_of(objects: Objects, classes: pl.Series, owner: NDArray[np.int32], shapes: Shapes, axes: str) -> Columns:
    """The columns about objects and shapes that have something to say, one value per shape."""
    frame = objects.frame
    parts = np.bincount(owner, minlength=len(objects)) > 1  # only their id says that they belong together
    found: Columns = {"id": frame["id"]} if parts.any() or not frame["id"].equals(default_ids(frame)) else {}
    found |= {name: frame[name] for name in ("layer", "label", "name", "track") if frame[name].null_count() < len(frame)}
    columns = {name: values.gather(owner) for name, values in found.items()}
    if classes.null_count() < len(classes):
        columns["class"] = classes.gather(owner)
    if (shapes.frame["role"] != "outline").any():
        columns["role"] = shapes.frame["role"]
    values = {"t": frame["t"].gather(owner), "z": shapes.frame["z"]}
    return columns | {axis: values[axis] for axis in axes[:-2]}


def written_axes(objects: Objects, shapes: Shapes, wanted: Axes) -> str:
    """The axes of a file: those on which something lies, or those that are wanted."""
    if wanted != "auto":
        return wanted
    there = {"t": objects.frame["t"], "z": shapes.frame["z"]}
    return "".join(axis for axis, values in there.items() if values.null_count() < len(values)) + "yx"


def on_axes(s: ImageSet, axes: str) -> ImageSet:
    """The image set without times or z planes where the file has no such axis; ids made of labels and times are made anew."""
    if "z" not in axes:
        s = replace(s, shapes=s.shapes.with_columns(z=None))
    if "t" in axes or s.objects.frame["t"].null_count() == len(s.objects):
        return s
    made = s.objects.frame["id"].equals(default_ids(s.objects.frame))
    frame = s.objects.frame.with_columns(t=pl.lit(None, pl.Int32))
    frame = frame.with_columns(label=pl.when(~repeated_labels(frame)).then("label"))
    return replace(s, objects=Objects(frame.with_columns(default_ids(frame)) if made else frame))


def coordinates(objects: Objects, owner: NDArray[np.int32], shapes: Shapes, axes: str) -> Columns:
    """``axis-0``, ``axis-1``, ...: one value per vertex, y before x, from the centre of the first pixel."""
    vertices = np.diff(shapes.rings.coord_start)
    values = {"t": objects.frame["t"].gather(owner), "z": shapes.frame["z"]}
    found = [pl.Series(np.repeat(values[axis].fill_null(0).cast(pl.Float64).to_numpy(), vertices)) for axis in axes[:-2]]
    found += [pl.Series(shapes.rings.coords[:, place] - HALF) for place in (1, 0)]
    return {f"{AXIS}{nth}": column for nth, column in enumerate(found)}


def features(tables: Mapping[str, Table], count: int) -> Columns:
    """The columns of all tables about objects as texts, one value per object, under names that nothing else in a file has."""
    found = [(column, table) for table in tables.values() if table.about == "objects" for column in table.columns]
    taken = ["row", "index", "shape-type", "vertex-index", *FACTS]
    names = unique_texts(pl.Series([*taken, *(_plain(column.name) for column, _ in found)], dtype=pl.Utf8))[len(taken) :]
    rows = pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True)})
    result: Columns = {}
    for name, (column, table) in zip(names, found, strict=True):
        values = pl.DataFrame([table.frame["row"], table.frame[column.name].alias("value")])
        result[name] = _as_text(rows.join(values, on="row", how="left", maintain_order="left")["value"])
    return result


def _plain(name: str) -> str:
    return f"_{name}" if name.startswith(AXIS) else name or "unnamed"


def _as_text(values: pl.Series) -> pl.Series:
    if values.dtype == pl.Boolean:
        return values.replace_strict({True: "True", False: "False"}, return_dtype=pl.Utf8)
    return values.cast(pl.Utf8)


def feature_table(columns: Columns, owner: NDArray[np.int32], count: int) -> dict[str, Table]:
    """Columns of texts as a table about objects; what several shapes of one object say is taken from the first."""
    if not columns:
        return {}
    first = np.full(count, -1, np.int64)
    first[owner[::-1]] = np.arange(len(owner))[::-1]
    names = usable(list(columns), ())
    typed = [_typed(values.gather(first)) for values in columns.values()]
    described = tuple(Column(name, kind) for name, (kind, _) in zip(names, typed, strict=True))
    found = {name: values for name, (_, values) in zip(names, typed, strict=True)}
    return {FEATURES: Table("objects", pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True)} | found), described)}


def _typed(texts: pl.Series) -> tuple[Literal["number", "integer", "text", "boolean"], pl.Series]:
    if texts.null_count() < len(texts) and texts.drop_nulls().is_in(["True", "False"]).all():
        return "boolean", texts.replace_strict({"True": True, "False": False}, return_dtype=pl.Boolean)
    found = numbers(texts)
    if found.dtype == pl.Int64:
        return "integer", found
    return ("number", found) if found.dtype == pl.Float64 else ("text", texts)
