"""The real ImageJ opens our RoiSet.zip with the meant names, types, planes, groups, colours, coordinates and pixels; and we read what it saves.

The ROIs are all those of the two zoos, moved by (3, 2) and renamed, so that nothing can be copied from their files.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from segue.formats.imagej_roi.spec import FORMAT
from segue.formats.shape_files import area_rings, area_rows
from segue.formats.tiff.spec import FORMAT as TIFF
from segue.geometry.rasterize import rasterize
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings, concat
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
HEIGHT, WIDTH = 160, 200
MACRO = """
folder = getArgument();
newImage("field", "8-bit black", 200, 160, 24);
run("Stack to Hyperstack...", "order=xyczt(default) channels=2 slices=3 frames=4 display=Grayscale");
roiManager("Open", folder + "/ours.zip");
out = File.open(folder + "/seen.tsv");
print(out, "name\\ttype\\tc\\tz\\tt\\tgroup\\tstroke\\tfill\\twidth\\tx\\ty\\tpixels\\tsegue_id");
for (i = 0; i < roiManager("count"); i++) {
  roiManager("Select", i);
  Roi.getPosition(c, z, t); Roi.getCoordinates(xs, ys); getRawStatistics(n);
  X = ""; Y = "";
  for (k = 0; k < xs.length; k++) { X += d2s(xs[k], 4) + " "; Y += d2s(ys[k], 4) + " "; }
  print(out, Roi.getName + "\\t" + Roi.getType + "\\t" + c + "\\t" + z + "\\t" + t + "\\t" + Roi.getGroup + "\\t" + Roi.getStrokeColor
    + "\\t" + Roi.getFillColor + "\\t" + Roi.getStrokeWidth + "\\t" + X + "\\t" + Y + "\\t" + n + "\\t" + Roi.getProperty("segue.id"));
}
File.close(out);
roiManager("Deselect"); roiManager("Save", folder + "/saved.zip");
roiManager("reset"); roiManager("Open", folder + "/saved.zip");
roiManager("Deselect"); roiManager("Save", folder + "/saved_twice.zip");
roiManager("reset"); run("Close All");
newImage("field", "8-bit black", 200, 160, 3);
roiManager("Open", folder + "/stack.zip");
out = File.open(folder + "/stack.tsv");
for (i = 0; i < roiManager("count"); i++) { roiManager("Select", i); print(out, getSliceNumber()); }
File.close(out);
function overlay(path, to) {
  run("Close All"); open(path);
  out = File.open(to);
  print(out, "" + Overlay.size + "\\t" + Roi.getName);
  for (i = 0; i < Overlay.size; i++) {
    Overlay.activateSelection(i);
    Roi.getPosition(c, z, t); Roi.getCoordinates(xs, ys);
    X = ""; Y = "";
    for (k = 0; k < xs.length; k++) { X += d2s(xs[k], 4) + " "; Y += d2s(ys[k], 4) + " "; }
    planes = "" + c + "\\t" + z + "\\t" + t;
    print(out, Roi.getName + "\\t" + Roi.getType + "\\t" + planes + "\\t" + Roi.getGroup + "\\t" + X + "\\t" + Y + "\\t" + Roi.getProperty("source"));
  }
  File.close(out);
}
overlay(folder + "/theirs.tif", folder + "/theirs.tsv");
overlay(folder + "/ours.tif", folder + "/ours.tsv");
run("Quit");
"""

pytestmark = [pytest.mark.imagej, pytest.mark.slow]


def zoo(golden):
    """The areas that ImageJ drew, with new names, moved by (3, 2); and what it did not draw: a traced noise with holes and corners, hard names."""
    s = FORMAT.read(Source(golden / "imagej/zoo_RoiSet.zip"))[0].image_sets[0]
    extra = FORMAT.read(Source(golden / "imagej/zoo_float_RoiSet.zip"))[0].image_sets[0]
    noise = traced_noise()
    shapes = pl.concat(
        [
            s.shapes.frame,
            extra.shapes.frame.with_columns(object=pl.col("object") + len(s.objects)),
            noise.frame.with_columns(object=pl.col("object") + len(s.objects) + len(extra.objects)),
        ]
    )
    rings = concat([s.shapes.rings, extra.shapes.rings, noise.rings]).translated(3, 2)
    names = [f"renamed {name}" for name in [*s.objects.frame["name"], *extra.objects.frame["name"]]] + ["é µ 細胞 👩‍🔬", "a/b:c", "same", "same"]
    frame = pl.concat([s.objects.frame, extra.objects.frame, pl.DataFrame({"id": list("wxyz")})], how="diagonal_relaxed")
    ids = [f"id µ {number}" for number in range(len(names))]
    objects = Objects(frame.with_columns(id=pl.Series(ids), name=pl.Series(names), label=pl.int_range(pl.len(), dtype=pl.UInt64) + 100_000))
    populations = (Population("wanted", ("Wanted",), "group", number=7, exclusive=True), Population("cells", ("Tumor", "µ"), "class"))
    pairs = pl.DataFrame({"population": ["wanted", "cells", "wanted"], "object": [2, 3, 6]}, schema_overrides={"object": pl.Int32})
    image_set = ImageSet("field", grid_of("tzyx", (4, 3, HEIGHT, WIDTH)), objects=objects, shapes=Shapes(shapes, rings), membership=Membership.of(pairs))
    return Study((image_set,), populations)


def traced_noise():
    from segue.geometry.outline import outline

    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[120:150, 5:35] = np.random.default_rng(3).integers(0, 2, (30, 30))
    labels[100:110, 150:160] = 2
    labels[112:118, 150:160] = 3
    labels[140, 180] = 4
    values, rings = outline(labels)
    frame = pl.DataFrame({"object": range(len(values)), "kind": ["traced"] * len(values)}, schema_overrides={"object": pl.Int32})
    return Shapes(frame, Rings(rings.coords, rings.ring_start, rings.part_start, rings.shape_start))


def stack():
    """Three squares on the planes of a plain stack."""
    coords = np.concatenate([np.array([(0, 0), (4, 0), (4, 4), (0, 4)], float)] * 3)
    frame = pl.DataFrame({"object": range(3), "kind": ["traced"] * 3, "z": [2, 0, 1]}, schema_overrides={"object": pl.Int32})
    grid = grid_of("zyx", (3, HEIGHT, WIDTH))
    return Study((ImageSet("", grid, objects=Objects(pl.DataFrame({"id": list("abc")})), shapes=Shapes(frame, Rings.simple(coords, np.arange(4) * 4))),))


def write(study, path):
    options = FORMAT.options("write")
    fitted = FORMAT.fitted(study, options)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, options)
        sink.keep()
    return fitted


def read(path):
    return FORMAT.read(Source(path))[0]


@pytest.fixture(scope="module")
def folder(golden, tmp_path_factory):
    """What ImageJ left: seen.tsv, saved.zip, stack.tsv; and our file."""
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    place = tmp_path_factory.mktemp("imagej")
    write(zoo(golden), place / "ours.zip")
    write(stack(), place / "stack.zip")
    shutil.copy(golden / "imagej/zoo_hyperstack_with_overlay.tif", place / "theirs.tif")
    with FileSink(place / "ours.tif") as sink:
        study, options = TIFF.read(Source(place / "theirs.tif"))[0], TIFF.options("write", {"role": "image"})
        TIFF.write(TIFF.fitted(study, options), sink, options)
        sink.keep()
    (place / "look.ijm").write_text(MACRO, "utf-8")
    command = ["xvfb-run", "-a", "java", "-Dfile.encoding=UTF-8", "-jar", str(JAR), "-macro", str(place / "look.ijm"), str(place)]
    subprocess.run(command, check=False, timeout=300, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return place


@pytest.fixture(scope="module")
def seen(folder):
    with (folder / "seen.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def ours(folder):
    return read(folder / "ours.zip").image_sets[0]


def per_shape(s, column):
    return s.objects.frame[column][s.shapes.frame["object"]].to_list()


def test_names(seen, ours):
    assert [row["name"] for row in seen] == per_shape(ours, "name")


def test_ids_reach_imagej_as_plain_text(seen):
    assert [row["segue_id"] for row in seen] == [f"id%20%C2%B5%20{number}" for number in range(len(seen))]


def test_types(seen, ours):
    several = np.diff(ours.shapes.rings.part_start[ours.shapes.rings.shape_start]) > 1
    called = {"ellipse": "freehand", "rotated rectangle": "freehand", "multipoint": "point", "spline": "polygon"}
    frame = ours.shapes.frame.with_columns(kind=pl.col("kind").cast(pl.Utf8))
    expected = ["composite" if many else called.get(kind, kind) for kind, many in zip(frame["kind"], several, strict=True)]
    expected = ["freeline" if kind == "polyline" and hand else kind for kind, hand in zip(expected, frame["freehand"], strict=True)]
    assert [row["type"] for row in seen] == expected


def test_planes(seen, ours):
    columns = (ours.shapes.frame["c"], ours.shapes.frame["z"], ours.objects.frame["t"][ours.shapes.frame["object"]])
    assert [[int(row[axis]) for axis in "czt"] for row in seen] == [list(row) for row in zip(*((column + 1).fill_null(0) for column in columns), strict=True)]


def test_groups_and_colours(seen, ours):
    members = set(ours.membership.frame.filter(pl.col("population") == "wanted")["object"])
    assert [int(row["group"]) for row in seen] == [7 if row in members else 0 for row in range(len(seen))]
    for number, (row, stroke, fill) in enumerate(zip(seen, ours.shapes.frame["stroke"], ours.shapes.frame["fill"], strict=True)):
        if number not in members and row["type"] != "text":  # ImageJ 1.53 sometimes paints the text of a test run in its own colour
            assert row["stroke"] == named(stroke), row["name"]
        assert row["fill"] == named(fill), row["name"]


def named(colour):
    """A colour as ImageJ's macro language says it."""
    if colour is None:
        return "none"
    known = {0xFF0000FF: "red", 0xFFFF00FF: "yellow", 0xFF00FFFF: "magenta", 0x00FFFFFF: "cyan", 0xFFFFFFFF: "white"}
    return known.get(colour) or f"#{colour & 0xFF:02x}{colour >> 8:06x}"


