"""ROI sets measured by the real ImageJ's ROI manager and by us: all columns that are about pixels, of every kind of area that can be drawn.

The columns that ImageJ takes from the line that was drawn (Perim., Circ., Feret's, Solidity, the box) are those of the pixels here, and not compared.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.formats.imagej_roi.spec import FORMAT
from segue.formats.shape_files import area_rings, area_rows
from segue.measure.measuring import Channel, Wanted
from segue.measure.presets import IMAGEJ
from segue.measure.rois import measure_rois
from segue.model.image import ArrayPixels, Image
from segue.storage.source import Source

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
OF_LINES = {"Perim.", "Circ.", "Feret", "FeretX", "FeretY", "FeretAngle", "MinFeret", "Solidity", "BX", "BY", "Width", "Height"}
SIZES = {"pixels": None, "square": (1.0, 0.5, 0.5), "flat": (1.0, 0.4, 0.9)}
SETS = ("zoo", "zoo_float")
MACRO = """
folder = getArgument();
sets = newArray("zoo", "zoo_float"); heights = newArray(1, 0.5, 0.4); widths = newArray(1, 0.5, 0.9);
run("Set Measurements...", "area mean standard modal min centroid center perimeter bounding fit shape feret's integrated median skewness kurtosis "
  + "area_fraction redirect=None decimal=9");
for (s = 0; s < sets.length; s++) {
  for (k = 0; k < heights.length; k++) {
    open(folder + "/image.tif");
    run("Properties...", "channels=1 slices=1 frames=1 unit=um pixel_width=" + widths[k] + " pixel_height=" + heights[k] + " voxel_depth=1");
    roiManager("Open", folder + "/" + sets[s] + ".zip");
    for (i = 0; i < roiManager("count"); i++) {
      roiManager("Select", i);
      type = selectionType();
      if (type <= 4 || type == 9) { run("Measure"); setResult("Name", nResults - 1, Roi.getName); }
    }
    saveAs("results", folder + "/" + sets[s] + k + ".csv");
    run("Clear Results"); roiManager("reset"); run("Close All");
  }
}
run("Quit");
"""

pytestmark = [pytest.mark.imagej, pytest.mark.slow, pytest.mark.golden]


@pytest.fixture(scope="module")
def folder(golden, tmp_path_factory):
    if not (JAR.is_file() and shutil.which("java") and shutil.which("xvfb-run")):
        pytest.skip("ImageJ is not installed (Debian: imagej xvfb)")
    path = tmp_path_factory.mktemp("imagej")
    tifffile.imwrite(path / "image.tif", np.random.default_rng(2).integers(0, 5000, (160, 200), np.uint16))
    for name in SETS:
        shutil.copy(golden / f"imagej/{name}_RoiSet.zip", path / f"{name}.zip")
    (path / "macro.ijm").write_text(MACRO, encoding="utf-8")
    command = ["xvfb-run", "-a", "java", "-Dfile.encoding=UTF-8", "-jar", str(JAR), "-macro", str(path / "macro.ijm"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return path


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("size", SIZES)
def test_all_columns_about_pixels(folder, name, size):
    with (folder / f"{name}{list(SIZES).index(size)}.csv").open(encoding="utf-8", newline="") as text:
        theirs = {row["Name"]: row for row in csv.DictReader(text)}
    study = FORMAT.read(Source(folder / f"{name}.zip"))[0].image_sets[0]
    areas = area_rows(study.shapes)
    names = study.objects.frame["name"].gather(study.shapes.frame["object"].gather(areas)).to_list()
    image = Image(ArrayPixels(tifffile.imread(folder / "image.tif")), "yx")
    found = measure_rois(area_rings(study.shapes.take(areas)), [Channel(image)], Wanted(IMAGEJ.measurements), pixel=SIZES[size])
    compared = [row for row, one in enumerate(names) if one in theirs and names.count(one) == 1]
    assert len(compared) > 8
    for column in IMAGEJ.table([""]):
        if column.name not in OF_LINES:
            expected = [float(theirs[names[row]][column.name]) for row in compared]
            ours = found.columns[column.measurement, column.channel]
            np.testing.assert_allclose(ours[compared], expected, rtol=1e-6, atol=2e-9, err_msg=column.name)
