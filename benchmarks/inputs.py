"""Made inputs with fixed seeds, written once to the temporary folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

FOLDER = Path(tempfile.gettempdir()) / "segue-benchmarks"


def labels() -> np.ndarray:
    """(4096, 4096) int32: 40,000 cells, ids not in raster order, 3 % with holes, some with islands in them, thousands with several parts."""
    return _kept("labels", _labels)


def cells() -> np.ndarray:
    """(6476, 6476) int32: the same tissue with 100,000 cells."""
    return _kept("cells", lambda: _labels(6476, 317 * 317))


def channels() -> np.ndarray:
    """(16, 4096, 4096) uint16: a smooth background and noise, about 10 bits of them used."""
    return _kept("channels", _channels)


def polygons() -> np.ndarray:
    """(100000, 20, 2) float64: polygons of about 20 pixels across, spread over 8192 x 8192 pixels."""
    return _kept("polygons", _polygons)


def lasso() -> tuple[np.ndarray, np.ndarray]:
    """(1000000, 2) points and a (200, 2) wobbly outline whose box holds about a quarter of them."""
    rng = np.random.default_rng(1)
    points = rng.uniform(20, 40_000, (1_000_000, 2))
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = 9000 * (1 + 0.15 * np.sin(5 * angle) + rng.uniform(-0.05, 0.05, 200))
    return points, np.stack([20_000 + radius * np.cos(angle), 18_000 + radius * np.sin(angle)], axis=1)


def volume() -> np.ndarray:
    """(256, 1024, 1024) float32, mapped: what a pixel classifier gives, 0 to 1, smooth with a little noise."""
    _kept("volume", _volume)
    return np.load(FOLDER / "volume.npy", mmap_mode="r")


def _kept(name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
    path = FOLDER / f"{name}.npy"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        part = FOLDER / f"{name}.{os.getpid()}.npy"
        np.save(part, make())
        part.replace(path)
    return np.load(path)


def _labels(size: int = 4096, cells: int = 40_000) -> np.ndarray:
    from scipy import ndimage

    rng = np.random.default_rng(7)
    side = int(np.sqrt(cells))
    grid = np.stack(np.mgrid[:side, :side], axis=-1).reshape(-1, 2)
    y, x = ((grid + 0.5 + rng.uniform(-0.42, 0.42, grid.shape)) * size / side).astype(int).clip(0, size - 1).T
    ids = rng.permutation(len(y)).astype(np.int32) + 1
    seeds = np.zeros((size, size), np.int32)
    seeds[y, x] = ids
    distance, nearest = ndimage.distance_transform_edt(seeds == 0, return_indices=True)
    image = seeds[nearest[0], nearest[1]]
    radius = rng.uniform(7, 13, image.max() + 1)
    wobble = ndimage.gaussian_filter(rng.standard_normal((size, size)), 2) * 12
    image[distance + wobble > radius[image]] = 0
    for cell in rng.choice(len(y), len(y) * 3 // 100, replace=False):
        reach = rng.integers(1, 4)
        image[max(0, y[cell] - reach) : y[cell] + reach + 1, max(0, x[cell] - reach) : x[cell] + reach + 1] = 0
        if reach > 2:
            image[y[cell], x[cell]] = ids[(cell + 1) % len(ids)]
    return image


def _channels(count: int = 16, size: int = 4096) -> np.ndarray:
    from scipy import ndimage

    rng = np.random.default_rng(9)
    image = np.empty((count, size, size), np.uint16)
    for channel in image:
        smooth = ndimage.zoom(rng.gamma(2.0, 300.0, (size // 64, size // 64)).astype(np.float32), 64, order=1)
        channel[:] = np.clip(smooth + rng.standard_normal((size, size), dtype=np.float32) * 60 + 200, 0, 65535)
    return image


def _polygons(count: int = 100_000, corners: int = 20) -> np.ndarray:
    rng = np.random.default_rng(10)
    centre = rng.uniform(20, 8172, (count, 1, 2))
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = rng.uniform(6, 14, (count, 1)) * rng.uniform(0.8, 1.2, (count, corners))
    return np.round(centre + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1), 2)


def _volume(count: int = 8) -> np.ndarray:
    from scipy import ndimage

    rng = np.random.default_rng(11)
    image = np.empty((32 * count, 1024, 1024), np.float32)
    for slab in np.split(image, count):
        smooth = ndimage.gaussian_filter(rng.standard_normal((8, 256, 256)).astype(np.float32), (1.5, 4, 4))
        smooth = ndimage.zoom(smooth / smooth.std(), 4, order=1) * 2 + rng.standard_normal(slab.shape, dtype=np.float32) * np.float32(0.15)
        slab[:] = 1 / (1 + np.exp(-3 * smooth))
    return image
