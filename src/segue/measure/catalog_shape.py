"""The catalogue's measurements of place, size and form."""

from __future__ import annotations

from segue.measure.measurement import IMAGEJ, PLANE, SEGUE, SKIMAGE, VOLUME, Measurement

SHAPE: tuple[Measurement, ...] = (
    Measurement("area", "pixels", "number of pixels (voxels)", IMAGEJ),
    Measurement("x", "place", "mean of the pixel centres; the first pixel's is 0.5", IMAGEJ),
    Measurement("y", "place", "mean of the pixel centres; the first pixel's is 0.5", IMAGEJ),
    Measurement("z", "place", "mean of the plane numbers, from 0", SKIMAGE, VOLUME),
    Measurement("left", "place", "first column", IMAGEJ),
    Measurement("top", "place", "first row", IMAGEJ),
    Measurement("front", "place", "first plane", SKIMAGE, VOLUME),
    Measurement("width", "length", "columns of the bounding box", IMAGEJ),
    Measurement("height", "length", "rows of the bounding box", IMAGEJ),
    Measurement("depth", "length", "planes of the bounding box", SKIMAGE, VOLUME),
    Measurement("extent", "number", "area / (width * height), of volumes / depth too", SKIMAGE, made_of=("area", "width", "height")),
    Measurement(
        "perimeter", "length", "outer contours along pixel edges, less 2 - sqrt(2) per corner; of corners one pixel apart every other one", IMAGEJ, PLANE
    ),
    Measurement("circularity", "number", "4 pi area / perimeter^2, at most 1", IMAGEJ, PLANE, ("area", "perimeter")),
    Measurement("feret", "length", "largest distance of two corners of its pixels (voxels)", IMAGEJ),
    Measurement("feret_x", "pixel place", "x of the left end of that distance, always in pixels", IMAGEJ, PLANE),
    Measurement("feret_y", "pixel place", "y of the left end of that distance, always in pixels", IMAGEJ, PLANE),
    Measurement("feret_angle", "degrees", "angle of that distance with the x axis, counter-clockwise, 0 to 180", IMAGEJ, PLANE),
    Measurement("min_feret", "length", "smallest distance of two parallel lines that hold the convex hull", IMAGEJ, PLANE),
    Measurement("convex_area", "pixels", "area of the polygon around the pixels' corners that is convex", IMAGEJ, PLANE),
    Measurement("solidity", "number", "area / convex_area", IMAGEJ, PLANE, ("area", "convex_area")),
    Measurement("major", "length", "longer axis of the ellipse of equal area and second moments; 0 where pixels are not square (by 1 percent)", IMAGEJ, PLANE),
    Measurement("minor", "length", "shorter axis of that ellipse", IMAGEJ, PLANE),
    Measurement("angle", "degrees", "angle of its longer axis with the x axis, counter-clockwise, 0 to 180, in pixels", IMAGEJ, PLANE),
    Measurement("aspect_ratio", "number", "major / minor", IMAGEJ, PLANE, ("major", "minor")),
    Measurement("roundness", "number", "4 area / (pi major^2)", IMAGEJ, PLANE, ("area", "major")),
    Measurement("equivalent_diameter", "length", "sqrt(4 area / pi); of volumes the cube root of 6 area / pi", SKIMAGE, made_of=("area",)),
    Measurement("axis_major", "length", "4 sqrt(largest eigenvalue of the covariance of places); of volumes sqrt(20 times it)", SKIMAGE),
    Measurement("axis_middle", "length", "sqrt(20 times the middle eigenvalue of it)", SEGUE, VOLUME),
    Measurement("axis_minor", "length", "4 sqrt(smallest eigenvalue of it); of volumes sqrt(20 times it)", SKIMAGE),
    Measurement("eccentricity", "number", "sqrt(1 - axis_minor^2 / axis_major^2)", SKIMAGE, PLANE, ("axis_major", "axis_minor")),
    Measurement("orientation", "radians", "angle of the longer axis with the y axis, counter-clockwise, -pi/2 to pi/2", SKIMAGE, PLANE),
    Measurement("euler", "number", "parts less holes, of volumes less tunnels plus cavities; pixels that touch at a corner are one part", SKIMAGE),
    Measurement("surface_area", "surface", "area of the triangles of marching cubes at the level 0.5", SKIMAGE, VOLUME),
    Measurement(
        "sphericity",
        "number",
        "pi^(1/3) (6 area)^(2/3) / surface_area: surface of the ball of equal volume / surface_area",
        SEGUE,
        VOLUME,
        ("area", "surface_area"),
    ),
)
