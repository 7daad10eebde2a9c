"""The real ImageJ opens what is exported: axes, pixel size, unit, channels and values of hyperstacks, and the numbers of pictures."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from segue.codecs.blocks import write_whole
from segue.formats.catalog import by_suffix
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image
from segue.model.study import ImageSet
from segue.storage.sink import FileSink
from segue.tasks.workers import Threads

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
SCALE = {"t": (30.0, "s"), "z": (2.0, "um"), "y": (0.5, "um"), "x": (0.25, "um")}
SIZES = {"t": 2, "z": 4, "c": 3, "y": 5, "x": 7}
MACRO = """
folder = getArgument();
out = File.open(folder + "/seen.tsv");
print(out, "file\\tbits\\tsizes\\tvoxel\\tinterval\\tlabel\\tvalues");
files = getFileList(folder);
for (i = 0; i < files.length; i++) if (!matches(files[i], ".*(ijm|tsv)")) {
  open(folder + "/" + files[i]);
  getDimensions(w, h, c, z, t); getVoxelSize(vw, vh, vd, unit);
  values = "";
  for (n = 1; n <= nSlices; n++) { setSlice(n); for (y = 0; y < h; y++) for (x = 0; x < w; x++) values += d2s(getPixel(x, y), 0) + " "; }
  print(out, files[i] + "\\t" + bitDepth() + "\\t" + w + " " + h + " " + c + " " + z + " " + t + "\\t" + vw + " " + vh + " " + vd + " " + unit + "\\t"
    + Stack.getFrameInterval() + "\\t" + getInfo("slice.label") + "\\t" + values);
  close();
}
File.close(out);
run("Quit");
"""

pytestmark = [pytest.mark.imagej, pytest.mark.slow]


def numbers(axes, dtype):
    return np.random.default_rng(0).integers(0, 250, [SIZES[axis] for axis in axes]).astype(dtype)


FILES = {
    "hyper.tif": ("xyczt", "uint16", {}),
    "floats.tif": ("czyx", "float32", {}),
    "times.tif": ("tyx", "uint8", {}),
    "deflate.tif": ("yx", "uint16", {"compression": "deflate"}),
    "lzw.tif": ("yx", "uint8", {"compression": "lzw"}),
    "pages.tif": ("zyx", "uint16", {"layout": "plain", "compression": "lzw"}),
    "grey.png": ("xy", "uint8", {}),
    "deep.png": ("yx", "uint16", {}),
    "colour.png": ("yxc", "uint8", {}),
    "grey.pgm": ("yx", "uint8", {}),
    "deep.pgm": ("yx", "uint16", {}),
    "colour.ppm": ("cyx", "uint8", {}),
    "grey.bmp": ("yx", "uint8", {}),
    "colour.bmp": ("xcy", "uint8", {}),
    "grey.gif": ("yx", "uint8", {}),
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """File -> what ImageJ says about it."""
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    folder = tmp_path_factory.mktemp("export")
    for name, (axes, dtype, options) in FILES.items():
        array = numbers(axes, dtype)
        (record,) = [one for one in by_suffix(name) if one.blocks]
        scale = {axis: step for axis, step in SCALE.items() if axis in axes}
        channels = ("DAPI", "CD3 µ", "CD8") if "c" in axes else ()
        image_set = ImageSet("", grid=grid_of(axes, array.shape, scale), images=(Image(ArrayPixels(array), axes, channels=channels),))
        with FileSink(folder / name) as sink:
            with record.open_blocks(image_set, sink, record.options("write", options)) as writer:
                write_whole(writer, image_set.images[0].pixels, Threads(2))
            sink.keep()
    (folder / "look.ijm").write_text(MACRO, "utf-8")
    command = ["xvfb-run", "-a", "java", "-Dfile.encoding=UTF-8", "-jar", str(JAR), "-macro", str(folder / "look.ijm"), str(folder)]
    subprocess.run(command, check=False, timeout=300, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    csv.field_size_limit(1 << 24)
    with (folder / "seen.tsv").open(encoding="utf-8") as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


@pytest.mark.parametrize("name", FILES)
def test_values(seen, name):
    axes, dtype, _ = FILES[name]
    array = numbers(axes, dtype).astype(np.int64)
    array = array.transpose([axes.index(axis) for axis in "tzcyx" if axis in axes])
    theirs = np.array(seen[name]["values"].split(), np.int64)
    if seen[name]["bits"] == "24":
        array = array[0] << 16 | array[1] << 8 | array[2]
        theirs &= 0xFFFFFF
    np.testing.assert_array_equal(theirs, array.reshape(-1))


@pytest.mark.parametrize(
    ("name", "sizes", "voxel", "interval"),
    [
        ("hyper.tif", "7 5 3 4 2", "0.25 0.5 2 µm", "30"),
        ("floats.tif", "7 5 3 4 1", "0.25 0.5 2 µm", "0"),
        ("times.tif", "7 5 1 1 2", "0.25 0.5 1 µm", "30"),
    ],
)
def test_hyperstacks(seen, name, sizes, voxel, interval):
    assert (seen[name]["sizes"], seen[name]["voxel"], seen[name]["interval"]) == (sizes, voxel, interval)
    if "c" in FILES[name][0]:
        assert seen[name]["label"] == "CD8"
