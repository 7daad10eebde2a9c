"""GIF, BMP and JPEG as the real ImageJ reads them: the same numbers, the same look."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from segue.formats.picture.spec import FORMAT
from segue.formats.png.spec import FORMAT as PNG
from segue.model.image import in_memory
from segue.storage.source import Source

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
NUMBERS = np.arange(240, dtype=np.uint8).reshape(12, 20)
MACRO = """
folder = getArgument();
out = File.open(folder + "/seen.tsv");
print(out, "file\\tinverted\\tbits\\tslices\\tvalues");
files = getFileList(folder);
for (i = 0; i < files.length; i++) if (matches(files[i], ".*(gif|bmp|jpg)")) {
  open(folder + "/" + files[i]);
  values = "";
  for (x = 0; x < getWidth(); x++) values += d2s(getPixel(x, 3), 0) + " ";
  print(out, files[i] + "\\t" + is("Inverting LUT") + "\\t" + bitDepth() + "\\t" + nSlices + "\\t" + values); close();
}
File.close(out);
newImage("ours", "8-bit ramp", 256, 4, 1);
for (i = 0; i < 2; i++) {
  name = folder + "/saved-" + is("Inverting LUT");
  saveAs("PNG", name + ".png"); saveAs("Gif", name + ".gif"); saveAs("BMP", name + ".bmp");
  run("Invert LUT");
}
run("Quit");
"""

pytestmark = [pytest.mark.imagej, pytest.mark.slow]


def make(place):
    picture = Pillow.new("P", NUMBERS.shape[::-1])
    picture.putdata(NUMBERS.reshape(-1).tolist())
    palettes = {"ramp": range(256), "falling": range(255, -1, -1)}
    for name, shades in palettes.items():
        picture.putpalette([shade for shade in shades for _ in range(3)])
        for suffix in ("gif", "bmp"):
            picture.save(place / f"{name}.{suffix}", **({"optimize": False} if suffix == "gif" else {}))
    few = Pillow.new("P", NUMBERS.shape[::-1])
    few.putdata((NUMBERS % 16).reshape(-1).tolist())
    few.putpalette([17 * shade for shade in range(16) for _ in range(3)])
    few.save(place / "sixteen.bmp")
    few.save(place / "sixteen.gif", optimize=False)
    Pillow.fromarray(NUMBERS % 3 == 0).save(place / "bits.bmp")
    frames = [Pillow.fromarray(NUMBERS + t) for t in range(3)]
    frames[0].save(place / "frames.gif", save_all=True, append_images=frames[1:])
    colours = Pillow.fromarray(np.stack([NUMBERS, 255 - NUMBERS, NUMBERS // 2], -1))
    colours.save(place / "colours.bmp")
    exif = Pillow.Exif()
    exif[0x112] = 6
    colours.save(place / "colours.jpg", exif=exif)
    Pillow.fromarray(NUMBERS).save(place / "grey.jpg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    place = tmp_path_factory.mktemp("pictures")
    make(place)
    (place / "look.ijm").write_text(MACRO, "utf-8")
    command = ["xvfb-run", "-a", "java", "-jar", str(JAR), "-macro", str(place / "look.ijm"), str(place)]
    subprocess.run(command, check=False, timeout=300, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return place


def test_imagej_sees_the_same_numbers(folder):
    with (folder / "seen.tsv").open(encoding="utf-8") as file:
        seen = list(csv.DictReader(file, delimiter="\t"))
    assert len(seen) == 11
    for row in seen:
        image = FORMAT.read(Source(folder / row["file"]))[0].image_sets[0].images[0]
        whole = in_memory(image.pixels).astype(np.int64)
        assert image.inverted == (row["inverted"] == "1"), row["file"]
        assert ("c" in image.axes) == (row["bits"] == "24"), row["file"]
        assert (whole.shape[0] if "t" in image.axes else 1) == int(row["slices"]), row["file"]
        plane = whole[0] if "t" in image.axes else whole
        ours = plane[3] if "c" not in image.axes else plane[0, 3] << 16 | plane[1, 3] << 8 | plane[2, 3]
        theirs = np.array(row["values"].split(), np.int64)
        theirs = theirs & 0xFFFFFF if "c" in image.axes else theirs
        if row["file"] == "colours.jpg":  # two decoders of JPEG round differently
            assert max(abs((ours >> shift & 255) - (theirs >> shift & 255)).max() for shift in (0, 8, 16)) <= 3
        else:
            np.testing.assert_allclose(ours, theirs, atol=1 if row["file"].endswith("jpg") else 0, err_msg=row["file"])


@pytest.mark.parametrize("inverted", [0, 1])
@pytest.mark.parametrize("suffix", ["png", "gif", "bmp"])
def test_what_imagej_saves_has_its_numbers(folder, suffix, inverted):
    record = PNG if suffix == "png" else FORMAT
    image = record.read(Source(folder / f"saved-{inverted}.{suffix}"))[0].image_sets[0].images[0]
    assert image.inverted == bool(inverted)
    np.testing.assert_array_equal(in_memory(image.pixels), np.broadcast_to(np.arange(256), (4, 256)))
