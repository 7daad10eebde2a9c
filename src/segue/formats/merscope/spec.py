"""The record of MERSCOPE's cell boundaries."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="merscope",
    title="MERSCOPE cells",
    suffixes=("cell_boundaries.parquet", "_micron_space.parquet", "_mosaic_space.parquet"),
    summary="outlines of cells on every z plane of a MERSCOPE region, with the table of cells; micrometres become pixels of the mosaic",
    specification=Reference("Vizgen, MERSCOPE output file formats, and real files", "Parquet (232 and later, vpt), HDF5 (before)", "2026-11-21"),
    detect="segue.formats.merscope.detect:detect",
    reader="segue.formats.merscope.read:read",
    read_options="segue.formats.merscope.options:ReadOptions",
    identity="ids are the EntityID, all digits of it; it is the label where it fits into 32 bits",
    opened_by=("MERSCOPE Visualizer", "SpatialData, Squidpy, Seurat and other packages for spatial omics"),
)
