"""Writing a fitted study, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from segue.codecs.json_text import dumps
from segue.formats.annotation_files import Placed, placed, relative
from segue.formats.coco.batches import batches
from segue.formats.coco.extras import Extras, image_ids
from segue.formats.coco.numbering import Numbers, numbered
from segue.formats.coco.options import WriteOptions
from segue.formats.coco.terms import KNOWN, SIDE, UNCLASSIFIED
from segue.formats.coco.write_text import pieces
from segue.formats.description_files import MEMBER, VERSION, image_facts, population_facts, table_facts, with_sizes
from segue.formats.options import Options
from segue.formats.outline_files import image_size
from segue.model.grid import Grid
from segue.model.populations import Population
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study; 20,000 annotations are in memory as text at a time."""
    assert isinstance(options, WriteOptions)
    with sink.open() as file:
        for piece in _text(study, options):
            file.write(piece)


def _text(study: Study, options: WriteOptions) -> Iterator[bytes]:
    columns = [placed(s.tables, KNOWN) for s in study.image_sets]
    tables, of_set = _tables(study.image_sets, columns)
    own = Extras(study.image_sets)
    ids = image_ids(own, len(study.image_sets))
    sizes = [stated_size(s) for s in study.image_sets]
    written = batches(study.image_sets, columns, ids, sizes)
    numbers = numbered(study, written)
    top = dict(sorted(own.of_file().items()))
    yield dumps(top)[:-1] + (b",\n" if top else b"")
    yield b'"categories":[' + b",\n".join(_categories(study, numbers, own)) + b"]"
    yield b',\n"images":['
    for nth, s in enumerate(study.image_sets):
        yield (b",\n" if nth else b"\n") + dumps(_image(s, ids[nth], sizes[nth], of_set[nth], own.of_image(nth)))
    yield b'\n],\n"annotations":['
    start = b"\n"
    for batch, own_ids in zip(written, numbers.annotation, strict=True):
        for piece in pieces(batch, own_ids, numbers, options):
            yield start + piece
            start = b",\n"
    yield b'\n],\n"segue":' + dumps({"version": VERSION, **({"tables": tables} if tables else {})}) + b"}\n"


def _tables(image_sets: tuple[ImageSet, ...], columns: list[list[Placed]]) -> tuple[list[Any], list[int | None]]:
    """The different descriptions of tables, and which one each image set has."""
    found: dict[bytes, int] = {}
    tables: list[Any] = []
    of_set: list[int | None] = []
    for s, own in zip(image_sets, columns, strict=True):
        facts = table_facts(s.tables, {(one.table, one.column.name): one.key for one in own})
        text = dumps(facts)
        if facts and text not in found:
            found[text] = len(tables)
            tables.append(facts)
        of_set.append(found[text] if facts else None)
    return tables, of_set


def _categories(study: Study, numbers: Numbers, own: Extras) -> Iterator[bytes]:
    for one in study.populations:
        yield dumps(_category(one, numbers.category[one.id], own.of_population(one)))
    if numbers.unclassified is not None:
        yield dumps({"id": numbers.unclassified, "name": UNCLASSIFIED, "supercategory": "", MEMBER: {"none": True}})


def _category(one: Population, number: int, other: dict[str, Any]) -> dict[str, Any]:
    above = one.name[-2] if len(one.name) > 1 else ""
    facts: dict[str, Any] = {"id": number, "name": one.name[-1] if one.name else "", "supercategory": above}
    if one.colour is not None:
        facts["color"] = [one.colour >> 24, one.colour >> 16 & 255, one.colour >> 8 & 255]
    return {**facts, **dict(sorted(other.items())), MEMBER: population_facts(one)}


def stated_size(s: ImageSet) -> tuple[int, int]:
    """Height and width that the file states: those of the grid, else as much as the shapes need."""
    corner = s.shapes.rings.coords.max(axis=0, initial=1.0)
    height, width = image_size(s.grid)
    needed = [int(min(np.ceil(one), SIDE)) for one in corner]
    return (needed[1] if s.grid.size("y") is None else max(height, 1), needed[0] if s.grid.size("x") is None else max(width, 1))


def _image(s: ImageSet, key: int | str, size: tuple[int, int], table: int | None, other: dict[str, Any]) -> dict[str, Any]:
    height, width = size
    name = relative(s.name)[0]
    facts: dict[str, Any] = {"id": key, "file_name": name, "height": height, "width": width}
    said = image_facts(s)
    if name == s.name and s.group is None and not s.position:
        said.pop("image", None)
    if s.grid == with_sizes(Grid(), height, width):
        said.pop("grid", None)
    elif "grid" not in said:
        said["grid"] = {"axes": [{"name": axis.name} for axis in s.grid.axes], "world": None}
    side = {**said, **({} if table is None else {"tables": table})}
    return {**facts, **dict(sorted(other.items())), **({MEMBER: side} if side else {})}
