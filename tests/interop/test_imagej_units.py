"""Every column that the real ImageJ writes of images whose pixels have a size, square or not."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.measure.measuring import Channel, Wanted, measure
from segue.measure.presets import IMAGEJ
from segue.model.image import ArrayPixels, Image, LabelImage

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
SIZES = {"square": (0.25, 0.25), "nearly square": (0.502, 0.5), "high": (0.8, 0.5), "flat": (0.4, 2.25)}
"""Height and width of a pixel."""
MACRO = """
folder = getArgument();
run("Options...", "iterations=1 count=1 black do=Nothing");
heights = newArray(HEIGHTS); widths = newArray(WIDTHS);
for (i = 0; i < heights.length; i++) {
  size = "channels=1 slices=1 frames=1 unit=um pixel_width=" + widths[i] + " pixel_height=" + heights[i] + " voxel_depth=1";
  open(folder + "/image.tif"); run("Properties...", size);
  open(folder + "/binary.tif"); run("Properties...", size);
  run("Set Measurements...", "area mean standard modal min centroid center perimeter bounding fit shape feret's integrated median skewness kurtosis "
    + "area_fraction redirect=image.tif decimal=9");
  run("Analyze Particles...", "size=0-Infinity show=[Count Masks] display clear");
  saveAs("tiff", folder + "/" + i + "_labels.tif");
  saveAs("results", folder + "/" + i + ".csv");
  run("Close All");
}
run("Quit");
"""

pytestmark = [pytest.mark.imagej, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not (JAR.is_file() and shutil.which("java") and shutil.which("xvfb-run")):
        pytest.skip("ImageJ is not installed (Debian: imagej xvfb)")
    path = tmp_path_factory.mktemp("imagej")
    rng = np.random.default_rng(5)
    coarse = np.kron(rng.random((12, 15)) < 0.35, np.ones((8, 8), bool))
    binary = coarse & (rng.random(coarse.shape) < 0.85)
    tifffile.imwrite(path / "binary.tif", (binary * 255).astype(np.uint8))
    tifffile.imwrite(path / "image.tif", rng.integers(0, 4000, coarse.shape, np.uint16))
    sides = [", ".join(str(size[axis]) for size in SIZES.values()) for axis in (0, 1)]
    (path / "macro.ijm").write_text(MACRO.replace("HEIGHTS", sides[0]).replace("WIDTHS", sides[1]), encoding="utf-8")
    command = ["xvfb-run", "-a", "java", "-jar", str(JAR), "-macro", str(path / "macro.ijm"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return path


@pytest.mark.parametrize("name", SIZES)
def test_every_column_of_calibrated_images(folder, name):
    number, (height, width) = list(SIZES).index(name), SIZES[name]
    labels, image = tifffile.imread(folder / f"{number}_labels.tif"), tifffile.imread(folder / "image.tif")
    with (folder / f"{number}.csv").open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    theirs = dict(zip(header, np.array(rows).T, strict=True))
    channel = Channel(Image(ArrayPixels(image), "yx"))
    ours = measure(LabelImage(ArrayPixels(labels), "yx"), [channel], Wanted(IMAGEJ.measurements), pixel=(1, height, width))
    assert len(ours.label) == len(rows) > 10
    for column in IMAGEJ.table(["image"]):
        expected = theirs[column.name].astype(float)
        np.testing.assert_allclose(ours.columns[column.measurement, column.channel], expected, rtol=1e-6, atol=2e-9, err_msg=column.name)
