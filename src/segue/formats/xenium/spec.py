"""The record of Xenium's cell boundaries."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="xenium",
    title="Xenium cells",
    suffixes=(
        "experiment.xenium",
        "cell_boundaries.parquet",
        "nucleus_boundaries.parquet",
        "cell_boundaries.csv.gz",
        "nucleus_boundaries.csv.gz",
        "cell_boundaries.csv",
        "nucleus_boundaries.csv",
    ),
    summary="outlines of cells and nuclei of an output folder of the Xenium Analyzer, with the table of cells; micrometres become pixels",
    specification=Reference("10x Genomics, Understanding Xenium Outputs", "Xenium Onboard Analysis 1.0 to 3.x", "2026-11-21"),
    detect="segue.formats.xenium.detect:detect",
    reader="segue.formats.xenium.read:read",
    read_options="segue.formats.xenium.options:ReadOptions",
    identity="ids are the cell_id of Xenium (aaabbbccc-1, or the number of older versions); label_id, or else a number, is the label",
    opened_by=("Xenium Explorer", "SpatialData", "Seurat, Giotto and other packages for spatial omics"),
)
