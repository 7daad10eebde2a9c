"""P9: the points, of a million, that lie in a lasso of 200 corners; and in which of 40,000 cells a million points lie."""

from __future__ import annotations

import numpy as np
from harness import LIMIT, OURS, Contender, measure
from inputs import labels, lasso

LASSO, CELLS = "A: 1,000,000 points in a lasso of 200 corners", "B: 1,000,000 points in 40,000 outlines"


def limit():
    points, _ = lasso()
    return lambda: points.sum()


def ours():
    from segue.geometry.inside import points_in_shapes
    from segue.geometry.inside_kernel import inside
    from segue.geometry.rings import Rings

    points, outline = lasso()
    rings = Rings.simple(outline, [0, len(outline)])
    inside(points[:10], rings)
    return lambda: points_in_shapes(points, rings)[0]


def contains(*, prepared):
    import shapely

    points, outline = lasso()
    x, y = points.T.copy()

    def work():
        polygon = shapely.Polygon(outline)
        if prepared:
            shapely.prepare(polygon)
        return np.flatnonzero(shapely.contains_xy(polygon, x, y))

    return work


def matplotlib_path():
    from matplotlib.path import Path

    points, outline = lasso()
    return lambda: np.flatnonzero(Path(outline).contains_points(points))


def skimage_points():
    from skimage.measure import points_in_poly

    points, outline = lasso()
    return lambda: np.flatnonzero(points_in_poly(points, outline))


def cells():
    from segue.geometry.outline import outline

    return np.random.default_rng(2).uniform(0, 4096, (1_000_000, 2)), outline(labels())[1]


def ours_cells():
    from segue.geometry.inside import points_in_shapes
    from segue.geometry.inside_kernel import inside

    points, rings = cells()
    inside(points[:10], rings.take(range(20)))
    return lambda: points_in_shapes(points, rings)[0]


def tree():
    import shapely

    from segue.geometry.shapely_rings import to_shapely

    points, rings = cells()
    polygons = to_shapely(rings)
    return lambda: shapely.STRtree(polygons).query(shapely.points(points), "within")[0]


def count(rows):
    return {"found": len(rows)}


CONTENDERS = [
    Contender("add the points up", limit, LIMIT, LASSO, calls=5),
    Contender("segue points_in_shapes", ours, OURS, LASSO, calls=5, facts=count),
    Contender("shapely contains_xy", lambda: contains(prepared=False), case=LASSO, needs=("shapely",), rounds=2, calls=2, facts=count),
    Contender("shapely contains_xy, prepared", lambda: contains(prepared=True), case=LASSO, needs=("shapely",), calls=2, facts=count),
    Contender("matplotlib Path", matplotlib_path, case=LASSO, needs=("matplotlib",), rounds=2, facts=count),
    Contender("scikit-image points_in_poly", skimage_points, case=LASSO, needs=("skimage",), rounds=2, facts=count),
    Contender("segue points_in_shapes", ours_cells, OURS, CELLS, calls=3, facts=count),
    Contender("shapely STRtree", tree, case=CELLS, needs=("shapely",), rounds=1, facts=count),
]

if __name__ == "__main__":
    measure("P9 points in shapes", CONTENDERS, rounds=4)
