"""Inverting LUTs between the real ImageJ and segue, in both directions; values are never changed."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.formats.tiff.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
OURS = {
    **{name: ("yx", (5, 7), name) for name in ("uint8", "uint16", "float32")},
    **{f"z {name}": ("zyx", (3, 5, 7), name) for name in ("uint8", "uint16", "float32")},
    **{f"c {name}": ("zcyx", (3, 2, 5, 7), name) for name in ("uint8", "uint16", "float32")},
}
MACRO = """
folder = getArgument();
out = File.open(folder + "/seen.tsv");
print(out, "file\\tinverted\\tgrey\\tvalue");
files = getFileList(folder);
for (i = 0; i < files.length; i++) if (endsWith(files[i], ".tif")) {
  open(folder + "/" + files[i]); print(out, files[i] + "\\t" + is("Inverting LUT") + "\\t" + is("grayscale") + "\\t" + getValue(6, 4)); close();
}
File.close(out);
types = newArray("8-bit", "16-bit", "32-bit");
for (i = 0; i < 3; i++) {
  newImage("x", types[i] + " ramp", 20, 10, 1); run("Invert LUT"); saveAs("Tiff", folder + "/theirs-" + types[i] + "-plane.tif"); close();
  newImage("x", types[i] + " ramp", 20, 10, 3); run("Invert LUT"); saveAs("Tiff", folder + "/theirs-" + types[i] + "-stack.tif"); close();
  newImage("x", types[i] + " ramp", 20, 10, 1); saveAs("Tiff", folder + "/theirs-" + types[i] + "-usual.tif"); close();
}
newImage("x", "8-bit ramp", 20, 10, 1); run("Fire"); saveAs("Tiff", folder + "/theirs-fire-usual.tif");
run("Quit");
"""

pytestmark = [pytest.mark.imagej, pytest.mark.slow]


def study(axes, shape, dtype, inverted):
    pixels = ArrayPixels(np.arange(np.prod(shape)).astype(dtype).reshape(shape))
    return Study((ImageSet("", grid_of(axes, shape), images=(Image(pixels, axes, inverted=inverted),)),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    place = tmp_path_factory.mktemp("imagej")
    for name, (axes, shape, dtype) in OURS.items():
        for inverted in (False, True):
            options = FORMAT.options("write", {"layout": "imagej"})
            with FileSink(place / f"{name} {inverted}.tif") as sink:
                FORMAT.write(FORMAT.fitted(study(axes, shape, dtype, inverted), options), sink, options)
                sink.keep()
    for dtype in ("uint8", "uint16", "float32"):
        tifffile.imwrite(place / f"white is zero {dtype} True.tif", np.arange(35).reshape(5, 7).astype(dtype), photometric="miniswhite")
    (place / "look.ijm").write_text(MACRO, "utf-8")
    command = ["xvfb-run", "-a", "java", "-jar", str(JAR), "-macro", str(place / "look.ijm"), str(place)]
    subprocess.run(command, check=False, timeout=300, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return place


def test_imagej_shows_our_images_inverted_or_not(folder):
    with (folder / "seen.tsv").open(encoding="utf-8") as file:
        seen = list(csv.DictReader(file, delimiter="\t"))
    assert len(seen) == 2 * len(OURS) + 3
    for row in seen:
        assert (row["inverted"] == "1") == row["file"].endswith(" True.tif"), row
        assert (row["grey"], float(row["value"])) == ("1", 34.0), row


def test_we_see_what_imagej_inverted(folder):
    files = sorted(folder.glob("theirs-*.tif"))
    assert len(files) == 10
    for path in files:
        image = FORMAT.read(Source(path))[0].image_sets[0].images[0]
        assert image.inverted == ("usual" not in path.name), path.name
        np.testing.assert_array_equal(in_memory(image.pixels), tifffile.imread(path))


def test_we_see_white_is_zero(folder):
    for path in folder.glob("white is zero*.tif"):
        image = FORMAT.read(Source(path))[0].image_sets[0].images[0]
        assert image.inverted
        np.testing.assert_array_equal(in_memory(image.pixels).reshape(-1), np.arange(35))
