"""A ROI set of the real ImageJ, edited by segue, read by the real ImageJ: names, number and pixels are what was asked for."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import segue
from segue.formats.shape_files import area_rings
from segue.geometry.rasterize import rasterize

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
SHAPE = (254, 256)
MACRO = """
folder = getArgument();
newImage("field", "8-bit black", 256, 254, 1);
roiManager("Open", folder + "/edited-RoiSet.zip");
out = File.open(folder + "/seen.tsv");
print(out, "name\\ttype\\tpixels\\tx\\ty\\tgroup");
for (i = 0; i < roiManager("count"); i++) {
  roiManager("Select", i);
  getRawStatistics(n); getSelectionBounds(x, y, w, h);
  print(out, Roi.getName + "\\t" + Roi.getType + "\\t" + n + "\\t" + x + "\\t" + y + "\\t" + Roi.getGroup);
}
File.close(out);
run("Quit");
"""
NAME = "CD3/CD8, 🧬 =1+1"

pytestmark = [pytest.mark.imagej, pytest.mark.slow, pytest.mark.golden]


@pytest.fixture(scope="module")
def seen(golden, tmp_path_factory):
    """(rows that ImageJ printed, the image set before)"""
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    place = tmp_path_factory.mktemp("imagej")
    before = segue.read(golden / "imagej/blobs_RoiSet.zip").image_sets[0]
    ids = [f"id:{one}" for one in before.objects.frame["id"]]
    edits = [
        {"edit": "rename", "objects": ids[:1], "name": NAME},
        {"edit": "delete", "objects": [ids[3], ids[5]]},
        {"edit": "merge", "objects": [ids[1], ids[2]]},
    ]
    segue.edit(golden / "imagej/blobs_RoiSet.zip", edits, output=place / "edited-RoiSet.zip", strict=True)
    (place / "look.ijm").write_text(MACRO, "utf-8")
    command = ["xvfb-run", "-a", "java", "-Dfile.encoding=UTF-8", "-jar", str(JAR), "-macro", str(place / "look.ijm"), str(place)]
    subprocess.run(command, check=False, timeout=300, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    with (place / "seen.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)), before


def test_names_and_order(seen):
    rows, before = seen
    names = before.objects.frame["name"].to_list()
    assert [row["name"] for row in rows] == [NAME, names[1], names[4], *names[6:]]


def test_pixels(seen):
    rows, before = seen
    rings = area_rings(before.shapes)
    masks = [rasterize(rings.take(np.array([row])), np.ones(1, np.uint8), SHAPE)[0] for row in range(len(rings))]
    expected = [masks[0], masks[1] | masks[2], masks[4], *masks[6:]]
    assert [int(float(row["pixels"])) for row in rows] == [int(np.count_nonzero(mask)) for mask in expected]
    corners = [(int(np.flatnonzero(mask.any(axis=0))[0]), int(np.flatnonzero(mask.any(axis=1))[0])) for mask in expected]
    assert [(int(row["x"]), int(row["y"])) for row in rows] == corners
    assert rows[1]["type"] == "composite"
