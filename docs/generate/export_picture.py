"""The picture of the guide "Export pixels": ``python docs/generate/export_picture.py`` draws it anew."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from PIL import Image, ImageDraw

import segue

SIZE, SCALE, GAP = 110, 3, 16
CUT = (30, 20, 90, 80)
"""x and y of the cut-out: start, then stop."""
TARGET = Path(__file__).resolve().parents[1] / "guide" / "export.png"


def stack() -> np.ndarray[Any, Any]:
    """(3, 2, 110, 110) uint16, zcyx: cells that come and go through three planes, in two channels."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:SIZE, :SIZE]
    made = rng.normal(200, 30, (3, 2, SIZE, SIZE))
    for row, column, plane in zip(rng.integers(8, 102, 22), rng.integers(8, 102, 22), rng.uniform(-0.5, 2.5, 22), strict=True):
        for z in range(3):
            radius = 81 * max(0.0, 1 - (z - plane) ** 2 / 2)
            distance = (y - row) ** 2 + (x - column) ** 2
            made[z, :, distance < radius] += np.array([900, 400])
    return made.clip(0, 4095).astype(np.uint16)


def write(path: Path) -> None:
    """The stack as ``scan.tif`` of the guide."""
    tifffile.imwrite(path, stack(), imagej=True, metadata={"axes": "ZCYX", "unit": "um", "spacing": 2.0}, resolution=(2, 2))


def main() -> None:
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            write(Path("scan.tif"))
            how: dict[str, Any] = {"renormalize": "100:1500->0:255", "dtype": "uint8", "axes": "zyx"}
            segue.export("scan.tif", "planes.npy", cutout=f"c=0:1,x={CUT[0]}:{CUT[2]},y={CUT[1]}:{CUT[3]}", **how)
            planes = np.load("planes.npy")
        finally:
            os.chdir(here)
    whole = Image.fromarray((stack()[0, 0] / 4095 * 255).astype(np.uint8)).convert("RGB").resize((SIZE * SCALE,) * 2, Image.Resampling.NEAREST)
    ImageDraw.Draw(whole).rectangle([one * SCALE for one in CUT], outline=(255, 200, 0), width=2)
    side = planes.shape[2] * SCALE
    picture = Image.new("RGB", (whole.width + len(planes) * (side + GAP), whole.height), "white")
    picture.paste(whole, (0, 0))
    for nth, plane in enumerate(planes):
        shown = Image.fromarray(plane).convert("RGB").resize((side, side), Image.Resampling.NEAREST)
        picture.paste(shown, (whole.width + GAP + nth * (side + GAP), (whole.height - side) // 2))
    picture.quantize(64).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
