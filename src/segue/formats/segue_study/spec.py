"""The record of segue's own format."""

from __future__ import annotations

from segue.codecs.zarr_types import PIXEL_TYPES
from segue.formats.format import Accepts, Format, Limit, Reference, exact
from segue.model.features import Feature

FORMAT = Format(
    name="segue-study",
    title="segue study",
    suffixes=(".segue",),
    summary="a folder of open files (OME-Zarr, Parquet, JSON) that keeps everything and can be read without segue",
    specification=Reference("segue study: src/segue/formats/segue_study/README.md, on OME-Zarr 0.5 and GeoParquet 1.1.0", "1", "2026-11-20"),
    detect="segue.formats.segue_study.detect:detect",
    reader="segue.formats.segue_study.read:read",
    fit="segue.formats.segue_study.fit:fit",
    writer="segue.formats.segue_study.write:write",
    read_options="segue.formats.segue_study.options:ReadOptions",
    write_options="segue.formats.segue_study.options:WriteOptions",
    accepts=frozenset(Accepts),
    folder=True,
    many=True,
    identity="ids and labels of objects are columns of objects.parquet; every other table names objects by id",
    opened_by=("segue", "napari, Fiji and every other viewer of OME-Zarr 0.5 (the images)", "GeoPandas, QGIS, DuckDB, R, polars and pandas (the tables)"),
    keeps={
        **{feature: exact() for feature in Feature},
        Feature.IMAGES: exact("images of number types that Zarr does not have are left out", limit=Limit(dtypes=PIXEL_TYPES)),
    },
)
