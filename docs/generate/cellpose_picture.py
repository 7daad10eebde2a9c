"""The picture of the guide "From Cellpose to Fiji and QuPath and back": ``python docs/generate/cellpose_picture.py`` draws it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from segue.geometry.outline import outline

SIZE, SCALE, GAP = 27, 14, 24
COLOURS = np.array([[24, 26, 32], [70, 120, 190], [190, 110, 60], [90, 160, 90], [150, 90, 170], [180, 160, 60]], np.uint8)
CENTRES, EDGES = (240, 90, 90), (120, 240, 140)
CLASSES = {1: (200, 60, 60), 2: (70, 120, 190), 3: (200, 60, 60), 4: (70, 120, 190), 5: (200, 60, 60)}
TARGET = Path(__file__).resolve().parents[1] / "guide" / "cellpose.png"


def cells() -> np.ndarray[Any, Any]:
    """(27, 27) uint8: five cells that touch, one with a hole, one in two parts."""
    y, x = np.mgrid[:SIZE, :SIZE]
    labels = np.zeros((SIZE, SIZE), np.uint8)
    for number, cy, cx, ry, rx in ((1, 6, 7, 5.6, 6.6), (2, 8, 19, 6.6, 5.6), (3, 19, 8, 6.6, 6.6), (4, 20, 20, 5.6, 4.6)):
        labels[((y - cy) / (ry - 0.4)) ** 2 + ((x - cx) / (rx - 0.4)) ** 2 <= 1] = number
    labels[18:21, 7:9] = 0
    labels[14:17, 22:25] = labels[23:25, 12:14] = 5
    return labels


def filled(labels: np.ndarray[Any, Any], dim: float = 1.0) -> Image.Image:
    """The labels as squares of colour."""
    return Image.fromarray((COLOURS[labels] * dim).astype(np.uint8)).resize((SIZE * SCALE,) * 2, Image.Resampling.NEAREST)


def with_outlines(labels: np.ndarray[Any, Any]) -> Image.Image:
    """Outlines through the centres of border pixels, and along pixel edges."""
    picture = filled(labels, 0.45)
    draw = ImageDraw.Draw(picture)
    for rings, colour in ((outline(labels)[1], EDGES),):
        for start, end in zip(rings.ring_start, rings.ring_start[1:], strict=False):
            ring = [tuple(point) for point in (rings.coords[start:end] * SCALE).tolist()]
            draw.line([*ring, ring[0], ring[1]], fill=colour, width=3)
    for number in range(1, 5):
        shrunk = border(labels == number)
        draw.line([tuple(point) for point in ((shrunk + 0.5) * SCALE).tolist()], fill=CENTRES, width=3)
    return picture


def border(cell: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """(n, 2) x, y of the border pixels of a cell in the order of their angle, closed; good enough for round cells."""
    inner = np.zeros_like(cell)
    inner[1:-1, 1:-1] = cell[:-2, 1:-1] & cell[2:, 1:-1] & cell[1:-1, :-2] & cell[1:-1, 2:]
    y, x = np.nonzero(cell & ~inner)
    around = np.hypot(y - y.mean(), x - x.mean()) > 3.0  # without the hole
    y, x = y[around], x[around]
    order = np.argsort(np.arctan2(y - y.mean(), x - x.mean()))
    return np.stack([x, y], 1)[[*order, order[0]]]


def with_classes(labels: np.ndarray[Any, Any]) -> Image.Image:
    """The cells in the colours of two classes."""
    colours = np.zeros((6, 3), np.uint8) + COLOURS[0]
    for number, colour in CLASSES.items():
        colours[number] = colour
    return Image.fromarray(colours[labels]).resize((SIZE * SCALE,) * 2, Image.Resampling.NEAREST)


def main() -> None:
    labels = cells()
    panels = [filled(labels), with_outlines(labels), with_classes(labels)]
    side = SIZE * SCALE
    picture = Image.new("RGB", (3 * side + 2 * GAP, side), "white")
    for nth, panel in enumerate(panels):
        picture.paste(panel, (nth * (side + GAP), 0))
    picture.save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
