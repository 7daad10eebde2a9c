"""P1, larger than memory: cells of a Zarr label image on the channels of a Zarr image, in chunks of 1024 x 1024 pixels; seconds and peak memory.

The chunks of the channels are eight files of noise under many names (hard links), so that they cost time to decode and no room on the disk.
"""

from __future__ import annotations

import os
import shutil

import numpy as np
from harness import OURS, Contender, measure
from inputs import FOLDER

CHUNK, CELL = 1024, 24


def images(size, channels):
    """The folders of labels (size, size) uint32 and image (channels, size, size) uint16; made when they are not there."""
    folder = FOLDER / f"zarr-{size}-{channels}"
    if not folder.exists():
        part = FOLDER / f"{folder.name}.{os.getpid()}"
        shutil.rmtree(part, ignore_errors=True)
        _labels(part / "labels", size)
        _image(part / "image", size, channels)
        part.rename(folder)
    return folder / "labels", folder / "image"


def _labels(folder, size):
    import zarr

    array = zarr.create_array(str(folder), shape=(size, size), chunks=(CHUNK, CHUNK), dtype="uint32", zarr_format=3, overwrite=True)
    across = size // CELL + 1
    x = np.arange(size)
    for first in range(0, size, CHUNK):
        y = np.arange(first, first + CHUNK)[:, None]
        name = (y // CELL) * across + x // CELL + 1
        array[first : first + CHUNK] = np.where((y % CELL < 20) & (x % CELL < 20), name, 0).astype(np.uint32)


def _image(folder, size, channels):
    import zarr

    zarr.create_array(str(folder), shape=(channels, size, size), chunks=(1, CHUNK, CHUNK), dtype="uint16", zarr_format=3, overwrite=True)
    array, rng = zarr.open_array(str(folder)), np.random.default_rng(3)
    across = size // CHUNK
    for number in range(8):
        array[0, :CHUNK, number * CHUNK : (number + 1) * CHUNK] = rng.poisson(200 + 100 * number, (CHUNK, CHUNK)).astype(np.uint16)
    for place in np.ndindex(channels, across, across):
        target = folder.joinpath("c", *map(str, place))
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.hardlink_to(folder.joinpath("c", "0", "0", str(sum(place) % 8)))


def ours(size, channels):
    from segue.codecs.zarr_pixels import zarr_pixels
    from segue.measure.measuring import Channel, Wanted
    from segue.measure.measuring import measure as measured
    from segue.model.image import Image, LabelImage

    mask, picture = images(size, channels)
    labels = LabelImage(zarr_pixels(mask, (size, size), np.dtype(np.uint32), (0, 1)), "yx")
    image = Image(zarr_pixels(picture, (channels, size, size), np.dtype(np.uint16), (0, 1, 2)), "cyx")
    wanted = Wanted(("area", "x", "y", "mean", "median", "std", "min", "max"))
    return lambda: measured(labels, [Channel(image, number) for number in range(channels)], wanted)


def facts(found):
    area = found.columns["area", None]
    return {"segments": len(found.label), "pixels": int(area.sum()), "mean of medians": round(float(found.columns["median", 0].mean()), 2)}


CONTENDERS = [
    Contender("3.2 GB: 16384 x 16384, 4 channels", lambda: ours(16_384, 4), OURS, rounds=1, facts=facts),
    Contender("20 GB: 23552 x 23552, 16 channels", lambda: ours(23_552, 16), OURS, rounds=1, facts=facts),
]

if __name__ == "__main__":
    measure("P1 statistics of segments, larger than memory", CONTENDERS, rounds=1, timeout=1800)
