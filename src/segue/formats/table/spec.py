"""The record of tables."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_TYPES = "text tables do not store types: texts that look like numbers are numbers; one table per file, with a row per object"

FORMAT = Format(
    name="table",
    title="Table (CSV, TSV, Parquet, XLSX)",
    suffixes=(".csv", ".tsv", ".xlsx", ".parquet", ".csv.gz", ".tsv.gz"),
    summary="objects as rows: ids, labels, positions, populations and any values, for spreadsheets, R and Python",
    specification=Reference("RFC 4180 (CSV), ECMA-376 part 1 (XLSX), Apache Parquet 2", "2005; 5th edition; 2.11", "2026-11-21"),
    detect="segue.formats.table.detect:detect",
    reader="segue.formats.table.read:read",
    fit="segue.formats.table.fit:fit",
    writer="segue.formats.table.write:write",
    read_options="segue.formats.table.options:ReadOptions",
    write_options="segue.formats.table.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    many=True,
    identity="the columns id and label",
    opened_by=("Excel and LibreOffice", "R", "pandas, polars and every statistics program", "ImageJ (CSV)"),
    usual=(".csv", ".tsv", ".xlsx", ".parquet", ".csv.gz", ".tsv.gz"),
    implied={
        ".tsv": {"container": "tsv"},
        ".xlsx": {"container": "xlsx"},
        ".parquet": {"container": "parquet"},
        ".csv.gz": {"packed": True},
        ".tsv.gz": {"container": "tsv", "packed": True},
    },
    keeps={
        Feature.IMAGE_SETS: approximate("an image set without objects has no row"),
        Feature.IMAGE_SET_NAME: approximate("in the column image, where there are objects; group and position are lost"),
        Feature.PIXEL_SIZE: approximate("positions are written in pixels; --set unit=physical uses the pixel size"),
        Feature.OBJECTS: exact("one position per object", limit=Limit(at_most=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact("labels without a layer are in the layer labels", limit=Limit()),
        Feature.OBJECT_TIME: exact(),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact(),
        Feature.OBJECT_COLOUR: exact(),
        Feature.OBJECT_LOCKED: exact(),
        Feature.POINT: exact("one per object", limit=Limit()),
        Feature.SHAPE_PLANE: exact(),
        Feature.VALUES: exact(_TYPES, limit=Limit(dtypes=("number",), choices=("objects",), at_most=1)),
        Feature.COLUMNS: approximate("units that stand in the names of columns; Parquet keeps all"),
        Feature.POPULATIONS: approximate("by their names, levels joined by colons, those that have members"),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects"),
    },
)
