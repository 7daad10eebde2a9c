"""The picture of the guide "Find the particles of images": ``python docs/generate/segment_picture.py`` draws it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import segue

SIZE, SCALE, GAP = 96, 4, 16
TARGET = Path(__file__).resolve().parents[1] / "guide" / "segment.png"
CELLS = ((16, 20, 10, 9), (13, 56, 8, 11), (40, 38, 11, 11), (46, 80, 9, 10), (70, 16, 9, 8), (74, 60, 12, 10), (94, 36, 8, 9), (30, 95, 7, 8))
"""Row, column, and half the height and width of each cell."""


def image() -> np.ndarray[Any, Any]:
    """(96, 96) uint16: cells, one of them with a hole, two at the edge, and specks."""
    rng = np.random.default_rng(11)
    y, x = np.mgrid[:SIZE, :SIZE]
    picture = rng.normal(300, 60, (SIZE, SIZE))
    for row, column, height, width in CELLS:
        distance = ((y - row) / height) ** 2 + ((x - column) / width) ** 2
        picture += np.where(distance <= 1, 900 * (1 - 0.5 * distance), 0)
    hole = ((y - 40) ** 2 + (x - 38) ** 2) <= 12
    picture[hole] -= 800
    for row, column in rng.integers(4, SIZE - 4, (14, 2)):
        picture[row : row + 2, column : column + 1] += 700
    return picture.clip(0, 65535).astype(np.uint16)


def grey(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    values = picture.astype(float)
    level = (values - values.min()) / np.ptp(values)
    return np.repeat((255 * level).astype(np.uint8)[..., None], 3, axis=2)


def coloured(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Each label in a colour of its own, on a dark ground."""
    colours = np.random.default_rng(3).integers(90, 250, (int(labels.max()) + 1, 3)).astype(np.uint8)
    colours[0] = 24, 26, 32
    return np.asarray(colours[labels])


def main() -> None:
    cells = image()
    chosen = segue.segment(cells, min_size=20, include_holes=True, exclude_edges=True)
    panels = [grey(cells), grey(segue.segment(cells) > 0), coloured(segue.segment(cells)), coloured(chosen)]
    side = SIZE * SCALE
    picture = Image.new("RGB", (len(panels) * (side + GAP) - GAP, side), "white")
    for nth, panel in enumerate(panels):
        picture.paste(Image.fromarray(panel).resize((side, side), Image.Resampling.NEAREST), (nth * (side + GAP), 0))
    picture.quantize(64).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
