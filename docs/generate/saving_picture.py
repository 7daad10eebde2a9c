"""The picture of the guide "Saving the outputs of an analysis": ``python docs/generate/saving_picture.py`` draws it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import segue

SIZE, SCALE, GAP, HEAD = 110, 3, 18, 22
LIMIT = 500
COLOURS = ((230, 100, 80), (240, 180, 70), (120, 190, 90), (70, 170, 190), (110, 120, 220), (200, 110, 200))
GROUND, LEFT_OUT = (24, 26, 32), (70, 72, 80)
TARGET = Path(__file__).resolve().parents[1] / "guide" / "output-saving.png"


def shapes() -> np.ndarray[Any, Any]:
    """(110, 110) uint8, 0 and 255: six shapes, and one that is too large."""
    y, x = np.mgrid[:SIZE, :SIZE]
    image = np.zeros((SIZE, SIZE), bool)
    for cy, cx, ry, rx in ((14, 20, 8, 13), (20, 78, 12, 9), (48, 40, 9, 7), (60, 92, 11, 8), (88, 16, 13, 9), (98, 92, 6, 12)):
        image |= ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 <= 1
    image[72:102, 42:72] = True
    image[20:26, 66:78] = False
    return np.uint8(255) * image


def panel(colours: np.ndarray[Any, Any], title: str) -> Image.Image:
    """A picture of the size of the image below its title."""
    body = Image.fromarray(colours.astype(np.uint8)).resize((SIZE * SCALE,) * 2, Image.Resampling.NEAREST)
    whole = Image.new("RGB", (SIZE * SCALE, SIZE * SCALE + HEAD), "white")
    whole.paste(body, (0, HEAD))
    ImageDraw.Draw(whole).text((0, 4), title, fill=(60, 60, 60), font=ImageFont.load_default(14))
    return whole


def painted(labels: np.ndarray[Any, Any], rest: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Each label in its colour, what was left out in grey."""
    colours = np.zeros((*labels.shape, 3)) + GROUND
    colours[rest > 0] = LEFT_OUT
    for number in range(1, int(labels.max()) + 1):
        colours[labels == number] = COLOURS[(number - 1) % len(COLOURS)]
    return colours


def with_lines(labels: np.ndarray[Any, Any], rest: np.ndarray[Any, Any]) -> Image.Image:
    """The outlines of the particles with their numbers."""
    picture = panel(painted(np.zeros_like(labels), rest), "RoiSet.zip")
    draw = ImageDraw.Draw(picture)
    found = segue.outline(labels)
    rings = found.shapes.rings
    for start, end in zip(rings.ring_start, rings.ring_start[1:], strict=False):
        line = [(float(x) * SCALE, float(y) * SCALE + HEAD) for x, y in rings.coords[start:end]]
        draw.line([*line, line[0]], fill=(255, 230, 90), width=2)
    for number in range(1, int(labels.max()) + 1):
        y, x = (float(axis.mean()) * SCALE for axis in np.nonzero(labels == number))
        draw.text((x, y + HEAD), str(number), fill="white", anchor="mm", font=ImageFont.load_default(16))
    return picture


def table(labels: np.ndarray[Any, Any], image: np.ndarray[Any, Any]) -> Image.Image:
    """The first columns of the table."""
    picture = Image.new("RGB", (190, SIZE * SCALE + HEAD), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    draw.text((0, 4), "results.txt", fill=(60, 60, 60), font=font)
    found = segue.measure(image, labels, statistics=("area", "x", "y"))
    rows = [("", "Area", "X", "Y"), *((str(nth + 1), f"{row['area']}", f"{row['x']:.1f}", f"{row['y']:.1f}") for nth, row in enumerate(found.to_dicts()))]
    for nth, row in enumerate(rows):
        for place, text in zip((14, 70, 126, 182), row, strict=True):
            draw.text((place, HEAD + 14 + 22 * nth), text, fill=(20, 20, 20), anchor="ra", font=font)
    return picture


def main() -> None:
    """Draw the picture."""
    image = shapes()
    labels = segue.segment(image, threshold="imagej-default", max_size=LIMIT)
    panels = [panel(np.stack([image] * 3, axis=-1), "shapes.tif"), panel(painted(labels, image), "labels.tif"), with_lines(labels, image), table(labels, image)]
    width = sum(one.width for one in panels) + GAP * (len(panels) - 1)
    whole, left = Image.new("RGB", (width, panels[0].height), "white"), 0
    for one in panels:
        whole.paste(one, (left, 0))
        left += one.width + GAP
    whole.save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
