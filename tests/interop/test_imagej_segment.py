"""Thresholds and particles of random images in the real ImageJ: every method, type, background and option, inverted colours, stacks, units."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.model.image import in_memory

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
MACRO = """
folder = getArgument();
run("Options...", "iterations=1 count=1 black do=Nothing");
run("Set Measurements...", "area redirect=None decimal=3");
function analyze(name, prepare, threshold, options) {
  open(folder + "/" + name + ".tif");
  if (prepare == "Invert LUT") run("Invert LUT");
  if (prepare == "half") run("Properties...", "unit=um pixel_width=0.5 pixel_height=0.5 voxel_depth=1");
  saveAs("tiff", folder + "/" + name + "_prepared.tif");
  if (indexOf(threshold, ":") > 0) { ends = split(threshold, ":"); setThreshold(parseFloat(ends[0]), parseFloat(ends[1])); }
  else setAutoThreshold(threshold);
  run("Analyze Particles...", options + " show=[Count Masks] clear");
  saveAs("tiff", folder + "/" + name + "_labels.tif");
  run("Close All");
}
CASES
run("Quit");
"""
METHODS = {"Default": "imagej-default", "Otsu": "otsu", "Li": "li", "Triangle": "triangle"}

pytestmark = [pytest.mark.imagej, pytest.mark.slow]


@dataclass(frozen=True)
class Case:
    """What ImageJ is asked, and what we are."""

    kind: str
    threshold: str
    options: str = "size=0-Infinity"
    prepare: str = ""
    planes: int = 1
    ours: dict = field(default_factory=dict)

    @property
    def how(self):
        if ":" in self.threshold:
            return {"threshold": self.threshold, **self.ours}
        method, *words = self.threshold.split()
        return {"threshold": METHODS[method], "background": "dark" if "dark" in words else "light", **self.ours}


OPTIONS = (
    ("size=0-Infinity", {}),
    ("size=2-100 exclude", {"min_size": 2, "max_size": 100, "exclude_edges": True}),
    ("size=2-Infinity include", {"min_size": 2, "include_holes": True}),
    ("size=0-Infinity circularity=0.02-0.90", {"min_circularity": 0.02, "max_circularity": 0.9}),
    ("size=2-Infinity circularity=0.30-1.00 include", {"min_size": 2, "min_circularity": 0.3, "include_holes": True}),
)
CASES = [
    *(
        Case(kind, f"{method}{background}", options, prepare, ours=ours)
        for nth, (kind, method) in enumerate((kind, method) for kind in ("uint8", "uint16", "float32") for method in METHODS)
        for (options, ours), background, prepare in [
            (OPTIONS[nth % 5], " dark", ""),
            (OPTIONS[(nth + 2) % 5], "", ""),
            (OPTIONS[(nth + 3) % 5], (" dark", "")[nth % 2], "Invert LUT"),
        ]
    ),
    Case("uint8", "100:180"),
    Case("uint16", "2000:4000", OPTIONS[2][0], ours=OPTIONS[2][1]),
    Case("uint8", "Otsu dark", "size=0.5-7.5", "half", ours={"min_size": "0.5um2", "max_size": "7.5um2"}),
    Case("uint16", "Li dark", "size=1.1-Infinity circularity=0.10-1.00", "half", ours={"min_size": "1.1um2", "min_circularity": 0.1}),
    *(
        Case(kind, f"{method} dark stack", "size=3-Infinity stack", planes=3, ours={"min_size": 3})
        for kind in ("uint8", "uint16", "float32")
        for method in METHODS
    ),
]


def picture(case, seed):
    """Patches on noise, with holes; some of them touch at corners and at the edge."""
    rng = np.random.default_rng(seed)
    coarse = np.kron(rng.random((case.planes, 12, 16)) < 0.35, np.ones((1, 5, 5)))
    image = rng.integers(0, 90, coarse.shape) + 80 * coarse + 60 * (rng.random(coarse.shape) < 0.05)
    if case.kind == "uint16":
        image = image * 23 + rng.integers(0, 23, image.shape) + 300
    if ("dark" in case.threshold) == (case.prepare == "Invert LUT") and ":" not in case.threshold:
        image = image.max() - image  # objects are as bright as ImageJ is told
    return np.squeeze((image / 9 - 3 if case.kind == "float32" else image).astype(case.kind))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not (JAR.is_file() and shutil.which("java") and shutil.which("xvfb-run")):
        pytest.skip("ImageJ is not installed (Debian: imagej xvfb)")
    path = tmp_path_factory.mktemp("segment")
    lines = []
    for nth, case in enumerate(CASES):
        tifffile.imwrite(path / f"{nth}.tif", picture(case, nth), imagej=True, metadata={"axes": "ZYX"[-2 if case.planes == 1 else -3 :]})
        lines.append(f'analyze("{nth}", "{case.prepare}", "{case.threshold}", "{case.options}");')
    (path / "macro.ijm").write_text(MACRO.replace("CASES", "\n".join(lines)), encoding="utf-8")
    command = ["xvfb-run", "-a", "java", "-jar", str(JAR), "-macro", str(path / "macro.ijm"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return path


@pytest.mark.parametrize("nth", range(len(CASES)), ids=[f"{n}-{case.kind}-{case.threshold}-{case.prepare}" for n, case in enumerate(CASES)])
def test_count_masks_are_the_same(folder, nth):
    with segue.segment(folder / f"{nth}_prepared.tif", **CASES[nth].how) as study:
        ours = in_memory(study.image_sets[0].labels[0].pixels)
    theirs = tifffile.imread(folder / f"{nth}_labels.tif")
    assert np.array_equal(ours, theirs)
    assert theirs.max() > 0
