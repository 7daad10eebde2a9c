"""P3: outlines to a label image. A: the exact outlines of P2, which must come back bit for bit. B: 100,000 polygons of 20 corners."""

from __future__ import annotations

import numpy as np
from harness import LIMIT, OURS, Contender, measure
from inputs import labels, polygons

from segue.geometry.rings import Rings
from segue.geometry.shapely_rings import to_shapely

A, B = "A: exact outlines, 4096 x 4096", "B: 100,000 polygons, 8192 x 8192"


def job(case):
    """Size, rings, values."""
    if case == A:
        from segue.geometry.outline import outline

        names, rings = outline(labels())
        return 4096, rings, names.astype(np.int32)
    corners = polygons()
    return 8192, Rings.simple(corners.reshape(-1, 2), np.arange(0, corners.size // 2 + 1, corners.shape[1])), np.arange(1, len(corners) + 1, dtype=np.int32)


def limit(case):
    size = 4096 if case == A else 8192

    def work():
        image = np.zeros((size, size), np.int32)
        image.fill(1)
        return image

    return work


def ours(case):
    from segue.geometry.rasterize import rasterize

    size, rings, values = job(case)
    rasterize(rings.take([0]), values[:1], (2000, 1001))
    return lambda: rasterize(rings, values, (size, size))[0]


def rasterio_paint(case, *, dictionaries):
    from rasterio.features import rasterize

    size, rings, values = job(case)
    shapes = to_shapely(rings)
    if dictionaries:
        shapes = [shape.__geo_interface__ for shape in shapes]
    return lambda: rasterize(zip(shapes, values.tolist(), strict=True), (size, size), dtype="int32")


def cv2_paint(case):
    import cv2

    size, rings, values = job(case)
    start = rings.shape_rings

    def work():
        image = np.zeros((size, size), np.int32)
        fixed = np.round((rings.coords - 0.5) * 16).astype(np.int32)
        for row, value in enumerate(values.tolist()):
            own = [fixed[rings.ring_start[ring] : rings.ring_start[ring + 1]] for ring in range(start[row], start[row + 1])]
            cv2.fillPoly(image, own, value, shift=4)
        return image

    return work


def pil_paint(case):
    from PIL import Image, ImageDraw

    size, rings, values = job(case)

    def work():
        image = Image.new("I", (size, size), 0)
        draw = ImageDraw.Draw(image)
        for row, value in enumerate(values.tolist()):
            first = rings.shape_rings[row]
            draw.polygon((rings.coords[rings.ring_start[first] : rings.ring_start[first + 1]] - 0.5).ravel().tolist(), fill=value)
        return np.asarray(image)

    return work


def skimage_paint(case):
    from skimage.draw import polygon

    size, rings, values = job(case)

    def work():
        image = np.zeros((size, size), np.int32)
        for row, value in enumerate(values):
            first = rings.shape_rings[row]
            ring = rings.coords[rings.ring_start[first] : rings.ring_start[first + 1]] - 0.5
            image[polygon(ring[:, 1], ring[:, 0], (size, size))] = value
        return image

    return work


def share(case):
    def facts(image):
        painted = {"painted": f"{(image > 0).mean():.4f}"}
        return painted | ({"exact": bool(np.array_equal(image, labels()))} if case == A else {})

    return facts


def contenders(case):
    return [
        Contender("write the image twice", lambda: limit(case), LIMIT, case, calls=5),
        Contender("segue rasterize", lambda: ours(case), OURS, case, calls=5, facts=share(case)),
        Contender("rasterio, dictionaries in", lambda: rasterio_paint(case, dictionaries=True), case=case, needs=("rasterio",), rounds=2, facts=share(case)),
        Contender(
            "rasterio, shapely in", lambda: rasterio_paint(case, dictionaries=False), case=case, needs=("rasterio", "shapely"), rounds=2, facts=share(case)
        ),
        Contender("OpenCV fillPoly, borders too", lambda: cv2_paint(case), case=case, needs=("cv2",), rounds=2, facts=share(case), exact=False),
        Contender("Pillow, outer rings", lambda: pil_paint(case), case=case, needs=("PIL",), rounds=1, facts=share(case), exact=False),
        Contender("scikit-image, outer rings", lambda: skimage_paint(case), case=case, needs=("skimage",), rounds=1, facts=share(case), exact=False),
    ]


if __name__ == "__main__":
    measure("P3 outlines to a label image", [*contenders(A), *contenders(B)], rounds=4)
