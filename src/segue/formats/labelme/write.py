"""Writing a fitted study."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.codecs.json_text import dumps
from segue.formats.annotation_files import placed, relative
from segue.formats.description_files import MEMBER, VERSION, image_facts, population_facts, table_facts, with_sizes
from segue.formats.labelme.embedded import packed
from segue.formats.labelme.fit import further
from segue.formats.labelme.options import WriteOptions
from segue.formats.labelme.read_shapes import flags_table
from segue.formats.labelme.terms import FLAGS, KNOWN
from segue.formats.labelme.terms import VERSION as LABELME
from segue.formats.labelme.write_text import texts
from segue.formats.options import Options
from segue.model.grid import Grid
from segue.model.image import in_memory
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the image set of a fitted study."""
    assert isinstance(options, WriteOptions)
    s = study.image_sets[0]
    flags = _flags(s)
    columns = placed({name: table for name, table in s.tables.items() if name not in flags}, KNOWN)
    keys = {(one.table, one.column.name): one.key for one in columns} | {(name, column.name): column.name for name in flags for column in flags[name].columns}
    other = further(s.extras)
    head = {"version": other.pop("version", LABELME), "flags": other.pop("flags", {})}
    with sink.open() as file:
        file.write(dumps(head)[:-1] + b',"shapes":[')
        start = b"\n"
        for piece in texts(s, study.populations, columns, flags.get(FLAGS), options.outlines):
            file.write(start + piece)
            start = b",\n"
        file.write(b"\n]," + dumps(_tail(s, study, keys, other))[1:] + b"\n")


def _flags(s: ImageSet) -> dict[str, Table]:
    """The table of flags, if there is one."""
    table = s.tables.get(FLAGS)
    return {FLAGS: table} if table is not None and flags_table([(column.name, column) for column in table.columns]) else {}


def _tail(s: ImageSet, study: Study, keys: dict[tuple[str, str], str], other: dict[str, Any]) -> dict[str, Any]:
    """Everything about the image, and what Labelme has no words for."""
    name = relative(s.name)[0]
    sizes = [s.grid.size("y"), s.grid.size("x")]
    side = image_facts(s)
    if name == s.name and s.group is None and not s.position:
        side.pop("image", None)
    if None not in sizes and s.grid == with_sizes(Grid(), *sizes):  # type: ignore[arg-type]
        side.pop("grid", None)
    if study.populations:
        side["populations"] = [population_facts(one) for one in study.populations]
    if s.tables:
        side["tables"] = table_facts(s.tables, keys)
    found = {"imagePath": name, "imageData": _picture(s), "imageHeight": sizes[0], "imageWidth": sizes[1]}
    stated = {key: None if size is not None and size > 2**31 - 1 else size for key, size in (("imageHeight", sizes[0]), ("imageWidth", sizes[1]))}
    if stated != {key: found[key] for key in stated}:
        side["grid"] = image_facts(s)["grid"]
    return {**found, **stated, **other, **({MEMBER: {"version": VERSION, **side}} if side else {})}


def _picture(s: ImageSet) -> str | None:
    if not s.images:
        return None
    pixels = in_memory(s.images[0].pixels)
    return packed(np.ascontiguousarray(pixels if pixels.ndim == 2 else np.moveaxis(pixels, 0, -1)))