def test_line_widths(seen, ours):
    lines = ours.shapes.frame["kind"].cast(pl.Utf8).is_in(["line", "arrow", "polyline"])
    width = ours.shapes.frame["width"].zip_with(lines, ours.shapes.frame["stroke_width"]).fill_null(0.0)
    points = ours.shapes.frame["kind"].cast(pl.Utf8).is_in(["point", "multipoint", "text"])
    for row, expected, other in zip(seen, width, points, strict=True):
        assert other or float(row["width"]) == (expected or float(row["width"] == "1") * (row["type"] == "line")), row["name"]


def test_coordinates(seen, golden):
    """What ImageJ said of its own ROIs, moved by (3, 2): vertices, computed ones of figures, corners of boxes, points."""
    truth = []
    for name in ("zoo", "zoo_float"):
        with (golden / f"imagej/{name}_truth.tsv").open(encoding="utf-8") as file:
            truth += list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(truth) == 37
    for row, known in zip(seen, truth, strict=False):
        found, expected = (np.array([[float(value) for value in one[axis].split()] for axis in "xy"]).T for one in (row, known))
        order, other = (np.lexsort(one.round(2).T) for one in (found, expected))
        assert np.allclose(found[order], expected[other] + [3, 2], atol=2e-3), row["name"]


