"""The picture of the demo: the image, its segments, and their outlines side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.colours import label_colours
from segue.model.image import Image, in_memory
from segue.model.study import ImageSet, Study

RGB = npt.NDArray[np.uint8]
TINTS = ((0.35, 0.45, 1.0), (0.25, 1.0, 0.4), (0.3, 0.7, 1.0), (1.0, 0.35, 0.25))
"""Red, green, blue of the channels."""
SCALE = 2


def draw(study: Study, path: Path) -> None:
    """Write a PNG of one image set: channels in false colours, label colours, outlines in the colours of the populations."""
    from PIL import Image as Pillow

    s = study.image_sets[0]
    labels = in_memory(s.labels[0].pixels)
    image = composite(s.images[0])
    segments = label_colours(int(labels.max()) + 1)[labels]
    outlined = _outlined(image, labels, _population_colours(study, s, int(labels.max())))
    gap = np.full((len(image) * SCALE, 8, 3), 255, np.uint8)
    panels = [np.repeat(np.repeat(panel, SCALE, 0), SCALE, 1) for panel in (image, segments)]
    Pillow.fromarray(np.hstack([panels[0], gap, panels[1], gap, outlined])).save(path, optimize=True)


def composite(image: Image) -> RGB:
    """(y, x, 3) Every channel scaled to its 0.2 and 99.8 percent and added in its colour; a single channel stays grey."""
    array = in_memory(image.pixels).astype(np.float64)
    stack = array[None] if array.ndim == 2 else np.moveaxis(array, image.axes.index("c"), 0)
    tints = np.ones((1, 3)) if len(stack) == 1 else np.array(TINTS)[np.arange(len(stack)) % len(TINTS)]
    low, high = (np.percentile(stack, q, axis=(1, 2), keepdims=True) for q in (0.2, 99.8))
    scaled = np.clip((stack - low) / np.maximum(high - low, 1), 0, 1)
    mixed: RGB = (np.clip(np.einsum("cyx,cr->yxr", scaled, tints), 0, 1) * 255).astype(np.uint8)
    return mixed


def _population_colours(study: Study, s: ImageSet, highest: int) -> RGB:
    """(label + 1, 3) the colour of the first population of each label; white without one."""
    table = np.full((highest + 1, 3), 255, np.uint8)
    colour = {population.id: population.colour for population in study.populations}
    for population, row in s.membership.frame.filter(pl.col("nth_of_object") == 0).select("population", "object").rows():
        value: Any = colour.get(population)
        if value is not None:
            table[s.objects.frame["label"][row]] = [value >> 24 & 255, value >> 16 & 255, value >> 8 & 255]
    return table


def _outlined(image: RGB, labels: npt.NDArray[Any], colours: RGB) -> RGB:
    """The image, enlarged, with the border pixels of each segment in its colour: thin lines inside the segment."""
    big = np.repeat(np.repeat(image, SCALE, 0), SCALE, 1)
    large = np.repeat(np.repeat(labels, SCALE, 0), SCALE, 1)
    padded = np.pad(large, 1)
    edge = np.zeros(large.shape, bool)
    for y, x in ((0, 1), (2, 1), (1, 0), (1, 2)):
        edge |= padded[y : y + large.shape[0], x : x + large.shape[1]] != large
    edge &= large > 0
    big[edge] = colours[large[edge]]
    return big
