"""The simulated tissue and a real photograph as studies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.geometry.components import components
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.study import ImageSet, Study
from segue.workflow.demo.tissue import CHANNELS, COLOURS, TYPES, Tissue


def tissue_study(tissue: Tissue) -> Study:
    """Image, labels, and the cell types as populations."""
    labels = pl.Series(sorted(tissue.types), dtype=pl.UInt64)
    objects = Objects(pl.DataFrame({"id": labels.cast(pl.Utf8), "layer": "labels", "label": labels, "name": pl.Series([f"cell {n}" for n in labels])}))
    types = pl.Series([tissue.types[n] for n in labels])
    populations = tuple(Population(name, (name,), "class", COLOURS[name], exclusive=True) for name in TYPES)
    member = pl.DataFrame({"population": types, "object": pl.int_range(len(labels), dtype=pl.Int32, eager=True)})
    grid = grid_of("yx", tissue.labels.shape, {"y": (0.5, "um"), "x": (0.5, "um")})
    image_set = ImageSet(
        "tissue",
        grid,
        images=(Image(ArrayPixels(tissue.image), "cyx", "tissue", CHANNELS),),
        labels=(LabelImage(ArrayPixels(tissue.labels), "yx"),),
        objects=objects,
        membership=Membership.of(member),
    )
    return Study((image_set,), populations)


def coins_study() -> Study | None:
    """A photograph of coins with the coins as segments; None where scikit-image, which brings the photograph, is not installed."""
    try:
        from skimage import data
    except ImportError:
        return None
    photograph = np.asarray(data.coins())  # type: ignore[no-untyped-call]
    found, count = components((photograph > np.maximum(_background(photograph) + 26, 98)).astype(np.uint8), 4)
    sizes = np.bincount(found.ravel(), minlength=count + 1)
    keep = np.flatnonzero(sizes[1:] >= 400) + 1
    numbers = np.zeros(count + 1, np.uint8)
    numbers[keep] = np.arange(1, len(keep) + 1)
    grid = grid_of("yx", photograph.shape)
    image_set = ImageSet("coins", grid, images=(Image(ArrayPixels(photograph), "yx", "coins"),), labels=(LabelImage(ArrayPixels(numbers[found]), "yx"),))
    return Study((image_set,))


def _background(photograph: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The uneven light: a curved surface through the pixels that are darker than the surface through all pixels."""
    y, x = (axis.ravel() / 100 for axis in np.mgrid[: photograph.shape[0], : photograph.shape[1]])
    terms = np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], axis=1)
    values = photograph.ravel().astype(np.float64)
    below = np.ones(len(values), bool)
    surface = values
    for _ in range(6):
        surface = terms @ np.linalg.lstsq(terms[below], values[below], rcond=None)[0]
        below = values < surface + 8
    return surface.reshape(photograph.shape)


def only_image(study: Study) -> Study:
    """The image without everything that was found in it."""
    return study.map(lambda s: ImageSet(s.name, s.grid, images=s.images))


def only_labels(study: Study) -> Study:
    """The label image alone: what a segmentation tool hands over."""
    return replace(study, populations=(), image_sets=tuple(ImageSet(s.name, s.grid, labels=s.labels) for s in study.image_sets))
