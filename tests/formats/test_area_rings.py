"""Every kind that encloses pixels becomes rings: masks of figures have ImageJ's own pixel counts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.rasterize import rasterize
from segue.model.rings import Rings
from segue.model.shapes import Shapes


def shapes(*rows):
    """(kind, vertices, parameters) each."""
    start = np.cumsum([0, *(len(vertices) for _, vertices, _ in rows)])
    coords = np.array([vertex for _, vertices, _ in rows for vertex in vertices], float).reshape(-1, 2)
    frame = pl.DataFrame([{"object": 0, "role": "outline", "kind": kind, **more} for kind, _, more in rows], infer_schema_length=None)
    return Shapes(frame.with_columns(pl.col("object").cast(pl.Int32)), Rings.simple(coords, start))


FIGURES = [
    (("rectangle", [(50, 12), (80, 32)], {"arc": 8.0}), 588),
    (("rectangle", [(20.25, 70.5), (50.75, 91.25)], {"whole": 1.0}), 651),
    (("rectangle", [(50.5, 12.5), (80.5, 32.5)], {"arc": 8.0, "whole": 1.0}), 588),
    (("rectangle", [(80, 32), (50, 12)], {}), 600),
    (("oval", [(90, 10), (121, 32)], {"whole": 1.0}), 538),
    (("ellipse", [(20, 60), (60, 75)], {"ratio": 0.5}), 716),
    (("rotated rectangle", [(80, 50), (120, 80)], {"width": 18.0}), 900),
    (("spline", [(20, 20), (60, 15), (70, 40), (50, 50), (28, 44)], {"closed": 1.0}), 1639),
]


@pytest.mark.parametrize(("row", "count"), FIGURES)
def test_pixels_of_one_figure(row, count):
    assert np.count_nonzero(rasterize(area_rings(shapes(row)), np.ones(1, np.uint8), (160, 200))[0]) == count


def test_all_at_once_are_each_alone_in_their_order():
    every = shapes(*(row for row, _ in FIGURES))
    found = area_rings(every)
    for number, (row, _) in enumerate(FIGURES):
        assert np.array_equal(found.take([number]).coords, area_rings(shapes(row)).coords)


def test_lines_points_and_what_is_no_outline_are_no_areas():
    every = shapes(
        ("spline", [(0, 0), (5, 5), (9, 0)], {}),
        ("point", [(1, 1)], {}),
        ("line", [(1, 1), (5, 5)], {"width": 5.0}),
        ("ellipse", [(1, 1)], {"ratio": 0.5}),
        ("oval", [(0, 0), (5, 5)], {"role": "nucleus"}),
        ("oval", [(0, 0), (5, 5)], {}),
    )
    assert area_rows(every).tolist() == [5]
