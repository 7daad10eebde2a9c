"""The real ImageJ opens what segue writes: dimensions, calibration, colours, values."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segue.codecs import tiff_plan
from segue.codecs.colours import label_colours
from segue.formats.tiff.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
MACRO = """
names = split("{names}", ",");
text = "";
for (i = 0; i < names.length; i++) {{
  open("{folder}/" + names[i] + ".tif");
  getDimensions(w, h, c, z, t); getVoxelSize(vw, vh, vd, unit); getMinAndMax(low, high);
  setSlice(nSlices); last = getPixel(w - 1, h - 1); label = getInfo("slice.label");
  getLut(r, g, b);
  text += names[i] + ";" + bitDepth() + ";" + w + " " + h + " " + c + " " + z + " " + t + ";" + vw + " " + vh + " " + vd + " " + unit + ";"
    + Stack.getFrameInterval() + ";" + low + " " + high + ";" + last + ";" + label + ";" + r[1] + " " + g[1] + " " + b[1] + "\\n";
  close();
}}
File.saveString(text, "{folder}/seen.txt");
run("Quit");
"""
SCALE: dict[str, tuple[float, str | None]] = {"x": (0.325, "um"), "y": (0.325, "um"), "z": (2.0, "um"), "t": (30.0, "s")}

pytestmark = [pytest.mark.imagej, pytest.mark.slow]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """File -> what ImageJ says about it."""
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    folder = tmp_path_factory.mktemp("imagej")
    labels = np.zeros((40, 50), np.uint32)
    labels[2:10, 2:10], labels[-1, -1] = 1, 7
    stack = np.arange(2 * 3 * 4 * 5 * 7, dtype=np.uint16).reshape(2, 3, 4, 5, 7)
    write(folder / "hyperstack.tif", Image(ArrayPixels(stack), "tczyx", "a", ("DAPI", "CD3 µ", "CD8"), (0.0, 500.0)))
    write(folder / "large.tif", Image(ArrayPixels(stack), "tczyx"), classic=1000)
    write(folder / "plain.tif", Image(ArrayPixels(stack[0, 0].astype(np.uint8)), "zyx"), layout="plain")
    for name, highest in (("labels8", 7), ("labels16", 700), ("labels32", 70_001)):
        write(folder / f"{name}.tif", LabelImage(ArrayPixels(np.where(labels == 7, highest, labels)), "yx"))
    names = ",".join(sorted(path.stem for path in folder.glob("*.tif")))
    (folder / "look.ijm").write_text(MACRO.format(names=names, folder=folder))
    command = ["xvfb-run", "-a", "java", "-Dfile.encoding=UTF-8", "-jar", str(JAR), "-macro", str(folder / "look.ijm")]
    subprocess.run(command, check=False, timeout=300, capture_output=True)
    lines = (folder / "seen.txt").read_text("utf-8").splitlines()
    return {line.split(";")[0]: line.split(";")[1:] for line in lines}


def write(path: Path, picture: Image | LabelImage, classic: int | None = None, **options: Any) -> None:
    grid = grid_of(picture.axes, picture.pixels.shape, {axis: step for axis, step in SCALE.items() if axis in picture.axes})
    images = (picture,) if isinstance(picture, Image) else ()
    labels = (picture,) if isinstance(picture, LabelImage) else ()
    chosen = FORMAT.options("write", options)
    with pytest.MonkeyPatch.context() as patch, FileSink(path) as sink:
        if classic is not None:
            patch.setattr(tiff_plan, "CLASSIC_BYTES", classic)
        FORMAT.write(FORMAT.fitted(Study((ImageSet("", grid=grid, images=images, labels=labels),)), chosen), sink, chosen)
        sink.keep()


def test_hyperstacks(seen: dict[str, list[str]]) -> None:
    assert seen["hyperstack"][:7] == ["16", "7 5 3 4 2", "0.325 0.325 2 µm", "30", "0 500", "839", "CD8"]


def test_stacks_in_one_run_as_beyond_4_gb(seen: dict[str, list[str]]) -> None:
    assert (seen["large"][1], seen["large"][5]) == ("7 5 3 4 2", "839")


def test_plain_stacks(seen: dict[str, list[str]]) -> None:
    assert (seen["plain"][1], seen["plain"][2][:12], seen["plain"][5]) == ("7 5 1 4 1", "0.325 0.325 ", "139")


@pytest.mark.parametrize(
    ("name", "bits", "bounds", "last"), [("labels8", "8", "0 255", "7"), ("labels16", "16", "0 700", "700"), ("labels32", "32", "0 70001", "70001")]
)
def test_labels_are_whole_and_in_colour(seen: dict[str, list[str]], name: str, bits: str, bounds: str, last: str) -> None:
    assert (seen[name][0], seen[name][4], seen[name][5]) == (bits, bounds, last)
    assert seen[name][7] == " ".join(map(str, label_colours()[1]))
