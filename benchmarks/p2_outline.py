"""P2: exact outlines of a label image of 4096 x 4096 pixels with 40,000 labels, as flat rings and as shapely polygons."""

from __future__ import annotations

import numpy as np
from harness import LIMIT, OURS, Contender, measure
from inputs import labels

FLAT, POLYGONS = "Rings", "Shapely polygons"


def limit():
    image = labels()
    return lambda: image.max()


def ours(*, polygons=False):
    from segue.geometry.outline import outline
    from segue.geometry.shapely_rings import to_shapely

    image = labels()
    outline(image[:2000, :1001])
    if polygons:
        to_shapely(outline(image[:100, :100])[1])
        return lambda: (result := outline(image), to_shapely(result[1]))
    return lambda: outline(image)


def rasterio_raw():
    from rasterio.features import shapes

    image = labels()
    return lambda: sum(1 for _ in shapes(image, mask=image > 0, connectivity=4))


def rasterio_polygons():
    from rasterio.features import shapes
    from shapely.geometry import shape

    image = labels()

    def work():
        found: dict[int, list] = {}
        for geometry, value in shapes(image, mask=image > 0, connectivity=4):
            found.setdefault(int(value), []).append(shape(geometry))
        return found

    return work


def cv2_each():
    import cv2
    from scipy.ndimage import find_objects

    image = labels()

    def work():
        found = {}
        for number, box in enumerate(find_objects(image), 1):
            if box is not None:
                mask = (image[box] == number).astype(np.uint8)
                found[number] = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE, offset=(box[1].start, box[0].start))[0]
        return found

    return work


def skimage_each():
    from scipy.ndimage import find_objects
    from skimage.measure import find_contours

    image = labels()

    def work():
        boxes = enumerate(find_objects(image), 1)
        return {number: find_contours(np.pad(image[box] == number, 1), 0.5) for number, box in boxes if box is not None}

    return work


def regionprops():
    import cv2
    from shapely import Polygon
    from skimage.measure import regionprops

    image = labels()

    def work():
        found = {}
        for region in regionprops(image):
            contours, _ = cv2.findContours(np.pad(region.image, 1).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            found[region.label] = [Polygon(ring[:, 0] + region.bbox[1::-1]) for ring in contours if len(ring) > 2]
        return found

    return work


def exactness(result):
    names, rings = result[0] if len(result) == 2 and isinstance(result[0], tuple) else result
    image = labels()
    pixels = np.bincount(image.ravel())[1:]
    exact = np.array_equal(rings.areas(), pixels[pixels > 0])
    return {"labels": len(names), "rings": len(rings.ring_start) - 1, "vertices": len(rings.coords), "exact": exact}


CONTENDERS = [
    Contender("read the image once", limit, LIMIT, FLAT, calls=5),
    Contender("segue outline", ours, OURS, FLAT, calls=5, facts=exactness),
    Contender("rasterio shapes, dictionaries", rasterio_raw, case=FLAT, needs=("rasterio",), rounds=2, facts=lambda found: {"parts": found}),
    Contender("OpenCV findContours, pixel centres", cv2_each, case=FLAT, needs=("cv2", "scipy"), rounds=2, exact=False),
    Contender("scikit-image find_contours, at 0.5", skimage_each, case=FLAT, needs=("skimage", "scipy"), rounds=1, exact=False),
    Contender("segue outline and to_shapely", lambda: ours(polygons=True), OURS, POLYGONS, calls=5, facts=exactness),
    Contender("rasterio shapes and shapely", rasterio_polygons, case=POLYGONS, needs=("rasterio", "shapely"), rounds=2),
    Contender("regionprops, OpenCV and shapely, no holes", regionprops, case=POLYGONS, needs=("skimage", "cv2", "shapely"), rounds=1, exact=False),
]

if __name__ == "__main__":
    measure("P2 label image to exact outlines", CONTENDERS, rounds=4)
