"""Reading: outlines of cells on planes to a study."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.wkb_walk import MULTIPOLYGON, POLYGON
from segue.formats.instrument_files import ID, cell_table, image_size, read_cells
from segue.formats.merscope.folder import files_of
from segue.formats.merscope.options import ReadOptions
from segue.formats.merscope.outlines import Outlines, read_hdf5, read_parquet
from segue.formats.merscope.transform import find_transform
from segue.formats.options import Options
from segue.model.features import Feature
from segue.model.grid import Axis
from segue.model.objects import Objects
from segue.model.rings import Bools
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

NAME = "cell metadata"
"""Of the table."""
_LABELS = 2**32
"""Ids below this are labels."""
_UNITS = {"center_x": "um", "center_y": "um", "min_x": "um", "max_x": "um", "min_y": "um", "max_y": "um", "volume": "um^3"}


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """The cells of a region: an outline on each plane, and the table of cells. Memory: 150 bytes per vertex.

    Raises
    ------
    InvalidOption
        Nothing says how micrometres become pixels.
    NotFound, Malformed, SourceChanged, TooLarge, UnsupportedVariant
    """
    assert isinstance(options, ReadOptions)
    files = files_of(source)
    transform = find_transform(files.transform, options, files.boundaries[0])
    parquet = source.head(4) == b"PAR1" if not source.is_folder else files.boundaries[0].suffix == ".parquet"
    outlines = read_parquet(files.boundaries[0], options.z) if parquet else read_hdf5(files.boundaries, options.z)
    table = read_cells(files.metadata, ["EntityID", "", "id"])
    ids = outlines.frame["id"] if table is None else pl.concat([outlines.frame["id"], table[ID]])
    ids = ids.unique(maintain_order=True)
    shift = 0.5 if options.origin == "centre" else 0.0
    shapes = _shapes(ids, outlines, flat=options.z is not None)
    coords = transform.pixels(shapes.rings.coords, shift)
    s = ImageSet(
        "",
        transform.grid(shift, None if options.z is not None else _planes(outlines.frame), image_size(files.images)),
        objects=_objects(ids),
        shapes=Shapes(shapes.frame, shapes.rings.with_coords(coords)),
        tables={} if table is None else {NAME: cell_table(table, ids, _UNITS.get)},
    )
    return Study((s,)), _notes(outlines, options)


def _objects(ids: pl.Series) -> Objects:
    """Ids that are small numbers are labels, too; those of newer versions have 64 bits, which few label images can hold."""
    number = ids.cast(pl.UInt64, strict=False)
    small = number.null_count() == 0 and (number > 0).all() and (number < _LABELS).all() and (number.cast(pl.Utf8) == ids).all()
    return Objects(pl.DataFrame({"id": ids, "layer": pl.Series(["cell"]).new_from_index(0, len(ids)), "label": number if small else None}))


def _shapes(ids: pl.Series, outlines: Outlines, *, flat: bool) -> Shapes:
    """One per cell and plane, in the order of the cells."""
    rows = pl.DataFrame({"id": ids, "row": pl.int_range(len(ids), dtype=pl.Int32, eager=True)})
    own = outlines.frame.select(pl.all().gather(outlines.found.row))
    owner = own.select("id").join(rows, on="id", how="left", maintain_order="left")["row"]
    z = pl.Series([None], dtype=pl.Int32).new_from_index(0, own.height) if flat else own["z"].cast(pl.Int32, strict=False)
    frame = pl.DataFrame({"object": owner, "z": z}).with_columns(kind=pl.lit("polygon"))
    order = np.argsort(owner.to_numpy(), kind="stable").astype(np.int64)
    return Shapes(frame, outlines.found.rings).take(order[_areas(outlines)[order]])


def _areas(outlines: Outlines) -> Bools:
    areas: Bools = np.isin(outlines.found.kind, (POLYGON, MULTIPOLYGON))
    return areas


def _planes(frame: pl.DataFrame) -> Axis | None:
    """The z axis, with the distance of the planes where it is always the same; None where there is one plane."""
    planes = frame.select("z", "level").drop_nulls().unique("z").sort("z")
    if frame["z"].n_unique() < 2:
        return None
    if planes.height > 1:
        steps = np.diff(planes["level"].to_numpy()) / np.diff(planes["z"].to_numpy())
        if np.isfinite(steps).all() and np.allclose(steps, steps[0], rtol=1e-6) and steps[0] > 0:
            return Axis("z", None, float(steps[0]), "um")
    return Axis("z")


def _notes(outlines: Outlines, options: ReadOptions) -> Notes:
    found = outlines.found
    notes = []
    if options.origin == "corner":
        notes.append(
            Note(Kind.ASSUMED, "coordinates count from the corner of the first pixel, which Vizgen does not say (--set origin=centre: from its centre)")
        )
    if found.degenerate:
        notes.append(Note(Kind.SKIPPED, "rings of fewer than three different vertices enclose nothing", Feature.POLYGON, count=found.degenerate))
    notes += [Note(Kind.SKIPPED, f"{reason} have no outline", Feature.POLYGON, count=count) for reason, count in found.unreadable.items()]
    other = int((~_areas(outlines)).sum())
    if other:
        notes.append(Note(Kind.SKIPPED, "points and lines are no outlines", Feature.POLYGON, count=other))
    return Notes.of(*notes)
