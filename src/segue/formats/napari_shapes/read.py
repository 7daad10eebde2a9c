"""Reading napari's CSV of shapes."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl

from segue.errors import Malformed
from segue.formats.napari_files import HALF, Columns, LayerFile, feature_table, leading_axes, planes, populations_of, read_file, things
from segue.formats.napari_shapes.figures import understood
from segue.formats.napari_shapes.options import ReadOptions
from segue.formats.options import Options
from segue.geometry import corners
from segue.model.rings import Floats, Ints, Rings, concat
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_KNOWN = {"line": 2, "path": 1, "polygon": 1, "rectangle": 4, "ellipse": 4}
"""napari's types, and the fewest vertices with which one can be kept."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """One image set of the shapes of a file. Memory: some twenty times the file.

    Raises
    ------
    SegueError
        See ``read_file``; Malformed also for types and numbers of vertices that napari does not have.
    """
    file = read_file(source)
    axes, notes = leading_axes(file, cast("ReadOptions", options).axes, source)
    start = _starts(file)
    first = start[:-1]
    types = _types(file, first, source)
    rings = _placed(types, Rings.simple(file.axes[:, [-1, -2]], start), source)
    if len(rings.coords):
        rings = rings.translated(HALF, HALF)
    kinds, rings, facts = understood(types, rings)
    others = {name: values.gather(first) for name, values in file.others.items() if name not in ("shape-type", "vertex-index")}
    lying, uneven = _planes(file, axes, start, others)
    found = things({name: values for name, values in others.items() if name != "z" or "z" not in axes}, lying.get("t"), len(first), whole=file.all_numbers)
    frame = pl.DataFrame({"object": found.owner, "role": found.role, "z": lying.get("z"), "kind": kinds, **facts})
    populations, membership = populations_of(found.classes)
    s = ImageSet(
        "",
        objects=found.objects,
        shapes=Shapes(frame.cast({"z": pl.Int32}), rings),
        tables=feature_table(found.rest, found.owner, len(found.objects)),
        membership=membership,
    )
    return Study((s,), populations), file.notes + notes + uneven


def _starts(file: LayerFile) -> Ints:
    """Where shapes begin: at every change of the index, as in napari."""
    if not len(file.index):
        return np.zeros(1, np.int64)
    new = file.index.ne_missing(file.index.shift(1)).to_numpy().copy()
    new[0] = True
    return np.append(np.flatnonzero(new), len(new)).astype(np.int64)


def _types(file: LayerFile, first: Ints, source: Source) -> pl.Series:
    blank = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(file.index))
    types = file.others.get("shape-type", blank).gather(first).str.strip_chars().str.to_lowercase()
    wrong = ~types.is_in(list(_KNOWN)).fill_null(value=False)
    if wrong.any():
        nth = int(wrong.arg_max() or 0)
        line = int(first[nth]) + 2
        message = f"{source.path} is damaged near line {line:,}: napari has no shape of the type {types[nth]!r}; it has {', '.join(_KNOWN)}"
        raise Malformed(message, path=source.path, position=f"line {line}", expected="a type of shape")
    return types


def _placed(types: pl.Series, rings: Rings, source: Source) -> Rings:
    """Boxes that are given by two vertices, as programs may write them, get their four corners.

    Raises
    ------
    Malformed
        A shape has another number of vertices than its type.
    """
    count = np.diff(rings.coord_start)
    boxes = types.is_in(["rectangle", "ellipse"]).to_numpy()
    wrong = (boxes & (count != 4) & (count != 2)) | ((types == "line").to_numpy() & (count != 2))
    if wrong.any():
        nth = int(wrong.argmax())
        line = int(rings.coord_start[nth]) + 2
        message = f"{source.path} is damaged near line {line:,}: a shape of the type {types[nth]} has {count[nth]} vertices"
        raise Malformed(message, path=source.path, position=f"line {line}", expected=f"{_KNOWN[types[nth]]} vertices")
    short = np.flatnonzero(boxes & (count == 2))
    if not len(short):
        return rings
    pairs = rings.take(short).coords.reshape(-1, 2, 2).copy()
    round_ = (types.gather(short) == "ellipse").to_numpy()
    pairs[round_] = _around(pairs[round_])
    four = Rings.simple(corners.box_corners(pairs).reshape(-1, 2), np.arange(len(short) + 1) * 4)
    order = np.arange(len(rings))
    order[short] = len(rings) + np.arange(len(short))
    return concat([rings, four]).take(order)


def _around(pairs: Floats) -> Floats:
    """Boxes of ellipses that are given by their centre and their radii."""
    return np.stack([pairs[:, 0] - pairs[:, 1], pairs[:, 0] + pairs[:, 1]], axis=1)


def _planes(file: LayerFile, axes: str, start: Ints, others: Columns) -> tuple[dict[str, pl.Series], Notes]:
    """The plane of every shape on the axes before y and x; notes where vertices are on several, or between them."""
    found: dict[str, pl.Series] = {}
    notes = Notes()
    shape = np.repeat(np.arange(len(start) - 1), np.diff(start))
    for place, axis in enumerate(axes):
        values = file.axes[:, place]
        values_of_first = values[start[:-1]]
        found[axis], between = planes(values_of_first, others.get(axis))
        if between:
            notes += Notes.of(Note(Kind.CHANGED, f"{{count shape}} between two planes of {axis}, moved to the nearer one", count=between))
        many = np.unique(shape[values != values_of_first[shape]])
        if len(many):
            found[axis] = found[axis].scatter(many, None)
            notes += Notes.of(Note(Kind.CHANGED, f"{{count shape}} across several planes of {axis}, now on all of them", count=len(many)))
    return found, notes
