"""Simulated multiplexed tissue: touching cells of several types, some with holes, in several channels. The same at every run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CHANNELS = ("DAPI", "CD3", "CD20", "PanCK")
TYPES = {"T cell": (0, 1), "B cell": (0, 2), "Tumour": (0, 3), "Stroma": (0,)}
"""Cell type -> channels in which it shines."""
COLOURS = {"T cell": 0x3FA34DFF, "B cell": 0x3B6FB6FF, "Tumour": 0xC8553DFF, "Stroma": 0x9A8C98FF}


@dataclass(frozen=True)
class Tissue:
    """An image, its segments, and what they are."""

    image: npt.NDArray[np.uint16]
    """(c, y, x)."""
    labels: npt.NDArray[np.uint16]
    """(y, x); labels have gaps."""
    types: dict[int, str]
    """Label -> cell type."""


def simulate(size: int = 384, cells: int = 220, seed: int = 7) -> Tissue:
    """Simulate a field of view of ``size`` x ``size`` pixels with about ``cells`` cells."""
    rng = np.random.default_rng(seed)
    centres = _centres(rng, size, cells)
    nearest, distance = _nearest(centres, size)
    radius = rng.uniform(9, 15, len(centres))
    inside = distance < radius[nearest]
    numbers = np.sort(rng.choice(np.arange(1, 4 * len(centres)), len(centres), replace=False)).astype(np.uint16)
    labels = np.where(inside, numbers[nearest], 0).astype(np.uint16)
    hollow = rng.random(len(centres)) < 0.08
    labels[(distance < 3.2) & hollow[nearest]] = 0
    kind = _kinds(centres, size, rng)
    image = _stain(rng, nearest, distance, inside, kind, size)
    names = list(TYPES)
    return Tissue(image, labels, {int(number): names[k] for number, k in zip(numbers, kind, strict=True) if (labels == number).any()})


def _centres(rng: np.random.Generator, size: int, cells: int) -> Floats:
    """Points (y, x) at least 15 pixels apart, drawn in order."""
    kept: list[Floats] = []
    for point in rng.uniform(0, size, (cells * 6, 2)):
        if len(kept) < cells and all(np.hypot(*(point - other)) > 15 for other in kept):
            kept.append(point)
    return np.array(kept)


def _nearest(centres: Floats, size: int) -> tuple[Ints, Floats]:
    """Index of and distance to the nearest centre of each pixel."""
    y, x = np.mgrid[:size, :size] + 0.5
    best = np.full((size, size), np.inf)
    which = np.zeros((size, size), np.int64)
    for index, (cy, cx) in enumerate(centres):
        squared = (y - cy) ** 2 + (x - cx) ** 2
        closer = squared < best
        best[closer] = squared[closer]
        which[closer] = index
    return which, np.sqrt(best)


def _kinds(centres: Floats, size: int, rng: np.random.Generator) -> Ints:
    """A tumour nest in one corner, a follicle of B cells around the middle, T cells and stroma elsewhere."""
    corner = np.hypot(*(centres - [size * 0.8, size * 0.22]).T) < size * 0.3
    follicle = np.hypot(*(centres - [size * 0.4, size * 0.6]).T) < size * 0.22
    other = np.where(rng.random(len(centres)) < 0.55, 0, 3)
    return np.where(corner, 2, np.where(follicle, 1, other)).astype(np.int64)


def _stain(
    rng: np.random.Generator,
    nearest: Ints,
    distance: Floats,
    inside: npt.NDArray[np.bool_],
    kind: Ints,
    size: int,
) -> npt.NDArray[np.uint16]:
    image = rng.normal(220, 25, (len(CHANNELS), size, size))
    channels = list(TYPES.values())
    level = rng.uniform(0.6, 1.4, len(kind))
    for channel in range(len(CHANNELS)):
        shines = np.array([channel in channels[k] for k in kind])[nearest] & inside
        profile = np.exp(-((distance / 6) ** 2)) if channel == 0 else 0.35 + 0.65 * np.exp(-(((distance - 9) / 3) ** 2))
        image[channel] += np.where(shines, 2600 * level[nearest] * profile, 0)
    return np.clip(image, 0, 65535).astype(np.uint16)
