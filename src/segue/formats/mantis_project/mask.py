"""Regions as ark-analysis writes them: a picture of their numbers, and their names beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from segue.codecs.mantis_csv import write_rows
from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_write import write_tiff
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_project.layout import REGION_FILES
from segue.model.grid import Grid
from segue.model.image import ArrayPixels

HEADING = ("region_id", "region_name")


def write_mask(folder: Path, rows: Sequence[Row], grid: Grid) -> None:
    """Write ``population_mask.tiff`` and its names, if there is a region. Memory: 4 bytes per pixel.

    A region that overlaps an earlier one is left to the database: what stands in the picture is whole, so nobody reads half a region.

    Parameters
    ----------
    folder
        Of the image set.
    rows
        Its populations, with the pixels (y * width + x) of those that are regions.
    grid
        Its size.
    """
    height, width = grid.size("y"), grid.size("x")
    regions = [(row.name, np.asarray(row.pixels, np.int64)) for row in rows if row.pixels is not None and len(row.pixels)]
    if height is None or width is None or not regions:
        return
    plane = np.zeros(height * width, np.uint32)
    names = []
    for name, pixels in regions:
        if pixels.min() >= 0 and pixels.max() < plane.size and not plane[pixels].any():
            names.append(name)
            plane[pixels] = len(names)
    if names:
        _write(folder, plane.reshape(height, width).astype(np.min_scalar_type(len(names))), names)


def _write(folder: Path, plane: np.ndarray[tuple[int, int], np.dtype[np.generic]], names: Sequence[str]) -> None:
    plan = Plan("ome", {"y": plane.shape[0], "x": plane.shape[1]}, plane.dtype, Facts(role="labels"))
    with (folder / f"{REGION_FILES[0]}.tiff").open("xb+") as file:
        write_tiff(file, plan, ArrayPixels(plane), "yx")
    with (folder / f"{REGION_FILES[0]}.csv").open("xb") as file:
        columns = [pl.Series([HEADING[0], *(str(nth) for nth in range(1, len(names) + 1))]), pl.Series([HEADING[1], *names], dtype=pl.Utf8)]
        write_rows(file, columns)
