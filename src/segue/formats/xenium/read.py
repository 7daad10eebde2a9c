"""Reading: boundaries of cells and nuclei to a study."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

from segue.formats.instrument_files import ID, cell_table, image_size, read_cells
from segue.formats.options import Options
from segue.formats.xenium.experiment import Experiment, pixel_size, read_experiment
from segue.formats.xenium.folder import MASKS, files_of
from segue.formats.xenium.options import ReadOptions
from segue.formats.xenium.spec import FORMAT
from segue.formats.xenium.vertices import Polygons, read_vertices
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.model.objects import Objects
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import Shapes
from segue.model.study import EXTRAS, ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

NAME = "cells"
"""Of the table."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """The cells of a run: their outlines, their nuclei (role ``nucleus``), and the table of cells. Memory: 60 bytes per vertex (a million cells: 1.2 GB).

    Raises
    ------
    InvalidOption
        Nothing says how large a pixel is.
    NotFound, Malformed, SourceChanged, TooLarge, UnsupportedVariant
    """
    assert isinstance(options, ReadOptions)
    files = files_of(source)
    experiment = read_experiment(files.experiment)
    size = pixel_size(experiment.pixel_size, options.pixel_size, source.path)
    outlines, nuclei = (None if path is None else read_vertices(path) for path in (files.cells, files.nuclei))
    if outlines is None:
        outlines, nuclei = nuclei, None
    assert outlines is not None
    table = read_cells(files.table, ["cell_id"])
    pixels = image_size(files.images)
    ids = pl.concat([outlines.id.alias("id"), *([] if nuclei is None else [nuclei.id.alias("id")]), *([] if table is None else [table[ID]])])
    ids = ids.unique(maintain_order=True)
    objects = _objects(ids, outlines, "cell" if files.cells is not None else "nucleus")
    shapes = _shapes(ids, outlines, nuclei, size, 0.5 if options.origin == "centre" else 0.0)
    s = ImageSet(
        experiment.region or experiment.run,
        Grid(tuple(Axis(name, pixels.get(name), size, "um") for name in "yx")),
        experiment.run or None if experiment.region else None,
        objects=objects,
        shapes=shapes,
        tables={} if table is None else {NAME: cell_table(table, ids, _unit)},
        extras=_extras(experiment),
    )
    return Study((s,)), _notes([one for one in (outlines, nuclei) if one is not None], options, masks=files.masks is not None)


def _unit(name: str) -> str | None:
    return "um" if name.endswith("_centroid") else "um^2" if name.endswith("_area") else None


def _objects(ids: pl.Series, outlines: Polygons, layer: str) -> Objects:
    label = _labels(ids, outlines)
    return Objects(pl.DataFrame({"id": ids, "layer": pl.Series([layer]).new_from_index(0, len(ids)), "label": label}))


def _labels(ids: pl.Series, outlines: Polygons) -> pl.Series | None:
    """label_id, if it names each cell once; else the ids, if they are numbers."""
    if outlines.label is not None and outlines.label.dtype.is_numeric():
        pairs = pl.DataFrame({"id": outlines.id, "label": outlines.label.cast(pl.UInt64, strict=False)}).unique(maintain_order=True)
        if pairs["label"].null_count() == 0 and pairs["id"].is_unique().all() and pairs["label"].is_unique().all() and (pairs["label"] > 0).all():
            return pl.DataFrame({"id": ids}).join(pairs, on="id", how="left", maintain_order="left")["label"]
    number = ids.cast(pl.UInt64, strict=False)
    return number if number.null_count() == 0 and (number > 0).all() and (number.cast(pl.Utf8) == ids).all() else None


def _shapes(ids: pl.Series, outlines: Polygons, nuclei: Polygons | None, size: float, shift: float) -> Shapes:
    """An outline per cell, of as many parts as it has polygons, and its nuclei behind it."""
    rows = pl.DataFrame({"id": ids, "row": pl.int_range(len(ids), dtype=pl.Int32, eager=True)})
    cell = _rows(outlines, rows)
    order = np.argsort(cell, kind="stable").astype(np.int64)
    rings = outlines.rings if _sorted(order) else outlines.rings.take(order)
    owner, first = np.unique(cell[order], return_index=True)
    merged = Rings(rings.coords, rings.ring_start, rings.part_start, np.append(first, len(order)).astype(np.int64))
    frame = _frame(owner, "outline")
    if nuclei is not None:
        frame = pl.concat([frame, _frame(_rows(nuclei, rows), "nucleus")])
        merged = concat([merged, nuclei.rings])
    pixels = merged.coords / size
    pixels += shift
    shapes = Shapes(frame, merged.with_coords(pixels))
    order = np.argsort(frame["object"].to_numpy(), kind="stable").astype(np.int64)
    return shapes if _sorted(order) else shapes.take(order)


def _frame(objects: np.ndarray[Any, Any], role: str) -> pl.DataFrame:
    return pl.DataFrame({"object": pl.Series(objects, dtype=pl.Int32)}).with_columns(role=pl.lit(role), kind=pl.lit("polygon"))


def _sorted(order: Ints) -> bool:
    return bool((np.diff(order) == 1).all())


def _rows(polygons: Polygons, rows: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return polygons.id.to_frame("id").join(rows, on="id", how="left", maintain_order="left")["row"].to_numpy()


def _extras(experiment: Experiment) -> pl.DataFrame:
    if not experiment.other:
        return pl.DataFrame(schema=EXTRAS)
    return pl.DataFrame({"format": [FORMAT.name], "entity": ["image set"], "id": [None], "payload": [json.dumps(experiment.other)]}, schema=EXTRAS)


def _notes(read_: list[Polygons], options: ReadOptions, *, masks: bool) -> Notes:
    notes = []
    if options.origin == "corner":
        notes.append(Note(Kind.ASSUMED, "coordinates count from the corner of the first pixel, which 10x does not say (--set origin=centre: from its centre)"))
    skipped, degenerate = sum(one.skipped for one in read_), sum(one.degenerate for one in read_)
    if skipped:
        notes.append(Note(Kind.SKIPPED, "rows without a cell or a place are no vertices", Feature.POLYGON, count=skipped))
    if degenerate:
        notes.append(Note(Kind.SKIPPED, "polygons of fewer than three different vertices enclose nothing", Feature.POLYGON, count=degenerate))
    if masks:
        notes.append(Note(Kind.SKIPPED, f"the label masks in {MASKS} are not read; the outlines are simplified from them", Feature.LABELS))
    return Notes.of(*notes)