def test_pixels(seen, ours):
    areas = area_rows(ours.shapes)
    assert len(areas) == 12 + 13 + 4
    rings = area_rings(ours.shapes.take(areas))
    for number, row in enumerate([seen[row] for row in areas]):
        image = rasterize(rings.take(np.array([number])), np.ones(1, np.uint8), (HEIGHT, WIDTH))[0]
        assert int(np.count_nonzero(image)) == int(float(row["pixels"])), row["name"]


def test_planes_of_a_plain_stack(folder, seen):
    assert (folder / "stack.tsv").read_text().split() == ["3", "1", "2"]


@pytest.mark.parametrize("name", ["saved", "saved_twice"])
def test_what_imagej_saves_is_still_ours(folder, seen, ours, name):
    back = read(folder / f"{name}.zip")
    found = diff(Study((ours,), read(folder / "ours.zip").populations), back)
    in_the_comment = {F.IMAGE_SET_NAME, F.GRID_SIZE, F.POPULATION_SETTINGS, F.POPULATION_COLOUR, F.POPULATIONS}
    assert set(found) <= in_the_comment | {F.SHAPE_STYLE, F.EXTRAS}
    assert found.get(F.EXTRAS, 0) == 1  # the box of a text is saved as floats, once it was read
    assert found.get(F.SHAPE_STYLE, 0) == 1  # a group paints its colour over the line


def test_the_overlay_of_an_image_is_the_same_overlay(folder):
    """An image that ImageJ saved with an overlay and a selection, read and written by segue: ImageJ shows the same."""
    theirs, ours = ((folder / f"{name}.tsv").read_text("utf-8").splitlines() for name in ("theirs", "ours"))
    assert theirs[0] == ours[0] == "22\tpolygon"
    assert len(theirs) == len(ours) == 23
    for one, other in zip(theirs[1:], ours[1:], strict=True):
        left, right = one.split("\t"), other.split("\t")
        assert left[:6] == right[:6]
        assert left[8] == right[8] or not left[8].isascii()  # ImageJ reads its own properties beyond ASCII as other letters
        for axis in (6, 7):
            assert np.allclose([float(value) for value in left[axis].split()], [float(value) for value in right[axis].split()], atol=2e-4)
