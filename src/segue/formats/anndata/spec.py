"""The record of AnnData."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

FORMAT = Format(
    name="anndata",
    title="AnnData (.h5ad)",
    suffixes=(".h5ad",),
    summary="objects as observations: values in X, positions, populations, labels and connections, for scanpy, squidpy and the rest of scverse",
    specification=Reference("anndata: on-disk format", "encoding versions of anndata 0.8 to 0.13; read from 0.7", "2026-11-21"),
    detect="segue.formats.anndata.detect:detect",
    reader="segue.formats.anndata.read:read",
    fit="segue.formats.anndata.fit:fit",
    writer="segue.formats.anndata.write:write",
    read_options="segue.formats.anndata.options:ReadOptions",
    write_options="segue.formats.anndata.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    many=True,
    identity="the columns id, label and image of obs, or the names of the observations; uns/segue says what each column means",
    opened_by=("scanpy, squidpy, scimap (Python)", "anndata, zellkonverter (R)", "cellxgene, Vitessce"),
    keeps={
        Feature.IMAGE_SETS: exact(),
        Feature.IMAGE_SET_NAME: exact(),
        Feature.GRID_SIZE: exact(),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact(),
        Feature.OBJECTS: exact("one position per object", limit=Limit(at_most=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: exact(),
        Feature.OBJECT_TIME: exact(),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact(),
        Feature.OBJECT_COLOUR: exact(),
        Feature.OBJECT_LOCKED: exact(),
        Feature.POINT: exact("positions are finite", limit=Limit()),
        Feature.SHAPE_PLANE: exact("z only", limit=Limit(choices=("z",))),
        Feature.CONNECTIONS: exact("in uns, and for other programs as matrices in obsp"),
        Feature.VALUES: approximate(
            "of objects, one row for each; missing values are NaN with a mark that segue knows; --set dtype=float32 keeps seven digits"
        ),
        Feature.COLUMNS: exact("of columns that are written", limit=Limit()),
        Feature.POPULATIONS: exact(),
        Feature.POPULATION_COLOUR: exact(),
        Feature.POPULATION_SETTINGS: exact(),
        Feature.MEMBERSHIP: approximate("members are listed in the order of the objects, for up to 1,000 populations"),
    },
)
