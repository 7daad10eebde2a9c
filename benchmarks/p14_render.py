"""P14: pictures. 4,000 x 4,000 pixels in memory, beside what people write with scikit-image; and 2.4 GB with 1,000,000 cells, from file to file.

The peers paint boundaries one pixel wide around every label on a picture that is in memory; nobody else does it without holding the whole.
"""

from __future__ import annotations

import os

import numpy as np
from harness import LIMIT, OURS, Contender, Watch, measure
from inputs import FOLDER

SIZE, LARGE, CELL = 4_000, 20_000, 20
MEMORY, FILES = "4,000 x 4,000, two channels, outlines, fill", "20,000 x 20,000 (2.4 GB), 1,000,000 cells, outlines, fill, legend: file to file"


def labels(top, bottom, size):
    """(rows, size) uint32: a round cell in every square of 20 pixels."""
    y, x = np.arange(top, bottom)[:, None], np.arange(size)
    name = (y // CELL) * (size // CELL) + x // CELL + 1
    return np.where((y % CELL - 9.5) ** 2 + (x % CELL - 9.5) ** 2 < 72, name, 0).astype(np.uint32)


def channels(size):
    """(2, size, size) uint16."""
    return np.random.default_rng(5).poisson(300, (2, size, size)).astype(np.uint16)


def ours_in_memory():
    import segue

    image, cells = channels(SIZE), labels(0, SIZE, SIZE)
    how = {"channels": ("1=magenta:0:600", "2=green:0:600"), "fill": 0.3}
    return lambda: segue.render(image, labels=cells, input_axes="cyx", **how)


def scikit_image():
    from skimage.color import label2rgb
    from skimage.segmentation import mark_boundaries

    image, cells = channels(SIZE), labels(0, SIZE, SIZE)

    def work():
        share = np.clip(image / 600, 0, 1)
        picture = np.clip(share[0][..., None] * (1.0, 0, 1) + share[1][..., None] * (0, 1.0, 0), 0, 1)
        filled = label2rgb(cells, picture, alpha=0.3, bg_label=0)
        return (mark_boundaries(filled, cells, mode="inner") * 255).astype(np.uint8)

    return work


def plain_numpy():
    image, cells = channels(SIZE), labels(0, SIZE, SIZE)
    colours = np.random.default_rng(1).integers(50, 255, (int(cells.max()) + 1, 3)).astype(np.float32)

    def work():
        share = np.clip(image.astype(np.float32) / 600, 0, 1)
        picture = np.empty((SIZE, SIZE, 3), np.float32)
        picture[..., 0] = picture[..., 2] = share[0] * 255
        picture[..., 1] = share[1] * 255
        inside = cells > 0
        picture[inside] = picture[inside] * 0.7 + colours[cells[inside]] * 0.3
        padded = np.pad(cells, 1)
        edge = inside & ((padded[:-2, 1:-1] != cells) | (padded[2:, 1:-1] != cells) | (padded[1:-1, :-2] != cells) | (padded[1:-1, 2:] != cells))
        picture[edge] = colours[cells[edge]]
        return picture.astype(np.uint8)

    return work


def read_once():
    image, cells = channels(SIZE), labels(0, SIZE, SIZE)
    return lambda: int(image.sum()) + int(cells.sum())


def files():
    """The image and the label image; made when they are not there."""
    import tifffile

    found = []
    for name, dtype in (("render", "uint16"), ("render_mask", "uint32")):
        path = FOLDER / f"{name}.tif"
        if not path.exists():
            part = FOLDER / f"{name}.{os.getpid()}.tif"
            array = tifffile.memmap(part, shape=(LARGE, LARGE), dtype=dtype)
            noise = channels(1_000)[0]
            for top in range(0, LARGE, 1_000):
                array[top : top + 1_000] = labels(top, top + 1_000, LARGE) if dtype == "uint32" else np.tile(noise, (1, LARGE // 1_000))
            array.flush()
            del array
            part.rename(path)
        found.append(path)
    return found


def ours_of_files(suffix, **more):
    import segue

    image, cells = files()
    target = FOLDER / f"rendered.{os.getpid()}{suffix}"
    small = segue.render(channels(600)[0], labels=labels(0, 600, 600), fill=0.3)  # kernels are compiled
    assert small.any()

    def work():
        with Watch() as watch:
            segue.render(image, target, labels=cells, fill=0.3, legend=True, overwrite=True, **more)
        size = target.stat().st_size
        target.unlink()
        return size, watch.most

    return work


def of_file(found):
    """Its size, and the memory that is not pages of files."""
    return {"MB": found[0] // 10**6, "own MB": round(found[1])}


def of_picture(found):
    return {"pixels": int(np.prod(found.shape[:2])), "mean": round(float(found.mean()), 1)}


CONTENDERS = [
    Contender("segue.render", ours_in_memory, OURS, MEMORY, facts=of_picture),
    Contender("numpy by hand, fractions of 32 bits", plain_numpy, case=MEMORY, facts=of_picture),
    Contender("scikit-image label2rgb + mark_boundaries", scikit_image, case=MEMORY, needs=("skimage",), rounds=2, facts=of_picture),
    Contender("reading every pixel once", read_once, LIMIT, MEMORY),
    Contender("segue.render to TIFF", lambda: ours_of_files(".tif"), OURS, FILES, rounds=1, facts=of_file),
    Contender("segue.render to TIFF, with labels", lambda: ours_of_files(".tif", text=True), OURS, FILES, rounds=1, facts=of_file),
    Contender("segue.render to PNG", lambda: ours_of_files(".png"), OURS, FILES, rounds=1, facts=of_file),
]

if __name__ == "__main__":
    measure(__doc__.partition("\n")[0], CONTENDERS, rounds=3)
